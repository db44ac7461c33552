// The server's inner loop in WebAssembly SIMD: a sum of low-rank updates, row by row (kernels/item-rows.ts).
// In: factors B and A with their row numbers; out: Σ B A [items, dims]. The plain loop is `addRows` in
// lib/federated/update-sum.ts; both round every product and sum to float32, in the same order.
import { type ItemRowsKernel, itemRows } from './item-rows.ts';
import { reserve } from './open-kernel.ts';

/** The SIMD sum, or null where the engine has no WebAssembly SIMD. */
export function createRowSumSimd(items: number, dims: number): RowSumSimd | null {
  const kernel = itemRows();
  return kernel && new RowSumSimd(kernel, items, dims);
}

export class RowSumSimd {
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
