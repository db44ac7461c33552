// Where a user's held-out item lands among all items that its user has not trained on.
// In: one user's scores, or its own and what others add with several weights; out: the target's rank.
// What it is worth: metrics.ts.
import { expectKind, inWords } from '../numeric/arguments.ts';

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
  expectKind('rankOf', 'scores', scores, 'list', 'a Float64Array');
  if (!Number.isInteger(target) || target < 0 || target >= scores.length)
    throw new RangeError(
      `rankOf: target must be an item below the number of scores (${scores.length}), got ${inWords(target)}`,
    );
  expectKind('rankOf', 'excluded', excluded, 'list', '[3]');
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

/** What of a user is ranked against what: the target among all items but the excluded ones. */
export interface RankingTask {
  readonly target: number;
  /** The user's training items. */
  readonly excluded: Uint32Array;
  /** When testing, the validation item is known to the user and no candidate any more; else -1. */
  readonly alsoExcluded: number;
}

/** Ranks a held-out item by base + β · part for several β (Eq. 14); holds one client's scores at a time. */
export interface MixedRanks {
  /** Takes copies of base scores and personal part, [items] each; without a part, only β = 0 may be asked for. */
  load(base: Float32Array, part: Float32Array | undefined): void;
  /** The target's rank by base + mix · part, in float32. */
  rank(mix: number, task: RankingTask): TargetRank;
}

/** Writes the mixed scores down and ranks among them with `rankOf`. */
export class PlainMixedRanks implements MixedRanks {
  private readonly base: Float32Array;
  private readonly part: Float32Array;
  private readonly scores: Float32Array;

  constructor(items: number) {
    this.base = new Float32Array(items);
    this.part = new Float32Array(items);
    this.scores = new Float32Array(items);
  }

  load(base: Float32Array, part: Float32Array | undefined): void {
    this.base.set(base);
    if (part) this.part.set(part);
    else this.part.fill(0);
  }

  rank(mix: number, task: RankingTask): TargetRank {
    const weight = Math.fround(mix);
    for (let item = 0; item < this.scores.length; item++) {
      this.scores[item] = mixed(this.base[item]!, this.part[item]!, weight);
    }
    return rankOf(this.scores, task.target, task.excluded, task.alsoExcluded);
  }
}

/** base + weight · part, each operation rounded to float32. */
export function mixed(base: number, part: number, weight: number): number {
  return Math.fround(base + Math.fround(weight * part));
}
