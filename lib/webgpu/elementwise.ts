// Operations on one element at a time: sums, products, ReLU. Each returns a new matrix.
import { GpuMatrix } from './gpu-matrix.ts';
import type { ElementwiseName } from './kernels/elementwise.ts';
import { dispatchElements, expectRow, expectSameShape, type RowwiseOperand } from './rowwise.ts';

/** X + factor · Y. @throws RangeError if the shapes differ */
export function add(x: GpuMatrix, y: GpuMatrix, factor = 1): GpuMatrix {
  expectSameShape('add', x, y);
  return elementwise('add-scaled', x, y, factor);
}

/** factor · (X − Y). @throws RangeError if the shapes differ */
export function subtract(x: GpuMatrix, y: GpuMatrix, factor = 1): GpuMatrix {
  expectSameShape('subtract', x, y);
  return elementwise('scaled-difference', x, y, factor);
}

/** Every row of X plus factor · one row: a bias, or with factor −1 a mean that is taken off. */
export function addRow(x: GpuMatrix, row: GpuMatrix, factor = 1): GpuMatrix {
  expectRow('addRow', 'row', row, x.columns);
  return elementwise('add-scaled', x, { everyRow: row }, factor);
}

/** X ∘ Y, element by element. @throws RangeError if the shapes differ */
export function multiply(x: GpuMatrix, y: GpuMatrix): GpuMatrix {
  expectSameShape('multiply', x, y);
  return elementwise('multiply', x, y);
}

/** Every row of X times a number of its own, [rows, 1]: 0 leaves a row out. */
export function multiplyRows(x: GpuMatrix, factors: GpuMatrix): GpuMatrix {
  if (factors.rows !== x.rows || factors.columns !== 1)
    throw new RangeError(
      `multiplyRows: factors must have shape [${x.rows}, 1], got [${factors.rows}, ${factors.columns}]`,
    );
  return elementwise('multiply', x, { everyColumn: factors });
}

/** max(0, x) of every element. */
export function relu(x: GpuMatrix): GpuMatrix {
  return elementwise('relu', x, x);
}

/** The gradient by ReLU's input: that by its output where the input is positive, else 0. */
export function reluBackward(input: GpuMatrix, outputGradient: GpuMatrix): GpuMatrix {
  expectSameShape('reluBackward', input, outputGradient);
  return elementwise('relu-backward', input, outputGradient);
}

function elementwise(kernel: ElementwiseName, x: GpuMatrix, y: RowwiseOperand, number = 0): GpuMatrix {
  const { gpu, rows, columns } = x;
  const out = GpuMatrix.empty(gpu, rows, columns);
  dispatchElements(gpu, { kernel, operands: [x, y, out], rows, columns, real: [number] });
  return out;
}
