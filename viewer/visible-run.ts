// Runs as they are shown: acting characters of ids (line ends, escapes, directions of writing) are written out. What is
// saved keeps the ids as they stand in the data.
import { visibleText } from '../lib/data/visible-text.ts';
import type { TraceAbout } from '../lib/trace/trace.ts';
import type { Run } from './view.ts';

/** The same run with visible ids; rounds are shared, so that they may go on growing. */
export function visibleRun(run: Run): Run {
  const { about } = run.trace;
  const items = Object.entries(about.items).map(([number, id]) => [number, visibleText(id)] as const);
  const shown: TraceAbout = {
    ...about,
    dataset: { ...about.dataset, name: visibleText(about.dataset.name) },
    ids: about.ids.map(visibleText),
    items: Object.fromEntries(items),
  };
  const hasChanged =
    shown.dataset.name !== about.dataset.name ||
    shown.ids.some((id, place) => id !== about.ids[place]) ||
    items.some(([number, id]) => id !== about.items[Number(number)]);
  return hasChanged ? { ...run, trace: { ...run.trace, about: shown } } : run;
}
