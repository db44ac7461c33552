// The way back through a linear layer. In: what the forward pass got, and the gradient of the loss with respect to its output;
// out: the gradients with respect to everything that went in.

import {
  dimensions,
  expectShape,
  type Matrix,
  rowMajorData,
  transpose,
  type Vector,
  zeroVector,
} from '../numeric/ndarrays.ts';
import { product } from '../numeric/product.ts';
import { type BackendOption, expectLinear, type LinearParameters } from './layers.ts';

/**
 * The gradients of a loss with respect to the input and the parameters of `linear`, given its gradient G with respect to the
 * output:
 * dX = G W, dW = Gᵀ X, db = the sum of G's rows.
 *
 * @param input X [samples, inputs], as in the forward pass
 * @param outputGradient G [samples, outputs]
 * @throws RangeError if the shapes do not fit
 */
export function linearBackward(
  parameters: LinearParameters,
  input: Matrix,
  outputGradient: Matrix,
  options: BackendOption = {},
): { input: Matrix; parameters: LinearParameters } {
  const [samples, outputs] = expectLinear('linearBackward', parameters, input);
  expectShape('linearBackward', 'outputGradient', outputGradient, [samples, outputs]);
  const { backend } = options;
  return {
    input: product(outputGradient, parameters.weight, backend), // [samples, inputs]
    parameters: {
      weight: product(transpose(outputGradient), input, backend), // [outputs, inputs]
      bias: columnSums(outputGradient), // [outputs]
    },
  };
}

/** The sum of the rows, [columns], added up in float64: the gradient of whatever was added to every row. */
export function columnSums(values: Matrix): Vector {
  const [rows, columns] = dimensions('columnSums', values);
  const data = rowMajorData(values);
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      sums[column] = sums[column]! + data[row * columns + column]!;
    }
  }
  const result = zeroVector(columns, data instanceof Float32Array ? 'float32' : 'float64');
  result.data.set(sums);
  return result;
}
