// Matrix factorization trained in one place, on everyone's data: what a federation is compared with.
// In: all users' items; out: a vector per user and a row per item, and from them the best unseen items of a user.
// Each epoch visits the users in random order and takes one step of stochastic gradient descent per item of a fresh
// sample: the user's items, and for each of them some that the user did not touch. Koren, Bell & Volinsky (2009).
import { negativeSampler, type Sample } from '../data/negatives.ts';
import { type Interactions, itemsOf } from '../data/ratings.ts';
import { expectInteger, type FloatArray, type Matrix, matrix, rowOf } from '../numeric/matrix.ts';
import { type RandomStream, randomStream, shuffle } from '../numeric/rng.ts';
import { bestUnseen, type Recommendation } from './best-unseen.ts';
import { scoreAll, scoreOf } from './factorization.ts';
import { binaryCrossEntropy, binaryCrossEntropyGradient } from './loss.ts';

export interface FitOptions {
  /** d: length of a user vector; item rows have a bias besides. */
  readonly factors?: number;
  /** How often every user is visited. */
  readonly epochs?: number;
  /** How far a step goes, in units of the gradient. */
  readonly learningRate?: number;
  /** λ: pulls factors towards 0 at each step; biases are free. */
  readonly regularization?: number;
  /** Untouched items per touched one, drawn afresh each epoch. */
  readonly negatives?: number;
  /** Everything random follows from it. */
  readonly seed?: number;
}

/** A vector per user and a row per item: all that `recommend` needs. */
export interface FactorizationModel {
  /** P [users, factors]. */
  readonly userFactors: Matrix;
  /** Q [items, factors + 1]; the last column is the item bias. */
  readonly itemTable: Matrix;
  /** The mean loss of each epoch's samples, each met before its own step, [epochs]. */
  readonly losses: Float64Array;
}

const INITIAL_SCALE = 0.1;

const defaults: Required<FitOptions> = {
  factors: 16,
  epochs: 30,
  learningRate: 0.05,
  regularization: 0.01,
  negatives: 4,
  seed: 1,
};

/**
 * Trains matrix factorization on binary cross-entropy with sampled negatives. Takes
 * O(epochs · interactions · (1 + negatives) · factors). The same seed gives the same model.
 *
 * @param interactions which items each user touched
 * @throws RangeError if an option is outside its range
 */
export function fit(interactions: Interactions, options: FitOptions = {}): FactorizationModel {
  const settings = expectOptions({ ...defaults, ...options });
  const { factors, epochs, negatives, seed } = settings;
  const { users, items } = interactions;
  const rng = randomStream(seed, 'initial-factors');
  const userFactors = normalMatrix(users, factors, factors, rng);
  const itemTable = normalMatrix(items, factors + 1, factors, rng);
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

/**
 * The items that the model scores highest among those the user has not touched, best first; of equal scores the lowest
 * number first. Fewer than `count` if the user has touched nearly all.
 *
 * @param user the user's number
 * @param interactions what counts as touched
 * @param count how many items to name
 * @throws RangeError if the user is unknown or count is not a whole number of at least 1
 */
export function recommend(
  model: FactorizationModel,
  user: number,
  interactions: Interactions,
  count: number,
): Recommendation[] {
  const items = model.itemTable.shape[0]!;
  expectInteger('recommend', 'user', user, 0, model.userFactors.shape[0]! - 1);
  expectInteger('recommend', 'count', count, 1);
  const scores = scoreAll(rowOf(model.userFactors, user), model.itemTable, new Float64Array(items));
  return bestUnseen(scores, itemsOf(interactions, user), count);
}

/** One step per row of a user's sample, in random order; returns the sum of the losses. */
function descend(
  sample: Sample,
  userVector: FloatArray,
  itemTable: FloatArray,
  { factors, learningRate, regularization }: Required<FitOptions>,
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
    const slope = binaryCrossEntropyGradient(score, label);
    const step = learningRate * weight;
    for (let k = 0; k < factors; k++) {
      const ofUser = userVector[k]!;
      const ofItem = itemTable[start + k]!;
      userVector[k] = ofUser - step * (slope * ofItem + regularization * ofUser);
      itemTable[start + k] = ofItem - step * (slope * ofUser + regularization * ofItem);
    }
    itemTable[start + factors]! -= step * slope;
  }
  return loss;
}

/** Normal numbers in the first columns, zeros in the others, [rows, width]. */
function normalMatrix(rows: number, width: number, columns: number, rng: RandomStream): Matrix {
  const data = Float64Array.from({ length: rows * width }, (_, at) =>
    at % width < columns ? INITIAL_SCALE * rng.normal() : 0,
  );
  return matrix(data, rows, width);
}

function expectOptions(options: Required<FitOptions>): Required<FitOptions> {
  expectInteger('fit', 'factors', options.factors, 1);
  expectInteger('fit', 'epochs', options.epochs, 1);
  expectInteger('fit', 'negatives', options.negatives, 0);
  expectInteger('fit', 'seed', options.seed, 0);
  for (const name of ['learningRate', 'regularization'] as const) {
    if (!Number.isFinite(options[name]) || options[name] < 0) {
      throw new RangeError(`fit: ${name} must be a finite number of at least 0, got ${options[name]}`);
    }
  }
  return options;
}
