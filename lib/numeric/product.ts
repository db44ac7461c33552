// Matrix products C = A·B on strided views, so that Aᵀ·B and A·Bᵀ need no copy: pass `transpose(a)`.
// In: A [rows, inner] and B [inner, columns], whose shapes fit; out: C [rows, columns]. Which loop does the work is a
// `MatmulBackend`: this file has the interface and the plain loop, the oracle that every faster backend is compared with.
import { floatType, type Matrix, rowMajorData, zeros } from './ndarrays.ts';

/** A way to compute matrix products. `multiply` may assume that the shapes fit and that `out` overlaps nothing. */
export interface MatmulBackend {
  readonly name: string;
  /** Writes A·B into `out`. */
  multiply(a: Matrix, b: Matrix, out: Matrix): void;
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
 * The definition, c_ij = Σ_k a_ik b_kj, for two rows i and four columns j at a time: a processor that waits for one sum can
 * work on seven others, and each number that was fetched serves several. Rows and columns are laid out in order first, in
 * float64, so that the innermost loop is the same whatever A and B hold and however their numbers lie.
 */
export const plainMatmul: MatmulBackend = {
  name: 'plain',
  multiply(a, b, out) {
    const [rows, inner] = a.shape as [number, number];
    const columns = b.shape[1]!;
    const left = new Float64Array(rowMajorData(a)); // [rows, inner]
    const four = new Float64Array(4 * inner); // columns j to j + 3 of B, [inner, 4]
    const sums = new Float64Array(8); // [2, 4]
    for (let column = 0; column < columns; column += 4) {
      copyColumns(b, column, four);
      for (let row = 0; row < rows; row += 2) {
        const isLone = row + 1 === rows; // the last of an odd number: it is computed twice
        addProducts(left, row * inner, (isLone ? row : row + 1) * inner, four, sums);
        for (let lane = 0; lane < 4 && column + lane < columns; lane++) {
          out.set(row, column + lane, sums[lane]!);
          if (!isLone) out.set(row + 1, column + lane, sums[4 + lane]!);
        }
      }
    }
  },
};

/** The sums of products of two rows of A, which begin at `first` and `second`, with four columns of B: [2, 4] into `sums`. */
function addProducts(
  left: Float64Array,
  first: number,
  second: number,
  four: Float64Array,
  sums: Float64Array,
): void {
  let [a0, a1, a2, a3] = [0, 0, 0, 0];
  let [b0, b1, b2, b3] = [0, 0, 0, 0];
  for (let at = 0, up = first, down = second; at < four.length; at += 4, up++, down++) {
    const upper = left[up]!;
    const lower = left[down]!;
    a0 += upper * four[at]!;
    a1 += upper * four[at + 1]!;
    a2 += upper * four[at + 2]!;
    a3 += upper * four[at + 3]!;
    b0 += lower * four[at]!;
    b1 += lower * four[at + 1]!;
    b2 += lower * four[at + 2]!;
    b3 += lower * four[at + 3]!;
  }
  sums[0] = a0;
  sums[1] = a1;
  sums[2] = a2;
  sums[3] = a3;
  sums[4] = b0;
  sums[5] = b1;
  sums[6] = b2;
  sums[7] = b3;
}
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
