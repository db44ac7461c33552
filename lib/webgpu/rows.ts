// Operations that see a whole row or column: sums, lengths, centring.

import { addRow } from './elementwise.ts';
import { GpuMatrix } from './gpu-matrix.ts';
import { COLUMNS } from './kernels/column-sums.ts';
import { dispatchRows, expectSameShape, placeNumbers } from './rowwise.ts';

/** Every row at length `scale`, y = scale · x / |x|; rows of zeros stay. */
export function normalizeRows(x: GpuMatrix, options: { scale?: number; into?: GpuMatrix } = {}): GpuMatrix {
  const { gpu, rows, columns } = x;
  const out = options.into ?? GpuMatrix.empty(gpu, rows, columns);
  expectSameShape('normalizeRows', x, out);
  const { scale = 1 } = options;
  dispatchRows(gpu, { kernel: 'normalize-rows', operands: [x, out], rows, columns, real: [scale] });
  return out;
}

/** The sum of all rows times `scale`, [1, columns]. */
export function columnSums(x: GpuMatrix, scale = 1): GpuMatrix {
  const { gpu, rows, columns } = x;
  const out = GpuMatrix.empty(gpu, 1, columns);
  const compiled = gpu.kernel('column-sums');
  const target = out.place(0, 0);
  let from = 0;
  for (const to of x.rowCuts) {
    const places = [x.place(from, 0), target];
    gpu.dispatch({
      compiled,
      buffers: places.map(({ buffer }) => buffer),
      whole: [...places.flatMap(placeNumbers), to - from, columns, from > 0 ? 1 : 0],
      real: [scale],
      groups: [Math.ceil(columns / COLUMNS), columns > 0 ? 1 : 0],
    });
    from = Math.min(to, rows);
  }
  return out;
}

/** The mean row, [1, columns]. */
export function meanRow(x: GpuMatrix): GpuMatrix {
  return columnSums(x, x.rows > 0 ? 1 / x.rows : 0);
}

/** X with the mean of its rows taken off, or with another row taken off. */
export function centerRows(x: GpuMatrix, center?: GpuMatrix): GpuMatrix {
  return x.gpu.scope(() => addRow(x, center ?? meanRow(x), -1));
}

/** Σ_j x_ij y_ij of every row, [rows, 1]. */
export function rowDots(x: GpuMatrix, y: GpuMatrix): GpuMatrix {
  expectSameShape('rowDots', x, y);
  const { gpu, rows, columns } = x;
  const out = GpuMatrix.empty(gpu, rows, 1);
  dispatchRows(gpu, { kernel: 'row-dots', operands: [x, y, out], rows, columns });
  return out;
}
