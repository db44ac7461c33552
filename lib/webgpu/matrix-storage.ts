// Where the numbers of a matrix lie on the GPU: row by row, in buffers of whole rows. A kernel sees at most
// `gpu.blockBytes` at once, so a larger matrix lies in several buffers; views of one matrix share its storage.
import { expectInteger } from '../numeric/ndarrays.ts';
import type { BufferPool, PooledBuffer } from './buffer-pool.ts';
import type { Gpu } from './gpu.ts';
import { GpuError } from './gpu-error.ts';
import type { Piece } from './read-back.ts';

/** Rows in a buffer at most, so that a grid of workgroups can cover them. */
const MOST_ROWS = 2 ** 19;

/** @internal The storage of a matrix [rows, columns], float32. */
export class MatrixStorage {
  readonly rows: number;
  readonly columns: number;
  /** Rows in each buffer; the last one may have fewer. */
  readonly blockRows: number;
  private readonly gpu: Gpu;
  private readonly pool: BufferPool;
  private readonly blocks: readonly PooledBuffer[];
  private isReleased = false;

  /** @throws GpuError if a row is too long, or the memory does not suffice */
  constructor(gpu: Gpu, rows: number, columns: number) {
    expectInteger('GpuMatrix', 'rows', rows, 0);
    expectInteger('GpuMatrix', 'columns', columns, 0);
    const rowBytes = 4 * Math.max(1, columns);
    if (rowBytes > gpu.blockBytes) {
      throw new GpuError(
        `a row must fit in a binding of ${gpu.blockBytes} bytes, got ${columns} columns of 4 bytes`,
      );
    }
    this.rows = rows;
    this.columns = columns;
    this.blockRows = Math.min(MOST_ROWS, Math.floor(gpu.blockBytes / rowBytes), Math.max(1, rows));
    this.gpu = gpu;
    this.pool = gpu.pool;
    const count = Math.max(1, Math.ceil(rows / this.blockRows));
    this.blocks = Array.from({ length: count }, (_, block) => gpu.allocate(this.bytesOf(block)));
  }

  /** Where a number lies: in which buffer, and how many numbers from its beginning. */
  place(row: number, column: number): { buffer: PooledBuffer; offset: number } {
    const block = Math.min(this.blocks.length - 1, Math.floor(row / this.blockRows));
    const offset = (row - block * this.blockRows) * this.columns + column;
    return { buffer: this.blocks[block]!, offset };
  }

  /** Replaces all numbers, [rows, columns]. */
  write(data: Float32Array | Float64Array): void {
    const blockSize = this.blockRows * this.columns;
    this.blocks.forEach((block, index) => {
      const part = data.subarray(index * blockSize, (index + 1) * blockSize);
      this.gpu.write(block, part instanceof Float32Array ? part : Float32Array.from(part));
    });
  }

  /** The buffers, to be read in this order. */
  get pieces(): Piece[] {
    return this.blocks.map((buffer, block) => ({ buffer, bytes: this.bytesOf(block) }));
  }

  /** What was read of the pieces as one array, [rows, columns]. */
  join(read: readonly Float32Array[]): Float32Array {
    if (read.length === 1) return read[0]!;
    const whole = new Float32Array(this.rows * this.columns);
    for (const [block, part] of read.entries()) whole.set(part, block * this.blockRows * this.columns);
    return whole;
  }

  /** Gives the memory back. */
  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    for (const block of this.blocks) this.pool.giveBack(block);
  }

  /** @throws GpuError if the memory was given back */
  expectUsable(): void {
    if (this.isReleased) throw new GpuError('the matrix was released');
  }

  private bytesOf(block: number): number {
    return 4 * this.columns * Math.min(this.blockRows, this.rows - block * this.blockRows);
  }
}
