// An update as the product of two thin matrices, ΔQ = B A: what makes messages small.
// In: an item gradient, which is exactly of rank one, or the factors of any other update; out: the factors that go over the
// wire, and the matrix that they stand for. LoRA: Hu et al. (2022).
import {
  dimensions,
  expectInteger,
  expectShape,
  type FloatArray,
  floatType,
  type Matrix,
  rowMajorData,
  type Vector,
  zeros,
} from '../numeric/ndarrays.ts';
import { expectWritable, mayOverlap } from '../numeric/overlap.ts';

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
 * @param scoreGradient g [rows], the gradient of the loss with respect to the scores
 * @param userVector p [factors]
 * @returns B [rows, 1] and A [1, factors + 1], of g's element type
 */
export function rankOneUpdate(scoreGradient: Vector, userVector: Vector): LowRank {
  expectShape('rankOneUpdate', 'scoreGradient', scoreGradient, [null]);
  expectShape('rankOneUpdate', 'userVector', userVector, [null]);
  const type = floatType(scoreGradient.data);
  const rows = scoreGradient.shape[0]!;
  const factors = userVector.shape[0]!;
  const left = zeros(rows, 1, type);
  const { data, offset } = scoreGradient;
  const step = scoreGradient.stride[0]!;
  for (let row = 0, at = offset; row < rows; row++, at += step) left.data[row] = -data[at]!;
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
  const product = zeros(rows, columns, floatType(factors.left.data));
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

/** The sizes of factors that fit together. */
export function sizesOf(caller: string, factors: LowRank): { rows: number; rank: number; columns: number } {
  const [rows, rank] = dimensions(caller, factors.left);
  const [, columns] = dimensions(caller, factors.right);
  expectShape(caller, 'right', factors.right, [rank, columns]);
  return { rows, rank, columns };
}

/** The elements in row-major order; a copy where they may lie under what is about to be written. */
export function readBefore(written: Matrix, values: Matrix): FloatArray {
  const data = rowMajorData(values);
  return mayOverlap(written, values) ? data.slice() : data;
}
