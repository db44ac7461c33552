// How wrong a model is, and in which direction: each loss with the gradient that training descends.
// In: scores (logits) with labels 0 or 1, or an output with its target; out: the loss, and its gradient with respect to the input.
// Binary cross-entropy is computed from the score, not from the probability, so that it stays finite for any score.
import { copyOf, dimensions, expectShape, type Matrix, rowMajorData } from '../numeric/matrix.ts';

/** The probability that a score stands for, σ(s) = 1 / (1 + e⁻ˢ). Never overflows: e is raised to −|s| only. */
export function sigmoid(score: number): number {
  const decay = Math.exp(-Math.abs(score));
  return score < 0 ? decay / (1 + decay) : 1 / (1 + decay);
}

/**
 * Binary cross-entropy −(y log σ(s) + (1 − y) log(1 − σ(s))), in nats.
 * Written as max(s, 0) − s·y + log(1 + e^−|s|), it is exact where σ(s) has already rounded to 0 or 1.
 *
 * @param score s, the logit
 * @param label y, 0 or 1 (any number between them is a soft label)
 */
export function binaryCrossEntropy(score: number, label: number): number {
  return Math.max(score, 0) - score * label + Math.log1p(Math.exp(-Math.abs(score)));
}

/** The gradient of `binaryCrossEntropy` with respect to the score: σ(s) − y. */
export function binaryCrossEntropyGradient(score: number, label: number): number {
  return sigmoid(score) - label;
}

/**
 * The mean of the squared differences over all elements.
 *
 * @param output [rows, columns]
 * @param target [rows, columns]
 * @throws RangeError if the shapes differ or there is no element
 */
export function meanSquaredError(output: Matrix, target: Matrix): number {
  expectComparable('meanSquaredError', output, target);
  const got = rowMajorData(output);
  const wanted = rowMajorData(target);
  let sum = 0;
  for (let index = 0; index < got.length; index++) sum += (got[index]! - wanted[index]!) ** 2;
  return sum / got.length;
}

/**
 * The gradient of `meanSquaredError` by the output, 2 (output − target) / elements; the target counts as a constant.
 *
 * @returns [rows, columns], of the output's element type
 * @throws RangeError if the shapes differ or there is no element
 */
export function meanSquaredErrorGradient(output: Matrix, target: Matrix): Matrix {
  expectComparable('meanSquaredErrorGradient', output, target);
  const gradient = copyOf(output); // [rows, columns]
  const wanted = rowMajorData(target);
  const weight = 2 / wanted.length;
  for (let index = 0; index < wanted.length; index++) {
    gradient.data[index] = weight * (gradient.data[index]! - wanted[index]!);
  }
  return gradient;
}

function expectComparable(caller: string, output: Matrix, target: Matrix): void {
  const shape = dimensions(caller, output);
  expectShape(caller, 'target', target, shape);
  if (output.size === 0) {
    throw new RangeError(`${caller}: output must have at least one element, got shape [${shape.join(', ')}]`);
  }
}
