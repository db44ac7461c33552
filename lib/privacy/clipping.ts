// Clipping bounds what one client can say: an update longer than the bound is shortened to it. Without a bound no
// noise can promise anything, because one message could be arbitrarily large.
// In: an update as factors; out: the same update, scaled. The norm of B A is found from B and A, without the product.

import type { NoiseKind } from '../federated/settings.ts';
import type { Update } from '../federated/wire.ts';

/** Which norm a kind of noise needs bounded: l2 is the root of the sum of squares, l1 the sum of sizes. */
export type Norm = 'l1' | 'l2';

export function normOf(noise: NoiseKind): Norm {
  return noise === 'laplace' ? 'l1' : 'l2';
}

/**
 * The norm of all numbers of an update: those of B A [rows, D] and the extra weights (Eq. 24).
 *
 * For rank one, ‖B A‖ = ‖B‖ ‖A‖ in both norms; for higher ranks, ‖B A‖² = Σ (BᵀB) ∘ (A Aᵀ) in l2.
 */
export function updateNorm(update: Update, norm: Norm): number {
  const { rank, left, right, extra } = update;
  if (norm === 'l1') return productSizes(update) + sumOfSizes(extra);
  let squares = sumOfSquares(left);
  if (rank === 1) squares *= sumOfSquares(right);
  else if (rank > 1) squares = productSquares(update);
  return Math.sqrt(squares + sumOfSquares(extra));
}

/**
 * Shortens an update to a norm of at most `bound`; a shorter one stays as it is (Eq. 24).
 *
 * @throws RangeError unless the bound is above 0
 */
export function clipUpdate(update: Update, bound: number, norm: Norm): Update {
  if (!(bound > 0)) throw new RangeError(`clipUpdate: bound must be above 0, got ${bound}`);
  const length = updateNorm(update, norm);
  if (length <= bound) return update;
  const factor = bound / length;
  const scale = (values: Float32Array) => values.map((value) => value * factor);
  return { ...update, left: scale(update.left), extra: scale(update.extra) };
}

/** ‖B A‖² as the sum of the entrywise product of two small Gram matrices, [rank, rank]. */
function productSquares({ rows, rank, dims, left, right }: Update): number {
  let sum = 0;
  for (let a = 0; a < rank; a++) {
    for (let b = 0; b < rank; b++) {
      let ofLeft = 0;
      for (let row = 0; row < rows.length; row++) ofLeft += left[row * rank + a]! * left[row * rank + b]!;
      let ofRight = 0;
      for (let k = 0; k < dims; k++) ofRight += right[a * dims + k]! * right[b * dims + k]!;
      sum += ofLeft * ofRight;
    }
  }
  return sum;
}

function productSizes({ rows, rank, dims, left, right }: Update): number {
  if (rank === 0) return sumOfSizes(left);
  if (rank === 1) return sumOfSizes(left) * sumOfSizes(right);
  let sum = 0;
  for (let row = 0; row < rows.length; row++) {
    for (let k = 0; k < dims; k++) {
      let entry = 0;
      for (let r = 0; r < rank; r++) entry += left[row * rank + r]! * right[r * dims + k]!;
      sum += Math.abs(entry);
    }
  }
  return sum;
}

function sumOfSquares(values: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]! * values[index]!;
  return sum;
}

function sumOfSizes(values: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += Math.abs(values[index]!);
  return sum;
}
