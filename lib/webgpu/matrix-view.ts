// Which part of a storage a matrix shows, and whether it is turned: a transpose or a window costs nothing.
// In: a view; out: another view of the same storage.
import { expectInteger } from '../numeric/ndarrays.ts';

/** @internal */
export interface MatrixView {
  /** Of the view, which are columns of the storage if it is transposed. */
  readonly rows: number;
  readonly columns: number;
  /** Where the view begins in the storage. */
  readonly firstRow: number;
  readonly firstColumn: number;
  readonly isTransposed: boolean;
}

/** @internal All of a storage. */
export function wholeView(rows: number, columns: number): MatrixView {
  return { rows, columns, firstRow: 0, firstColumn: 0, isTransposed: false };
}

/** @internal Rows and columns exchanged. */
export function transposedView(view: MatrixView): MatrixView {
  return { ...view, rows: view.columns, columns: view.rows, isTransposed: !view.isTransposed };
}

/** @internal Rows from..to. */
export function rowsOfView(view: MatrixView, from: number, to: number): MatrixView {
  if (view.isTransposed) return transposedView(columnsOfView(transposedView(view), from, to));
  expectInteger('rowsBetween', 'to', to, 0, view.rows);
  expectInteger('rowsBetween', 'from', from, 0, to);
  return { ...view, rows: to - from, firstRow: view.firstRow + from };
}

/** @internal Columns from..to. */
export function columnsOfView(view: MatrixView, from: number, to: number): MatrixView {
  if (view.isTransposed) return transposedView(rowsOfView(transposedView(view), from, to));
  expectInteger('columnsBetween', 'to', to, 0, view.columns);
  expectInteger('columnsBetween', 'from', from, 0, to);
  return { ...view, columns: to - from, firstColumn: view.firstColumn + from };
}
