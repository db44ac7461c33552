// The squared error of an output [rows, columns] and its gradient, which training descends.
// In: an output with its target; out: the mean over all elements, or its gradient with respect to the output.
import { copyOf, dimensions, expectShape, type Matrix, rowMajorData } from '../numeric/ndarrays.ts';

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
