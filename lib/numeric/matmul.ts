// The matrix product for whoever calls it: shapes are checked, and the result may be written over A or B.
// In: A [rows, inner] and B [inner, columns], any strides; out: C [rows, columns]. What is computed, and how: product.ts.
import { dimensions, expectShape, floatType, type Matrix, zeros } from './ndarrays.ts';
import { expectWritable, mayOverlap } from './overlap.ts';
import { type MatmulBackend, plainMatmul, product } from './product.ts';

export { type MatmulBackend, plainMatmul, product } from './product.ts';

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
