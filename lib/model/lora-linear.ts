// LoRA as it is used to adapt a trained layer: the weights W stay frozen, and a product of two thin matrices is learnt beside
// them. In: a weight matrix, a rank; out: the layer's output, the gradients of the two factors, or W with the adapter merged.
// Hu et al. (2022), section 4.1. What compresses a finished update is lora.ts.

import {
  copyOf,
  dimensions,
  expectInteger,
  expectShape,
  floatType,
  type Matrix,
  transpose,
  zeros,
} from '../numeric/ndarrays.ts';
import { product } from '../numeric/product.ts';
import { type RandomStream, randomStream } from '../numeric/rng.ts';
import { type LowRank, merge } from './low-rank.ts';

/** A frozen layer and what is learnt beside it: Y = X (W + scale · B A)ᵀ. */
export interface LoraLinear extends LowRank {
  /** W [outputs, inputs]: never changed. */
  readonly weight: Matrix;
  /** α / r. */
  readonly scale: number;
}

/** The gradients of a loss with respect to the input and to both factors. */
export interface LoraLinearGradient extends LowRank {
  /** [samples, inputs]. */
  readonly input: Matrix;
}

export interface LoraLinearOptions {
  /** r: columns of B, at most the shorter side of W. */
  readonly rank: number;
  /** α: the adapter counts α / r times. Default: the rank, so that it counts once. */
  readonly alpha?: number;
  /** Where A is drawn from: a seed, or a stream. */
  readonly seed: number | RandomStream;
}

/**
 * An adapter that changes nothing yet: B is 0, A has normal numbers of variance 1 / inputs.
 *
 * @param weight W [outputs, inputs], as it was trained
 * @throws RangeError if the rank is not between 1 and the shorter side of W, or α is not a finite number above 0
 */
export function loraLinear(weight: Matrix, options: LoraLinearOptions): LoraLinear {
  const [outputs, inputs] = dimensions('loraLinear', weight);
  const { rank, alpha = rank, seed } = options;
  expectInteger('loraLinear', 'rank', rank, 1, Math.min(outputs, inputs));
  if (!(Number.isFinite(alpha) && alpha > 0)) {
    throw new RangeError(`loraLinear: alpha must be a finite number above 0, got ${alpha}`);
  }
  const rng = typeof seed === 'number' ? randomStream(seed, 'lora') : seed;
  const type = floatType(weight.data);
  const right = zeros(rank, inputs, type);
  for (let at = 0; at < right.size; at++) right.data[at] = rng.normal() / Math.sqrt(inputs);
  return { weight, left: zeros(outputs, rank, type), right, scale: alpha / rank };
}

/**
 * The layer's output, Y = X Wᵀ + scale · (X Aᵀ) Bᵀ (Eq. 36).
 *
 * @param input X [samples, inputs]
 * @returns Y [samples, outputs]
 * @throws RangeError if the shapes do not fit
 */
export function loraForward(layer: LoraLinear, input: Matrix): Matrix {
  expectLayer('loraForward', layer, input);
  const output = product(input, transpose(layer.weight)); // [samples, outputs]
  const narrow = product(input, transpose(layer.right)); // X Aᵀ [samples, rank]
  merge(output, { left: narrow, right: transpose(layer.left) }, layer.scale);
  return output;
}

/**
 * The gradients of a loss with respect to X, B and A, given its gradient G with respect to Y; W gets none (Eq. 36).
 *
 * @param input X [samples, inputs], as in the forward pass
 * @param outputGradient G [samples, outputs]
 * @throws RangeError if the shapes do not fit
 */
export function loraBackward(layer: LoraLinear, input: Matrix, outputGradient: Matrix): LoraLinearGradient {
  const [samples, outputs] = expectLayer('loraBackward', layer, input);
  expectShape('loraBackward', 'outputGradient', outputGradient, [samples, outputs]);
  const narrow = product(input, transpose(layer.right)); // X Aᵀ [samples, rank]
  const through = product(outputGradient, layer.left); // G B [samples, rank]
  const inputGradient = product(outputGradient, layer.weight); // [samples, inputs]
  merge(inputGradient, { left: through, right: layer.right }, layer.scale);
  return {
    input: inputGradient,
    left: scaled(product(transpose(outputGradient), narrow), layer.scale), // [outputs, rank]
    right: scaled(product(transpose(through), input), layer.scale), // [rank, inputs]
  };
}

/** W + scale · B A [outputs, inputs]: one matrix that does what the layer does, so that using it costs nothing more. */
export function mergeLora(layer: LoraLinear): Matrix {
  expectLayer('mergeLora', layer);
  const merged = copyOf(layer.weight);
  merge(merged, layer, layer.scale);
  return merged;
}

/**
 * W again, from a merged matrix: merged − scale · B A, exact to rounding.
 *
 * @param merged [outputs, inputs], as `mergeLora` returned it
 * @throws RangeError if the shapes differ
 */
export function unmergeLora(merged: Matrix, layer: LoraLinear): Matrix {
  expectShape('unmergeLora', 'merged', merged, dimensions('unmergeLora', layer.weight));
  const weight = copyOf(merged);
  merge(weight, layer, -layer.scale);
  return weight;
}

function scaled(values: Matrix, scale: number): Matrix {
  for (let at = 0; at < values.size; at++) values.data[at]! *= scale;
  return values;
}

function expectLayer(caller: string, layer: LoraLinear, input?: Matrix): [samples: number, outputs: number] {
  const [outputs, inputs] = dimensions(caller, layer.weight);
  const [, rank] = dimensions(caller, layer.left);
  expectShape(caller, 'left', layer.left, [outputs, rank]);
  expectShape(caller, 'right', layer.right, [rank, inputs]);
  if (!input) return [0, outputs];
  expectShape(caller, 'input', input, [null, inputs]);
  return [input.shape[0]!, outputs];
}
