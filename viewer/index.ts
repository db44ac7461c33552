// What other pages use of the viewer.
export { element, write } from './dom.ts';
export { flowStyle } from './flow/flow-style.ts';
export type { Sources } from './formulas.ts';
export { lessonPages } from './lessons.ts';
export { wantsNoMotion } from './motion.ts';
export { isSpeed, type Speed } from './pace.ts';
export { type Theme, themeAround, watchTheme } from './palette.ts';
export { savePicture, saveTrace } from './save.ts';
export { styleSheet } from './style.ts';
export type { LiveRun } from './timeline.ts';
export type { Choice, Run } from './view.ts';
export { mountViewer, type Viewer, type ViewerOptions } from './viewer.ts';
