// Ranks of mixed scores (Eq. 14) with WebAssembly SIMD (kernels/mixed-ranks.ts), which counts as it mixes: no mixed score is
// written down. Same inputs and outputs as lib/evaluation/ranking.ts, with the same ranks.

import type { RankingTask, TargetRank } from '../evaluation/ranking.ts';
import { type MixedRanks, mixed, PlainMixedRanks } from '../evaluation/ranking.ts';
import { mixedRanksKernel } from './mixed-ranks-kernel.generated.ts';
import { openKernel, reserve, type WithMemory } from './open-kernel.ts';

/** SIMD where the engine has it, else plain. */
export function mixedRanks(items: number): MixedRanks {
  const kernel = openKernel<Kernel>(mixedRanksKernel);
  return kernel ? new SimdMixedRanks(kernel, items) : new PlainMixedRanks(items);
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
    const { target, excluded, alsoExcluded } = task;
    const weight = Math.fround(mix);
    const scoreOf = (item: number) => mixed(base[item]!, part[item]!, weight);
    const own = scoreOf(target);
    if (Number.isNaN(own)) throw new RangeError(`rankOf: scores must be numbers, got NaN for item ${target}`);
    const below = kernel.countBelow(base.byteOffset, part.byteOffset, weight, own, base.length);
    // Of all that are not below, the target itself and the few excluded items are taken off again.
    let ahead = base.length - below - 1;
    let others = base.length - 1 - excluded.length;
    for (let index = 0; index < excluded.length; index++) ahead -= scoreOf(excluded[index]!) < own ? 0 : 1;
    if (alsoExcluded >= 0) {
      others--;
      ahead -= scoreOf(alsoExcluded) < own ? 0 : 1;
    }
    return { rank: 1 + ahead, others };
  }
}
