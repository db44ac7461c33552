// Norm bounding: nobody's update may be longer than a bound; longer ones are shortened to it, and then all are added up.
// A liar can still lie, but not louder than others. Sun et al. (2019), Can You Really Backdoor Federated Learning?,
// arXiv 1911.07963.
// In: updates; out: Σ min(1, bound / ‖ΔQ_u‖) ΔQ_u. With a bound given beforehand, it streams: no update is kept.
import type { Combine } from '../federated/combine.ts';
import { PlainUpdateAdder } from '../federated/update-sum.ts';
import { clipUpdate, updateNorm } from '../privacy/clipping.ts';
import { median } from './coordinate-median.ts';
import { sumOfJudged } from './kept-updates.ts';

/**
 * The sum of shortened updates.
 *
 * @param bound the largest norm; 'auto' is the median of the norms of the round, for which its updates are kept
 * @throws RangeError if the bound is neither 'auto' nor a positive number
 */
export function normBound({ bound = 'auto' }: { bound?: number | 'auto' } = {}): Combine {
  if (bound === 'auto') {
    return sumOfJudged((updates) => {
      const typical = median(Float32Array.from(updates, (update) => updateNorm(update, 'l2')).sort());
      return typical > 0 ? updates.map((update) => clipUpdate(update, typical, 'l2')) : updates;
    });
  }
  if (!(bound > 0)) throw new RangeError(`normBound: bound must be 'auto' or a number above 0, got ${bound}`);
  return {
    adder: (items, dims, extra) => new PlainUpdateAdder(items, dims, extra),
    judge: (update) => clipUpdate(update, bound, 'l2'),
  };
}
