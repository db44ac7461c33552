// Matrix factorization: a user is a vector p, an item a row q_i = [factors, bias], a score their product [p, 1]·q_i.
// In: one user's items with labels and counts; out: scores, the loss and its gradients, one function a formula.
// The federated client computes the same in one fused pass (lib/federated/client.ts); training all users in one place,
// as a reference without federation, is `fit` in lib/model/factorization-fit.ts.
// Koren, Bell & Volinsky (2009); binary cross-entropy with sampled negatives as in He et al. (2017).
import { expectKind, expectParts } from '../numeric/arguments.ts';
import {
  dimensions,
  expectShape,
  type FloatArray,
  type Matrix,
  rowMajorData,
  type Vector,
  zeros,
} from '../numeric/ndarrays.ts';
import { mayOverlap } from '../numeric/overlap.ts';
import { product } from '../numeric/product.ts';
import { binaryCrossEntropy, binaryCrossEntropyGradient, sigmoid } from './loss.ts';

/** What a user's loss is about: for each row, how it ended and how often it counts. */
export interface LabelledRows {
  /** y: 1 for touched, 0 for not, [rows]. */
  readonly labels: ArrayLike<number>;
  /** W: how often the row is in the sample, [rows]; 0 leaves it out. */
  readonly counts: ArrayLike<number>;
}

/**
 * The score of one item, s = [p, 1]·q = Σ_k p_k q_k + the item's bias (Eq. 1).
 *
 * @param userVector p [factors]
 * @param itemTable Q [items, factors + 1] row by row; the last column is the item bias
 * @param start where the item's row begins
 */
export function scoreOf(userVector: FloatArray, itemTable: FloatArray, start: number): number {
  const factors = userVector.length;
  let score = itemTable[start + factors]!;
  for (let k = 0; k < factors; k++) score += userVector[k]! * itemTable[start + k]!;
  return score;
}

/**
 * Writes the score of every row of an item table, s_i = [p, 1]·q_i (Eq. 1). Takes O(rows · factors).
 *
 * @param userVector p [factors]
 * @param itemTable Q [rows, factors + 1]; the last column is the item bias
 * @param out s [rows], written, also over the table or the vector
 * @returns `out`
 * @throws RangeError if the shapes do not fit
 */
export function scoreAll<T extends FloatArray>(userVector: Vector, itemTable: Matrix, out: T): T {
  const [rows, width] = dimensions('scoreAll', itemTable);
  expectShape('scoreAll', 'userVector', userVector, [width - 1]);
  expectLength('scoreAll', 'out', out, rows);
  const inPlace = rowMajorData(itemTable);
  const table = mayOverlap(out, itemTable) ? inPlace.slice() : inPlace;
  const user = new Float64Array(width - 1).map((_, k) => userVector.get(k));
  for (let row = 0; row < rows; row++) out[row] = scoreOf(user, table, row * width);
  return out;
}

/** The loss of a sample, Σ W_i BCE(s_i, y_i): the sum; the mean is this divided by Σ W_i (Eq. 2). */
export function weightedLoss(scores: ArrayLike<number>, sample: LabelledRows): number {
  expectSample('weightedLoss', scores, sample);
  const { labels, counts } = sample;
  expectLength('weightedLoss', 'labels', labels, scores.length);
  expectLength('weightedLoss', 'counts', counts, scores.length);
  let loss = 0;
  for (let row = 0; row < scores.length; row++) {
    if (counts[row] !== 0) loss += counts[row]! * binaryCrossEntropy(scores[row]!, labels[row]!);
  }
  return loss;
}

/** The gradient of the loss with respect to each score, g_i = W_i (σ(s_i) − y_i), [rows] (Eq. 3). */
export function scoreGradient(scores: ArrayLike<number>, sample: LabelledRows): Float64Array {
  expectSample('scoreGradient', scores, sample);
  const { labels, counts } = sample;
  expectLength('scoreGradient', 'labels', labels, scores.length);
  expectLength('scoreGradient', 'counts', counts, scores.length);
  const gradient = new Float64Array(scores.length);
  for (let row = 0; row < scores.length; row++) {
    gradient[row] = counts[row]! * binaryCrossEntropyGradient(scores[row]!, labels[row]!);
  }
  return gradient;
}

/**
 * The gradient of the loss with respect to the user vector, Σ_i g_i q_i without the bias column, [factors] (Eq. 4).
 *
 * @param itemTable Q [rows, factors + 1]
 * @param scoreGradients g [rows]
 */
export function userGradient(itemTable: Matrix, scoreGradients: ArrayLike<number>): Float64Array {
  const [rows, width] = dimensions('userGradient', itemTable);
  expectLength('userGradient', 'scoreGradients', scoreGradients, rows);
  const table = rowMajorData(itemTable);
  const gradient = new Float64Array(width - 1);
  for (let row = 0; row < rows; row++) {
    const derivative = scoreGradients[row]!;
    for (let k = 0; k < gradient.length; k++) gradient[k]! += derivative * table[row * width + k]!;
  }
  return gradient;
}

/**
 * The Hessian of the loss with respect to the user vector, Σ_i W_i σ(s_i) (1 − σ(s_i)) q_i q_iᵀ without the bias column:
 * its lower half, [factors, factors] row by row, with zeros above the diagonal (Eq. 13).
 *
 * @param itemTable Q [rows, factors + 1]
 * @param scores s [rows]
 * @param counts W [rows]
 */
export function userHessian(
  itemTable: Matrix,
  scores: ArrayLike<number>,
  counts: ArrayLike<number>,
): Float64Array {
  const [rows, width] = dimensions('userHessian', itemTable);
  expectLength('userHessian', 'scores', scores, rows);
  expectLength('userHessian', 'counts', counts, rows);
  const factors = width - 1;
  const items = itemTable.hi(rows, factors); // q of each row [rows, factors]
  const weighted = zeros(factors, rows); // W σ(s) (1 − σ(s)) q, a column per row
  for (let row = 0; row < rows; row++) {
    const probability = sigmoid(scores[row]!);
    const curvature = counts[row]! * probability * (1 - probability);
    for (let k = 0; k < factors; k++) weighted.data[k * rows + row] = curvature * items.get(row, k);
  }
  const hessian = product(weighted, items).data as Float64Array;
  for (let k = 0; k < factors; k++) hessian.fill(0, k * factors + k + 1, (k + 1) * factors);
  return hessian;
}

function expectLength(caller: string, name: string, values: ArrayLike<number>, length: number): void {
  if (values.length !== length) {
    throw new RangeError(`${caller}: ${name} must have one entry per row (${length}), got ${values.length}`);
  }
}

function expectSample(caller: string, scores: ArrayLike<number>, sample: LabelledRows): void {
  expectKind(caller, 'scores', scores, 'list', '[0.5, -1]');
  expectParts(caller, 'sample', sample, '{ labels: [1, 0], counts: [1, 1] }', {
    labels: 'list',
    counts: 'list',
  });
}
