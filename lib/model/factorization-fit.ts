// Matrix factorization trained in one place, on everyone's data: what a federation is compared with.
// In: ratings; out: a vector per user and a row per item. Which loss: whether an item was touched (fit-implicit.ts), or how
// many stars it got, by gradient descent (fit-stars.ts) or alternating least squares (fit-als.ts).

import { expectRatings, interactionsOf, isRatings } from '../data/interactions.ts';
import type { Interactions, Ratings } from '../data/ratings.ts';
import { expectKind, expectParts } from '../numeric/arguments.ts';
import { expectInteger } from '../numeric/ndarrays.ts';
import type { FactorizationModel } from './factorization-model.ts';
import { alternateStars } from './fit-als.ts';
import { fitImplicit } from './fit-implicit.ts';
import { descendStars } from './fit-stars.ts';
import { initialStars, ratingList, type StarsModel, starsModel } from './stars.ts';

export { type FactorizationModel, recommend } from './factorization-model.ts';
export { predictRating, type RatingErrors, ratingErrors, type StarsModel } from './stars.ts';

/** What both losses have. */
interface CommonOptions {
  /** d: length of a user vector; item rows have a bias besides. Default: 16; with stars 64, by least squares 8. */
  readonly factors?: number;
  /** How often every user is visited. Default: 30; with stars 50, by least squares 15. */
  readonly epochs?: number;
  /** How far a step goes, in units of the gradient. Default: .05; with stars .01. */
  readonly learningRate?: number;
  /** λ: pulls towards 0 at each step; of the logistic loss, biases are free. Default: .01; with stars .1, by least squares .15. */
  readonly regularization?: number;
  /** Everything random follows from it. Default: 1. */
  readonly seed?: number;
}

/** Options of the default loss: was the item touched? */
export interface FitOptions extends CommonOptions {
  /** Binary cross-entropy between touched items and drawn ones. */
  readonly loss?: 'logistic';
  /** Untouched items per touched one, drawn afresh each epoch. Default: 4. */
  readonly negatives?: number;
}

/** Options of the squared loss: how many stars? */
export interface StarsOptions extends CommonOptions {
  readonly loss: 'squared';
  /** Stochastic gradient descent or alternating least squares. Default: 'sgd'. */
  readonly solver?: 'sgd' | 'als';
}

const defaults = {
  logistic: { factors: 16, epochs: 30, learningRate: 0.05, regularization: 0.01, negatives: 4, seed: 1 },
  sgd: { factors: 64, epochs: 50, learningRate: 0.01, regularization: 0.1, negatives: 0, seed: 1 },
  als: { factors: 8, epochs: 15, learningRate: 0, regularization: 0.15, negatives: 0, seed: 1 },
};

/**
 * Trains matrix factorization. By default on whether an item was touched, with sampled negatives: what `recommend` needs. With
 * `loss: 'squared'` on the stars themselves, with a bias per user and item: what `predictRating` and `ratingErrors` need.
 * Takes O(epochs · interactions · (1 + negatives) · factors); least squares factors² and more. The same seed gives the same
 * model.
 *
 * @param ratings as they are parsed; for the default loss also `interactionsOf(ratings, { minRating: 4 })`, say
 * @throws RangeError if an option is outside its range, TypeError if `ratings` are none
 * @example
 * const { ratings } = syntheticRatings({ users: 50, items: 100, meanRatings: 10 });
 * recommend(fit(ratings), 0, ratings, 10).length; // 10
 * ratingErrors(fit(ratings, { loss: 'squared' }), ratings).rmse < 1; // true
 */
export function fit(ratings: Ratings, options: StarsOptions): StarsModel;
export function fit(ratings: Ratings | Interactions, options?: FitOptions): FactorizationModel;
export function fit(
  ratings: Ratings | Interactions,
  options: FitOptions | StarsOptions = {},
): FactorizationModel {
  expectKind('fit', 'options', options, 'object', "{ factors: 16 } or { loss: 'squared' }");
  const { loss = 'logistic' } = options;
  expectChoice('loss', loss, ['logistic', 'squared']);
  if (options.loss === 'squared') return fitStars(ratings as Ratings, options);
  expectParts('fit', 'ratings', ratings, 'parseRatings(…) or interactionsOf(…)', {
    offsets: 'list',
    itemOf: 'list',
  });
  const settings = expectOptions({ ...defaults.logistic, ...options });
  return fitImplicit(isRatings(ratings) ? interactionsOf(ratings) : ratings, settings);
}

function fitStars(ratings: Ratings, options: StarsOptions): StarsModel {
  expectRatings('fit', ratings);
  const { solver = 'sgd' } = options;
  expectChoice('solver', solver, ['sgd', 'als']);
  const settings = expectOptions({ ...defaults[solver], ...options });
  if (solver === 'als' && settings.regularization === 0)
    throw new RangeError("fit: regularization must be above 0 with solver 'als', got 0");
  if (ratings.values.length === 0) throw new RangeError('fit: ratings must not be empty, got none');
  const tables = initialStars(ratings, settings.factors, settings.seed);
  const list = ratingList(ratings);
  const losses =
    solver === 'als' ? alternateStars(list, tables, settings) : descendStars(list, tables, settings);
  return starsModel(ratings, tables, losses);
}

function expectOptions<T extends typeof defaults.logistic>(options: T): T {
  expectInteger('fit', 'factors', options.factors, 1, 4096);
  expectInteger('fit', 'epochs', options.epochs, 1, 100_000);
  expectInteger('fit', 'negatives', options.negatives, 0, 1000);
  expectInteger('fit', 'seed', options.seed, 0, Number.MAX_SAFE_INTEGER);
  for (const name of ['learningRate', 'regularization'] as const) {
    if (!Number.isFinite(options[name]) || options[name] < 0) {
      throw new RangeError(`fit: ${name} must be a finite number of at least 0, got ${options[name]}`);
    }
  }
  return options;
}

function expectChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (typeof value === 'string' && choices.includes(value)) return;
  const list = choices.map((choice) => `'${choice}'`).join(' or ');
  throw new RangeError(`fit: ${name} must be ${list}, got ${String(value)}`);
}
