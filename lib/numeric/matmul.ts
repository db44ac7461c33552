// Matrix products C = A·B on strided views, so that Aᵀ·B and A·Bᵀ need no copy: pass `transpose(a)`.
// In: A [rows, inner] and B [inner, columns]; out: C [rows, columns]. Which loop does the work is a `MatmulBackend`:
// this file has the interface and the plain triple loop, the oracle that every faster backend is compared with.
import { dimensions, expectShape, type FloatType, type Matrix, zeros } from './matrix.ts';

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
 * @param options.backend which loop to use; the naive one unless told
 * @param options.out where to write C [rows, columns]; a new matrix unless told
 * @returns C [rows, columns]; float32 if A and B both are, else float64
 * @throws RangeError if the inner sizes differ or `out` has another shape
 */
export function matmul(
  a: Matrix,
  b: Matrix,
  options: { backend?: MatmulBackend; out?: Matrix } = {},
): Matrix {
  const [rows, inner] = dimensions('matmul', a);
  const [, columns] = dimensions('matmul', b);
  expectShape('matmul', 'b', b, [inner, columns]);
  const type: FloatType =
    a.data instanceof Float32Array && b.data instanceof Float32Array ? 'float32' : 'float64';
  const out = options.out ?? zeros(rows, columns, type);
  expectShape('matmul', 'out', out, [rows, columns]);
  (options.backend ?? naive).multiply(a, b, out);
  return out;
}

// #region definition
/** The definition, c_ij = Σ_k a_ik b_kj, one element at a time. */
export const naive: MatmulBackend = {
  name: 'naive',
  multiply(a, b, out) {
    const [rows, inner] = a.shape as [number, number];
    const columns = b.shape[1]!;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) sum += a.get(row, k) * b.get(k, column);
        out.set(row, column, sum);
      }
    }
  },
};
// #endregion definition
