// Softmax turns a row of scores into shares of one whole.
// In: scores [rows, columns] and, if some entries are forbidden, a mask; out: weights of the same shape. attention-backward.ts
// has the gradient.
// The largest score is subtracted first: the result is the same, and no exponential can overflow.
import { copyOf, dimensions, type FloatArray, type Matrix } from '../numeric/ndarrays.ts';

/**
 * The softmax of every row, e^score / Σ e^score over the row's allowed entries. Forbidden entries get exactly 0,
 * and so does a whole row in which nothing is allowed. A score of −∞ counts as forbidden; scores of +∞ share the whole
 * equally, which is the limit of ever larger scores.
 *
 * @param scores [rows, columns]
 * @param mask 1 = allowed, 0 = forbidden, [rows × columns] row by row. Default: everything is allowed.
 * @returns weights [rows, columns]
 * @throws RangeError if the mask has another length
 */
export function softmaxRows(scores: Matrix, mask?: Uint8Array): Matrix {
  const [rows, columns] = expectMask('softmaxRows', scores, mask);
  const weights = copyOf(scores);
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * columns, (row + 1) * columns];
    softmaxInPlace(weights.data.subarray(from, to), mask?.subarray(from, to));
  }
  return weights;
}

/**
 * The softmax of one row, written over its scores; the rules are those of `softmaxRows`.
 *
 * @param scores [columns]; becomes the weights
 * @param allowed 1 = allowed, 0 = forbidden, [columns]
 */
export function softmaxInPlace(scores: FloatArray, allowed?: Uint8Array): void {
  const largest = largestAllowed(scores, allowed);
  if (largest === -Infinity) {
    scores.fill(0);
    return;
  }
  let sum = 0;
  for (let column = 0; column < scores.length; column++) {
    const share = allowed?.[column] === 0 ? 0 : Math.exp(distanceBelow(largest, scores[column]!));
    scores[column] = share;
    sum += share;
  }
  for (let column = 0; column < scores.length; column++) scores[column] = scores[column]! / sum;
}

/** score − largest, also where both are infinite. */
export function distanceBelow(largest: number, score: number): number {
  return score === largest ? 0 : score - largest;
}

/** The row's largest allowed score; −∞ if there is none, NaN if one of them is. */
export function largestAllowed(scores: FloatArray, allowed: Uint8Array | undefined): number {
  let largest = -Infinity;
  for (let column = 0; column < scores.length; column++) {
    if (allowed?.[column] !== 0) largest = Math.max(largest, scores[column]!);
  }
  return largest;
}

/** Checks that the mask, if there is one, has an entry per score; returns the shape. */
export function expectMask(caller: string, scores: Matrix, mask: Uint8Array | undefined): [number, number] {
  const [rows, columns] = dimensions(caller, scores);
  if (mask && mask.length !== rows * columns) {
    throw new RangeError(
      `${caller}: mask must have rows × columns (${rows} × ${columns} = ${rows * columns}) entries, got ${mask.length}`,
    );
  }
  return [rows, columns];
}
