// The loops of int16-rows.ts in WebAssembly SIMD (kernels/int16-rows.ts). Same inputs and outputs; the
// integers lie in the module's memory, and the products are the same to the last bit. The memory is kept and grows, to about 2 · rows · columns bytes.
import type { Int16Loops, ReservesLoops } from './int16-loops.ts';
import { int16RowsKernel } from './int16-rows-kernel.generated.ts';
import { growTo, openKernel, type WithMemory } from './open-kernel.ts';

/** The innermost loop makes tiles of 5 × 8. */
const TILE_ROWS = 5;
const TILE_COLUMNS = 8;

interface Kernel extends WithMemory {
  readonly scratchBytes: (columns: number) => number;
  readonly timesTransposed: (...addressesAndCounts: number[]) => void;
  readonly times: (...addressesAndCounts: number[]) => void;
}

/** Null where the engine has no WebAssembly SIMD. */
export function openInt16Simd(columns: number, largestCount: number): ReservesLoops | null {
  const kernel = openKernel<Kernel>(int16RowsKernel);
  return (
    kernel && {
      reserve(rows) {
        const layout = layOut(rows, columns, largestCount);
        try {
          growTo(kernel, layout.scratch + kernel.scratchBytes(layout.leftWidth));
        } catch {
          return null; // more than 4 GB
        }
        return new Int16Simd(kernel, layout);
      },
    }
  );
}

/** Where the arrays begin in the module's memory, in bytes. */
function layOut(rows: number, columns: number, largestCount: number) {
  const width = roundUp(columns, TILE_COLUMNS);
  const leftWidth = Math.max(width, roundUp(rows, TILE_COLUMNS));
  const left = 2 * rows * width;
  const product = left + 2 * roundUp(largestCount, TILE_COLUMNS) * leftWidth;
  const scratch = product + 4 * roundUp(largestCount, TILE_ROWS) * leftWidth;
  return { rows, columns, width, leftWidth, largestCount, left, product, scratch };
}

class Int16Simd implements Int16Loops {
  readonly right: Int16Array;
  readonly left: Int16Array;
  readonly width: number;
  readonly leftWidth: number;
  private readonly kernel: Kernel;
  private readonly layout: ReturnType<typeof layOut>;

  constructor(kernel: Kernel, layout: ReturnType<typeof layOut>) {
    const { rows, width, leftWidth, largestCount, left } = layout;
    const { buffer } = kernel.memory;
    this.kernel = kernel;
    this.layout = layout;
    this.width = width;
    this.leftWidth = leftWidth;
    this.right = new Int16Array(buffer, 0, rows * width);
    this.left = new Int16Array(buffer, left, largestCount * leftWidth);
  }

  timesTransposed(count: number, out: Float32Array): void {
    const { rows, width, left, product, scratch } = this.layout;
    this.kernel.timesTransposed(left, count, 0, rows, width, product, scratch);
    this.copyOut(count, rows, out);
  }

  times(count: number, out: Float32Array): void {
    const { rows, columns, width, leftWidth, left, product, scratch } = this.layout;
    this.kernel.times(left, leftWidth, count, 0, rows, width, product, scratch);
    this.copyOut(count, columns, out);
  }

  /** Copies rows of the product, which end with a whole tile, to `out` [count, columns]. */
  private copyOut(count: number, columns: number, out: Float32Array): void {
    const stride = roundUp(columns, TILE_COLUMNS);
    const product = new Float32Array(this.kernel.memory.buffer, this.layout.product, count * stride);
    for (let row = 0; row < count; row++) {
      out.set(product.subarray(row * stride, row * stride + columns), row * columns);
    }
  }
}

/** The next multiple of a step. */
function roundUp(count: number, step: number): number {
  return Math.ceil(count / step) * step;
}
