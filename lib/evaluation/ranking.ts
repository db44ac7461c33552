// Where a user's held-out item lands among all items that its user has not trained on.
// In: one user's scores; out: the target's rank. What it is worth: metrics.ts.

/** Where a user's held-out item landed. */
export interface TargetRank {
  /** 1 = best; every other candidate with an equal score counts as ranked ahead. */
  readonly rank: number;
  /** Number of candidates besides the target. */
  readonly others: number;
}

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
