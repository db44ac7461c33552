// The plainest layer of a neural network, linear.
// In: a matrix with one sample per row; out: a new matrix. Nothing is kept for the way back: a backward function gets the forward
// input again, and changes none of its arguments (layers-backward.ts).

import {
  dimensions,
  expectInteger,
  expectShape,
  type FloatType,
  type Matrix,
  transpose,
  type Vector,
  zeros,
  zeroVector,
} from '../numeric/ndarrays.ts';
import { type MatmulBackend, product } from '../numeric/product.ts';
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

/** Checks the shapes; returns the numbers of samples and of outputs. */
export function expectLinear(caller: string, parameters: LinearParameters, input: Matrix): [number, number] {
  const [samples, inputs] = dimensions(caller, input);
  expectShape(caller, 'weight', parameters.weight, [null, inputs]);
  const outputs = parameters.weight.shape[0]!;
  expectShape(caller, 'bias', parameters.bias, [outputs]);
  return [samples, outputs];
}
