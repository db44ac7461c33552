// A matrix in the memory of the GPU, float32. Like the library's own matrices it is a view: a transpose or a window costs
// nothing. In: a matrix of the processor, or an operation's result; out, with `await read()`: a matrix again.
// A kernel sees at most `gpu.blockBytes` of a matrix, so larger ones lie in several buffers, each of whole rows.
import {
  dimensions,
  expectInteger,
  type Matrix,
  matrix,
  rowMajorData,
  transpose,
} from '../numeric/matrix.ts';
import type { BufferPool, PooledBuffer } from './buffer-pool.ts';
import type { Gpu } from './gpu.ts';
import { GpuError } from './gpu-error.ts';
import type { Releasable } from './releasable.ts';

/** Rows in a buffer at most, so that a grid of workgroups can cover them. */
const MOST_ROWS = 2 ** 19;

/** Where the numbers lie: row-major, in buffers of `blockRows` rows each. */
interface Storage {
  readonly pool: BufferPool;
  readonly blocks: readonly PooledBuffer[];
  readonly blockRows: number;
  readonly rows: number;
  readonly columns: number;
  isReleased: boolean;
}

/** @internal A place in a buffer, and how far it is from there to the next row and column, in numbers. */
export interface Place {
  readonly buffer: PooledBuffer;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

interface View {
  readonly rows: number;
  readonly columns: number;
  readonly firstRow: number; // in the storage
  readonly firstColumn: number; // in the storage
  readonly isTransposed: boolean;
}

/** A matrix [rows, columns] on a GPU. */
export class GpuMatrix implements Releasable {
  readonly isReleasable = true;
  readonly gpu: Gpu;
  readonly rows: number;
  readonly columns: number;
  private readonly storage: Storage;
  private readonly view: View;

  private constructor(gpu: Gpu, storage: Storage, view: View) {
    this.gpu = gpu;
    this.storage = storage;
    this.view = view;
    this.rows = view.rows;
    this.columns = view.columns;
  }

  /**
   * Copies a matrix to the GPU, as float32.
   *
   * @throws GpuError if a recording is under way or the memory does not suffice
   */
  static from(gpu: Gpu, values: Matrix): GpuMatrix {
    const [rows, columns] = dimensions('GpuMatrix.from', values);
    const made = GpuMatrix.empty(gpu, rows, columns);
    made.write(values);
    return made;
  }

  /** A matrix whose numbers are left from earlier use of the memory: for operations that write all of them. */
  static empty(gpu: Gpu, rows: number, columns: number): GpuMatrix {
    expectInteger('GpuMatrix', 'rows', rows, 0);
    expectInteger('GpuMatrix', 'columns', columns, 0);
    const rowBytes = 4 * Math.max(1, columns);
    if (rowBytes > gpu.blockBytes) {
      throw new GpuError(
        `a row must fit in a binding of ${gpu.blockBytes} bytes, got ${columns} columns of 4 bytes`,
      );
    }
    const blockRows = Math.min(MOST_ROWS, Math.floor(gpu.blockBytes / rowBytes), Math.max(1, rows));
    const count = Math.max(1, Math.ceil(rows / blockRows));
    const blocks = Array.from({ length: count }, (_, block) =>
      gpu.allocate(4 * columns * Math.min(blockRows, rows - block * blockRows)),
    );
    const storage = { pool: gpu.pool, blocks, blockRows, rows, columns, isReleased: false };
    const view = { rows, columns, firstRow: 0, firstColumn: 0, isTransposed: false };
    const made = new GpuMatrix(gpu, storage, view);
    gpu.remember(made);
    return made;
  }

  /** The view with rows and columns exchanged. */
  transpose(): GpuMatrix {
    const { rows, columns, isTransposed } = this.view;
    return this.viewAs({ ...this.view, rows: columns, columns: rows, isTransposed: !isTransposed });
  }

  /** The view of rows from..to. */
  rowsBetween(from: number, to: number): GpuMatrix {
    if (this.view.isTransposed) return this.transpose().columnsBetween(from, to).transpose();
    expectInteger('rowsBetween', 'to', to, 0, this.rows);
    expectInteger('rowsBetween', 'from', from, 0, to);
    return this.viewAs({ ...this.view, rows: to - from, firstRow: this.view.firstRow + from });
  }

  /** The view of columns from..to. */
  columnsBetween(from: number, to: number): GpuMatrix {
    if (this.view.isTransposed) return this.transpose().rowsBetween(from, to).transpose();
    expectInteger('columnsBetween', 'to', to, 0, this.columns);
    expectInteger('columnsBetween', 'from', from, 0, to);
    return this.viewAs({ ...this.view, columns: to - from, firstColumn: this.view.firstColumn + from });
  }

  /**
   * Replaces the numbers of a whole matrix (not of a view), after the operations recorded before.
   *
   * @throws RangeError if the shape is another one
   */
  write(values: Matrix): void {
    const { rows, columns, blocks, blockRows } = this.storage;
    this.expectUsable();
    const [newRows, newColumns] = dimensions('GpuMatrix.write', values);
    if (newRows !== this.rows || newColumns !== this.columns || !this.isWhole) {
      throw new RangeError(
        `GpuMatrix.write: values must have shape [${rows}, ${columns}] and the target be no view, got [${newRows}, ${newColumns}]`,
      );
    }
    if (values.size === 0) return;
    const data = rowMajorData(values);
    blocks.forEach((block, index) => {
      const part = data.subarray(index * blockRows * columns, (index + 1) * blockRows * columns);
      this.gpu.write(block, part instanceof Float32Array ? part : Float32Array.from(part));
    });
  }

  /**
   * Runs everything that was recorded and copies the numbers back.
   *
   * @returns [rows, columns], float32
   * @throws GpuError if anything went wrong on the way
   */
  async read(): Promise<Matrix> {
    const [values] = (await readAll([this])) as [Matrix];
    return values;
  }

  /** Gives the memory back; every view of the same numbers ends with it. */
  release(): void {
    if (this.storage.isReleased) return;
    this.storage.isReleased = true;
    for (const block of this.storage.blocks) this.storage.pool.giveBack(block);
  }

  /** @internal Where an element lies. */
  place(row: number, column: number): Place {
    this.expectUsable();
    const { firstRow, firstColumn, isTransposed } = this.view;
    const { blocks, blockRows, columns } = this.storage;
    const storedRow = firstRow + (isTransposed ? column : row);
    const storedColumn = firstColumn + (isTransposed ? row : column);
    const block = Math.min(blocks.length - 1, Math.floor(storedRow / blockRows));
    const offset = (storedRow - block * blockRows) * columns + storedColumn;
    const [rowStride, columnStride] = isTransposed ? [1, columns] : [columns, 1];
    return { buffer: blocks[block]!, offset, rowStride, columnStride };
  }

  /** @internal Rows after which another buffer begins; the end included. */
  get rowCuts(): number[] {
    return this.view.isTransposed ? this.cutsOf(this.rows, Infinity, 0) : this.storageCuts(this.rows);
  }

  /** @internal Columns after which another buffer begins; the end included. */
  get columnCuts(): number[] {
    return this.view.isTransposed ? this.storageCuts(this.columns) : this.cutsOf(this.columns, Infinity, 0);
  }

  /** @internal The buffers to read and the way to see them as this matrix. */
  get stored(): {
    pieces: { buffer: PooledBuffer; bytes: number }[];
    assemble(read: Float32Array[]): Matrix;
  } {
    this.expectUsable();
    const { blocks, blockRows, rows, columns } = this.storage;
    const pieces = blocks.map((buffer, block) => ({
      buffer,
      bytes: 4 * columns * Math.min(blockRows, rows - block * blockRows),
    }));
    const assemble = (read: Float32Array[]) => {
      const whole = read.length === 1 ? read[0]! : new Float32Array(rows * columns);
      if (read.length > 1) {
        for (const [block, part] of read.entries()) whole.set(part, block * blockRows * columns);
      }
      const { firstRow, firstColumn, isTransposed } = this.view;
      const [height, width] = isTransposed ? [this.columns, this.rows] : [this.rows, this.columns];
      const window = matrix(whole, rows, columns).lo(firstRow, firstColumn).hi(height, width);
      return isTransposed ? transpose(window) : window;
    };
    return { pieces, assemble };
  }

  private get isWhole(): boolean {
    return (
      !this.view.isTransposed && this.rows === this.storage.rows && this.columns === this.storage.columns
    );
  }

  private storageCuts(length: number): number[] {
    return this.cutsOf(length, this.storage.blockRows, this.view.firstRow);
  }

  private cutsOf(length: number, step: number, shift: number): number[] {
    const cuts: number[] = [];
    for (let at = step - (shift % step); at < length; at += step) cuts.push(at);
    return [...cuts, length];
  }

  private viewAs(view: View): GpuMatrix {
    this.expectUsable();
    return new GpuMatrix(this.gpu, this.storage, view);
  }

  private expectUsable(): void {
    if (this.storage.isReleased) throw new GpuError('the matrix was released');
  }
}

/**
 * Reads several matrices with one submission and one wait.
 *
 * @throws GpuError if anything went wrong on the way
 */
export async function readAll(matrices: readonly GpuMatrix[]): Promise<Matrix[]> {
  const stored = matrices.map((entry) => entry.stored);
  const read = (await matrices[0]?.gpu.readBuffers(stored.flatMap(({ pieces }) => pieces))) ?? [];
  let from = 0;
  return stored.map(({ pieces, assemble }) => {
    from += pieces.length;
    return assemble(read.slice(from - pieces.length, from));
  });
}

/** @internal Stretches between cuts of any of the given lists, none longer than `longest`. */
export function stretches(
  lists: readonly (readonly number[])[],
  longest = Infinity,
): { from: number; to: number }[] {
  const cuts = [...new Set(lists.flat())].sort((a, b) => a - b);
  const result: { from: number; to: number }[] = [];
  let from = 0;
  for (const cut of cuts) {
    while (cut > from) {
      const to = Math.min(cut, from + longest);
      result.push({ from, to });
      from = to;
    }
  }
  return result;
}
