// How a figure spreads over clients, in words. In: one figure of each client; out: where its middle half lies, and a sentence that is
// true of it whatever the figures are: HR@10 of one client, for example, is 0 or 1 and nothing between.
import { share } from './figures.ts';

/** Lower quartile, median and upper quartile; NaN where there are no values. */
export type Quartiles = readonly [low: number, middle: number, high: number];

export function quartiles(values: Float32Array): Quartiles {
  const sorted = values.slice().sort();
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
  return [at(0.25), at(0.5), at(0.75)];
}

/** A few words for the place beside a label. */
export function spreadText([low, , high]: Quartiles): string {
  if (Number.isNaN(low)) return '–';
  return low === high ? `mostly ${share(low)}` : `${share(low)} to ${share(high)}`;
}

/** What the quartiles say of the clients that are followed. */
export function spreadInWords([low, middle, high]: Quartiles): string {
  if (Number.isNaN(low)) return 'no followed client has this figure';
  if (low === high) return `at least half of the followed clients have exactly ${share(low)}`;
  return `of the followed clients, at least a quarter have ${share(low)} or less, half ${share(middle)} or less, and a quarter ${share(high)} or more`;
}
