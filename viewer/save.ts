// What a reader takes away: the run as a trace file, the panels as a picture. Both are made here; nothing leaves the page.
import { mentionedItems } from '../lib/trace/mentioned-items.ts';
import type { Trace } from '../lib/trace/trace.ts';
import { encodeTrace } from '../lib/trace/trace-file.ts';
import { offer } from './offer.ts';
import type { Run } from './view.ts';
import type { Viewer } from './viewer.ts';

/** Offers a run as a trace file (docs/trace.md), which holds the names of the items that it mentions. */
export function saveTrace({ trace }: Run): void {
  const bytes = encodeTrace(withMentionedItems(trace)) as Uint8Array<ArrayBuffer>;
  offer(`${trace.about.recipe}.trace`, new Blob([bytes], { type: 'application/octet-stream' }));
}

/** Offers all panels, as they are now, as a PNG. */
export function savePicture(viewer: Viewer, { label, trace }: Run): void {
  const { dataset, recipe, settings } = trace.about;
  const title = `${label} on ${dataset.name}, seed ${settings.seed}, round ${viewer.moment.round}`;
  viewer.picture(title).toBlob((blob) => blob && offer(`${recipe}.png`, blob));
}

function withMentionedItems(trace: Trace): Trace {
  const items = mentionedItems(trace).map((item) => [item, trace.about.items[item] ?? String(item)]);
  return { ...trace, about: { ...trace.about, items: Object.fromEntries(items) } };
}
