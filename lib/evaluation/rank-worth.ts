// What a rank is worth: for sure among all candidates, or expected where the candidates are a random draw.
// In: a rank; out: a number in [0, 1], larger is better.
// Järvelin & Kekäläinen (2002) for NDCG, Voorhees (1999) for MRR, Krichene & Rendle (2020) for sampled candidates.
import { expectKind } from '../numeric/arguments.ts';
import type { TargetRank } from './ranking.ts';

/** Ranks beyond the cutoff are worth nothing. */
export const CUTOFF = 10;
/** The field's number of random candidates. */
export const SAMPLED_NEGATIVES = 99;

/** What divides the worth of a hit at a rank, from 1. */
export type Discount = (rank: number) => number;

/** HR: every rank within the cutoff is worth 1. */
export const undiscounted: Discount = () => 1;
/** NDCG with a single relevant item. */
export function logarithmic(rank: number): number {
  return Math.log2(1 + rank);
}
/** MRR. */
export const reciprocal: Discount = (rank) => rank;

/** What a rank is worth among all candidates: 1 / discount within the cutoff, else 0 (Eq. 16). */
export function worthOfRank(rank: number, discount: Discount, cutoff = CUTOFF): number {
  expectKind('worthOfRank', 'rank', rank, 'number', '1');
  expectKind('worthOfRank', 'discount', discount, 'function', '(rank) => rank');
  return rank <= cutoff ? 1 / discount(rank) : 0;
}

/** What uncertain ranks are worth: the sum over ranks of probability times worth (Eq. 17). */
export function expectedWorth(chances: Float64Array, discount: Discount, cutoff = CUTOFF): number {
  expectKind('expectedWorth', 'chances', chances, 'list', 'chancesOfRanks({ rank, others })');
  expectKind('expectedWorth', 'discount', discount, 'function', '(rank) => rank');
  let worth = 0;
  for (let rank = 1; rank <= Math.min(cutoff, chances.length); rank++) {
    worth += chances[rank - 1]! / discount(rank);
  }
  return worth;
}

/**
 * The distribution of the target's rank when `sampled` of the other candidates are drawn without replacement: of the
 * others, `rank − 1` are ahead of the target, and how many of them are drawn is hypergeometric (Eq. 17).
 *
 * @returns probability of rank 1, 2, …, [draws + 1] with draws = min(sampled, others)
 */
export function chancesOfRanks({ rank, others }: TargetRank, sampled = SAMPLED_NEGATIVES): Float64Array {
  const ahead = rank - 1;
  const draws = Math.min(sampled, others);
  const chances = new Float64Array(draws + 1);
  const fewest = Math.max(0, draws - (others - ahead));
  let probability = Math.exp(
    logChoose(ahead, fewest) + logChoose(others - ahead, draws - fewest) - logChoose(others, draws),
  );
  for (let drawnAhead = fewest; drawnAhead <= Math.min(ahead, draws); drawnAhead++) {
    chances[drawnAhead] = probability;
    // P(x + 1) / P(x) of the hypergeometric distribution.
    probability *=
      ((ahead - drawnAhead) * (draws - drawnAhead)) /
      ((drawnAhead + 1) * (others - ahead - draws + drawnAhead + 1));
  }
  return chances;
}

/** log C(n, k), summed so that it stays exact to rounding for the small k that occur here. */
function logChoose(n: number, k: number): number {
  const few = Math.min(k, n - k);
  let sum = 0;
  for (let i = 1; i <= few; i++) sum += Math.log((n - few + i) / i);
  return sum;
}
