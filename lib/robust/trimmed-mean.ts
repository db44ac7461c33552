// Trimmed mean: for every number of the item table, the largest and the smallest share of what clients want is left out,
// and the rest is averaged. Yin et al. (2018), arXiv 1803.01498, Definition 2.
// In: all updates of a round; out: their trimmed mean, times the number of senders, in place of their sum.
import type { Combine } from '../federated/combine.ts';
import { coordinatewise, expectShare, type Untouched } from './coordinatewise.ts';

/**
 * The mean of each coordinate without its extremes.
 *
 * @param options `trim`: share of the values left out at each end, from 0 to below .5: the share of liars to withstand. Default:
 *   .2. `untouched`: as for `coordinateMedian`
 * @throws RangeError if `trim` is out of range
 */
export function trimmedMean(options: { trim?: number; untouched?: Untouched } = {}): Combine {
  const { trim = 0.2, untouched = 'skip' } = options;
  expectShare('trimmedMean', 'trim', trim);
  return coordinatewise(untouched, (sorted) => meanWithin(sorted, trim));
}

/** The mean of sorted numbers without the ⌊share · n⌋ smallest and largest. */
export function meanWithin(sorted: Float32Array, share: number): number {
  const cut = Math.floor(share * sorted.length);
  let sum = 0;
  for (let at = cut; at < sorted.length - cut; at++) sum += sorted[at]!;
  return sum / (sorted.length - 2 * cut);
}
