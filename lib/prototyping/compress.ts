// Compression for whoever calls it: a matrix of any kind. Here it is converted once; what is computed, and how, is
// lib/model/compress.ts. What can be done with the factors: lora.ts.
// In: rows of numbers, typed arrays with a shape, an ndarray, a mathjs matrix; out: what the plain module returns.
import * as model from '../model/compress.ts';
import type { LowRank } from '../model/low-rank.ts';
import { inTheNameOf } from '../numeric/arguments.ts';
import { asMatrix, expectObject, expectSize, inWords, type MatrixLike } from '../numeric/matrix-like.ts';
import type { SvdOptions } from '../numeric/svd.ts';

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

/** Checks the options of whatever asks for singular vectors. */
export function expectSvdOptions(caller: string, options: SvdOptions): void {
  expectObject(caller, 'options', options, '{ eigen: mathjsEigen }');
  for (const name of ['eigen', 'gram'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function')
      throw new TypeError(`${caller}: ${name} must be a function, got ${inWords(options[name])}`);
  }
}
