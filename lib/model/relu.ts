// ReLU, the plainest way to make a network more than linear, forward and backward.
// In: a matrix of any shape; out: a new one of the same shape.
import { copyOf, dimensions, expectShape, type Matrix, rowMajorData } from '../numeric/ndarrays.ts';

/** ReLU, max(0, x) of every element (NaN stays NaN). */
export function relu(input: Matrix): Matrix {
  const output = copyOf(input);
  for (let index = 0; index < output.size; index++) output.data[index] = Math.max(0, output.data[index]!);
  return output;
}

/**
 * The gradient of a loss with respect to the input of `relu`: the gradient with respect to the output where the input is
 * positive, else 0 (also at the kink).
 *
 * @throws RangeError if the shapes differ
 */
export function reluBackward(input: Matrix, outputGradient: Matrix): Matrix {
  expectShape('reluBackward', 'outputGradient', outputGradient, dimensions('reluBackward', input));
  const gradient = copyOf(outputGradient);
  const inputs = rowMajorData(input);
  for (let index = 0; index < gradient.size; index++) if (inputs[index]! <= 0) gradient.data[index] = 0;
  return gradient;
}
