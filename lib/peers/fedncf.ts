// FedNCF: neural collaborative filtering among clients. A perceptron that all share turns a private user vector beside
// an item vector into a score; clients send the rows they touched and the gradient of the whole perceptron.
// Perifanis & Efraimidis (2022), Federated Neural Collaborative Filtering, Knowledge-Based Systems (arXiv 2106.04405).
// Simplified: no encryption; one item gradient a round in place of local epochs; the server moves items and perceptron
// by Adam on the averaged gradients, which converges in far fewer rounds than their plain average; items have a bias.

import { type ClientOptimizer, clientOptimizers } from '../federated/client-optimizer.ts';
import { denseDownlink } from '../federated/dense-server.ts';
import { federation } from '../federated/federation.ts';
import type { ClientTask, LocalModel, SharedModel } from '../federated/local-model.ts';
import type { Memory } from '../federated/memory.ts';
import type { Recipe } from '../federated/recipe.ts';
import { type Downlink, fedAdam, rememberedAdam } from '../federated/server.ts';
import type { Settings } from '../federated/settings.ts';
import type { Update } from '../federated/wire.ts';
import { binaryCrossEntropy, sigmoid } from '../model/loss.ts';
import { matrix } from '../numeric/ndarrays.ts';
import type { MatmulBackend } from '../numeric/product.ts';
import type { RandomStream } from '../numeric/rng.ts';
import { initializePerceptron, Perceptron, perceptronLength, type Widths } from './perceptron.ts';

export const fedncf: Recipe = {
  name: 'fedncf',
  summary: 'a shared perceptron on a private user vector beside an item vector',
  reference: 'Perifanis & Efraimidis (2022), doi 10.1016/j.knosys.2022.108441',
  defaults: { itemScale: 0.1, serverLearningRate: 0.01, rounding: 'nearest' },
  create: (setup) => {
    const { settings, memory, split, loops } = setup;
    const { items } = split.train;
    const localModel = new PerceptronClient(items, settings, loops.matmul);
    return federation(setup, {
      localModel,
      optimizer: fedAdam(items * localModel.dims, memory, settings),
      downlink: adaptiveExtra(
        denseDownlink(items, localModel.dims, memory, settings),
        localModel.extra,
        memory,
        settings,
      ),
    });
  },
};

/** The perceptron's mean gradient becomes a step of Adam before it is sent down. */
function adaptiveExtra(downlink: Downlink, length: number, memory: Memory, settings: Settings): Downlink {
  const adam = rememberedAdam('perceptron', length, memory, settings);
  const moved = new Float32Array(length);
  return {
    receive: downlink.receive,
    send(step, extraStep, shared, round) {
      adam(extraStep, moved);
      return downlink.send(step, moved, shared, round);
    },
  };
}

/** Hidden layers as in the paper: 2d → d → d/2 → 1. */
export function perceptronWidths(factors: number): Widths {
  return [2 * factors, factors, Math.max(1, factors >> 1), 1];
}

/** State: p_u [factors] and what the optimiser remembers. Shared: items and perceptron. */
export class PerceptronClient implements LocalModel {
  readonly dims: number;
  readonly extra: number;
  readonly stateLength: number;
  private readonly settings: Settings;
  private readonly factors: number;
  private readonly perceptron: Perceptron;
  private readonly optimizer: ClientOptimizer;
  private readonly scoreGradients: Float32Array; // g [rows]
  private readonly pairs: Float32Array; // [p, q_i] a row [items, 2 · factors]

  constructor(items: number, settings: Settings, backend: MatmulBackend) {
    this.settings = settings;
    this.factors = settings.factors;
    this.dims = settings.factors + 1;
    this.perceptron = new Perceptron(perceptronWidths(settings.factors), backend);
    this.scoreGradients = new Float32Array(items);
    this.extra = perceptronLength(this.perceptron.widths);
    this.optimizer = clientOptimizers[settings.clientOptimizer]({
      learningRate: settings.clientLearningRate,
    });
    this.stateLength = settings.factors + this.optimizer.stateLength(settings.factors);
    this.pairs = new Float32Array(items * 2 * settings.factors);
  }

  initialize(state: Float32Array, rng: RandomStream): void {
    for (let k = 0; k < this.factors; k++) state[k] = this.settings.userScale * rng.normal();
  }

  initializeShared({ itemTable, extra }: SharedModel, rng: RandomStream): void {
    for (let at = 0; at < itemTable.length; at++) {
      const isBias = at % this.dims === this.factors;
      itemTable[at] = isBias ? 0 : this.settings.itemScale * rng.normal();
    }
    initializePerceptron(extra, this.perceptron.widths, rng);
  }

  train(task: ClientTask, state: Float32Array): { update: Update; loss: number } {
    const { client, round, sample } = task;
    const { rows, size } = sample;
    for (let step = 0; step < this.settings.localSteps; step++) {
      this.stepUserVector(this.differentiate(task, state).pairs, state, size);
    }
    const { pairs, scoreGradients, weights, loss } = this.differentiate(task, state);
    const left = new Float32Array(rows.length * this.dims); // −∂loss/∂[q_i, bias]
    for (let row = 0; row < rows.length; row++) {
      for (let k = 0; k < this.factors; k++) {
        left[row * this.dims + k] = -pairs[(2 * row + 1) * this.factors + k]!;
      }
      left[row * this.dims + this.factors] = -scoreGradients[row]!;
    }
    this.stepUserVector(pairs, state, size);
    const extra = Float32Array.from(weights, (derivative) => -derivative / size);
    const right = new Float32Array(0);
    return { update: { client, round, rows, rank: 0, dims: this.dims, left, right, extra }, loss };
  }

  score(state: Float32Array, shared: SharedModel, scores: Float32Array): void {
    const pairs = this.gather(Uint32Array.from(scores.keys()), state, shared.itemTable);
    scores.set(this.perceptron.run(shared.extra, pairs));
    for (let item = 0; item < scores.length; item++) {
      scores[item]! += shared.itemTable[item * this.dims + this.factors]!;
    }
  }

  /** Gradients of Σ W · cross-entropy by the pairs, by the scores (g) and by the perceptron; and the mean loss. */
  private differentiate({ sample, shared }: ClientTask, state: Float32Array) {
    const { rows, counts, labels, size } = sample;
    const scores = this.perceptron.run(shared.extra, this.gather(rows, state, shared.itemTable));
    const scoreGradients = this.scoreGradients.subarray(0, rows.length);
    let loss = 0;
    for (let row = 0; row < rows.length; row++) {
      const score = scores[row]! + shared.itemTable[rows[row]! * this.dims + this.factors]!;
      scoreGradients[row] = counts[row]! * (sigmoid(score) - labels[row]!);
      loss += counts[row]! * binaryCrossEntropy(score, labels[row]!);
    }
    const { input, weights } = this.perceptron.backward(scoreGradients);
    return { pairs: input.data, scoreGradients, weights, loss: loss / size };
  }

  /** [p, q_i] for the named items. */
  private gather(rows: Uint32Array, state: Float32Array, itemTable: Float32Array) {
    const { factors, dims } = this;
    const pairs = this.pairs.subarray(0, rows.length * 2 * factors);
    for (let row = 0; row < rows.length; row++) {
      const start = rows[row]! * dims;
      for (let k = 0; k < factors; k++) {
        pairs[2 * row * factors + k] = state[k]!;
        pairs[(2 * row + 1) * factors + k] = itemTable[start + k]!;
      }
    }
    return matrix(pairs, rows.length, 2 * factors);
  }

  /** p ← step(p, Σ of the pairs' gradients / N + λ p). */
  private stepUserVector(pairs: ArrayLike<number>, state: Float32Array, size: number): void {
    const { factors } = this;
    const gradient = new Float64Array(factors);
    for (let at = 0; at < pairs.length; at += 2 * factors) {
      for (let k = 0; k < factors; k++) gradient[k]! += pairs[at + k]!;
    }
    for (let k = 0; k < factors; k++) {
      gradient[k] = gradient[k]! / size + this.settings.regularization * state[k]!;
    }
    this.optimizer.step(state.subarray(0, factors), gradient, state.subarray(factors));
  }
}
