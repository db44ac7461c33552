// The strongest directions of a matrix, and so its best approximation of low rank (Eckart & Young, 1936).
// In: a matrix that is long in one direction only, such as a step of the item table [items, D]; out: its largest
// singular values and their vectors. They come from the eigenpairs of the small Gram matrix MᵀM [D, D] (Eq. 23).
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
  scaledBy,
  squaringScale,
  transpose,
} from './ndarrays.ts';

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

/** Below this share of the largest one, a singular value is rounding noise and counts as 0. */
const NOISE = 1e-12;

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
  const isTall = rows >= columns;
  const given = rowMajorData(isTall ? values : transpose(values));
  expectFinite('truncatedSvd', 'values', given);
  const scale = squaringScale(given);
  const tall = matrix(scaledBy(scale, given), Math.max(rows, columns), Math.min(rows, columns));
  const svd = tallSvd(tall, rank, options); // of M, or of Mᵀ = V S Uᵀ
  const singularValues = scaledBy(1 / scale, svd.singularValues);
  expectFinite('truncatedSvd', 'the largest singular value (up to 1.8e308)', singularValues);
  if (isTall) return { ...svd, singularValues };
  return { left: copyOf(transpose(svd.right)), singularValues, right: copyOf(transpose(svd.left)) };
}

function tallSvd(values: Matrix, rank: number, options: SvdOptions): TruncatedSvd {
  const { eigen = jacobiEigen, gram = gramMatrix } = options;
  const [rows, columns] = values.shape as [number, number];
  const directions = eigen(gram(values)).vectors.data.slice(0, rank * columns); // Vᵀ [rank, columns]
  for (let r = 0; r < rank; r++) fixSign(directions.subarray(r * columns, (r + 1) * columns));
  const images = project(values, directions, rank); // M V = U S [rows, rank]
  const sizes = Float64Array.from({ length: rank }, (_, r) => columnLength(images, rank, r));
  const negligible = NOISE * Math.max(...sizes);
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
    for (let row = 0; row < rows; row++) left[row * rank + to] = images[row * rank + from]! / size;
  });
  return { left: matrix(left, rows, rank), singularValues, right: matrix(right, rank, columns) };
}

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

/** M V [rows, rank] for a row-major M [rows, columns] and directions Vᵀ [rank, columns]. */
function project(values: Matrix, directions: FloatArray, rank: number): Float64Array {
  const [rows, columns] = values.shape as [number, number];
  const images = new Float64Array(rows * rank);
  for (let row = 0; row < rows; row++) {
    for (let r = 0; r < rank; r++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += values.data[row * columns + k]! * directions[r * columns + k]!;
      images[row * rank + r] = sum;
    }
  }
  return images;
}

/** A direction's sign is free; this makes its entry of largest size positive (the first of equal ones). */
function fixSign(direction: FloatArray): void {
  let largest = 0;
  for (const value of direction) if (Math.abs(value) > Math.abs(largest)) largest = value;
  if (largest < 0) for (let k = 0; k < direction.length; k++) direction[k] = -direction[k]!;
}

function columnLength(values: Float64Array, columns: number, column: number): number {
  let squares = 0;
  for (let at = column; at < values.length; at += columns) squares += values[at]! ** 2;
  return Math.sqrt(squares);
}
