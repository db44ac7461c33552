// A matrix in the memory of the GPU, float32. Like the library's own matrices it is a view: a transpose or a window costs
// nothing. In: a matrix of the processor, or an operation's result; out, with `await read()`: a matrix again.
import { dimensions, type Matrix, matrix, rowMajorData, transpose } from '../numeric/ndarrays.ts';
import type { PooledBuffer } from './buffer-pool.ts';
import type { Gpu } from './gpu.ts';
import { MatrixStorage } from './matrix-storage.ts';
import { columnsOfView, type MatrixView, rowsOfView, transposedView, wholeView } from './matrix-view.ts';
import type { Piece } from './read-back.ts';
import type { Releasable } from './releasable.ts';
import { cutsOf } from './stretches.ts';

/** @internal A place in a buffer, and how far it is from there to the next row and column, in numbers. */
export interface Place {
  readonly buffer: PooledBuffer;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** A matrix [rows, columns] on a GPU. */
export class GpuMatrix implements Releasable {
  readonly isReleasable = true;
  readonly gpu: Gpu;
  readonly rows: number;
  readonly columns: number;
  private readonly storage: MatrixStorage;
  private readonly view: MatrixView;

  private constructor(gpu: Gpu, storage: MatrixStorage, view: MatrixView) {
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
    const made = new GpuMatrix(gpu, new MatrixStorage(gpu, rows, columns), wholeView(rows, columns));
    gpu.remember(made);
    return made;
  }

  /** The view with rows and columns exchanged. */
  transpose(): GpuMatrix {
    return this.viewAs(transposedView(this.view));
  }

  /** The view of rows from..to. */
  rowsBetween(from: number, to: number): GpuMatrix {
    return this.viewAs(rowsOfView(this.view, from, to));
  }

  /** The view of columns from..to. */
  columnsBetween(from: number, to: number): GpuMatrix {
    return this.viewAs(columnsOfView(this.view, from, to));
  }

  /**
   * Replaces the numbers of a whole matrix (not of a view), after the operations recorded before.
   *
   * @throws RangeError if the shape is another one
   */
  write(values: Matrix): void {
    const { rows, columns } = this.storage;
    this.storage.expectUsable();
    const [newRows, newColumns] = dimensions('GpuMatrix.write', values);
    if (newRows !== this.rows || newColumns !== this.columns || !this.isWhole) {
      throw new RangeError(
        `GpuMatrix.write: values must have shape [${rows}, ${columns}] and the target be no view, got [${newRows}, ${newColumns}]`,
      );
    }
    if (values.size > 0) this.storage.write(rowMajorData(values));
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
    this.storage.release();
  }

  /** @internal Where an element lies. */
  place(row: number, column: number): Place {
    this.storage.expectUsable();
    const { firstRow, firstColumn, isTransposed } = this.view;
    const { columns } = this.storage;
    const [storedRow, storedColumn] = isTransposed ? [column, row] : [row, column];
    const { buffer, offset } = this.storage.place(firstRow + storedRow, firstColumn + storedColumn);
    const [rowStride, columnStride] = isTransposed ? [1, columns] : [columns, 1];
    return { buffer, offset, rowStride, columnStride };
  }

  /** @internal Rows after which another buffer begins; the end included. */
  get rowCuts(): number[] {
    return this.view.isTransposed ? [this.rows] : this.storedCuts(this.rows);
  }

  /** @internal Columns after which another buffer begins; the end included. */
  get columnCuts(): number[] {
    return this.view.isTransposed ? this.storedCuts(this.columns) : [this.columns];
  }

  /** @internal The buffers to read and the way to see them as this matrix. */
  get stored(): { pieces: Piece[]; assemble(read: readonly Float32Array[]): Matrix } {
    this.storage.expectUsable();
    const { storage, view } = this;
    const [height, width] = view.isTransposed ? [this.columns, this.rows] : [this.rows, this.columns];
    const assemble = (read: readonly Float32Array[]) => {
      const whole = matrix(storage.join(read), storage.rows, storage.columns);
      const window = whole.lo(view.firstRow, view.firstColumn).hi(height, width);
      return view.isTransposed ? transpose(window) : window;
    };
    return { pieces: storage.pieces, assemble };
  }

  private get isWhole(): boolean {
    return (
      !this.view.isTransposed && this.rows === this.storage.rows && this.columns === this.storage.columns
    );
  }

  private storedCuts(length: number): number[] {
    return cutsOf(length, this.storage.blockRows, this.view.firstRow);
  }

  private viewAs(view: MatrixView): GpuMatrix {
    this.storage.expectUsable();
    return new GpuMatrix(this.gpu, this.storage, view);
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
