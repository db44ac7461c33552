// Lesson 12: windows of the clients arrive at the server one by one; counts of pairs grow, and with them what comes next.
import { WindowCounts } from '../../../../lib/federated/windows/count-windows.ts';
import { plural } from './words.ts';

export const inputs = {};
export const films = ['Moon 1', 'Moon 2', 'Mars', 'Rose', 'Waltz', 'Letter'];
/** Sets that three clients send, of films that each of them touched near each other. */
export const windows: readonly { readonly client: string; readonly items: readonly number[] }[] = [
  { client: 'Ann', items: [0, 1, 2] },
  { client: 'Ann', items: [2, 3] },
  { client: 'Ben', items: [0, 1] },
  { client: 'Cleo', items: [3, 4, 5] },
  { client: 'Cleo', items: [2, 4, 5] },
  { client: 'Ben', items: [0, 1, 5] },
];

export interface OrderStep {
  /** Windows that have come. */
  readonly arrived: number;
  /** T [films, films]. */
  readonly together: readonly (readonly number[])[];
  /** M [films, films]. */
  readonly nearness: readonly (readonly number[])[];
  readonly caption: string;
}

/** One step for each window, after the empty start. */
export function orderSteps(): OrderStep[] {
  return Array.from({ length: windows.length + 1 }, (_, arrived) => {
    const list = Uint32Array.from(windows.slice(0, arrived).flatMap(({ items }) => [items.length, ...items]));
    const counts = new WindowCounts(list, list.length, films.length);
    const rows = (write: (item: number, out: Float32Array) => void) =>
      films.map((__, item) => {
        const row = new Float32Array(films.length);
        write(item, row);
        return Array.from(row);
      });
    const nearness = rows((item, out) => counts.nearness(item, out));
    const together = rows((item, out) => counts.together(item, out));
    return { arrived, together, nearness, caption: captionOf(arrived, nearness[0]!) };
  });
}

/** What has come, and what is lifted for somebody whose last film is the first one. */
function captionOf(arrived: number, near: readonly number[]): string {
  const last = windows[arrived - 1];
  const what = last
    ? `${last.client} has sent a set of ${plural(last.items.length, 'film')}: ${last.items.map((item) => films[item]).join(', ')}.`
    : 'Nothing has come yet.';
  const largest = Math.max(...near);
  if (largest === 0) return `${what} Nothing is known to be near ${films[0]}.`;
  const best = films.filter((_, item) => near[item] === largest);
  return `${what} Whoever touched ${films[0]} last is shown ${best.join(' and ')} first.`;
}
