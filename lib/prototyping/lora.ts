// Low rank for whoever calls it: matrices of any kind. Here everything is converted once; what is computed, and how, is
// lib/model/lora.ts, low-rank.ts, lora-linear.ts and lib/numeric/svd.ts.
// In: rows of numbers, typed arrays with a shape, ndarrays, mathjs matrices; out: what the plain modules return.
import * as model from '../model/lora.ts';
import type { LoraLinear, LoraLinearGradient } from '../model/lora-linear.ts';
import type { LowRank } from '../model/low-rank.ts';
import { inTheNameOf } from '../numeric/arguments.ts';
import {
  asMatrix,
  asStream,
  expectObject,
  inWords,
  type MatrixLike,
  type Seed,
} from '../numeric/matrix-like.ts';
import { expectInteger, type Matrix } from '../numeric/ndarrays.ts';
import type { SvdOptions, TruncatedSvd } from '../numeric/svd.ts';

export type { LoraLinear, LoraLinearGradient } from '../model/lora-linear.ts';
export { bytesSaved, type LowRank, rankOneUpdate } from '../model/low-rank.ts';
export { toRows } from '../numeric/matrix.ts';
export type { MatrixLike, Seed } from '../numeric/matrix-like.ts';
export type { SvdOptions, TruncatedSvd } from '../numeric/svd.ts';

/** B and A as people have them. */
export interface LowRankLike {
  /** B [rows, rank]. */
  readonly left: MatrixLike;
  /** A [rank, columns]. */
  readonly right: MatrixLike;
}

/**
 * The best rank-r approximation of a matrix as factors: A has orthonormal rows, B carries the sizes.
 *
 * @param values [rows, columns]
 * @param rank how many columns B has; those beyond the shorter side of the matrix are zero
 * @returns B [rows, rank] as `left` and A [rank, columns] as `right`, of the matrix's element type
 * @throws RangeError if the matrix is empty or not finite, or rank is not between 1 and its longer side; TypeError if an
 *   argument is of another kind
 * @example
 * const factors = compress([[1, 2], [2, 4], [3, 6]], 1); // a matrix of rank 1
 * reconstructionError([[1, 2], [2, 4], [3, 6]], factors) < 1e-12; // true
 */
export function compress(values: MatrixLike, rank: number, options: SvdOptions = {}): LowRank {
  const given = asMatrix('compress', 'values', values);
  expectSvdOptions('compress', options);
  expectSize('compress', given);
  return inTheNameOf('compress', () => model.compress(given, rank, options));
}

/**
 * Compresses an update together with what earlier messages left out, and keeps what this one leaves out (Eq. 8).
 *
 * @param update [rows, columns]
 * @param carried c [rows, columns], `zeros(rows, columns)` before the first message; changed in place, so an ndarray
 * @param rank of the factors that are sent
 * @returns `sent`, and `relativeError`: how much of c stays behind
 * @throws RangeError if the shapes differ, the update is empty or not finite, or rank is not between 1 and its longer side;
 *   TypeError if an argument is of another kind
 * @example
 * const carried = zeros(2, 2);
 * compressWithFeedback([[1, 0], [0, 1]], carried, 1).relativeError; // about .71: one of two equal directions
 */
export function compressWithFeedback(
  update: MatrixLike,
  carried: Matrix,
  rank: number,
  options: SvdOptions = {},
): { sent: LowRank; relativeError: number } {
  const given = asMatrix('compressWithFeedback', 'update', update);
  expectSvdOptions('compressWithFeedback', options);
  expectSize('compressWithFeedback', given);
  expectInteger('compressWithFeedback', 'rank', rank, 1, Math.max(...(given.shape as [number, number])));
  return inTheNameOf('compressWithFeedback', () => model.compressWithFeedback(given, carried, rank, options));
}

/**
 * How much of a matrix its factors lose: ‖M − B A‖ / ‖M‖, from 0 (nothing) to 1 (as bad as zeros).
 *
 * @param values M [rows, columns]
 * @param factors B and A, e.g. from `compress`
 * @throws RangeError if the shapes do not fit, TypeError if an argument is of another kind
 * @example
 * reconstructionError([[3, 0], [0, 4]], compress([[3, 0], [0, 4]], 1)); // .6
 */
export function reconstructionError(values: MatrixLike, factors: LowRankLike): number {
  const given = asMatrix('reconstructionError', 'values', values);
  const low = asFactors('reconstructionError', factors);
  return inTheNameOf('reconstructionError', () => model.reconstructionError(given, low));
}

/**
 * The `rank` largest singular values of a matrix and their vectors.
 *
 * @param values M [rows, columns]
 * @param rank how many are kept, at most the shorter side
 * @returns U [rows, rank] as `left`, the singular values, Vᵀ [rank, columns] as `right`; float64
 * @throws RangeError if M is empty or not finite, or rank is not between 1 and its shorter side; TypeError if an argument is of
 *   another kind
 * @example
 * truncatedSvd([[3, 0], [0, 4]], 1).singularValues[0]; // 4
 */
export function truncatedSvd(values: MatrixLike, rank: number, options: SvdOptions = {}): TruncatedSvd {
  const given = asMatrix('truncatedSvd', 'values', values);
  expectSvdOptions('truncatedSvd', options);
  expectSize('truncatedSvd', given);
  return inTheNameOf('truncatedSvd', () => model.truncatedSvd(given, rank, options));
}

/**
 * ‖M‖ = √(Σ m²), the size of a matrix and the measure in which `compress` is best.
 *
 * @param values M [rows, columns]
 * @throws TypeError if it is no matrix
 * @example
 * frobeniusNorm([[3, 4]]); // 5
 */
export function frobeniusNorm(values: MatrixLike): number {
  return model.frobeniusNorm(asMatrix('frobeniusNorm', 'values', values));
}

/**
 * The matrix B·A that factors stand for, [rows, columns].
 *
 * @throws RangeError if the factors do not fit together, TypeError if they are of another kind
 * @example
 * toRows(expand({ left: [[1], [2]], right: [[3, 4]] })); // [[3, 4], [6, 8]]
 */
export function expand(factors: LowRankLike): Matrix {
  return model.expand(asFactors('expand', factors));
}

/**
 * Q ← Q + scale · B A, in place.
 *
 * @param base Q [rows, columns], an ndarray, changed
 * @throws RangeError if the shapes do not fit, two elements of Q lie in one place, or the scale is no number; TypeError if an
 *   argument is of another kind
 */
export function merge(base: Matrix, factors: LowRankLike, scale: number): void {
  if (typeof scale !== 'number') throw new TypeError(`merge: scale must be a number, got ${inWords(scale)}`);
  model.merge(base, asFactors('merge', factors), scale);
}

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
  return model.loraLinear(given, { ...options, seed });
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
  return inTheNameOf('loraForward', () => model.loraForward(layer, given));
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
  return inTheNameOf('loraBackward', () => model.loraBackward(layer, given, gradient));
}

/**
 * W + scale · B A [outputs, inputs]: one matrix that does what the layer does, so that using it costs nothing more.
 *
 * @throws RangeError if the shapes do not fit, TypeError if the layer is of another kind
 */
export function mergeLora(layer: LoraLinear): Matrix {
  expectObject('mergeLora', 'layer', layer, 'that of loraLinear(…)');
  return inTheNameOf('mergeLora', () => model.mergeLora(layer));
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
  return inTheNameOf('unmergeLora', () => model.unmergeLora(given, layer));
}

function asFactors(caller: string, factors: LowRankLike): LowRank {
  expectObject(caller, 'factors', factors, '{ left: [[1], [2]], right: [[3, 4]] }');
  return { left: asMatrix(caller, 'left', factors.left), right: asMatrix(caller, 'right', factors.right) };
}

function expectSize(caller: string, values: Matrix, name = 'values'): void {
  if (values.size === 0)
    throw new RangeError(
      `${caller}: ${name} must have at least one row and column, got shape [${values.shape.join(', ')}]`,
    );
}

function expectSvdOptions(caller: string, options: SvdOptions): void {
  expectObject(caller, 'options', options, '{ eigen: mathjsEigen }');
  for (const name of ['eigen', 'gram'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function')
      throw new TypeError(`${caller}: ${name} must be a function, got ${inWords(options[name])}`);
  }
}
