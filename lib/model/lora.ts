// An update as the product of two thin matrices, ΔQ = B A: what makes messages small.
// In: an item gradient, which is exactly of rank one, or any other matrix, cut down to its best rank-r approximation;
// out: the factors that go over the wire. What was cut off is kept by the sender and added to its next message.
// LoRA: Hu et al. (2022); error feedback: Seide et al. (2014), Karimireddy et al. (2019).
import {
  dimensions,
  expectFinite,
  expectInteger,
  expectShape,
  type FloatArray,
  type FloatType,
  type Matrix,
  rowMajorData,
  type Vector,
  zeros,
} from '../numeric/matrix.ts';
import { expectWritable, mayOverlap } from '../numeric/overlap.ts';
import { squaringScale } from '../numeric/squaring-scale.ts';
import { type SvdOptions, truncatedSvd } from '../numeric/svd.ts';

export { type SvdOptions, type TruncatedSvd, truncatedSvd } from '../numeric/svd.ts';

/** A matrix [rows, columns] as the product B·A. */
export interface LowRank {
  /** B [rows, rank]. */
  readonly left: Matrix;
  /** A [rank, columns]. */
  readonly right: Matrix;
}

/**
 * The item step of one user, ΔQ = −g [p, 1]ᵀ = B A with B = −g and A = [p, 1]: exact, nothing is lost (Eq. 6).
 *
 * @param scoreGradient g [rows], the slope of the loss by each score
 * @param userVector p [factors]
 * @returns B [rows, 1] and A [1, factors + 1], of g's element type
 */
export function rankOneUpdate(scoreGradient: Vector, userVector: Vector): LowRank {
  expectShape('rankOneUpdate', 'scoreGradient', scoreGradient, [null]);
  expectShape('rankOneUpdate', 'userVector', userVector, [null]);
  const type = typeOf(scoreGradient.data);
  const rows = scoreGradient.shape[0]!;
  const factors = userVector.shape[0]!;
  const left = zeros(rows, 1, type);
  for (let row = 0; row < rows; row++) left.data[row] = -scoreGradient.get(row);
  const right = zeros(1, factors + 1, type);
  for (let k = 0; k < factors; k++) right.data[k] = userVector.get(k);
  right.data[factors] = 1;
  return { left, right };
}

/**
 * The matrix B·A that the factors stand for, [rows, columns], of B's element type.
 *
 * @throws RangeError if the factors do not fit together
 */
export function expand(factors: LowRank): Matrix {
  const { rows, columns } = sizesOf('expand', factors);
  const product = zeros(rows, columns, typeOf(factors.left.data));
  merge(product, factors, 1);
  return product;
}

/**
 * Q ← Q + scale · B A, in place. Takes O(rows · columns · rank).
 *
 * @param base Q [rows, columns], any strides; may share memory with the factors, which are read first
 * @throws RangeError if the shapes do not fit, or two elements of Q lie in one place
 */
export function merge(base: Matrix, factors: LowRank, scale: number): void {
  const { rows, rank, columns } = sizesOf('merge', factors);
  expectShape('merge', 'base', base, [rows, columns]);
  expectWritable('merge', 'base', base);
  const left = readBefore(base, factors.left);
  const right = readBefore(base, factors.right);
  const { data, offset } = base;
  const [rowStride, columnStride] = base.stride as [number, number];
  for (let row = 0; row < rows; row++) {
    for (let r = 0; r < rank; r++) {
      const weight = scale * left[row * rank + r]!;
      let at = offset + row * rowStride;
      for (let column = 0; column < columns; column++) {
        data[at]! += weight * right[r * columns + column]!;
        at += columnStride;
      }
    }
  }
}

/**
 * The best rank-r approximation of a matrix as factors: A has orthonormal rows, B carries the sizes.
 *
 * @param values [rows, columns], any strides
 * @param rank how many columns B has; those beyond the shorter side of the matrix are zero
 * @returns factors of the matrix's element type
 * @throws RangeError if the matrix is empty or not finite, rank is not between 1 and its longer side, or B would leave
 *   the range of the element type
 */
export function compress(values: Matrix, rank: number, options: SvdOptions = {}): LowRank {
  const [rows, columns] = dimensions('compress', values);
  expectInteger('compress', 'rank', rank, 1, Math.max(rows, columns));
  const kept = Math.min(rank, rows, columns);
  const svd = truncatedSvd(values, kept, options);
  const type = typeOf(values.data);
  const left = zeros(rows, rank, type);
  const right = zeros(rank, columns, type);
  right.data.set(svd.right.data);
  for (let row = 0; row < rows; row++) {
    for (let r = 0; r < kept; r++) {
      left.data[row * rank + r] = svd.left.data[row * kept + r]! * svd.singularValues[r]!;
    }
  }
  expectFinite('compress', `B in ${type} (up to ${type === 'float32' ? '3.4e38' : '1.8e308'})`, left.data);
  return { left, right };
}

/**
 * Compresses an update together with what earlier messages left out, and keeps what this one leaves out (Eq. 8):
 * c ← c + update; B A = the best rank-r approximation of c; c ← c − B A. So nothing is lost, it only arrives later.
 *
 * @param update [rows, columns]
 * @param carried c [rows, columns], zeros before the first message; changed in place
 * @param rank of the factors that are sent
 * @returns `sent`, factors of c's element type, so that c holds their rounding too; and `relativeError`, how much of c
 *   stays behind: its Frobenius norm after divided by before, 0 if there was nothing to send
 * @throws RangeError if the shapes differ, the update is empty or not finite, or rank is not between 1 and its longer side
 */
export function compressWithFeedback(
  update: Matrix,
  carried: Matrix,
  rank: number,
  options: SvdOptions = {},
): { sent: LowRank; relativeError: number } {
  const [rows, columns] = dimensions('compressWithFeedback', update);
  expectShape('compressWithFeedback', 'carried', carried, [rows, columns]);
  expectInteger('compressWithFeedback', 'rank', rank, 1, Math.max(rows, columns));
  expectWritable('compressWithFeedback', 'carried', carried);
  const added = readBefore(carried, update);
  expectFinite('compressWithFeedback', 'update', added); // before it could spoil what is carried
  addRowMajor(carried, added);
  const before = frobeniusNorm(carried);
  const sent = compress(carried, rank, options);
  merge(carried, sent, -1);
  return { sent, relativeError: before === 0 ? 0 : frobeniusNorm(carried) / before };
}

/** ‖M‖ = √(Σ m²), the size of a matrix [rows, columns] and the measure in which `compress` is best. */
export function frobeniusNorm(values: Matrix): number {
  dimensions('frobeniusNorm', values);
  const data = rowMajorData(values);
  const scale = squaringScale(data);
  let squares = 0;
  for (let index = 0; index < data.length; index++) {
    const value = scale * data[index]!;
    squares += value * value;
  }
  return Math.sqrt(squares) / scale;
}

/**
 * What sending factors saves, in bytes of float32 numbers. Negative if the rank is too high to save anything.
 * Messages also have a header and row numbers; what runs report are lengths of encoded messages.
 *
 * @throws RangeError if a size is not a whole number of at least 1
 */
export function bytesSaved(
  rows: number,
  columns: number,
  rank: number,
): { dense: number; lowRank: number; saved: number } {
  expectInteger('bytesSaved', 'rows', rows, 1);
  expectInteger('bytesSaved', 'columns', columns, 1);
  expectInteger('bytesSaved', 'rank', rank, 1);
  const dense = Float32Array.BYTES_PER_ELEMENT * rows * columns;
  const lowRank = Float32Array.BYTES_PER_ELEMENT * rank * (rows + columns);
  return { dense, lowRank, saved: dense - lowRank };
}

function sizesOf(caller: string, factors: LowRank): { rows: number; rank: number; columns: number } {
  const [rows, rank] = dimensions(caller, factors.left);
  const [, columns] = dimensions(caller, factors.right);
  expectShape(caller, 'right', factors.right, [rank, columns]);
  return { rows, rank, columns };
}

/** The elements in row-major order; a copy where they may lie under what is about to be written. */
function readBefore(written: Matrix, values: Matrix): FloatArray {
  const data = rowMajorData(values);
  return mayOverlap(written, values) ? data.slice() : data;
}

function addRowMajor(base: Matrix, added: FloatArray): void {
  const [rows, columns] = base.shape as [number, number];
  const [rowStride, columnStride] = base.stride as [number, number];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      base.data[base.offset + row * rowStride + column * columnStride]! += added[row * columns + column]!;
    }
  }
}

function typeOf(data: FloatArray): FloatType {
  return data instanceof Float32Array ? 'float32' : 'float64';
}
