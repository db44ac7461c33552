// What other pages use of the viewer.
export { element } from './dom.ts';
export type { Sources } from './formulas.ts';
export { type Theme, themeAround, watchTheme } from './palette.ts';
export { download } from './picture.ts';
export { styleSheet } from './style.ts';
export type { LiveRun } from './timeline.ts';
export type { Choice, Run } from './view.ts';
export { mountViewer, type Viewer, type ViewerOptions } from './viewer.ts';
