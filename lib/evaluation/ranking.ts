// Ranking metrics for one held-out item per user: HR@10 and NDCG@10, over all unseen items and, because the field
// reports it, over 99 sampled ones; the latter as an exact expectation, so that it carries no sampling noise.
// In: one user's scores; out: a rank, and what it is worth. Järvelin & Kekäläinen (2002) for NDCG; with a single
// relevant item it is 1 / log2(1 + rank).

/** Where a user's held-out item landed. */
export interface TargetRank {
  /** 1 = best; every other candidate with an equal score counts as ranked ahead. */
  readonly rank: number;
  /** Number of candidates besides the target. */
  readonly others: number;
}

/** The four figures of a user (or their means over users), each in [0, 1]. */
export interface Metrics {
  /** Expected HR@10 among the target and 99 random unseen items. */
  readonly hr10: number;
  readonly ndcg10: number;
  /** HR@10 among all unseen items. */
  readonly fullHr10: number;
  readonly fullNdcg10: number;
}

export const CUTOFF = 10;
export const SAMPLED_NEGATIVES = 99;

/**
 * Ranks `target` among all items that are not excluded (Eq. 15).
 *
 * @param scores scores of all items, [items]
 * @param target the held-out item
 * @param excluded distinct items, other than the target, that are no candidates (the user's training items)
 * @param alsoExcluded one more such item (the validation item when testing), or -1
 * @throws RangeError if the target's score is not a number
 */
export function rankOf(
  scores: Float32Array | Float64Array,
  target: number,
  excluded: ArrayLike<number>,
  alsoExcluded = -1,
): TargetRank {
  const own = scores[target]!;
  if (Number.isNaN(own)) throw new RangeError(`rankOf: scores must be numbers, got NaN for item ${target}`);
  const isCandidate = new Uint8Array(scores.length).fill(1); // [items]
  for (let index = 0; index < excluded.length; index++) isCandidate[excluded[index]!] = 0;
  if (alsoExcluded >= 0) isCandidate[alsoExcluded] = 0;
  isCandidate[target] = 0;
  let others = 0;
  let ahead = 0;
  for (let item = 0; item < scores.length; item++) {
    if (isCandidate[item] === 0) continue;
    others++;
    if (!(scores[item]! < own)) ahead++; // ties and NaN are ahead: a broken score must never help
  }
  return { rank: 1 + ahead, others };
}

/** What a rank is worth: [hit, NDCG] at the cutoff (Eq. 16). */
export function worthOfRank(rank: number, cutoff = CUTOFF): [hit: number, ndcg: number] {
  return rank <= cutoff ? [1, 1 / Math.log2(1 + rank)] : [0, 0];
}

/**
 * The expectation of HR and NDCG when `sampled` of the `others` candidates are drawn without replacement (Eq. 17).
 * Of the others, `ahead` outrank the target; how many of them are drawn is hypergeometric.
 */
export function expectedWorth(
  others: number,
  ahead: number,
  sampled = SAMPLED_NEGATIVES,
  cutoff = CUTOFF,
): [hit: number, ndcg: number] {
  const draws = Math.min(sampled, others);
  let hit = 0;
  let ndcg = 0;
  const fewest = Math.max(0, draws - (others - ahead));
  let probability = Math.exp(
    logChoose(ahead, fewest) + logChoose(others - ahead, draws - fewest) - logChoose(others, draws),
  );
  for (let drawnAhead = fewest; drawnAhead < cutoff && drawnAhead <= Math.min(ahead, draws); drawnAhead++) {
    hit += probability;
    ndcg += probability / Math.log2(drawnAhead + 2);
    // P(x + 1) / P(x) of the hypergeometric distribution.
    probability *=
      ((ahead - drawnAhead) * (draws - drawnAhead)) /
      ((drawnAhead + 1) * (others - ahead - draws + drawnAhead + 1));
  }
  return [hit, ndcg];
}

/** The four figures of one user. */
export function metricsOf({ rank, others }: TargetRank): Metrics {
  const [fullHr10, fullNdcg10] = worthOfRank(rank);
  const [hr10, ndcg10] = expectedWorth(others, rank - 1);
  return { hr10, ndcg10, fullHr10, fullNdcg10 };
}

/** log C(n, k), summed so that it stays exact to rounding for the small k that occur here. */
function logChoose(n: number, k: number): number {
  const few = Math.min(k, n - k);
  let sum = 0;
  for (let i = 1; i <= few; i++) sum += Math.log((n - few + i) / i);
  return sum;
}
