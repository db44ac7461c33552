// The SIMD module with the loops over item rows (kernels/item-rows.ts). Used by logistic-simd.ts, row-sum-simd.ts and
// running-mean-simd.ts.
import { itemRowsKernel } from './item-rows-kernel.generated.ts';
import { openKernel } from './open-kernel.ts';

/** The module's functions; arguments are byte addresses and counts. */
export interface ItemRowsKernel {
  readonly memory: WebAssembly.Memory;
  readonly pass: (...addresses: number[]) => void;
  readonly hessian: (...addresses: number[]) => void;
  readonly score: (...addresses: number[]) => void;
  readonly addRankOne: (...addresses: number[]) => void;
  readonly updateMean: (...addressesAndWeights: number[]) => void;
}

/** A new instance with a memory of its own, or null where the engine has no WebAssembly SIMD. */
export function itemRows(): ItemRowsKernel | null {
  return openKernel<ItemRowsKernel>(itemRowsKernel);
}
