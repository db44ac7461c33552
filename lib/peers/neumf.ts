// NeuMF: a factorization and a perceptron, each with embeddings of its own, whose outputs are added to one score.
// He et al. (2017), Neural Collaborative Filtering, WWW (arXiv 1708.05031). Central: it reads everybody's ratings.
// Simplified: the output weights of the factorization are part of its embeddings, both halves start untrained, items
// have a bias, and an epoch always has the same number of batches, so that one learning rate fits data of any size.

import { itemsOf } from '../data/split.ts';
import { type ClientOptimizer, clientOptimizers } from '../federated/client-optimizer.ts';
import type { Recipe, Setup } from '../federated/recipe.ts';
import { binaryCrossEntropy, sigmoid } from '../model/loss.ts';
import { matrix } from '../numeric/ndarrays.ts';
import { randomStream } from '../numeric/rng.ts';
import { shuffle } from '../numeric/sampling.ts';
import { type CentralModel, epochProgram } from './central.ts';
import { perceptronWidths } from './fedncf.ts';
import { initializePerceptron, Perceptron, perceptronLength } from './perceptron.ts';

const BATCHES_PER_EPOCH = 200;

export const neumf: Recipe = {
  name: 'neumf',
  summary: 'factorization plus perceptron (central); a round is an epoch',
  reference: 'He et al. (2017), doi 10.1145/3038912.3052569',
  defaults: { rounds: 30, serverLearningRate: 0.003, regularization: 1e-5, itemScale: 0.1 },
  create: (setup) => epochProgram(setup, new NeuralFactorization(setup)),
};

/** One parameter array with what the optimiser remembers of it, and this batch's gradient. */
interface Learned {
  readonly values: Float32Array;
  readonly gradient: Float32Array;
  readonly state: Float32Array;
}

/** Users [users, 2d] and items [items, 2d + 1]: d columns for the factorization, d for the perceptron, the bias. */
export class NeuralFactorization implements CentralModel {
  private readonly setup: Setup;
  private readonly half: number; // d
  private readonly perceptron: Perceptron;
  private readonly users: Learned;
  private readonly items: Learned;
  private readonly weights: Learned;
  private readonly optimizer: ClientOptimizer;
  private pairs = new Float32Array(0); // [samples, 2d]

  constructor(setup: Setup) {
    const { split, settings, memory, loops } = setup;
    this.optimizer = clientOptimizers[settings.clientOptimizer]({
      learningRate: settings.serverLearningRate,
      beta2: 0.999,
    });
    const learned = (name: string, length: number): Learned => ({
      values: memory.float32(name, length),
      gradient: new Float32Array(length),
      state: memory.float32(`${name}Optimizer`, this.optimizer.stateLength(length)),
    });
    this.setup = setup;
    this.half = settings.factors;
    this.perceptron = new Perceptron(perceptronWidths(settings.factors), loops.matmul);
    this.users = learned('userTable', split.train.users * 2 * settings.factors);
    this.items = learned('itemTable', split.train.items * (2 * settings.factors + 1));
    this.weights = learned('perceptron', perceptronLength(this.perceptron.widths));
  }

  initialize(): void {
    const { seed, userScale, itemScale } = this.setup.settings;
    const rng = randomStream(seed, 'server');
    const dims = 2 * this.half + 1;
    const { values: users } = this.users;
    const { values: items } = this.items;
    for (let at = 0; at < users.length; at++) users[at] = userScale * rng.normal();
    for (let at = 0; at < items.length; at++)
      items[at] = at % dims === dims - 1 ? 0 : itemScale * rng.normal();
    initializePerceptron(this.weights.values, this.perceptron.widths, rng);
  }

  epoch(round: number): number {
    const { userOf, itemOf, labels } = this.drawSamples(round);
    const size = Math.ceil(labels.length / BATCHES_PER_EPOCH);
    let loss = 0;
    for (let start = 0; start < labels.length; start += size) {
      const end = Math.min(start + size, labels.length);
      loss += this.differentiate(
        userOf.subarray(start, end),
        itemOf.subarray(start, end),
        labels.subarray(start, end),
      );
      this.step();
    }
    return loss / labels.length;
  }

  score(user: number, scores: Float32Array): void {
    const users = new Uint32Array(scores.length).fill(user);
    scores.set(this.run(users, Uint32Array.from(scores.keys())));
  }

  /**
   * Writes the gradients of a batch's mean loss by all parameters; returns the sum of its losses.
   *
   * @param userOf @param itemOf @param labels one entry a sample
   */
  differentiate(userOf: Uint32Array, itemOf: Uint32Array, labels: Uint8Array): number {
    const { half: d, users, items } = this;
    const scores = this.run(userOf, itemOf);
    const scoreGradients = new Float32Array(labels.length); // ∂ mean loss / ∂ score
    let loss = 0;
    for (let sample = 0; sample < labels.length; sample++) {
      loss += binaryCrossEntropy(scores[sample]!, labels[sample]!);
      scoreGradients[sample] = (sigmoid(scores[sample]!) - labels[sample]!) / labels.length;
    }
    const { input, weights } = this.perceptron.backward(scoreGradients);
    this.weights.gradient.set(weights);
    users.gradient.fill(0);
    items.gradient.fill(0);
    for (let sample = 0; sample < labels.length; sample++) {
      const u = userOf[sample]! * 2 * d;
      const i = itemOf[sample]! * (2 * d + 1);
      const derivative = scoreGradients[sample]!;
      for (let k = 0; k < d; k++) {
        users.gradient[u + k]! += derivative * items.values[i + k]!;
        items.gradient[i + k]! += derivative * users.values[u + k]!;
        users.gradient[u + d + k]! += input.data[sample * 2 * d + k]!;
        items.gradient[i + d + k]! += input.data[sample * 2 * d + d + k]!;
      }
      items.gradient[i + 2 * d]! += derivative;
    }
    return loss;
  }

  /** The last batch's gradients: by the users [users, 2d], the items [items, 2d + 1] and the perceptron. */
  gradients(): { users: Float32Array; items: Float32Array; weights: Float32Array } {
    return { users: this.users.gradient, items: this.items.gradient, weights: this.weights.gradient };
  }

  /** p·q of the first halves + perceptron of the second halves + bias; valid until the next batch. */
  private run(userOf: Uint32Array, itemOf: Uint32Array): Float32Array {
    const { half: d } = this;
    const { values: users } = this.users;
    const { values: items } = this.items;
    const samples = userOf.length;
    if (this.pairs.length < samples * 2 * d) this.pairs = new Float32Array(samples * 2 * d);
    const pairs = this.pairs.subarray(0, samples * 2 * d);
    for (let sample = 0; sample < samples; sample++) {
      const u = userOf[sample]! * 2 * d;
      const i = itemOf[sample]! * (2 * d + 1);
      for (let k = 0; k < d; k++) {
        pairs[sample * 2 * d + k] = users[u + d + k]!;
        pairs[sample * 2 * d + d + k] = items[i + d + k]!;
      }
    }
    const scores = this.perceptron.run(this.weights.values, matrix(pairs, samples, 2 * d)) as Float32Array;
    for (let sample = 0; sample < samples; sample++) {
      const u = userOf[sample]! * 2 * d;
      const i = itemOf[sample]! * (2 * d + 1);
      let score = items[i + 2 * d]!;
      for (let k = 0; k < d; k++) score += users[u + k]! * items[i + k]!;
      scores[sample]! += score;
    }
    return scores;
  }

  private step(): void {
    const { regularization } = this.setup.settings;
    for (const { values, gradient, state } of [this.users, this.items, this.weights]) {
      for (let at = 0; at < values.length; at++) gradient[at]! += regularization * values[at]!;
      this.optimizer.step(values, gradient, state);
    }
  }

  /** Every rating and its negatives, in random order. */
  private drawSamples(round: number): { userOf: Uint32Array; itemOf: Uint32Array; labels: Uint8Array } {
    const { split, settings, loops } = this.setup;
    const { users, items } = split.train;
    const sampler = loops.negativeSampler(items);
    const samples = split.train.itemOf.length * (1 + settings.negatives);
    const [userOf, itemOf] = [new Uint32Array(samples), new Uint32Array(samples)];
    const labels = new Uint8Array(samples);
    const places = shuffle(Uint32Array.from(labels.keys()), randomStream(settings.seed, 'order', round));
    let drawn = 0;
    for (let user = 0; user < users; user++) {
      const positives = itemsOf(split.train, user);
      const rng = randomStream(settings.seed, 'negatives', round, user);
      const sample = sampler.draw(positives, settings.negatives * positives.length, rng);
      for (let row = 0; row < sample.rows.length; row++) {
        for (let copy = 0; copy < sample.counts[row]!; copy++) {
          const place = places[drawn++]!;
          userOf[place] = user;
          itemOf[place] = sample.rows[row]!;
          labels[place] = sample.labels[row]!;
        }
      }
    }
    return { userOf, itemOf, labels };
  }
}
