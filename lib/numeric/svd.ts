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
  transpose,
} from './matrix.ts';
import { scaledBy, squaringScale } from './squaring-scale.ts';

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
  /** What finds the eigenpairs of the Gram matrix; `jacobiEigen` unless told. */
  readonly eigen?: EigenSolver;
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
  const source = new Float64Array(rowMajorData(isTall ? values : transpose(values)));
  expectFinite('truncatedSvd', 'values', source);
  const { eigen = jacobiEigen } = options;
  const scale = squaringScale(source);
  const ordinary = scale === 1 ? source : scaledBy(scale, source);
  const [long, short] = isTall ? [rows, columns] : [columns, rows];
  const tall = tallSvd(ordinary, long, short, rank, eigen); // of M, or of Mᵀ = V S Uᵀ
  const singularValues = scaledBy(1 / scale, tall.singularValues);
  expectFinite('truncatedSvd', 'the largest singular value (up to 1.8e308)', singularValues);
  if (isTall) return { ...tall, singularValues };
  return { left: copyOf(transpose(tall.right)), singularValues, right: copyOf(transpose(tall.left)) };
}

function tallSvd(
  source: Float64Array,
  rows: number,
  columns: number,
  rank: number,
  eigen: EigenSolver,
): TruncatedSvd {
  const directions = eigen(gramMatrix(source, rows, columns)).vectors.data.slice(0, rank * columns); // Vᵀ
  for (let r = 0; r < rank; r++) fixSign(directions.subarray(r * columns, (r + 1) * columns));
  const images = project(source, rows, columns, directions, rank); // M V = U S [rows, rank]
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

/** MᵀM [columns, columns]. Four rows at a time, so that each sum is read and written a quarter as often. */
function gramMatrix(source: Float64Array, rows: number, columns: number): Matrix {
  const sums = new Float64Array(columns * columns); // the upper triangle, until the end
  const end = rows * columns;
  let a = 0;
  for (; a + 4 * columns <= end; a += 4 * columns) {
    const b = a + columns;
    const c = b + columns;
    const d = c + columns;
    for (let i = 0; i < columns; i++) {
      const ai = source[a + i]!;
      const bi = source[b + i]!;
      const ci = source[c + i]!;
      const di = source[d + i]!;
      for (let j = i; j < columns; j++) {
        sums[i * columns + j]! +=
          ai * source[a + j]! + bi * source[b + j]! + ci * source[c + j]! + di * source[d + j]!;
      }
    }
  }
  for (; a < end; a += columns) {
    for (let i = 0; i < columns; i++) {
      for (let j = i; j < columns; j++) sums[i * columns + j]! += source[a + i]! * source[a + j]!;
    }
  }
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < i; j++) sums[i * columns + j] = sums[j * columns + i]!;
  }
  return matrix(sums, columns, columns);
}

/** M V [rows, rank] for directions Vᵀ [rank, columns]. */
function project(
  source: Float64Array,
  rows: number,
  columns: number,
  directions: FloatArray,
  rank: number,
): Float64Array {
  const images = new Float64Array(rows * rank);
  for (let row = 0; row < rows; row++) {
    for (let r = 0; r < rank; r++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += source[row * columns + k]! * directions[r * columns + k]!;
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
