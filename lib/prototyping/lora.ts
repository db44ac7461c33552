// Low rank for whoever calls it: matrices of any kind. Here everything is converted once; what is computed, and how, is
// lib/model/lora.ts, low-rank.ts and lib/numeric/svd.ts. The compression itself: compress.ts.
// In: rows of numbers, typed arrays with a shape, ndarrays, mathjs matrices; out: what the plain modules return.
import * as model from '../model/lora.ts';
import type { LowRank } from '../model/low-rank.ts';
import { inTheNameOf } from '../numeric/arguments.ts';
import { asMatrix, expectObject, expectSize, inWords, type MatrixLike } from '../numeric/matrix-like.ts';
import { expectInteger, type Matrix } from '../numeric/ndarrays.ts';
import type { SvdOptions, TruncatedSvd } from '../numeric/svd.ts';
import { expectSvdOptions } from './compress.ts';

export { bytesSaved, type LowRank, rankOneUpdate } from '../model/low-rank.ts';
export { toRows } from '../numeric/matrix.ts';
export type { MatrixLike, Seed } from '../numeric/matrix-like.ts';
export type { SvdOptions, TruncatedSvd } from '../numeric/svd.ts';
export { compress } from './compress.ts';
export * from './lora-linear.ts';

/** B and A as people have them. */
export interface LowRankLike {
  /** B [rows, rank]. */
  readonly left: MatrixLike;
  /** A [rank, columns]. */
  readonly right: MatrixLike;
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

function asFactors(caller: string, factors: LowRankLike): LowRank {
  expectObject(caller, 'factors', factors, '{ left: [[1], [2]], right: [[3, 4]] }');
  return { left: asMatrix(caller, 'left', factors.left), right: asMatrix(caller, 'right', factors.right) };
}
