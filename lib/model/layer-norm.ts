// Layer normalisation: every sample is brought to mean 0 and variance 1, so that stacked layers see inputs of one size.
// In: a matrix with one sample per row; out: a new matrix, or the gradients by everything that went in. Nothing is
// kept between the two: the backward function gets the forward input again. Ba, Kiros & Hinton (2016).
import {
  copyOf,
  dimensions,
  expectInteger,
  expectShape,
  type FloatType,
  type Matrix,
  rowMajorData,
  type Vector,
  zeroVector,
} from '../numeric/ndarrays.ts';
import { columnSums } from './layers-backward.ts';

/** Layer normalisation: `gain` γ [dim] and `shift` β [dim]. */
export type LayerNormParameters = { gain: Vector; shift: Vector };

/** Keeps a row of equal numbers, whose variance is 0, from being divided by 0. */
const varianceFloor = 1e-5;

/** Layer normalisation that changes nothing but mean and size: γ = 1, β = 0. */
export function layerNormParameters(dim: number, type: FloatType = 'float64'): LayerNormParameters {
  expectInteger('layerNormParameters', 'dim', dim, 1, 2 ** 32);
  const gain = zeroVector(dim, type);
  gain.data.fill(1);
  return { gain, shift: zeroVector(dim, type) };
}

/** The mean and the biased variance (divided by the number of columns) of every row, each [samples], in float64. */
export function rowMoments(input: Matrix): { mean: Vector; variance: Vector } {
  const [samples, dim] = dimensions('rowMoments', input);
  const values = rowMajorData(input);
  const mean = zeroVector(samples);
  const variance = zeroVector(samples);
  for (let sample = 0; sample < samples; sample++) {
    const row = values.subarray(sample * dim, (sample + 1) * dim);
    let sum = 0;
    for (let column = 0; column < dim; column++) sum += row[column]!;
    const centre = sum / dim;
    let squares = 0;
    for (let column = 0; column < dim; column++) squares += (row[column]! - centre) ** 2;
    mean.set(sample, centre);
    variance.set(sample, squares / dim);
  }
  return { mean, variance };
}

/**
 * Layer normalisation: every row is moved to mean 0 and scaled to variance 1, then scaled by γ and moved by β,
 * column by column: (x − mean) / √(variance + 10⁻⁵) · γ + β.
 *
 * @param input X [samples, dim]
 * @returns [samples, dim]
 * @throws RangeError if γ or β does not have one entry per column
 */
export function layerNorm(parameters: LayerNormParameters, input: Matrix): Matrix {
  const [, dim] = expectLayerNorm('layerNorm', parameters, input);
  const output = standardizeRows(input).standard;
  for (let index = 0; index < output.size; index++) {
    const column = index % dim;
    output.data[index] = output.data[index]! * parameters.gain.get(column) + parameters.shift.get(column);
  }
  return output;
}

/**
 * The gradients of a loss by the input and the parameters of `layerNorm`, given its gradient G by the output.
 * With z the standardised row and h = G ∘ γ: dX = (h − mean(h) − z · mean(h ∘ z)) / √(variance + 10⁻⁵).
 * The two means are what the row's own mean and variance give back.
 *
 * @param input X [samples, dim], as in the forward pass
 * @param outputGradient G [samples, dim]
 * @throws RangeError if the shapes do not fit
 */
export function layerNormBackward(
  parameters: LayerNormParameters,
  input: Matrix,
  outputGradient: Matrix,
): { input: Matrix; parameters: LayerNormParameters } {
  const [samples, dim] = expectLayerNorm('layerNormBackward', parameters, input);
  expectShape('layerNormBackward', 'outputGradient', outputGradient, [samples, dim]);
  const { standard, inverseDeviation } = standardizeRows(input);
  const gradient = copyOf(outputGradient); // [samples, dim]: G, then h, then dX
  const byGain = copyOf(outputGradient); // [samples, dim]: G ∘ z
  for (let sample = 0; sample < samples; sample++) {
    const z = standard.data.subarray(sample * dim, (sample + 1) * dim);
    const h = gradient.data.subarray(sample * dim, (sample + 1) * dim);
    let sum = 0;
    let sumWithZ = 0;
    for (let column = 0; column < dim; column++) {
      byGain.data[sample * dim + column] = h[column]! * z[column]!;
      h[column] = h[column]! * parameters.gain.get(column);
      sum += h[column]!;
      sumWithZ += h[column]! * z[column]!;
    }
    const scale = inverseDeviation.get(sample);
    for (let column = 0; column < dim; column++) {
      h[column] = scale * (h[column]! - sum / dim - (z[column]! * sumWithZ) / dim);
    }
  }
  return { input: gradient, parameters: { gain: columnSums(byGain), shift: columnSums(outputGradient) } };
}

/** Every row with mean 0 and variance 1, [samples, dim], and 1 / √(variance + 10⁻⁵), [samples]. */
function standardizeRows(input: Matrix): { standard: Matrix; inverseDeviation: Vector } {
  const [samples, dim] = dimensions('layerNorm', input);
  const { mean, variance } = rowMoments(input);
  const standard = copyOf(input);
  const inverseDeviation = zeroVector(samples);
  for (let sample = 0; sample < samples; sample++) {
    const centre = mean.get(sample);
    const scale = 1 / Math.sqrt(variance.get(sample) + varianceFloor);
    for (let index = sample * dim; index < (sample + 1) * dim; index++) {
      standard.data[index] = (standard.data[index]! - centre) * scale;
    }
    inverseDeviation.set(sample, scale);
  }
  return { standard, inverseDeviation };
}

function expectLayerNorm(caller: string, parameters: LayerNormParameters, input: Matrix): [number, number] {
  const [samples, dim] = dimensions(caller, input);
  expectShape(caller, 'gain', parameters.gain, [dim]);
  expectShape(caller, 'shift', parameters.shift, [dim]);
  return [samples, dim];
}
