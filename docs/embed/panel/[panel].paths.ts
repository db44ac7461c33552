// One page without menus for each panel of the viewer, over a federation that runs in the reader's browser: docs/embedding.md.
import { panelTitles } from '../../../viewer/panel-titles.ts';

// biome-ignore lint/style/noDefaultExport: VitePress asks for it
export default {
  paths: () => Object.entries(panelTitles).map(([panel, title]) => ({ params: { panel, title } })),
};
