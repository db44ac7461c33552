// Matrix products C = A·B on strided views, so that Aᵀ·B and A·Bᵀ need no copy: pass `transpose(a)`.
// In: A [rows, inner] and B [inner, columns]; out: C [rows, columns]. Which loop does the work is a `MatmulBackend`:
// this file has the interface and the plain loop, the oracle that every faster backend is compared with.
import { dimensions, expectShape, floatType, type Matrix, zeros } from './ndarrays.ts';
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
 * The definition, c_ij = Σ_k a_ik b_kj, for four columns j at a time: a processor that waits for one sum can work on three
 * others. They lie side by side, so that the innermost loop reads in order whatever the strides of B are.
 */
export const plainMatmul: MatmulBackend = {
  name: 'plain',
  multiply(a, b, out) {
    const [rows, inner] = a.shape as [number, number];
    const columns = b.shape[1]!;
    const aData = a.data;
    const aStep = a.stride[1]!; // from one k to the next
    const four = new Float64Array(4 * inner); // columns j to j + 3 of B, [inner, 4]
    for (let column = 0; column < columns; column += 4) {
      copyColumns(b, column, four);
      for (let row = 0; row < rows; row++) {
        let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
        let aAt = a.index(row, 0);
        for (let at = 0; at < four.length; at += 4, aAt += aStep) {
          const value = aData[aAt]!;
          sum0 += value * four[at]!;
          sum1 += value * four[at + 1]!;
          sum2 += value * four[at + 2]!;
          sum3 += value * four[at + 3]!;
        }
        out.set(row, column, sum0);
        if (column + 1 < columns) out.set(row, column + 1, sum1);
        if (column + 2 < columns) out.set(row, column + 2, sum2);
        if (column + 3 < columns) out.set(row, column + 3, sum3);
      }
    }
  },
};
// #endregion definition

/** Copies four columns of B side by side, [inner, 4]; what is beyond the last column becomes 0. */
function copyColumns(b: Matrix, column: number, four: Float64Array): void {
  const { data } = b;
  const [step] = b.stride as [number]; // from one k to the next
  for (let lane = 0; lane < 4; lane++) {
    const isPresent = column + lane < b.shape[1]!;
    let bAt = b.index(0, column + lane);
    for (let at = lane; at < four.length; at += 4, bAt += step) four[at] = isPresent ? data[bAt]! : 0;
  }
}
