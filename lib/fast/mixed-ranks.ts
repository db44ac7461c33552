// Ranks a held-out item by base + β · part for several β (Eq. 14): the client's own scores and what the others add.
// In: one client's two score arrays; out: the target's rank for a β. The plain version writes the
// mixed scores down and counts; the SIMD version (kernels/mixed-ranks.ts) counts as it mixes. Both give the same ranks.

import type { RankingTask } from '../evaluation/protocol.ts';
import { rankFrom, rankOf, type TargetRank } from '../evaluation/ranking.ts';
import { mixedRanksKernel } from './mixed-ranks-kernel.generated.ts';
import { openKernel, reserve, type WithMemory } from './open-kernel.ts';

/** Holds one client's scores at a time. */
export interface MixedRanks {
  /** Takes copies of base scores and personal part, [items] each; without a part, only β = 0 may be asked for. */
  load(base: Float32Array, part: Float32Array | undefined): void;
  /** The target's rank by base + mix · part, in float32. */
  rank(mix: number, task: RankingTask): TargetRank;
}

/** SIMD where the engine has it, else plain. */
export function mixedRanks(items: number): MixedRanks {
  const kernel = openKernel<Kernel>(mixedRanksKernel);
  return kernel ? new SimdMixedRanks(kernel, items) : new PlainMixedRanks(items);
}

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
function mixed(base: number, part: number, weight: number): number {
  return Math.fround(base + Math.fround(weight * part));
}

interface Kernel extends WithMemory {
  readonly countBelow: (base: number, part: number, weight: number, own: number, items: number) => number;
}

class SimdMixedRanks implements MixedRanks {
  private readonly kernel: Kernel;
  private readonly base: Float32Array;
  private readonly part: Float32Array;

  constructor(kernel: Kernel, items: number) {
    this.kernel = kernel;
    [this.base, this.part] = reserve(kernel, [items, items]) as [
      Float32Array<ArrayBuffer>,
      Float32Array<ArrayBuffer>,
    ];
  }

  load(base: Float32Array, part: Float32Array | undefined): void {
    this.base.set(base);
    if (part) this.part.set(part);
    else this.part.fill(0);
  }

  rank(mix: number, task: RankingTask): TargetRank {
    const { kernel, base, part } = this;
    const weight = Math.fround(mix);
    const scoreOf = (item: number) => mixed(base[item]!, part[item]!, weight);
    const own = scoreOf(task.target);
    const below = kernel.countBelow(base.byteOffset, part.byteOffset, weight, own, base.length);
    return rankFrom({ items: base.length, below, scoreOf, ...task });
  }
}
