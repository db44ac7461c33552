// logSumExp is the smooth maximum of a row of scores; its gradient is the row's softmax.
// In: scores [rows, columns] and, if some entries are forbidden, a mask; out: a number per row, or gradients.
import {
  expectShape,
  floatType,
  type Matrix,
  rowMajorData,
  type Vector,
  zeroVector,
} from '../numeric/ndarrays.ts';
import { distanceBelow, expectMask, largestAllowed, softmaxRows } from './softmax.ts';

/**
 * The logarithm of Σ e^score over each row's allowed entries; −∞ where nothing is allowed, +∞ where a score is.
 *
 * @param scores [rows, columns]
 * @param mask 1 = allowed, 0 = forbidden, [rows × columns] row by row. Default: everything is allowed.
 * @returns [rows]
 * @throws RangeError if the mask has another length
 */
export function logSumExp(scores: Matrix, mask?: Uint8Array): Vector {
  const [rows, columns] = expectMask('logSumExp', scores, mask);
  const data = rowMajorData(scores);
  const result = zeroVector(rows, floatType(data));
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * columns, (row + 1) * columns];
    const largest = largestAllowed(data.subarray(from, to), mask?.subarray(from, to));
    let sum = 0;
    for (let index = from; index < to; index++) {
      if (mask?.[index] !== 0) sum += Math.exp(distanceBelow(largest, data[index]!));
    }
    result.set(row, largest === -Infinity ? -Infinity : largest + Math.log(sum));
  }
  return result;
}

/**
 * The gradient of a loss with respect to the scores of `logSumExp`: the row's softmax, times its gradient with respect to
 * the result.
 *
 * @param scores [rows, columns], as in the forward pass
 * @param outputGradient [rows]
 * @param mask as in the forward pass
 * @returns [rows, columns]
 * @throws RangeError if the shapes or the mask do not fit
 */
export function logSumExpBackward(scores: Matrix, outputGradient: Vector, mask?: Uint8Array): Matrix {
  const [rows, columns] = expectMask('logSumExpBackward', scores, mask);
  expectShape('logSumExpBackward', 'outputGradient', outputGradient, [rows]);
  const gradient = softmaxRows(scores, mask);
  for (let index = 0; index < gradient.size; index++) {
    gradient.data[index] = gradient.data[index]! * outputGradient.get(Math.floor(index / columns));
  }
  return gradient;
}
