// Operands for the tests of matrix products: every shape that has an edge, in every layout that a view can have.
import { type FloatType, type Matrix, transpose, zeros } from '../../lib/numeric/matrix.ts';
import type { RandomStream } from '../../lib/numeric/rng.ts';

/** [rows, inner, columns]: multiples of no tile, one more and one less than a tile or a block, single ones, none. */
export const shapes: readonly (readonly [number, number, number])[] = [
  [1, 1, 1],
  [1, 7, 1],
  [1, 5, 9],
  [9, 5, 1],
  [2, 3, 2],
  [3, 4, 5],
  [4, 4, 8],
  [5, 1, 9],
  [7, 5, 3],
  [8, 16, 8],
  [13, 11, 23],
  [17, 33, 19],
  [31, 64, 33],
  [65, 3, 67],
  [129, 10, 15],
  [6, 257, 10],
  [0, 3, 2],
  [3, 0, 2],
  [3, 2, 0],
];

/** Ways to lay a matrix out; each returns zeros [rows, columns] that are a view on something else. */
export const layouts: Record<string, (rows: number, columns: number, type: FloatType) => Matrix> = {
  'row-major': zeros,
  transposed: (rows, columns, type) => transpose(zeros(columns, rows, type)),
  'a part of a wider matrix': (rows, columns, type) =>
    zeros(rows + 3, columns + 5, type)
      .lo(2, 1)
      .hi(rows, columns),
  'a transposed part': (rows, columns, type) =>
    transpose(zeros(columns + 2, rows + 4, type).lo(1, 3)).hi(rows, columns),
  'every other row and third column': (rows, columns, type) =>
    zeros(2 * rows, 3 * columns, type)
      .step(2, 3)
      .hi(rows, columns),
  backwards: (rows, columns, type) => zeros(rows, columns, type).step(-1, -1),
};

/** Fills a view with numbers in (−1, 1), in row order. */
export function fill(values: Matrix, rng: RandomStream): Matrix {
  const [rows, columns] = values.shape as [number, number];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) values.set(row, column, 2 * rng.uniform() - 1);
  }
  return values;
}

/** Random [rows, columns], row-major. */
export function randomMatrix(rows: number, columns: number, type: FloatType, rng: RandomStream): Matrix {
  return fill(zeros(rows, columns, type), rng);
}

/** Whether two matrices hold the same numbers, bit for bit (0 and −0 apart). */
export function isSame(one: Matrix, other: Matrix): boolean {
  return largestDifference(one, other, (a, b) => (Object.is(a, b) ? 0 : 1)) === 0;
}

/** The largest |a − b| over all positions, or whatever `distance` says; Infinity if the shapes differ. */
export function largestDifference(
  one: Matrix,
  other: Matrix,
  distance: (a: number, b: number) => number = (a, b) => Math.abs(a - b),
): number {
  const [rows, columns] = one.shape as [number, number];
  if (rows !== other.shape[0] || columns !== other.shape[1]) return Infinity;
  let largest = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const difference = distance(one.get(row, column), other.get(row, column));
      largest = Math.max(largest, Number.isNaN(difference) ? Infinity : difference);
    }
  }
  return largest;
}
