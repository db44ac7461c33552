// Softmax on the GPU, forward and backward: scores [rows, columns] become shares of one whole per row.
import { GpuMatrix } from './gpu-matrix.ts';
import { dispatchRows, expectRow, expectSameShape } from './rowwise.ts';

export interface GpuSoftmaxOptions {
  /** What scores are multiplied by first. Default: 1. */
  readonly scale?: number;
  /** 1 = this column may be looked at, 0 = not, [1, columns]. Default: all may. */
  readonly keyMask?: GpuMatrix;
  /** The column that each row may not look at, [rows, 1]; −1 for none. */
  readonly ownColumn?: GpuMatrix;
  /** Where to write. Default: a new matrix. */
  readonly into?: GpuMatrix;
  /** What the weights of a row add up to. Default: 1. */
  readonly share?: number;
  /** Whether the weights are added to what `into` holds, as for the mean over heads. */
  readonly accumulates?: boolean;
}

/**
 * The softmax of every row over its allowed columns; forbidden ones get exactly 0, and so does a row in which nothing is
 * allowed.
 *
 * @param scores [rows, columns]
 * @returns [rows, columns]
 * @throws RangeError if a mask does not fit
 */
export function softmaxRows(scores: GpuMatrix, options: GpuSoftmaxOptions = {}): GpuMatrix {
  const { gpu, rows, columns } = scores;
  const { scale = 1, share = 1, keyMask, ownColumn } = options;
  const weights = options.into ?? GpuMatrix.empty(gpu, rows, columns);
  expectSameShape('softmaxRows', scores, weights);
  if (keyMask) expectRow('softmaxRows', 'keyMask', keyMask, columns);
  if (ownColumn && (ownColumn.rows !== rows || ownColumn.columns !== 1)) {
    throw new RangeError(
      `softmaxRows: ownColumn must have shape [${rows}, 1], got [${ownColumn.rows}, ${ownColumn.columns}]`,
    );
  }
  dispatchRows(gpu, {
    kernel: 'softmax-rows',
    // A kernel's bindings must all be filled: scores stand in for what is not there.
    operands: [scores, { everyRow: keyMask ?? scores }, ownColumn ?? scores, weights],
    rows,
    columns,
    flags: [keyMask ? 1 : 0, ownColumn ? 1 : 0, options.accumulates ? 1 : 0],
    real: [scale, share],
  });
  return weights;
}

/**
 * The gradient by the scores, given that by the weights: scale · A ∘ (G − Σ A ∘ G of the row).
 *
 * @param weights A [rows, columns], as `softmaxRows` returned them
 * @param weightGradient G [rows, columns]
 * @throws RangeError if the shapes differ
 */
export function softmaxRowsBackward(weights: GpuMatrix, weightGradient: GpuMatrix, scale = 1): GpuMatrix {
  expectSameShape('softmaxRowsBackward', weights, weightGradient);
  const { gpu, rows, columns } = weights;
  const out = GpuMatrix.empty(gpu, rows, columns);
  const operands = [weights, weightGradient, out];
  dispatchRows(gpu, { kernel: 'softmax-backward', operands, rows, columns, real: [scale] });
  return out;
}
