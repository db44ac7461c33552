// The strongest directions of a matrix, and so its best approximation of low rank (Eckart & Young, 1936).
// In: a matrix that is long in one direction only, such as a step of the item table [items, D]; out: its largest
// singular values and their vectors. They come from the eigenpairs of the small Gram matrix MᵀM [D, D] (Eq. 23), in
// singular-vectors.ts; here numbers of any size are brought to where squares are ordinary numbers, and back.
import { dimensions, expectFinite, expectInteger, type Matrix, matrix, rowMajorData } from './ndarrays.ts';
import { type SvdOptions, singularVectors, type TruncatedSvd } from './singular-vectors.ts';
import { scaledBy, squaringScale } from './squares.ts';

export { gramMatrix, type SvdOptions, type TruncatedSvd } from './singular-vectors.ts';

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
