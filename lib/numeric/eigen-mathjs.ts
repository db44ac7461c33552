// The same eigenpairs from mathjs: an independent implementation, to compare with, or to use where mathjs is at hand.
// It stands in a file of its own because loading mathjs takes a second or so, which nobody should pay for without
// using it. In: a symmetric matrix; out: its eigenpairs, largest first, as `jacobiEigen` gives them.
import { eigs } from 'mathjs';
import type { EigenPairs } from './eigen.ts';
import { fromRows } from './matrix.ts';
import { dimensions, expectFinite, expectShape, type Matrix, rowMajorData } from './ndarrays.ts';

/**
 * The eigenpairs of a symmetric matrix, by mathjs's `eigs`.
 *
 * @param symmetric [size, size]
 * @throws RangeError if the matrix is not square or not finite
 */
export function mathjsEigen(symmetric: Matrix): EigenPairs {
  const [size] = dimensions('mathjsEigen', symmetric);
  expectShape('mathjsEigen', 'symmetric', symmetric, [size, size]);
  const source = rowMajorData(symmetric);
  expectFinite('mathjsEigen', 'symmetric', source);
  // `eigs` compares with absolute tolerances of about 1e-12, so a matrix of small numbers would pass for a diagonal
  // one; scaling the largest entry to between 2²⁰ and 2²¹ makes them relative ones, and powers of 2 are exact.
  let largest = 0;
  for (const value of source) largest = Math.max(largest, Math.abs(value));
  const scale = largest === 0 ? 1 : 2 ** (20 - Math.floor(Math.log2(largest)));
  const rows = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => scale * source[row * size + column]!),
  );
  const pairs = eigs(rows).eigenvectors.map(({ value, vector }) => ({
    value: Number(value) / scale,
    vector: vector as number[],
  }));
  pairs.sort((a, b) => b.value - a.value);
  return {
    values: Float64Array.from(pairs, ({ value }) => value),
    vectors: fromRows(pairs.map(({ vector }) => vector)),
  };
}
