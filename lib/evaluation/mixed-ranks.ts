// Ranks a held-out item by base + β · part for several β (Eq. 14): the client's own scores and what the others add.
// In: one client's two score arrays; out: the target's rank for a β.
import type { RankingTask } from './protocol.ts';
import { rankOf, type TargetRank } from './ranking.ts';

/** Holds one client's scores at a time. */
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
