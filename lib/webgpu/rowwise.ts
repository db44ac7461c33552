// How operations on whole rows become dispatches: stretch by stretch of rows that lie in one buffer each.
import type { Gpu } from './gpu.ts';
import type { GpuMatrix, Place } from './gpu-matrix.ts';
import { ELEMENTS } from './kernels/element-kernel.ts';
import { GRID_WIDTH } from './kernels/matrix-kernel.ts';
import { stretches } from './stretches.ts';

/** A kernel that takes rows, and what it needs. */
export interface RowwiseTask {
  readonly kernel: string;
  /** In the order of the kernel's bindings, which is that of the places in its shape. */
  readonly operands: readonly RowwiseOperand[];
  readonly rows: number;
  readonly columns: number;
  /** After rows and columns. */
  readonly flags?: readonly number[];
  readonly real?: readonly number[];
  /** Number of workgroups for a number of rows. Default: one for each row. */
  readonly groups?: (rows: number) => number;
}

/** A matrix with these rows, or one row that serves for all, or one column that serves for all. */
export type RowwiseOperand =
  | GpuMatrix
  | { readonly everyRow: GpuMatrix }
  | { readonly everyColumn: GpuMatrix };

/** Records a kernel over all rows. */
export function dispatchRows(gpu: Gpu, task: RowwiseTask): void {
  const { operands, rows, columns } = task;
  if (columns === 0) return;
  const compiled = gpu.kernel(task.kernel);
  const cuts = operands.flatMap((operand) => ('everyRow' in operand ? [] : [matrixOf(operand).rowCuts]));
  for (const { from, to } of stretches([[rows], ...cuts])) {
    const places = operands.map((operand) => {
      const matrix = expectWholeRows(task.kernel, matrixOf(operand));
      if ('everyRow' in operand) return { ...matrix.place(0, 0), rowStride: 0 };
      if ('everyColumn' in operand) return { ...matrix.place(from, 0), columnStride: 0 };
      return matrix.place(from, 0);
    });
    gpu.dispatch({
      compiled,
      buffers: places.map(({ buffer }) => buffer),
      whole: [...places.flatMap(placeNumbers), to - from, columns, ...(task.flags ?? [])],
      real: task.real ?? [],
      groups: gridOf(task.groups ? task.groups(to - from) : to - from),
    });
  }
}

/** Records a kernel that takes one element per thread. */
export function dispatchElements(gpu: Gpu, task: RowwiseTask): void {
  dispatchRows(gpu, { ...task, groups: (rows) => Math.ceil((rows * task.columns) / ELEMENTS) });
}

/** A place as kernels over matrices want it. */
export function placeNumbers({ offset, rowStride, columnStride }: Place): number[] {
  return [offset, rowStride, columnStride, 0];
}

/** Workgroups side by side, as far as a grid is wide, and then in further lines. */
function gridOf(groups: number): [number, number] {
  return [Math.min(groups, GRID_WIDTH), Math.ceil(groups / GRID_WIDTH)];
}

function matrixOf(operand: RowwiseOperand): GpuMatrix {
  if ('everyRow' in operand) return operand.everyRow;
  return 'everyColumn' in operand ? operand.everyColumn : operand;
}

function expectWholeRows(kernel: string, matrix: GpuMatrix): GpuMatrix {
  if (matrix.columnCuts.length > 1) {
    throw new RangeError(`${kernel}: each row must lie in one buffer, got a transposed view of several`);
  }
  return matrix;
}

/** @throws RangeError unless all matrices have the shape of the first */
export function expectSameShape(caller: string, first: GpuMatrix, ...others: GpuMatrix[]): void {
  for (const { rows, columns } of others) {
    if (rows !== first.rows || columns !== first.columns) {
      throw new RangeError(
        `${caller}: all matrices must have shape [${first.rows}, ${first.columns}], got [${rows}, ${columns}]`,
      );
    }
  }
}

/** @throws RangeError unless `row` is one row with this many columns */
export function expectRow(caller: string, name: string, row: GpuMatrix, columns: number): void {
  if (row.rows !== 1 || row.columns !== columns) {
    throw new RangeError(
      `${caller}: ${name} must have shape [1, ${columns}], got [${row.rows}, ${row.columns}]`,
    );
  }
}
