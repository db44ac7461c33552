// What one ranked list is worth to a user with any number of relevant items. For prototypes: a run of this library holds out one
// item a user, so it needs a rank only (rank-worth.ts).
// In: items in the order in which they are shown, and those that the user likes; out: a number in [0, 1], larger is better.
// Manning, Raghavan & Schütze (2008, chapter 8); Järvelin & Kekäläinen (2002) for NDCG.
import { expectKind } from '../numeric/arguments.ts';
import { expectInteger } from '../numeric/ndarrays.ts';
import { CUTOFF, logarithmic } from './rank-worth.ts';

/** An item's number or its id. */
type Item = number | string;

/**
 * Precision: the share of the first `cutoff` places that hold a relevant item. Places that the list does not fill count as misses.
 *
 * @param ranked items, the best first
 * @param relevant the items that the user likes
 * @throws RangeError if an item stands twice among the first `cutoff`, or the cutoff is no whole number from 1
 *
 * @example
 * precisionAt(['a', 'b', 'c', 'd'], ['b', 'd', 'e'], 4); // 0.5
 */
export function precisionAt(ranked: ArrayLike<Item>, relevant: Iterable<Item>, cutoff = CUTOFF): number {
  return hitsOf('precisionAt', ranked, relevant, cutoff).ranks.length / cutoff;
}

/**
 * Recall: the share of the relevant items that are among the first `cutoff`.
 *
 * @returns NaN where nothing is relevant
 * @throws as `precisionAt`
 *
 * @example
 * recallAt(['a', 'b', 'c', 'd'], ['b', 'd', 'e', 'f'], 4); // 0.5
 */
export function recallAt(ranked: ArrayLike<Item>, relevant: Iterable<Item>, cutoff = CUTOFF): number {
  const { ranks, liked } = hitsOf('recallAt', ranked, relevant, cutoff);
  return ranks.length / liked;
}

/**
 * Average precision: the mean, over the relevant items, of the precision at the rank of each; what is not among the first
 * `cutoff` adds 0. The mean is over min(relevant, cutoff) items, so that a perfect list is worth 1. Its mean over users is MAP.
 *
 * @returns NaN where nothing is relevant
 * @throws as `precisionAt`
 *
 * @example
 * averagePrecision(['a', 'b', 'c', 'd'], ['a', 'd']); // 0.75
 */
export function averagePrecision(ranked: ArrayLike<Item>, relevant: Iterable<Item>, cutoff = CUTOFF): number {
  const { ranks, liked } = hitsOf('averagePrecision', ranked, relevant, cutoff);
  const sum = ranks.reduce((total, rank, before) => total + (before + 1) / rank, 0);
  return sum / Math.min(liked, cutoff);
}

/**
 * Reciprocal rank: 1 / rank of the first relevant item, 0 if none is among the first `cutoff`. Its mean over users is MRR.
 *
 * @throws as `precisionAt`
 *
 * @example
 * reciprocalRank(['a', 'b', 'c', 'd'], ['b', 'd']); // 0.5
 */
export function reciprocalRank(ranked: ArrayLike<Item>, relevant: Iterable<Item>, cutoff = CUTOFF): number {
  const [first = Infinity] = hitsOf('reciprocalRank', ranked, relevant, cutoff).ranks;
  return 1 / first;
}

/**
 * NDCG: the sum of 1 / log₂(1 + rank) over the relevant items among the first `cutoff`, divided by that of a perfect list.
 *
 * @returns NaN where nothing is relevant
 * @throws as `precisionAt`
 *
 * @example
 * ndcgAt(['a', 'b', 'c'], ['a', 'b']); // 1
 * ndcgAt(['a', 'b', 'c'], ['c']); // 0.5
 */
export function ndcgAt(ranked: ArrayLike<Item>, relevant: Iterable<Item>, cutoff = CUTOFF): number {
  const { ranks, liked } = hitsOf('ndcgAt', ranked, relevant, cutoff);
  const perfect = Array.from({ length: Math.min(liked, cutoff) }, (_, before) => before + 1);
  return gain(ranks) / gain(perfect);
}

function gain(ranks: readonly number[]): number {
  return ranks.reduce((sum, rank) => sum + 1 / logarithmic(rank), 0);
}

/** The ranks, from 1, of the relevant items among the first `cutoff`, and how many items are relevant. */
function hitsOf(
  caller: string,
  ranked: ArrayLike<Item>,
  relevant: Iterable<Item>,
  cutoff: number,
): { ranks: number[]; liked: number } {
  expectKind(caller, 'ranked', ranked, 'list', "['a', 'b']");
  if (!(relevant instanceof Set)) expectKind(caller, 'relevant', relevant, 'list', "['b']");
  expectInteger(caller, 'cutoff', cutoff, 1);
  const likes = new Set(relevant);
  const first = Array.from(ranked).slice(0, cutoff);
  if (new Set(first).size < first.length) {
    throw new RangeError(`${caller}: ranked must name an item once among the first ${cutoff}`);
  }
  const ranks = first.flatMap((item, before) => (likes.has(item) ? [before + 1] : []));
  return { ranks, liked: likes.size };
}
