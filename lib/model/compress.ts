// A matrix as the product of two thin ones: its best approximation of low rank, ΔQ ≈ B A.
// In: a matrix, such as the server's step of the item table; out: the factors that go over the wire. lora.ts carries on what was
// cut off.

import {
  dimensions,
  expectFinite,
  expectInteger,
  floatType,
  type Matrix,
  zeros,
} from '../numeric/ndarrays.ts';
import type { SvdOptions } from '../numeric/svd.ts';
import { truncatedSvd } from '../numeric/svd.ts';
import type { LowRank } from './low-rank.ts';

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
  const type = floatType(values.data);
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
