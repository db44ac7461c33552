// For the site: the places of the formulas' code, found while the site is built. The code itself is on pages that links lead to.
import { findSources } from '../../scripts/source-regions.ts';
import type { Sources } from '../../viewer/index.ts';

declare const data: Sources;

export { data };

// biome-ignore lint/style/noDefaultExport: VitePress asks for it
export default {
  load: (): Sources =>
    Object.fromEntries(
      Object.entries(findSources()).map(([formula, place]) => [formula, { ...place, code: '' }]),
    ),
};
