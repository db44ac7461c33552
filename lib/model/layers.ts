// The plainest layer of a neural network, linear, forward and backward.
// In: a matrix with one sample per row; out: a new matrix, or the gradients with respect to everything that went in. Nothing
// is kept between the two: a backward function gets the forward input again, and changes none of its arguments.
import { type MatmulBackend, product } from '../numeric/matmul.ts';
import {
  dimensions,
  expectInteger,
  expectShape,
  type FloatType,
  type Matrix,
  rowMajorData,
  transpose,
  type Vector,
  zeros,
  zeroVector,
} from '../numeric/ndarrays.ts';
import type { RandomStream } from '../numeric/rng.ts';

/** Which loop computes the matrix products. Default: the plain one. */
export interface BackendOption {
  backend?: MatmulBackend;
}

/** A linear layer: `weight` W [outputs, inputs] and `bias` b [outputs]. */
export type LinearParameters = { weight: Matrix; bias: Vector };

/**
 * A fresh linear layer: weights uniform in ±√(6 / (inputs + outputs)), so that signals keep their size on the way
 * through (Glorot & Bengio, 2010); bias 0.
 *
 * @throws RangeError if a size is not a whole number of at least 1
 */
export function linearParameters(
  inputs: number,
  outputs: number,
  rng: RandomStream,
  type: FloatType = 'float64',
): LinearParameters {
  expectInteger('linearParameters', 'inputs', inputs, 1);
  expectInteger('linearParameters', 'outputs', outputs, 1);
  const weight = zeros(outputs, inputs, type); // [outputs, inputs]
  const limit = Math.sqrt(6 / (inputs + outputs));
  for (let index = 0; index < weight.size; index++) weight.data[index] = limit * (2 * rng.uniform() - 1);
  return { weight, bias: zeroVector(outputs, type) };
}

/**
 * The linear layer Y = X Wᵀ + b.
 *
 * @param input X [samples, inputs]
 * @returns Y [samples, outputs]
 * @throws RangeError if the shapes do not fit
 */
export function linear(parameters: LinearParameters, input: Matrix, options: BackendOption = {}): Matrix {
  const [, outputs] = expectLinear('linear', parameters, input);
  const output = product(input, transpose(parameters.weight), options.backend); // [samples, outputs]
  for (let index = 0; index < output.size; index++) {
    output.data[index] = output.data[index]! + parameters.bias.get(index % outputs);
  }
  return output;
}

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

function expectLinear(caller: string, parameters: LinearParameters, input: Matrix): [number, number] {
  const [samples, inputs] = dimensions(caller, input);
  expectShape(caller, 'weight', parameters.weight, [null, inputs]);
  const outputs = parameters.weight.shape[0]!;
  expectShape(caller, 'bias', parameters.bias, [outputs]);
  return [samples, outputs];
}
