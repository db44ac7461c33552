// "Add and normalise" in one pass over each row: a layer's result plus its bias plus the row that went around it, brought
// to mean 0 and variance 1. The same mathematics as lib/model/layer-norm.ts, without new arrays.
// In: rows in place; out: their standardised form, kept for the backward pass, and the normalised rows.
import type { LayerNormParameters } from '../../model/layer-norm.ts';
import type { FloatArray, Matrix } from '../../numeric/ndarrays.ts';

/** Keeps a row of equal numbers from being divided by 0. */
const VARIANCE_FLOOR = 1e-5;

export interface Normalized {
  /** Before: what a layer gave; after: every row with mean 0 and variance 1, z [rows, dim]. */
  readonly standard: Matrix;
  /** 1 / √(variance + 10⁻⁵) [rows]. */
  readonly inverseDeviation: Float64Array;
  /** z ∘ γ + β [rows, dim]. */
  readonly output: Matrix;
}

/**
 * @param into `standard` holds the layer's result; all three are written
 * @param bias of the layer, [dim]
 * @param residual what is added, [rows, dim]
 */
export function normalizeSum(
  into: Normalized,
  bias: FloatArray,
  residual: FloatArray,
  norm: LayerNormParameters,
): void {
  const dim = bias.length;
  const { inverseDeviation } = into;
  const [z, out, gain, shift] = [into.standard.data, into.output.data, norm.gain.data, norm.shift.data];
  for (let row = 0, start = 0; row < inverseDeviation.length; row++, start += dim) {
    let sum = 0;
    for (let k = 0; k < dim; k++) {
      const value = z[start + k]! + bias[k]! + residual[start + k]!;
      z[start + k] = value;
      sum += value;
    }
    const mean = sum / dim;
    let squares = 0;
    for (let k = 0; k < dim; k++) {
      const centred = z[start + k]! - mean;
      squares += centred * centred;
    }
    const scale = 1 / Math.sqrt(squares / dim + VARIANCE_FLOOR);
    inverseDeviation[row] = scale;
    for (let k = 0; k < dim; k++) {
      const standard = (z[start + k]! - mean) * scale;
      z[start + k] = standard;
      out[start + k] = standard * gain[k]! + shift[k]!;
    }
  }
}

/**
 * Turns the gradient by the output into that by the sum, in place, and writes the gradients by γ and β.
 * With h = G ∘ γ: (h − mean(h) − z · mean(h ∘ z)) / √(variance + 10⁻⁵).
 */
export function normalizeBackward(
  from: Normalized,
  norm: LayerNormParameters,
  gradient: FloatArray,
  byNorm: LayerNormParameters,
): void {
  const { inverseDeviation } = from;
  const [z, gain, byGain, byShift] = [
    from.standard.data,
    norm.gain.data,
    byNorm.gain.data,
    byNorm.shift.data,
  ];
  const dim = gain.length;
  byGain.fill(0);
  byShift.fill(0);
  for (let row = 0, start = 0; row < inverseDeviation.length; row++, start += dim) {
    let sum = 0;
    let sumWithZ = 0;
    for (let k = 0; k < dim; k++) {
      const derivative = gradient[start + k]!;
      byShift[k]! += derivative;
      byGain[k]! += derivative * z[start + k]!;
      sum += derivative * gain[k]!;
      sumWithZ += derivative * gain[k]! * z[start + k]!;
    }
    const scale = inverseDeviation[row]!;
    for (let k = 0; k < dim; k++) {
      const h = gradient[start + k]! * gain[k]!;
      gradient[start + k] = scale * (h - sum / dim - (z[start + k]! * sumWithZ) / dim);
    }
  }
}
