// FedYogi: like FedAdam, but the mean of squared changes moves by a bounded amount, so that it forgets slowly.
// m ← β₁ m + (1 − β₁) Δ, v ← v − (1 − β₂) Δ² sign(v − Δ²), step η m / (√v + τ).
// Reddi et al. (2021), Adaptive Federated Optimization, arXiv 2003.00295, Algorithm 2.
import type { Memory } from '../federated/memory.ts';
import type { ServerOptimizer } from '../federated/server.ts';
import type { Settings } from '../federated/settings.ts';

/** τ of the paper: how much adaptivity there is. */
export const ADAPTIVITY = 1e-3;

/** The server's step; what it remembers lies in the memory. */
export function fedYogi(length: number, memory: Memory, { serverLearningRate }: Settings): ServerOptimizer {
  const first = memory.float32AtServer('serverFirstMoment', length);
  const second = memory.float32AtServer('serverSecondMoment', length);
  const steps = memory.uint32AtServer('serverSteps', 1);
  return {
    step(sum, step) {
      if (steps[0]!++ === 0) second.fill(ADAPTIVITY ** 2);
      for (let at = 0; at < length; at++) {
        const change = sum.items[at]!;
        const square = change * change;
        first[at] = 0.9 * first[at]! + 0.1 * change;
        second[at]! -= 0.01 * square * Math.sign(second[at]! - square);
        step[at] = (serverLearningRate * first[at]!) / (Math.sqrt(second[at]!) + ADAPTIVITY);
      }
    },
  };
}
