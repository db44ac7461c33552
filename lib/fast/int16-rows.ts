// Rows of numbers kept as 16-bit integers, and the two things that attention does with them (Eq. 11–12): comparing some
// with all, B'·Bᵀ, and mixing them, A·B. In: rows of length 1 at most; out: products to four digits, mixtures to three.
// An integer takes half of a float32's bytes, and SIMD multiplies twice as many of them an instruction. Sums of integers
// are exact, so the plain loops here and the SIMD loops (int16-rows-simd.ts) give the same bits.
import type { Int16Loops, ReservesLoops } from './int16-loops.ts';
import { openInt16Simd } from './int16-rows-simd.ts';

/** What the number 1 is kept as: the largest 16-bit integer. */
const ONE = 32_767;
/** Products that are added as integers before their sum becomes a float32. */
const BLOCK = 256;
/** What the sizes of a block's weights may add up to: rounded up by ½ each, and times `ONE`, that is still below 2³¹. */
const LARGEST_SUM = 65_535 - BLOCK / 2;

export class Int16Rows {
  private readonly columns: number;
  private readonly largestCount: number;
  private readonly simd: ReservesLoops | null;
  private rows: number;
  private loops: Int16Loops;

  /**
   * @param largestCount how many rows are compared or mixed at a time, at most
   * @param usesSimd SIMD where the engine has it, else plain loops
   */
  constructor(columns: number, largestCount: number, usesSimd: boolean) {
    this.columns = columns;
    this.largestCount = largestCount;
    this.simd = usesSimd ? openInt16Simd(columns, largestCount) : null;
    this.rows = 0;
    this.loops = new PlainInt16Loops(0, columns, 0);
  }

  /** Makes room for `rows` rows, all of which are to be set. */
  reset(rows: number): void {
    this.rows = rows;
    this.loops = this.simd?.reserve(rows) ?? new PlainInt16Loops(rows, this.columns, this.largestCount);
  }

  /** Sets a row to `values` [columns], of length 1 at most. */
  setRow(row: number, values: Float32Array): void {
    const { right, width } = this.loops;
    const padded = right.subarray(row * width, (row + 1) * width);
    roundTo(padded, values, ONE);
    padded.fill(0, values.length);
  }

  /**
   * Products of some rows with every row.
   *
   * @param which numbers of rows [count]
   * @param out [count, rows]
   */
  compare(which: Uint32Array, out: Float32Array): void {
    const { left, right, width } = this.loops;
    which.forEach((row, at) => {
      left.set(right.subarray(row * width, (row + 1) * width), at * width);
    });
    // By Cauchy and Schwarz, no sum is larger than the product of both rows' lengths, 2³⁰.
    this.loops.timesTransposed(which.length, out);
    multiply(out, 1 / (ONE * ONE));
  }

  /**
   * Weighted sums of all rows. The weights of a sum are rounded to 1/65,407 of what 256 of them add up to in size.
   *
   * @param weights [count, rows]
   * @param out [count, columns]
   */
  mix(weights: Float32Array, out: Float32Array): void {
    const { rows, columns, loops } = this;
    const scales = Float64Array.from({ length: weights.length / rows }, (_, at) => {
      const row = weights.subarray(at * rows, (at + 1) * rows);
      const scale = scaleOf(row);
      roundTo(loops.left.subarray(at * loops.leftWidth), row, scale);
      return scale;
    });
    loops.times(scales.length, out);
    scales.forEach((scale, at) => {
      multiply(out.subarray(at * columns, (at + 1) * columns), 1 / (scale * ONE));
    });
  }
}

/** The plain loops: what the SIMD loops do, number by number. */
class PlainInt16Loops implements Int16Loops {
  readonly right: Int16Array;
  readonly width: number;
  readonly left: Int16Array;
  readonly leftWidth: number;
  private readonly rows: number;

  constructor(rows: number, columns: number, largestCount: number) {
    this.rows = rows;
    this.width = columns;
    this.leftWidth = Math.max(rows, columns);
    this.right = new Int16Array(rows * columns);
    this.left = new Int16Array(largestCount * this.leftWidth);
  }

  timesTransposed(count: number, out: Float32Array): void {
    const { left, right, rows, width } = this;
    out.fill(0);
    for (let index = 0; index < count; index++) {
      for (let row = 0; row < rows; row++) {
        for (let start = 0; start < width; start += BLOCK) {
          let sum = 0;
          for (let k = start; k < Math.min(start + BLOCK, width); k++) {
            sum += left[index * width + k]! * right[row * width + k]!;
          }
          out[index * rows + row]! += Math.fround(sum);
        }
      }
    }
  }

  times(count: number, out: Float32Array): void {
    const { left, right, rows, width, leftWidth } = this;
    const sums = new Float64Array(width);
    out.fill(0);
    for (let index = 0; index < count; index++) {
      for (let start = 0; start < rows; start += BLOCK) {
        sums.fill(0);
        for (let row = start; row < Math.min(start + BLOCK, rows); row++) {
          const weight = left[index * leftWidth + row]!;
          for (let k = 0; k < width; k++) sums[k]! += weight * right[row * width + k]!;
        }
        for (let k = 0; k < width; k++) out[index * width + k]! += Math.fround(sums[k]!);
      }
    }
  }
}

/** The integers nearest to `values · scale`; a half is rounded away from 0. */
function roundTo(integers: Int16Array, values: Float32Array, scale: number): void {
  for (let index = 0; index < values.length; index++) {
    const value = values[index]! * scale;
    integers[index] = value < 0 ? value - 0.5 : value + 0.5; // storing cuts the fraction off
  }
}

function multiply(values: Float32Array, factor: number): void {
  for (let index = 0; index < values.length; index++) values[index]! *= factor;
}

/** The largest scale by which weights stay 16-bit integers and no block of products overflows. */
function scaleOf(weights: Float32Array): number {
  let largest = 0;
  let largestSum = 0;
  for (let start = 0; start < weights.length; start += BLOCK) {
    let sum = 0;
    for (let index = start; index < Math.min(start + BLOCK, weights.length); index++) {
      const size = Math.abs(weights[index]!);
      if (size > largest) largest = size;
      sum += size;
    }
    if (sum > largestSum) largestSum = sum;
  }
  return largest > 0 ? Math.min(ONE / largest, LARGEST_SUM / largestSum) : 1;
}
