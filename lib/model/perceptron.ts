// A small network that turns a user vector beside an item vector into a score: linear layers with ReLU between them.
// In: all weights in one flat array (as they travel and as an optimiser wants them) and one pair a row; out: a score a
// row, and its gradient by the pairs and by the weights. The MLP of He et al. (2017), Neural Collaborative Filtering.
import { type FloatArray, type Matrix, matrix, vector } from '../numeric/matrix.ts';
import type { RandomStream } from '../numeric/rng.ts';
import {
  type BackendOption,
  type LinearParameters,
  linear,
  linearBackward,
  linearParameters,
  relu,
  reluBackward,
} from './layers.ts';

/** Widths of a network from its input to its output, e.g. [32, 16, 8, 1]. */
export type Widths = readonly number[];

/** The number of weights of a network. */
export function perceptronLength(widths: Widths): number {
  let length = 0;
  for (let layer = 1; layer < widths.length; layer++) length += widths[layer]! * (widths[layer - 1]! + 1);
  return length;
}

/** Fills the weights of a network: Glorot's uniform weights, biases 0. */
export function initializePerceptron(weights: FloatArray, widths: Widths, rng: RandomStream): void {
  perceptronLayers(weights, widths).forEach(({ weight, bias }, layer) => {
    const fresh = linearParameters(widths[layer]!, widths[layer + 1]!, rng);
    weight.data.set(fresh.weight.data);
    bias.data.set(fresh.bias.data);
  });
}

/** The layers as views into the flat weights: nothing is copied. */
export function perceptronLayers(weights: FloatArray, widths: Widths): LinearParameters[] {
  if (weights.length !== perceptronLength(widths)) {
    throw new RangeError(
      `perceptronLayers: a perceptron ${widths.join('-')} must have ${perceptronLength(widths)} weights, got ${weights.length}`,
    );
  }
  let at = 0;
  return widths.slice(1).map((outputs, layer) => {
    const inputs = widths[layer]!;
    const weight = matrix(weights.subarray(at, at + outputs * inputs), outputs, inputs);
    at += outputs * inputs;
    const bias = vector(weights.subarray(at, at + outputs));
    at += outputs;
    return { weight, bias };
  });
}

/** What the backward pass needs of a forward pass. */
export interface PerceptronTrace {
  /** The input of each layer, [samples, inputs of the layer]. */
  readonly inputs: readonly Matrix[];
  /** The output of each layer before ReLU, [samples, outputs of the layer]. */
  readonly outputs: readonly Matrix[];
  /** The last layer's output, [samples]. */
  readonly scores: FloatArray;
}

/**
 * The scores of a batch.
 *
 * @param input pairs [samples, widths[0]]
 */
export function runPerceptron(
  layers: readonly LinearParameters[],
  input: Matrix,
  options: BackendOption = {},
): PerceptronTrace {
  const inputs: Matrix[] = [];
  const outputs: Matrix[] = [];
  let signal = input;
  layers.forEach((layer, index) => {
    inputs.push(signal);
    const output = linear(layer, signal, options); // [samples, outputs]
    outputs.push(output);
    signal = index + 1 < layers.length ? relu(output) : output;
  });
  return { inputs, outputs, scores: signal.data };
}

/**
 * The gradients of a loss by the input and by the weights, given its gradient by the scores.
 *
 * @param scoreGradient [samples]
 * @returns `input` [samples, widths[0]] and `weights`, flat as the network's own
 */
export function perceptronBackward(
  layers: readonly LinearParameters[],
  trace: PerceptronTrace,
  scoreGradient: FloatArray,
  options: BackendOption = {},
): { input: Matrix; weights: FloatArray } {
  let gradient = matrix(scoreGradient, scoreGradient.length, 1);
  const parts: FloatArray[] = [];
  for (let layer = layers.length - 1; layer >= 0; layer--) {
    if (layer + 1 < layers.length) gradient = reluBackward(trace.outputs[layer]!, gradient);
    const back = linearBackward(layers[layer]!, trace.inputs[layer]!, gradient, options);
    parts.unshift(back.parameters.weight.data, back.parameters.bias.data);
    gradient = back.input;
  }
  const length = parts.reduce((total, part) => total + part.length, 0);
  const isFloat32 = scoreGradient instanceof Float32Array;
  const weights = isFloat32 ? new Float32Array(length) : new Float64Array(length);
  let at = 0;
  for (const part of parts) {
    weights.set(part, at);
    at += part.length;
  }
  return { input: gradient, weights };
}
