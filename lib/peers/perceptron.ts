// A small network that turns a user vector beside an item vector into a score: linear layers with ReLU between them.
// In: all weights in one flat array (as they travel and as an optimiser wants them) and one pair a row; out: a score a
// row, and its gradient by the pairs and by the weights. The MLP of He et al. (2017), Neural Collaborative Filtering.
// The mathematics is that of layers.ts; here nothing is allocated per call, because every client calls it every round.

import { linearParameters } from '../model/layers.ts';
import { type FloatArray, type FloatType, type Matrix, matrix, transpose } from '../numeric/ndarrays.ts';
import { type MatmulBackend, plainMatmul } from '../numeric/product.ts';
import type { RandomStream } from '../numeric/rng.ts';

/** Widths of a network from its input to its output, e.g. [32, 16, 8, 1]; the last one is 1. */
export type Widths = readonly number[];

/** The number of weights of a perceptron: for each layer W [outputs, inputs], then b [outputs]. */
export function perceptronLength(widths: Widths): number {
  let length = 0;
  for (let layer = 1; layer < widths.length; layer++) length += widths[layer]! * (widths[layer - 1]! + 1);
  return length;
}

/** Fills the weights of a perceptron: Glorot's uniform weights, biases 0. */
export function initializePerceptron(weights: FloatArray, widths: Widths, rng: RandomStream): void {
  let at = 0;
  for (let layer = 1; layer < widths.length; layer++) {
    const fresh = linearParameters(widths[layer - 1]!, widths[layer]!, rng);
    weights.set(fresh.weight.data, at);
    weights.fill(0, at + fresh.weight.size, at + fresh.weight.size + widths[layer]!);
    at += fresh.weight.size + widths[layer]!;
  }
}

/** Runs batches forward and backward; holds one batch at a time, so make one per thread. */
export class Perceptron {
  readonly widths: Widths;
  private readonly backend: MatmulBackend;
  private readonly allocate: (length: number) => FloatArray;
  private readonly weightGradient: FloatArray;
  private weights: FloatArray;
  private input: Matrix | null = null; // X [samples, widths[0]]
  private signals: FloatArray[] = []; // each layer's output after ReLU [samples, outputs]
  private inputGradients: FloatArray[] = []; // gradient of the loss with respect to each layer's input [samples, inputs]
  private capacity = 0; // samples that fit

  constructor(widths: Widths, backend: MatmulBackend = plainMatmul, type: FloatType = 'float32') {
    this.widths = widths;
    this.backend = backend;
    this.allocate = (length) => (type === 'float32' ? new Float32Array(length) : new Float64Array(length));
    this.weights = this.allocate(0);
    this.weightGradient = this.allocate(perceptronLength(widths));
  }

  /**
   * The scores of a batch, [samples]; valid until the next batch.
   *
   * @param weights as `perceptronLength` lays them out; they and the input must not change before `backward`
   * @param input pairs X [samples, widths[0]]
   * @throws RangeError if the number of weights does not fit the widths
   */
  run(weights: FloatArray, input: Matrix): FloatArray {
    const { widths } = this;
    if (weights.length !== this.weightGradient.length) {
      throw new RangeError(
        `Perceptron: ${widths.join('-')} must have ${this.weightGradient.length} weights, got ${weights.length}`,
      );
    }
    const samples = input.shape[0]!;
    this.reserve(samples);
    this.weights = weights;
    this.input = input;
    let signal = input;
    for (let layer = 0; layer + 1 < widths.length; layer++) {
      const { weight, bias } = this.layer(weights, layer);
      const outputs = widths[layer + 1]!;
      const output = matrix(this.signals[layer]!.subarray(0, samples * outputs), samples, outputs);
      this.backend.multiply(signal, transpose(weight), output); // X Wᵀ
      addBias(output.data, bias, layer + 2 < widths.length);
      signal = output;
    }
    return signal.data;
  }

  /**
   * The gradients of a loss by the last batch's input, [samples, widths[0]], and by the weights, given its gradient by
   * the scores, [samples]; valid until the next batch.
   */
  backward(scoreGradient: FloatArray): { input: Matrix; weights: FloatArray } {
    const { widths, backend } = this;
    const samples = scoreGradient.length;
    let gradient = matrix(scoreGradient, samples, 1);
    for (let layer = widths.length - 2; layer >= 0; layer--) {
      const inputs = widths[layer]!;
      const own = this.layer(this.weights, layer);
      const byLayer = this.layer(this.weightGradient, layer);
      const signal = layer === 0 ? this.input! : this.signalOf(layer - 1, samples);
      backend.multiply(transpose(gradient), signal, byLayer.weight); // Gᵀ X
      sumRows(gradient.data, byLayer.bias);
      const back = matrix(this.inputGradients[layer]!.subarray(0, samples * inputs), samples, inputs);
      backend.multiply(gradient, own.weight, back); // G W
      if (layer > 0) maskInactive(back.data, signal.data);
      gradient = back;
    }
    return { input: gradient, weights: this.weightGradient };
  }

  /** Views of a layer's part of a flat array of weights. */
  private layer(flat: FloatArray, layer: number): { weight: Matrix; bias: FloatArray } {
    const start = perceptronLength(this.widths.slice(0, layer + 1));
    const [inputs, outputs] = [this.widths[layer]!, this.widths[layer + 1]!];
    const biasAt = start + outputs * inputs;
    return {
      weight: matrix(flat.subarray(start, biasAt), outputs, inputs),
      bias: flat.subarray(biasAt, biasAt + outputs),
    };
  }

  private signalOf(layer: number, samples: number): Matrix {
    const outputs = this.widths[layer + 1]!;
    return matrix(this.signals[layer]!.subarray(0, samples * outputs), samples, outputs);
  }

  private reserve(samples: number): void {
    if (samples <= this.capacity) return;
    this.capacity = samples;
    this.signals = this.widths.slice(1).map((width) => this.allocate(samples * width));
    this.inputGradients = this.widths.slice(0, -1).map((width) => this.allocate(samples * width));
  }
}

/** Adds the bias to every row, and cuts off below 0 where it is not the last layer. */
function addBias(values: FloatArray, bias: FloatArray, isRectified: boolean): void {
  const width = bias.length;
  for (let start = 0; start < values.length; start += width) {
    for (let k = 0; k < width; k++) {
      const value = values[start + k]! + bias[k]!;
      values[start + k] = isRectified && value < 0 ? 0 : value;
    }
  }
}

/** The backward pass of ReLU: no gradient where the signal was cut off. */
function maskInactive(gradient: FloatArray, signal: FloatArray): void {
  for (let index = 0; index < gradient.length; index++) if (signal[index]! <= 0) gradient[index] = 0;
}

function sumRows(values: FloatArray, out: FloatArray): void {
  const width = out.length;
  out.fill(0);
  for (let start = 0; start < values.length; start += width) {
    for (let k = 0; k < width; k++) out[k]! += values[start + k]!;
  }
}
