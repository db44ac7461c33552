// The squared distance as SIMD computes it: every fourth number in one sum. In float64 it differs from the plain sum of
// lib/numeric/squares.ts by rounding only, and it is what the kernel (kernels/kmeans.ts) gives to the last bit.
import type { FloatArray } from '../numeric/ndarrays.ts';

/** ‖a − b‖² of the `dims` numbers that begin at the two positions. */
export function squaredDistanceByFours(
  a: FloatArray,
  aStart: number,
  b: FloatArray,
  bStart: number,
  dims: number,
): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let dim = 0;
  for (; dim + 3 < dims; dim += 4) {
    const w = a[aStart + dim]! - b[bStart + dim]!;
    const x = a[aStart + dim + 1]! - b[bStart + dim + 1]!;
    const y = a[aStart + dim + 2]! - b[bStart + dim + 2]!;
    const z = a[aStart + dim + 3]! - b[bStart + dim + 3]!;
    first += w * w;
    second += x * x;
    third += y * y;
    fourth += z * z;
  }
  if (dim < dims) first += (a[aStart + dim]! - b[bStart + dim]!) ** 2;
  if (dim + 1 < dims) second += (a[aStart + dim + 1]! - b[bStart + dim + 1]!) ** 2;
  if (dim + 2 < dims) third += (a[aStart + dim + 2]! - b[bStart + dim + 2]!) ** 2;
  return first + third + (second + fourth);
}
