// The inverse of a symmetric positive definite matrix, block by block, so that nearly all work is matrix products of
// whichever backend is at hand. In: A [size, size]; out: A⁻¹. Gauss-Jordan elimination needs no pivoting for such
// matrices (Higham, Accuracy and Stability of Numerical Algorithms, §14.4). Takes 2 size³ operations.
import { matmul } from './matmul.ts';
import { copyOf, dimensions, expectShape, type FloatArray, type Matrix, matrix, zeros } from './ndarrays.ts';
import type { MatmulBackend } from './product.ts';

/** Rows that are updated at a time, so that the product's memory stays small. */
const STRIPE = 512;

/**
 * The inverse of a symmetric positive definite matrix.
 *
 * @param symmetric A [size, size], not changed; float32 for the fastest backend, float64 for the last digits
 * @param options.backend which loop computes the products. Default: `plainMatmul`.
 * @param options.blockSize rows eliminated at a time. Default: 96.
 * @returns A⁻¹ [size, size], of the same element type
 * @throws RangeError if the matrix is not square or not positive definite
 */
export function invertPositiveDefinite(
  symmetric: Matrix,
  options: { backend?: MatmulBackend; blockSize?: number } = {},
): Matrix {
  const [size] = dimensions('invertPositiveDefinite', symmetric);
  expectShape('invertPositiveDefinite', 'symmetric', symmetric, [size, size]);
  const inverse = copyOf(symmetric); // becomes A⁻¹, block by block
  const blockSize = options.blockSize ?? 96;
  for (let start = 0; start < size; start += blockSize) {
    eliminate(inverse, start, Math.min(start + blockSize, size), options.backend);
  }
  return inverse;
}

/**
 * One step: with the pivot block P = (A_KK)⁻¹ and R = P·A_K: (but P itself in the columns K), rows outside K become
 * A_i: − A_iK·R (counting A_iK as 0 on the left), and the rows K become R.
 */
function eliminate(a: Matrix, start: number, end: number, backend?: MatmulBackend): void {
  const size = a.shape[0]!;
  const width = end - start;
  const type = a.data instanceof Float32Array ? 'float32' : 'float64';
  const pivot = invertBlock(a, start, end);
  const pivotRows = a.lo(start, 0).hi(width, size); // A_K: [width, size]
  const solved = matmul(pivot, pivotRows, { backend }); // R [width, size]
  const columns = zeros(size, width, type); // A_:K with rows K zero [size, width]
  for (let row = 0; row < size; row++) {
    const isPivot = row >= start && row < end;
    for (let k = 0; k < width; k++) {
      if (!isPivot) columns.data[row * width + k] = a.data[row * size + start + k]!;
      a.data[row * size + start + k] = 0;
    }
  }
  for (let row = 0; row < width; row++) {
    for (let k = 0; k < width; k++) solved.data[row * size + start + k] = pivot.data[row * width + k]!;
  }
  for (let first = 0; first < size; first += STRIPE) {
    const height = Math.min(STRIPE, size - first);
    const product = matmul(columns.lo(first, 0).hi(height, width), solved, { backend }).data;
    subtract(a.data, first * size, product);
  }
  a.data.set(solved.data, start * size);
}

function subtract(from: FloatArray, start: number, values: FloatArray): void {
  for (let index = 0; index < values.length; index++) {
    from[start + index] = from[start + index]! - values[index]!;
  }
}

/** The inverse of the diagonal block [start, end), one pivot at a time, in float64. */
function invertBlock(a: Matrix, start: number, end: number): Matrix {
  const width = end - start;
  const size = a.shape[0]!;
  const block = new Float64Array(width * width);
  for (let row = 0; row < width; row++) {
    for (let k = 0; k < width; k++) block[row * width + k] = a.data[(start + row) * size + start + k]!;
  }
  for (let pivot = 0; pivot < width; pivot++) {
    const value = block[pivot * width + pivot]!;
    if (!(value > 0)) {
      throw new RangeError(
        `invertPositiveDefinite: the matrix must be positive definite, got pivot ${value} in row ${start + pivot}`,
      );
    }
    block[pivot * width + pivot] = 1;
    for (let k = 0; k < width; k++) block[pivot * width + k]! /= value;
    for (let row = 0; row < width; row++) {
      if (row === pivot) continue;
      const factor = block[row * width + pivot]!;
      block[row * width + pivot] = 0;
      for (let k = 0; k < width; k++) block[row * width + k]! -= factor * block[pivot * width + k]!;
    }
  }
  const inverse = a.data instanceof Float32Array ? Float32Array.from(block) : block;
  return matrix(inverse, width, width);
}
