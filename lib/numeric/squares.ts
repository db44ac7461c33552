// Sums of squares of numbers of any size: squared distances, and what very large and very small numbers are scaled by before they
// are squared, so that the squares are ordinary numbers. In: flat data; out: numbers, or the data scaled.
import type { FloatArray } from './ndarrays.ts';

/** ‖a − b‖² of the `dims` numbers that begin at the two positions. */
export function squaredDistance(
  a: FloatArray,
  aStart: number,
  b: FloatArray,
  bStart: number,
  dims: number,
): number {
  let sum = 0;
  for (let dim = 0; dim < dims; dim++) sum += (a[aStart + dim]! - b[bStart + dim]!) ** 2;
  return sum;
}

/** Between these sizes, squares and sums of squares are ordinary float64 numbers. */
const [SMALLEST, LARGEST] = [2 ** -400, 2 ** 400];
/** The largest float64 is below 2¹⁰²⁴; the smallest, times 2¹⁰⁰⁰, is 2⁻⁷⁴. */
const MOST_DOUBLINGS = 1000;

/**
 * A power of two that brings the number of largest size near 1; 1 where its size is between 2⁻⁴⁰⁰ and 2⁴⁰⁰ (about
 * 10^±120), and where all are 0 or one is infinite. Numbers below about 10⁻¹⁵⁴ of the largest still count as 0 when
 * they are squared.
 */
export function squaringScale(...arrays: readonly ArrayLike<number>[]): number {
  let largest = 0;
  for (const values of arrays) {
    for (let index = 0; index < values.length; index++) largest = Math.max(largest, Math.abs(values[index]!));
  }
  const isOrdinary = largest >= SMALLEST && largest <= LARGEST;
  if (isOrdinary || !(largest > 0 && largest < Infinity)) return 1;
  const doublings = -Math.floor(Math.log2(largest));
  return 2 ** Math.max(-MOST_DOUBLINGS, Math.min(MOST_DOUBLINGS, doublings));
}

/** The numbers times a factor, in float64. */
export function scaledBy(factor: number, values: ArrayLike<number>): Float64Array<ArrayBuffer> {
  const scaled = new Float64Array(values.length);
  for (let index = 0; index < scaled.length; index++) scaled[index] = values[index]! * factor;
  return scaled;
}
