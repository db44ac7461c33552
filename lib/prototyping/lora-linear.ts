// A trainable adapter beside a frozen weight matrix, for whoever calls it: matrices of any kind, a number as seed. Here everything
// is converted once; what is computed, and how, is lib/model/lora-linear.ts.
import type { LoraLinear, LoraLinearGradient } from '../model/lora-linear.ts';
import * as plain from '../model/lora-linear.ts';
import { inTheNameOf } from '../numeric/arguments.ts';
import {
  asMatrix,
  asStream,
  expectObject,
  expectSize,
  type MatrixLike,
  type Seed,
} from '../numeric/matrix-like.ts';
import type { Matrix } from '../numeric/ndarrays.ts';

export type { LoraLinear, LoraLinearGradient } from '../model/lora-linear.ts';

/** What `loraLinear` is asked for. */
export interface LoraSettings {
  /** r: columns of B, at most the shorter side of W. */
  readonly rank: number;
  /** α: the adapter counts α / r times. Default: the rank, so that it counts once. */
  readonly alpha?: number;
  /** Where A is drawn from: a number or a stream. Default: 1. */
  readonly seed?: Seed;
}

/**
 * A frozen weight matrix W with a trainable B A beside it (Eq. 36). It changes nothing yet: B is 0, A is drawn.
 *
 * @param weight W [outputs, inputs], as it was trained; ndarrays are not copied
 * @returns the layer, for `loraForward`, `loraBackward`, `mergeLora`; an optimiser moves `left` (B) and `right` (A)
 * @throws RangeError if the rank is not between 1 and the shorter side of W, or α is not a finite number above 0; TypeError if an
 *   argument is of another kind
 * @example
 * const layer = loraLinear([[1, 2], [3, 4]], { rank: 1, alpha: 2, seed: 1 });
 * toRows(loraForward(layer, [[1, 1]])); // [[3, 7]]: W alone, so far
 */
export function loraLinear(weight: MatrixLike, options: LoraSettings): LoraLinear {
  const given = asMatrix('loraLinear', 'weight', weight);
  expectObject('loraLinear', 'options', options, '{ rank: 4, alpha: 8, seed: 1 }');
  expectSize('loraLinear', given, 'weight');
  const seed = asStream('loraLinear', 'seed', options.seed ?? 1, 'lora');
  return plain.loraLinear(given, { ...options, seed });
}

/**
 * The layer's output, Y = X Wᵀ + scale · (X Aᵀ) Bᵀ (Eq. 36).
 *
 * @param input X [samples, inputs]
 * @returns Y [samples, outputs]
 * @throws RangeError if the shapes do not fit, TypeError if an argument is of another kind
 */
export function loraForward(layer: LoraLinear, input: MatrixLike): Matrix {
  expectObject('loraForward', 'layer', layer, 'that of loraLinear(…)');
  const given = asMatrix('loraForward', 'input', input);
  return inTheNameOf('loraForward', () => plain.loraForward(layer, given));
}

/**
 * The gradients of a loss with respect to X, B and A, given its gradient G with respect to Y; W gets none (Eq. 36).
 *
 * @param input X [samples, inputs], as in the forward pass
 * @param outputGradient G [samples, outputs]
 * @throws RangeError if the shapes do not fit, TypeError if an argument is of another kind
 */
export function loraBackward(
  layer: LoraLinear,
  input: MatrixLike,
  outputGradient: MatrixLike,
): LoraLinearGradient {
  expectObject('loraBackward', 'layer', layer, 'that of loraLinear(…)');
  const given = asMatrix('loraBackward', 'input', input);
  const gradient = asMatrix('loraBackward', 'outputGradient', outputGradient);
  return inTheNameOf('loraBackward', () => plain.loraBackward(layer, given, gradient));
}

/**
 * W + scale · B A [outputs, inputs]: one matrix that does what the layer does, so that using it costs nothing more.
 *
 * @throws RangeError if the shapes do not fit, TypeError if the layer is of another kind
 */
export function mergeLora(layer: LoraLinear): Matrix {
  expectObject('mergeLora', 'layer', layer, 'that of loraLinear(…)');
  return inTheNameOf('mergeLora', () => plain.mergeLora(layer));
}

/**
 * W again, from a merged matrix: merged − scale · B A, exact to rounding.
 *
 * @param merged [outputs, inputs], as `mergeLora` returned it
 * @throws RangeError if the shapes differ, TypeError if an argument is of another kind
 */
export function unmergeLora(merged: MatrixLike, layer: LoraLinear): Matrix {
  expectObject('unmergeLora', 'layer', layer, 'that of loraLinear(…)');
  const given = asMatrix('unmergeLora', 'merged', merged);
  return inTheNameOf('unmergeLora', () => plain.unmergeLora(given, layer));
}
