// Matrix factorization on who touched what. Each epoch visits the users in random order and takes one step of stochastic
// gradient descent per item of a fresh sample: the user's items, and for each of them some that the user did not touch.
// In: all users' items; out: a vector per user and a row per item. Koren, Bell & Volinsky (2009).
import { negativeSampler, type Sample } from '../data/negatives.ts';
import type { Interactions } from '../data/ratings.ts';
import { itemsOf } from '../data/split.ts';
import type { FloatArray } from '../numeric/ndarrays.ts';
import { type RandomStream, randomStream } from '../numeric/rng.ts';
import { shuffle } from '../numeric/sampling.ts';
import { scoreOf } from './factorization.ts';
import { type FactorizationModel, initialTable } from './factorization-model.ts';
import { binaryCrossEntropy, binaryCrossEntropyGradient } from './loss.ts';

/** Settings of the logistic loss. */
export interface ImplicitSettings {
  readonly factors: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly regularization: number;
  readonly negatives: number;
  readonly seed: number;
}

/** Trains on binary cross-entropy with sampled negatives; `fit` checks the settings. */
export function fitImplicit(interactions: Interactions, settings: ImplicitSettings): FactorizationModel {
  const { factors, epochs, negatives, seed } = settings;
  const { users, items } = interactions;
  const rng = randomStream(seed, 'initial-factors');
  const userFactors = initialTable(users, factors, factors, rng);
  const itemTable = initialTable(items, factors + 1, factors, rng);
  const sampler = negativeSampler(items);
  const losses = new Float64Array(epochs);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffle(
      new Uint32Array(users).map((_, user) => user),
      randomStream(seed, 'users', epoch),
    );
    let loss = 0;
    let size = 0;
    for (const user of order) {
      const positives = itemsOf(interactions, user);
      const draws = randomStream(seed, 'negatives', epoch, user);
      const sample = sampler.draw(positives, negatives * positives.length, draws);
      const userVector = userFactors.data.subarray(user * factors, (user + 1) * factors);
      loss += descend(sample, userVector, itemTable.data, settings, draws);
      size += sample.size;
    }
    losses[epoch] = size === 0 ? 0 : loss / size;
  }
  return { userFactors, itemTable, losses };
}

/** One step per row of a user's sample, in random order; returns the sum of the losses. */
function descend(
  sample: Sample,
  userVector: FloatArray,
  itemTable: FloatArray,
  { factors, learningRate, regularization }: ImplicitSettings,
  rng: RandomStream,
): number {
  const order = shuffle(
    new Uint32Array(sample.rows.length).map((_, row) => row),
    rng,
  );
  let loss = 0;
  for (let visit = 0; visit < order.length; visit++) {
    const row = order[visit]!;
    const start = sample.rows[row]! * (factors + 1);
    const score = scoreOf(userVector, itemTable, start);
    const label = sample.labels[row]!;
    const weight = sample.counts[row]!;
    loss += weight * binaryCrossEntropy(score, label);
    const scoreGradient = binaryCrossEntropyGradient(score, label);
    const step = learningRate * weight;
    for (let k = 0; k < factors; k++) {
      const ofUser = userVector[k]!;
      const ofItem = itemTable[start + k]!;
      userVector[k] = ofUser - step * (scoreGradient * ofItem + regularization * ofUser);
      itemTable[start + k] = ofItem - step * (scoreGradient * ofUser + regularization * ofItem);
    }
    itemTable[start + factors]! -= step * scoreGradient;
  }
  return loss;
}
