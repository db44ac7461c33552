// Matrix products C = A·B on strided views, so that Aᵀ·B and A·Bᵀ need no copy: pass `transpose(a)`.
// In: A [rows, inner] and B [inner, columns]; out: C [rows, columns]. Which loop does the work is a `MatmulBackend`:
// this file has the interface and the plain triple loop, the oracle that every faster backend is compared with.
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
/** The definition, c_ij = Σ_k a_ik b_kj, one element at a time. */
export const plainMatmul: MatmulBackend = {
  name: 'plain',
  multiply(a, b, out) {
    const [rows, inner] = a.shape as [number, number];
    const columns = b.shape[1]!;
    const [aData, bData] = [a.data, b.data];
    const [aStep, bStep] = [a.stride[1]!, b.stride[0]!]; // from one k to the next
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        let aAt = a.index(row, 0);
        let bAt = b.index(0, column);
        for (let k = 0; k < inner; k++, aAt += aStep, bAt += bStep) sum += aData[aAt]! * bData[bAt]!;
        out.set(row, column, sum);
      }
    }
  },
};
// #endregion definition
