// Coordinate median: every number of the item table moves by the median of what clients want, so that fewer than half of
// them cannot move it beyond what an honest client wants. Yin et al. (2018), Byzantine-Robust Distributed Learning,
// arXiv 1803.01498, Definition 1.
// In: all updates of a round; out: their median, times the number of senders, in place of their sum.
import type { Combine } from '../federated/combine.ts';
import { coordinatewise, type Untouched } from './coordinatewise.ts';

/**
 * The median of each coordinate.
 *
 * @param untouched who counts where a client did not touch an item: only those who did ('skip'), or everybody, with a
 *   zero ('zero'). Default 'skip': most clients touch few items, so with zeros most medians are 0 and nothing is learnt
 */
export function coordinateMedian({ untouched = 'skip' }: { untouched?: Untouched } = {}): Combine {
  return coordinatewise(untouched, median);
}

/** The middle of sorted numbers, or the mean of the two in the middle. */
export function median(sorted: Float32Array): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
