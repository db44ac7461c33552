// The server's inner loop in WebAssembly SIMD: a sum of low-rank updates, row by row (kernels/item-rows.ts).
// In: decoded updates; out: Σ B A [items, dims] with the same counts as the plain adder in lib/federated/update-sum.ts.
// Both round every product and sum to float32; messages that are not of rank one are added plainly.
import {
  addInto,
  addUpdate,
  countUpdate,
  emptySum,
  type UpdateAdder,
  type UpdateSum,
} from '../federated/update-sum.ts';
import type { Update } from '../federated/wire.ts';
import { type ItemRowsKernel, itemRows } from './item-rows.ts';
import { reserve } from './open-kernel.ts';

/** The SIMD sum, or null where the engine has no WebAssembly SIMD or rows have no columns. */
export function createUpdateAdderSimd(items: number, dims: number, extra: number): UpdateAdder | null {
  const kernel = dims > 0 ? itemRows() : null;
  return (
    kernel && new SimdUpdateAdder(new RowSumSimd(kernel, items, dims), () => emptySum(items, dims, extra))
  );
}

class SimdUpdateAdder implements UpdateAdder {
  private readonly rows: RowSumSimd;
  private readonly newSum: () => UpdateSum;
  private sum: UpdateSum; // counts, extra weights, and the rows of updates that were added plainly
  private hasPlainPart = false;

  constructor(rows: RowSumSimd, newSum: () => UpdateSum) {
    this.rows = rows;
    this.newSum = newSum;
    this.sum = newSum();
  }

  start(): void {
    this.rows.clear();
    this.hasPlainPart = false;
    this.sum = this.newSum();
  }

  add(update: Update): void {
    if (update.rank === 1) {
      this.rows.addRankOne(update.rows, update.left, update.right);
      countUpdate(this.sum, update);
    } else {
      this.hasPlainPart = true;
      addUpdate(this.sum, update);
    }
  }

  finish(): UpdateSum {
    const items = this.rows.read();
    if (this.hasPlainPart) addInto(items, this.sum.items);
    return { ...this.sum, items };
  }
}

class RowSumSimd {
  private readonly kernel: ItemRowsKernel;
  private readonly dims: number;
  private readonly sum: Float32Array;
  private readonly rows: Uint32Array;
  private readonly left: Float32Array;
  private readonly right: Float32Array;

  constructor(kernel: ItemRowsKernel, items: number, dims: number) {
    this.kernel = kernel;
    this.dims = dims;
    const [sum, rows, left, right] = reserve(kernel, [items * dims, items, items, dims]) as [
      Float32Array<ArrayBuffer>,
      Float32Array<ArrayBuffer>,
      Float32Array<ArrayBuffer>,
      Float32Array<ArrayBuffer>,
    ];
    this.sum = sum;
    this.rows = new Uint32Array(rows.buffer, rows.byteOffset, items);
    this.left = left;
    this.right = right;
  }

  clear(): void {
    this.sum.fill(0);
  }

  /** sum += left right, with left [rows] and right [dims]. */
  addRankOne(rows: Uint32Array, left: Float32Array, right: Float32Array): void {
    this.rows.set(rows);
    this.left.set(left);
    this.right.set(right);
    this.kernel.addRankOne(
      this.sum.byteOffset,
      this.dims,
      this.rows.byteOffset,
      rows.length,
      this.left.byteOffset,
      this.right.byteOffset,
    );
  }

  /** A copy of the sum, [items, dims]. */
  read(): Float32Array {
    return this.sum.slice();
  }
}
