// Matrices and vectors from the numbers that people write, and back into arrays that can be printed and compared.
// In: nested or flat arrays; out: ndarrays, as lib/numeric/ndarrays.ts makes and checks them; this file passes those on.
import { expectKind } from './arguments.ts';
import {
  dimensions,
  expectFloats,
  type FloatArray,
  type FloatType,
  type Matrix,
  type Vector,
  zeros,
} from './ndarrays.ts';

export * from './ndarrays.ts';

/**
 * Copies nested rows into a matrix [rows, columns].
 *
 * @throws RangeError if the rows differ in length
 * @example
 * fromRows([[1, 2], [3, 4]]).shape; // [2, 2]
 */
export function fromRows(
  rows: readonly (readonly number[] | FloatArray)[],
  type: FloatType = 'float64',
): Matrix {
  expectKind('fromRows', 'rows', rows, 'list', '[[1, 2], [3, 4]]');
  for (const row of rows) expectKind('fromRows', 'every row', row, 'list', '[1, 2]');
  const columns = rows[0]?.length ?? 0;
  const result = zeros(rows.length, columns, type);
  rows.forEach((row, index) => {
    if (row.length !== columns) {
      throw new RangeError(
        `fromRows: every row must have ${columns} columns like row 0, got ${row.length} in row ${index}`,
      );
    }
    result.data.set(row, index * columns);
  });
  return result;
}

/**
 * Copies a matrix into nested arrays, for printing and comparing.
 *
 * @example
 * toRows(fromRows([[1, 2], [3, 4]])); // [[1, 2], [3, 4]]
 */
export function toRows(values: Matrix): number[][] {
  const [rows, columns] = dimensions('toRows', values);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => values.get(row, column)),
  );
}

/** Copies a vector into an array. */
export function toArray(values: Vector): number[] {
  expectFloats('toArray', 'values', values.data);
  return Array.from({ length: values.shape[0] ?? 0 }, (_, index) => values.get(index));
}

/** A view of one row, [columns]. */
export function rowOf(values: Matrix, row: number): Vector {
  return values.pick(row, null);
}
