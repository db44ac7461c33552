// The strongest directions of a matrix, and so its best approximation of low rank (Eckart & Young, 1936).
// In: a matrix that is long in one direction only, such as a step of the item table [items, D]; out: its largest
// singular values and their vectors. They come from the eigenpairs of the small Gram matrix MᵀM [D, D] (Eq. 23), after
// numbers of any size have been brought to where squares are ordinary numbers.
import { type EigenSolver, jacobiEigen } from './eigen.ts';
import {
  copyOf,
  dimensions,
  expectFinite,
  expectInteger,
  type FloatArray,
  type Matrix,
  matrix,
  rowMajorData,
  transpose,
} from './ndarrays.ts';
import { product } from './product.ts';
import { scaledBy, squaringScale } from './squares.ts';

/** A matrix as U·diag(singularValues)·Vᵀ, cut off after the largest singular values; all in float64. */
export interface TruncatedSvd {
  /** U [rows, rank], orthonormal columns (zeros where the singular value is 0). */
  readonly left: Matrix;
  /** Largest first, [rank]. */
  readonly singularValues: Float64Array;
  /** Vᵀ [rank, columns], orthonormal rows. */
  readonly right: Matrix;
}

export interface SvdOptions {
  /** What finds the eigenpairs of the Gram matrix. Default: `jacobiEigen`. */
  readonly eigen?: EigenSolver;
  /** What computes the Gram matrix MᵀM [D, D] of a row-major M [items, D]. Default: `gramMatrix`. */
  readonly gram?: (values: Matrix) => Matrix;
}

/**
 * The `rank` largest singular values of a matrix and their vectors. Takes O(rows · columns · shorter side). In each
 * vector of the shorter side the entry of largest size is positive, so equal matrices give equal factors. The Gram
 * matrix squares the singular values, so vectors whose value is below about 10⁻⁷ of the largest lose their accuracy.
 *
 * @param values M [rows, columns], any strides
 * @param rank how many are kept, at most the shorter side
 * @throws RangeError if M is not a finite matrix, rank is not between 1 and its shorter side, or the largest singular value
 *   is no float64 number any more (1.8 · 10³⁰⁸)
 */
export function truncatedSvd(values: Matrix, rank: number, options: SvdOptions = {}): TruncatedSvd {
  const [rows, columns] = dimensions('truncatedSvd', values);
  expectInteger('truncatedSvd', 'rank', rank, 1, Math.min(rows, columns));
  const given = rowMajorData(values);
  expectFinite('truncatedSvd', 'values', given);
  const scale = squaringScale(given);
  const svd = singularVectors(matrix(scaledBy(scale, given), rows, columns), rank, options);
  const singularValues = scaledBy(1 / scale, svd.singularValues);
  expectFinite('truncatedSvd', 'the largest singular value (up to 1.8e308)', singularValues);
  return { ...svd, singularValues };
}

/** Below this share of the largest one, a singular value is rounding noise and counts as 0. */
const SINGULAR_NOISE = 1e-12;

/** MᵀM [columns, columns]: the products of each two columns of M [rows, columns]. */
export function gramMatrix(values: Matrix): Matrix {
  const [rows, columns] = dimensions('gramMatrix', values);
  const source = rowMajorData(values);
  const sums = new Float64Array(columns * columns);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) {
      const value = source[row * columns + i]!;
      for (let j = 0; j < columns; j++) sums[i * columns + j]! += value * source[row * columns + j]!;
    }
  }
  return matrix(sums, columns, columns);
}

/**
 * The `rank` largest singular values of a matrix and their vectors, by way of the eigenpairs of its Gram matrix, which has the
 * size of the shorter side: a wide matrix is transposed first, Mᵀ = V S Uᵀ.
 *
 * @param values M [rows, columns], row-major, float64
 * @param rank how many are kept, at most the shorter side
 */
export function singularVectors(values: Matrix, rank: number, options: SvdOptions = {}): TruncatedSvd {
  const { eigen = jacobiEigen, gram = gramMatrix } = options;
  const [rows, columns] = values.shape as [number, number];
  if (rows < columns) {
    const turned = singularVectors(copyOf(transpose(values)), rank, options);
    return {
      left: copyOf(transpose(turned.right)),
      singularValues: turned.singularValues,
      right: copyOf(transpose(turned.left)),
    };
  }
  const directions = eigen(gram(values)).vectors.data.slice(0, rank * columns); // Vᵀ [rank, columns]
  fixSigns(directions, columns);
  const images = product(values, transpose(matrix(directions, rank, columns))); // M V = U S [rows, rank]
  const sizes = lengthsOfColumns(images);
  const negligible = SINGULAR_NOISE * Math.max(...sizes);
  // |M v| is more accurate than the eigenvalue's root, which has lost half of its digits; so sort once more.
  const order = [...sizes.keys()].sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const left = new Float64Array(rows * rank);
  const right = new Float64Array(rank * columns);
  const singularValues = new Float64Array(rank);
  order.forEach((from, to) => {
    right.set(directions.subarray(from * columns, (from + 1) * columns), to * columns);
    const size = sizes[from]!;
    if (size <= negligible) return;
    singularValues[to] = size;
    for (let row = 0; row < rows; row++) left[row * rank + to] = images.get(row, from) / size;
  });
  return { left: matrix(left, rows, rank), singularValues, right: matrix(right, rank, columns) };
}

/** The sign of a direction is free; this makes the entry of largest size of each row positive (the first of equal ones). */
function fixSigns(directions: FloatArray, columns: number): void {
  for (let start = 0; start < directions.length; start += columns) {
    const direction = directions.subarray(start, start + columns);
    let largest = 0;
    for (const value of direction) if (Math.abs(value) > Math.abs(largest)) largest = value;
    if (largest < 0) for (let k = 0; k < columns; k++) direction[k] = -direction[k]!;
  }
}

/** The Euclidean length of each column, [columns]. */
function lengthsOfColumns(values: Matrix): Float64Array {
  const [rows, columns] = values.shape as [number, number];
  const squares = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) squares[column]! += values.get(row, column) ** 2;
  }
  return squares.map(Math.sqrt);
}
