// The float32 matrix product in WebAssembly SIMD: four numbers an instruction, in tiles of 5 × 8 (kernels/matmul.ts).
// In: operands of any strides; blocks of them are copied into the module's memory, multiplied there, and the result
// is copied out. A transposed operand is copied as it lies and turned while the module packs it, so A·Bᵀ costs no more
// than A·B. Every number is the float32 sum over k in its order: the same bits on every machine, however work is cut.

import type { FloatArray, Matrix } from '../numeric/ndarrays.ts';
import type { MatmulBackend } from '../numeric/product.ts';
import { growTo, openKernel } from './open-kernel.ts';
import { simdKernel } from './simd-kernel.generated.ts';
import { createTiled } from './tiled.ts';

/** The largest block of A [rows, inner] and of B [inner, columns] in the module's memory, 8 MB each. */
const block = { rows: 1024, inner: 2048, columns: 1024 };
/** Shorter lines than this are copied faster one by one than as a whole. */
const shortLine = 24;

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly scratchBytes: (columns: number) => number;
  readonly multiply: (
    a: number,
    aRowStride: number,
    aInnerStride: number,
    b: number,
    bInnerStride: number,
    bColumnStride: number,
    c: number,
    rows: number,
    inner: number,
    columns: number,
    accumulates: number,
    scratch: number,
  ) => void;
}

/** Where a block of a matrix lies: element (i, j) is `data[start + i * rowStride + j * columnStride]`. */
interface Block {
  readonly data: FloatArray;
  readonly start: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/**
 * A backend that multiplies float32 matrices with WebAssembly SIMD, or null where the engine has none.
 *
 * Products that involve float64 go to the tiled loop. The module's memory only grows, to at most 22 MB whatever the
 * shapes; no result depends on what it held before.
 */
export function createSimd(): MatmulBackend | null {
  const kernel = openKernel<Kernel>(simdKernel);
  if (!kernel) return null;
  const tiled = createTiled();
  return {
    name: 'simd',
    multiply(a, b, out) {
      if (suitsSimd(a, b, out)) multiplyBlocks(kernel, a, b, out);
      else tiled.multiply(a, b, out);
    },
  };
}

function suitsSimd(a: Matrix, b: Matrix, out: Matrix): boolean {
  const isFloat32 = [a, b, out].every(({ data }) => data instanceof Float32Array);
  return isFloat32 && a.size > 0 && b.size > 0;
}

/** Walks over C block by block; a block of C stays in the module's memory while the sum over k goes on. */
function multiplyBlocks(kernel: Kernel, a: Matrix, b: Matrix, out: Matrix): void {
  const [rows, inner] = a.shape as [number, number];
  const columns = b.shape[1]!;
  const places = layOut(
    kernel,
    Math.min(rows, block.rows),
    Math.min(inner, block.inner),
    Math.min(columns, block.columns),
  );
  const memory = new Float32Array(kernel.memory.buffer);
  for (let column = 0; column < columns; column += block.columns) {
    const width = Math.min(columns - column, block.columns);
    for (let row = 0; row < rows; row += block.rows) {
      const height = Math.min(rows - row, block.rows);
      for (let k = 0; k < inner; k += block.inner) {
        const depth = Math.min(inner - k, block.inner);
        const left = copyIn(blockOf(a, row, k), height, depth, memory, places.a);
        const right = copyIn(blockOf(b, k, column), depth, width, memory, places.b);
        multiplyBlock(kernel, places, left, right, [height, depth, width], k > 0);
      }
      const product = { data: memory, start: places.c, rowStride: width, columnStride: 1 };
      copyLines(product, blockOf(out, row, column), height, width);
    }
  }
}

/** Calls the module, which counts in bytes (4 a number). */
function multiplyBlock(
  kernel: Kernel,
  places: Places,
  left: Block,
  right: Block,
  [rows, inner, columns]: readonly [number, number, number],
  accumulates: boolean,
): void {
  kernel.multiply(
    places.a * 4,
    left.rowStride * 4,
    left.columnStride * 4,
    places.b * 4,
    right.rowStride * 4,
    right.columnStride * 4,
    places.c * 4,
    rows,
    inner,
    columns,
    accumulates ? 1 : 0,
    places.scratch * 4,
  );
}

/** Where A, B, C and the packed strips begin in the module's memory, in numbers; the memory grows to hold them. */
interface Places {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly scratch: number;
}

function layOut(kernel: Kernel, rows: number, inner: number, columns: number): Places {
  const a = 0;
  const b = a + alignedLength(rows * inner);
  const c = b + alignedLength(inner * columns);
  const scratch = c + alignedLength(rows * columns);
  growTo(kernel, scratch * 4 + kernel.scratchBytes(columns));
  return { a, b, c, scratch };
}

/** Rounds up to whole cache lines of 64 bytes. */
function alignedLength(length: number): number {
  return Math.ceil(length / 16) * 16;
}

function blockOf(values: Matrix, row: number, column: number): Block {
  const [rowStride, columnStride] = values.stride as [number, number];
  const start = values.offset + row * rowStride + column * columnStride;
  return { data: values.data, start, rowStride, columnStride };
}

/** Copies a block without gaps to `start`: column after column if its columns lie in one piece, else row after row. */
function copyIn(from: Block, rows: number, columns: number, memory: Float32Array, start: number): Block {
  const isColumnMajor = from.rowStride === 1 && from.columnStride !== 1;
  const to = isColumnMajor
    ? { data: memory, start, rowStride: 1, columnStride: rows }
    : { data: memory, start, rowStride: columns, columnStride: 1 };
  if (isColumnMajor) copyLines(turned(from), turned(to), columns, rows);
  else copyLines(from, to, rows, columns);
  return to;
}

function turned({ data, start, rowStride, columnStride }: Block): Block {
  return { data, start, rowStride: columnStride, columnStride: rowStride };
}

/** Copies rows, in as large pieces as the strides of both sides allow. */
function copyLines(from: Block, to: Block, rows: number, columns: number): void {
  if (isGapless(from, columns) && isGapless(to, columns)) copyPiece(from, to, 0, rows * columns);
  else if (from.columnStride === 1 && to.columnStride === 1 && columns >= shortLine) {
    for (let row = 0; row < rows; row++) copyPiece(from, to, row, columns);
  } else copyNumbers(from, to, rows, columns);
}

function isGapless(values: Block, columns: number): boolean {
  return values.columnStride === 1 && values.rowStride === columns;
}

function copyPiece(from: Block, to: Block, row: number, length: number): void {
  const start = from.start + row * from.rowStride;
  to.data.set(from.data.subarray(start, start + length), to.start + row * to.rowStride);
}

function copyNumbers(from: Block, to: Block, rows: number, columns: number): void {
  for (let row = 0; row < rows; row++) {
    let source = from.start + row * from.rowStride;
    let target = to.start + row * to.rowStride;
    for (let column = 0; column < columns; column++) {
      to.data[target] = from.data[source]!;
      source += from.columnStride;
      target += to.columnStride;
    }
  }
}
