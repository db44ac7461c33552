// FedAdagrad: each weight's step is divided by the root of the sum of its squared changes so far.
// v ← v + Δ², step η Δ / (√v + τ). Reddi et al. (2021), arXiv 2003.00295, Algorithm 2, with β₁ = 0 as in its experiments.
import type { Memory } from '../federated/memory.ts';
import type { ServerOptimizer } from '../federated/server.ts';
import type { Settings } from '../federated/settings.ts';
import { ADAPTIVITY } from './fedyogi.ts';

/** The server's step; what it remembers lies in the memory. */
export function fedAdagrad(
  length: number,
  memory: Memory,
  { serverLearningRate }: Settings,
): ServerOptimizer {
  const squares = memory.float32AtServer('serverSquares', length);
  const steps = memory.uint32AtServer('serverSteps', 1);
  return {
    step(sum, step) {
      if (steps[0]!++ === 0) squares.fill(ADAPTIVITY ** 2);
      for (let at = 0; at < length; at++) {
        const change = sum.items[at]!;
        squares[at]! += change * change;
        step[at] = (serverLearningRate * change) / (Math.sqrt(squares[at]!) + ADAPTIVITY);
      }
    },
  };
}
