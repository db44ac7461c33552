// The Gram matrix MᵀM, four rows at a time, so that each sum is read and written a quarter as often, and its upper triangle
// only. Same inputs and outputs as `gramMatrix` of lib/numeric/svd.ts, but for rounding (the order of the sums).
import { dimensions, type Matrix, matrix, rowMajorData } from '../numeric/ndarrays.ts';

/** For the option `gram` of `truncatedSvd` and `compress`. */
export function gramMatrixByFours(values: Matrix): Matrix {
  const [rows, columns] = dimensions('gramMatrixByFours', values);
  const source = rowMajorData(values);
  const sums = new Float64Array(columns * columns); // the upper triangle, until the end
  const end = rows * columns;
  let a = 0;
  for (; a + 4 * columns <= end; a += 4 * columns) {
    const b = a + columns;
    const c = b + columns;
    const d = c + columns;
    for (let i = 0; i < columns; i++) {
      const ai = source[a + i]!;
      const bi = source[b + i]!;
      const ci = source[c + i]!;
      const di = source[d + i]!;
      for (let j = i; j < columns; j++) {
        sums[i * columns + j]! +=
          ai * source[a + j]! + bi * source[b + j]! + ci * source[c + j]! + di * source[d + j]!;
      }
    }
  }
  for (; a < end; a += columns) {
    for (let i = 0; i < columns; i++) {
      for (let j = i; j < columns; j++) sums[i * columns + j]! += source[a + i]! * source[a + j]!;
    }
  }
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < i; j++) sums[i * columns + j] = sums[j * columns + i]!;
  }
  return matrix(sums, columns, columns);
}
