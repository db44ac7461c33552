// Random matrices for the GPU tests, and how far a float32 result is from its float64 reference.
import { type Matrix, rowMajorData, zeros } from '../../lib/numeric/matrix.ts';
import type { RandomStream } from '../../lib/numeric/rng.ts';

/** Normally distributed numbers that float32 holds exactly, as float64 [rows, columns]. */
export function randomMatrix(rows: number, columns: number, rng: RandomStream): Matrix {
  const values = zeros(rows, columns);
  for (let index = 0; index < values.size; index++) values.data[index] = Math.fround(rng.normal());
  return values;
}

/** |got − want| / |want|, Frobenius norms; |got| where the wanted matrix is 0. NaN counts as infinitely wrong. */
export function relativeError(got: Matrix, want: Matrix): number {
  if (got.shape[0] !== want.shape[0] || got.shape[1] !== want.shape[1]) return Infinity;
  const [a, b] = [rowMajorData(got), rowMajorData(want)];
  let difference = 0;
  let size = 0;
  for (let index = 0; index < b.length; index++) {
    difference += (a[index]! - b[index]!) ** 2;
    size += b[index]! ** 2;
  }
  const error = Math.sqrt(difference) / (size > 0 ? Math.sqrt(size) : 1);
  return Number.isNaN(error) ? Infinity : error;
}

/** Sizes that no tile divides, the edges of tiles, and single rows and columns: [a, b, c]. */
export const oddShapes: readonly (readonly [number, number, number])[] = [
  ...[1, 3, 17].flatMap((a) => [1, 5, 33].flatMap((b) => [1, 7, 65].map((c) => [a, b, c] as const))),
  [16, 16, 16],
  [64, 64, 64],
  [63, 15, 65],
  [65, 17, 63],
  [127, 31, 129],
  [131, 257, 67],
  [2, 1031, 3],
];
