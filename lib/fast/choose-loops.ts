// The loops of a run by their name: those that are taught, or the same loops faster. This is the only way into lib/fast
// for training, the simulator and the command line; nothing behind it asks for a name.
import { type Loops, plainLoops } from '../federated/loops.ts';
import { hint, shown } from '../federated/setting-kinds.ts';
import { gramMatrixByFours } from './gram-matrix.ts';
import { Int16Attention } from './int16-attention.ts';
import { fastKmeansLoops } from './kmeans.ts';
import { FusedLogisticLoss } from './logistic-fused.ts';
import { createLogisticSimd } from './logistic-simd.ts';
import { mixedRanks } from './mixed-ranks.ts';
import { MarkingSampler } from './negatives.ts';
import { createUpdateAdderSimd } from './row-sum-simd.ts';
import { runningMeanSimd } from './running-mean-simd.ts';
import { createSimd } from './simd.ts';
import { createTiled } from './tiled.ts';

/** The names that `chooseLoops` knows, from the plainest to the fastest. */
export const loopNames = ['plain', 'tiled', 'simd'] as const;
export type LoopName = (typeof loopNames)[number];

/**
 * Opens loops by their name, with workspaces of their own: `plain` executes the taught code only, `tiled` is faster
 * JavaScript, `simd` WebAssembly SIMD.
 *
 * @param name Default: the fastest ones, `simd` where the engine has WebAssembly SIMD (every current one), else `tiled`.
 * @throws RangeError if no loops have this name, or if it is `simd` and the engine has none
 */
export function chooseLoops(name?: string): Loops {
  switch (name) {
    case undefined:
      return simdLoops() ?? tiledLoops();
    case 'plain':
      return plainLoops;
    case 'tiled':
      return tiledLoops();
    case 'simd': {
      const simd = simdLoops();
      if (simd) return simd;
      throw new RangeError('chooseLoops: simd needs an engine with WebAssembly SIMD; use tiled here');
    }
    default:
      throw new RangeError(
        `chooseLoops: the loops must be one of ${loopNames.join(', ')}, got ${shown(name)}${hint(name, loopNames)}`,
      );
  }
}

function tiledLoops(): Loops {
  return {
    ...plainLoops,
    name: 'tiled',
    matmul: createTiled(),
    negativeSampler: (items) => new MarkingSampler(items),
    logisticLoss: (items, factors) => new FusedLogisticLoss(items, factors),
    clientAttention: (items, mostAsking) => new Int16Attention(items, mostAsking, false),
    kmeans: (points, clusters) => fastKmeansLoops(points, clusters, false),
    gram: gramMatrixByFours,
  };
}

function simdLoops(): Loops | null {
  const matmul = createSimd();
  if (!matmul) return null;
  const tiled = tiledLoops();
  return {
    ...tiled,
    name: 'simd',
    matmul,
    logisticLoss: (...sizes) => createLogisticSimd(...sizes) ?? tiled.logisticLoss(...sizes),
    updateAdder: (...sizes) => createUpdateAdderSimd(...sizes) ?? tiled.updateAdder(...sizes),
    runningMean: (items) => runningMeanSimd(items) ?? tiled.runningMean(items),
    clientAttention: (items, mostAsking) => new Int16Attention(items, mostAsking, true),
    kmeans: fastKmeansLoops,
    mixedRanks,
  };
}
