// Matrix products C = A·B on strided views, so that Aᵀ·B and A·Bᵀ need no copy: pass `transpose(a)`.
// In: A [rows, inner] and B [inner, columns]; out: C [rows, columns]. Which loop does the work is a `MatmulBackend`:
// this file has the interface and the plain loop, the oracle that every faster backend is compared with.
import {
  dimensions,
  expectShape,
  floatType,
  type Matrix,
  rowMajorData,
  transpose,
  zeros,
} from './ndarrays.ts';
import { expectWritable, mayOverlap } from './overlap.ts';

/** A way to compute matrix products. `multiply` may assume that the shapes fit and that `out` overlaps nothing. */
export interface MatmulBackend {
  readonly name: string;
  /** Writes A·B into `out`. */
  multiply(a: Matrix, b: Matrix, out: Matrix): void;
}

/**
 * The matrix product C = A·B.
 *
 * @param a A [rows, inner], any strides
 * @param b B [inner, columns], any strides
 * @param options.backend which loop to use. Default: `plainMatmul`.
 * @param options.out where to write C [rows, columns], also over A or B. Default: a new matrix.
 * @returns C [rows, columns]; float32 if A and B both are, else float64
 * @throws RangeError if the inner sizes differ, or `out` has another shape or two elements in one place
 */
export function matmul(
  a: Matrix,
  b: Matrix,
  options: { backend?: MatmulBackend; out?: Matrix } = {},
): Matrix {
  const [rows, inner] = dimensions('matmul', a);
  const [, columns] = dimensions('matmul', b);
  expectShape('matmul', 'b', b, [inner, columns]);
  const { backend = plainMatmul, out } = options;
  if (!out) return product(a, b, backend);
  expectShape('matmul', 'out', out, [rows, columns]);
  expectWritable('matmul', 'out', out);
  if (mayOverlap(out, a) || mayOverlap(out, b)) {
    const apart = zeros(rows, columns, floatType(out.data));
    backend.multiply(a, b, apart);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) out.set(row, column, apart.get(row, column));
    }
  } else backend.multiply(a, b, out);
  return out;
}

/**
 * A·B in a new matrix, for whoever has checked that the shapes fit: layers and attention multiply often.
 *
 * @returns C [rows, columns]; float32 if A and B both are, else float64
 */
export function product(a: Matrix, b: Matrix, backend: MatmulBackend = plainMatmul): Matrix {
  const isFloat32 = floatType(a.data) === 'float32' && floatType(b.data) === 'float32';
  const out = zeros(a.shape[0]!, b.shape[1]!, isFloat32 ? 'float32' : 'float64');
  backend.multiply(a, b, out);
  return out;
}

// #region definition
/**
 * The definition, c_ij = Σ_k a_ik b_kj, for three rows i and three columns j at a time: a processor that waits for one sum can
 * work on eight others, and each number that was fetched serves three of them. A and Bᵀ are laid out row after row first, in
 * float64, so that the innermost loop is the same whatever they hold and however their numbers lie.
 */
export const plainMatmul: MatmulBackend = {
  name: 'plain',
  multiply(a, b, out) {
    const [rows, columns] = out.shape as [number, number];
    const inner = a.shape[1]!;
    const left = inThrees(a); // A [rows, inner]
    const right = inThrees(transpose(b)); // Bᵀ [columns, inner]
    const sums = new Float64Array(9); // [3, 3]
    for (let column = 0; column < columns; column += 3) {
      for (let row = 0; row < rows; row += 3) {
        sumProducts(left, row * inner, right, column * inner, inner, sums);
        for (let i = 0; i < 3 && row + i < rows; i++) {
          for (let j = 0; j < 3 && column + j < columns; j++) {
            out.set(row + i, column + j, sums[3 * i + j]!);
          }
        }
      }
    }
  },
};

/** The sums over k of each of three rows of A times each of three rows of Bᵀ, which begin at the two places: [3, 3]. */
function sumProducts(
  left: Float64Array,
  leftStart: number,
  right: Float64Array,
  rightStart: number,
  inner: number,
  sums: Float64Array,
): void {
  let [a0, a1, a2] = [0, 0, 0];
  let [b0, b1, b2] = [0, 0, 0];
  let [c0, c1, c2] = [0, 0, 0];
  for (let k = 0; k < inner; k++) {
    const a = left[leftStart + k]!;
    const b = left[leftStart + inner + k]!;
    const c = left[leftStart + 2 * inner + k]!;
    const first = right[rightStart + k]!;
    const second = right[rightStart + inner + k]!;
    const third = right[rightStart + 2 * inner + k]!;
    a0 += a * first;
    a1 += a * second;
    a2 += a * third;
    b0 += b * first;
    b1 += b * second;
    b2 += b * third;
    c0 += c * first;
    c1 += c * second;
    c2 += c * third;
  }
  sums[0] = a0;
  sums[1] = a1;
  sums[2] = a2;
  sums[3] = b0;
  sums[4] = b1;
  sums[5] = b2;
  sums[6] = c0;
  sums[7] = c1;
  sums[8] = c2;
}
// #endregion definition

/** The elements row after row in float64, with rows of zeros up to a multiple of three. */
function inThrees(values: Matrix): Float64Array {
  const [rows, columns] = values.shape as [number, number];
  const padded = new Float64Array(3 * Math.ceil(rows / 3) * columns);
  padded.set(rowMajorData(values));
  return padded;
}
