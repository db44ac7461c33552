// Updates of low rank of which nothing is lost: what `compress` has cut off is kept by the sender and added to its next message.
// In: an update, such as the server's step of the item table, and what is carried; out: the factors that go over the wire, and
// how much they lack.
// Error feedback: Seide et al. (2014), Karimireddy et al. (2019).
import {
  copyOf,
  dimensions,
  expectFinite,
  expectShape,
  type Matrix,
  rowMajorData,
  zeros,
} from '../numeric/ndarrays.ts';
import { expectWritable } from '../numeric/overlap.ts';
import { squaringScale } from '../numeric/squares.ts';
import type { SvdOptions } from '../numeric/svd.ts';
import { compress } from './compress.ts';
import { type LowRank, merge } from './low-rank.ts';

export { type SvdOptions, type TruncatedSvd, truncatedSvd } from '../numeric/svd.ts';
export { compress } from './compress.ts';
export {
  type LoraLinear,
  type LoraLinearGradient,
  type LoraLinearOptions,
  loraBackward,
  loraForward,
  loraLinear,
  mergeLora,
  unmergeLora,
} from './lora-linear.ts';
export { bytesSaved, expand, type LowRank, merge, rankOneUpdate } from './low-rank.ts';

/** How an update is compressed, and what happens to it on its way. */
export interface FeedbackOptions extends SvdOptions {
  /** Default: factors arrive as they are. */
  readonly arrive?: (factors: LowRank) => LowRank;
}

/**
 * Compresses an update together with what earlier messages left out, and keeps what this one leaves out (Eq. 8):
 * c ← c + update; B A = the best rank-r approximation of c; c ← c − B A. So nothing is lost, it only arrives later.
 *
 * @param update [rows, columns]
 * @param carried c [rows, columns], zeros before the first message; changed in place
 * @param rank of the factors that are sent
 * @param options `arrive` says what becomes of the factors on their way, if they are rounded: c then holds that error, too
 * @returns `sent`, the factors as they arrive, of c's element type, so that c holds their rounding too; and `relativeError`, how much of c
 *   stays behind: its Frobenius norm after divided by before, 0 if there was nothing to send
 * @throws RangeError if the shapes differ, the update is empty or not finite, or rank is not between 1 and its longer side
 */
export function compressWithFeedback(
  update: Matrix,
  carried: Matrix,
  rank: number,
  { arrive = (factors) => factors, ...options }: FeedbackOptions = {},
): { sent: LowRank; relativeError: number } {
  const [rows, columns] = dimensions('compressWithFeedback', update);
  expectShape('compressWithFeedback', 'carried', carried, [rows, columns]);
  expectWritable('compressWithFeedback', 'carried', carried);
  const added = rowMajorData(update);
  expectFinite('compressWithFeedback', 'update', added);
  const rest = copyOf(carried); // [rows, columns]: c stays as it is if anything is refused
  for (let index = 0; index < rest.size; index++) rest.data[index]! += added[index]!;
  const before = frobeniusNorm(rest);
  const sent = arrive(compress(rest, rank, options));
  merge(rest, sent, -1);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) carried.set(row, column, rest.get(row, column));
  }
  return { sent, relativeError: before === 0 ? 0 : frobeniusNorm(rest) / before };
}

/**
 * How much of a matrix its factors lose: ‖M − B A‖ / ‖M‖, from 0 (nothing) to 1 (as bad as zeros); 0 where M is 0 and so is
 * B A.
 *
 * @param values M [rows, columns]
 * @param factors B [rows, rank] and A [rank, columns], e.g. from `compress`
 * @throws RangeError if the shapes do not fit
 */
export function reconstructionError(values: Matrix, factors: LowRank): number {
  const size = frobeniusNorm(values);
  const rest = zeros(...dimensions('reconstructionError', values));
  rest.data.set(rowMajorData(values)); // in float64
  merge(rest, factors, -1);
  const left = frobeniusNorm(rest);
  return left === 0 ? 0 : left / size;
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
