// Softmax turns a row of scores into shares of one whole; logSumExp is the smooth maximum that it is the slope of.
// In: scores [rows, columns] and, if some entries are forbidden, a mask; out: weights of the same shape, or gradients.
// The largest score is subtracted first: the result is the same, and no exponential can overflow.
import {
  copyOf,
  dimensions,
  expectShape,
  type FloatArray,
  type Matrix,
  rowMajorData,
  type Vector,
  zeroVector,
} from '../numeric/matrix.ts';

/**
 * The softmax of every row, e^score / Σ e^score over the row's allowed entries. Forbidden entries get exactly 0,
 * and so does a whole row in which nothing is allowed. A score of −∞ counts as forbidden; scores of +∞ share the whole
 * equally, which is the limit of ever larger scores.
 *
 * @param scores [rows, columns]
 * @param mask 1 = allowed, 0 = forbidden, [rows × columns] row by row; everything is allowed unless told
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

/**
 * The gradient of a loss by the scores of `softmaxRows`, given its gradient G by the weights A:
 * A ∘ (G − Σ A ∘ G of the row). Where the weight is 0, so is the gradient: a mask is not needed again.
 *
 * @param weights A [rows, columns], as `softmaxRows` returned them
 * @param weightGradient G [rows, columns]
 * @returns [rows, columns]
 * @throws RangeError if the shapes differ
 */
export function softmaxRowsBackward(weights: Matrix, weightGradient: Matrix): Matrix {
  const [rows, columns] = dimensions('softmaxRowsBackward', weights);
  expectShape('softmaxRowsBackward', 'weightGradient', weightGradient, [rows, columns]);
  const gradient = copyOf(weightGradient);
  const shares = rowMajorData(weights);
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * columns, (row + 1) * columns];
    let average = 0;
    for (let index = from; index < to; index++) average += shares[index]! * gradient.data[index]!;
    for (let index = from; index < to; index++) {
      gradient.data[index] = shares[index]! * (gradient.data[index]! - average);
    }
  }
  return gradient;
}

/**
 * The logarithm of Σ e^score over each row's allowed entries; −∞ where nothing is allowed, +∞ where a score is.
 *
 * @param scores [rows, columns]
 * @param mask 1 = allowed, 0 = forbidden, [rows × columns] row by row; everything is allowed unless told
 * @returns [rows]
 * @throws RangeError if the mask has another length
 */
export function logSumExp(scores: Matrix, mask?: Uint8Array): Vector {
  const [rows, columns] = expectMask('logSumExp', scores, mask);
  const data = rowMajorData(scores);
  const result = zeroVector(rows, data instanceof Float32Array ? 'float32' : 'float64');
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
 * The gradient of a loss by the scores of `logSumExp`, given its gradient by the result: the row's softmax times it.
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

/** score − largest, also where both are infinite. */
function distanceBelow(largest: number, score: number): number {
  return score === largest ? 0 : score - largest;
}

/** The row's largest allowed score; −∞ if there is none, NaN if one of them is. */
function largestAllowed(scores: FloatArray, allowed: Uint8Array | undefined): number {
  let largest = -Infinity;
  for (let column = 0; column < scores.length; column++) {
    if (allowed?.[column] !== 0) largest = Math.max(largest, scores[column]!);
  }
  return largest;
}

function expectMask(caller: string, scores: Matrix, mask: Uint8Array | undefined): [number, number] {
  const [rows, columns] = dimensions(caller, scores);
  if (mask && mask.length !== rows * columns) {
    throw new RangeError(
      `${caller}: mask must have rows × columns (${rows} × ${columns} = ${rows * columns}) entries, got ${mask.length}`,
    );
  }
  return [rows, columns];
}
