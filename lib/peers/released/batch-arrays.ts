// Room for one batch on its way through the score network, and the loops over it that are no matrix products.
// In: a batch length; out: arrays that every batch of this length uses again, so that training allocates nothing.
import {
  type FloatArray,
  type FloatType,
  type Matrix,
  transpose,
  zeros,
  zeroVector,
} from '../../numeric/ndarrays.ts';
import { type AdapterModel, type AdapterSizes, hiddenWidths } from './adapter-model.ts';

export interface BatchArrays {
  /** The samples' rows of B, [samples, rank], and the same turned. */
  readonly rowsOfB: Matrix;
  readonly rowsOfBTurned: Matrix;
  /** v [samples, factors]. */
  readonly itemVectors: Matrix;
  /** Dropout: 0 or scaling / (1 − probability), [samples × factors]. */
  readonly kept: FloatArray;
  /** After the ReLUs, [samples, hidden1] and [samples, hidden2]. */
  readonly hidden1: Matrix;
  readonly hidden2: Matrix;
  /** Logits, and the gradient of the loss with respect to them, [samples]. */
  readonly scores: FloatArray;
  readonly scoreGradients: FloatArray;
  /** Gradients of the loss with respect to the arrays above. */
  readonly byHidden2: Matrix;
  readonly byHidden2Turned: Matrix;
  readonly byHidden1: Matrix;
  readonly byHidden1Turned: Matrix;
  readonly byItemVectors: Matrix;
  readonly byRowsOfB: Matrix;
}

/** Allocates the arrays for batches of `samples`. */
export function batchArrays(samples: number, sizes: AdapterSizes, type: FloatType): BatchArrays {
  const [width1, width2] = hiddenWidths(sizes.factors);
  const rowsOfB = zeros(samples, sizes.rank, type);
  const byHidden2 = zeros(samples, width2, type);
  const byHidden1 = zeros(samples, width1, type);
  return {
    rowsOfB,
    rowsOfBTurned: transpose(rowsOfB),
    itemVectors: zeros(samples, sizes.factors, type),
    kept: zeroVector(samples * sizes.factors, type).data,
    hidden1: zeros(samples, width1, type),
    hidden2: zeros(samples, width2, type),
    scores: zeroVector(samples, type).data,
    scoreGradients: zeroVector(samples, type).data,
    byHidden2,
    byHidden2Turned: transpose(byHidden2),
    byHidden1,
    byHidden1Turned: transpose(byHidden1),
    byItemVectors: zeros(samples, sizes.factors, type),
    byRowsOfB: zeros(samples, sizes.rank, type),
  };
}

/** Copies the named rows of a table [any, width] one below the other. */
export function gatherRows(table: FloatArray, rows: Uint32Array, width: number, out: FloatArray): void {
  for (let row = 0, at = 0; row < rows.length; row++) {
    const start = rows[row]! * width;
    for (let k = 0; k < width; k++, at++) out[at] = table[start + k]!;
  }
}

/** out ← out + the named rows of a table [any, width]. */
export function addRowsOf(table: FloatArray, rows: Uint32Array, width: number, out: FloatArray): void {
  for (let row = 0, at = 0; row < rows.length; row++) {
    const start = rows[row]! * width;
    for (let k = 0; k < width; k++, at++) out[at]! += table[start + k]!;
  }
}

export function multiplyElements(values: FloatArray, factors: FloatArray): void {
  for (let at = 0; at < values.length; at++) values[at]! *= factors[at]!;
}

export function scaleElements(values: FloatArray, factor: number): void {
  for (let at = 0; at < values.length; at++) values[at]! *= factor;
}

/**
 * values ← max(0, x) with x = values + bias, row by row. Written as (x + |x|) / 2, because the sign is as good as random
 * and a branch that is guessed wrong costs more than the arithmetic.
 */
export function addAndRectify(values: FloatArray, bias: FloatArray): void {
  const width = bias.length;
  for (let start = 0; start < values.length; start += width) {
    for (let k = 0; k < width; k++) {
      const sum = values[start + k]! + bias[k]!;
      values[start + k] = (sum + Math.abs(sum)) / 2;
    }
  }
}

/** Gradients become 0 where the ReLU gave 0. */
export function maskInactive(gradient: FloatArray, active: FloatArray): void {
  for (let at = 0; at < gradient.length; at++) gradient[at]! *= Number(active[at]! > 0);
}

/** The sum of all rows. */
export function sumRows(values: FloatArray, sums: FloatArray): void {
  const width = sums.length;
  sums.fill(0);
  for (let start = 0; start < values.length; start += width) {
    for (let k = 0; k < width; k++) sums[k]! += values[start + k]!;
  }
}

/** Scores of all samples: hidden2 · w3 + b3. */
export function lastLayer(batch: BatchArrays, weight3: FloatArray, bias3: number): void {
  const hidden2 = batch.hidden2.data;
  const width = weight3.length;
  for (let row = 0, at = 0; row < batch.scores.length; row++) {
    let score = bias3;
    for (let k = 0; k < width; k++, at++) score += weight3[k]! * hidden2[at]!;
    batch.scores[row] = score;
  }
}

/** From the gradient at the scores: the gradients with respect to w3, b3 and the second hidden layer before its ReLU. */
export function lastLayerBackward(batch: BatchArrays, weight3: FloatArray, gradient: AdapterModel): void {
  const { scoreGradients } = batch;
  const hidden2 = batch.hidden2.data;
  const byHidden2 = batch.byHidden2.data;
  const byWeight3 = gradient.weight3;
  const width = weight3.length;
  byWeight3.fill(0);
  let sum = 0;
  for (let row = 0, at = 0; row < scoreGradients.length; row++) {
    const derivative = scoreGradients[row]!;
    sum += derivative;
    for (let k = 0; k < width; k++, at++) {
      byWeight3[k]! += derivative * hidden2[at]!;
      byHidden2[at] = Number(hidden2[at]! > 0) * derivative * weight3[k]!;
    }
  }
  gradient.bias3[0] = sum;
}
