// The playground as a page of its own: `npm run playground` bundles it and serves it from this machine.
import type { Sources } from '../../viewer/index.ts';
import { explainTerms } from '../../viewer/term-help.ts';
import { mountPlayground } from './playground.ts';

const sources = JSON.parse(document.getElementById('sources')!.textContent!) as Sources;
mountPlayground(document.getElementById('playground')!, {
  makeWorker: () => new Worker('./worker.js', { type: 'module' }),
  sources,
});
explainTerms();
