// A model of stars: what a user gives an item is the mean of all ratings, plus how generous the user is, plus how good the
// item is, plus their taste, p·q. In: such a model and a user with an item, or ratings to compare with; out: stars, and how
// far off they are. Koren, Bell & Volinsky (2009).

import { expectRatings } from '../data/interactions.ts';
import type { Ratings } from '../data/ratings.ts';
import { expectKind, expectParts } from '../numeric/arguments.ts';
import { type Matrix, matrix } from '../numeric/ndarrays.ts';
import { randomStream } from '../numeric/rng.ts';
import { type FactorizationModel, initialTable } from './factorization-model.ts';

/** What `fit(ratings, { loss: 'squared' })` learns. `recommend` takes it, too. */
export interface StarsModel extends FactorizationModel {
  /** μ, the mean of the training ratings. */
  readonly mean: number;
  /** How much more than the mean each user gives, [users]. */
  readonly userBiases: Float64Array;
  /** The lowest and the highest training rating: predictions are cut off there. */
  readonly range: readonly [lowest: number, highest: number];
  /** The users' ids, in the order of the rows of P. */
  readonly users: readonly string[];
  /** The items' ids, in the order of the rows of Q. */
  readonly items: readonly string[];
}

/** One rating after another: who, what, how many stars; each [ratings]. */
export interface RatingList {
  readonly userOf: Uint32Array;
  readonly itemOf: Uint32Array;
  readonly values: Float64Array;
}

/** What is trained: a row per user and per item, biases in the last column. */
export interface StarsTables {
  /** μ, the mean of the training ratings. */
  readonly mean: number;
  /** [P, b] [users, factors + 1]. */
  readonly users: Matrix;
  /** Q [items, factors + 1]. */
  readonly items: Matrix;
}

/** How far predictions are from what users gave. */
export interface RatingErrors {
  /** The root of the mean squared error, in stars. */
  readonly rmse: number;
  /** The mean absolute error, in stars. */
  readonly mae: number;
  /** How many ratings were compared. */
  readonly count: number;
}

/**
 * The stars that a user would give an item, s = μ + b_u + b_i + p·q (Eq. 34), cut off at the lowest and highest rating. Who is
 * not in the training ratings has no bias and no taste: then the mean stays, and the bias of the other.
 *
 * @param user the user's id
 * @param item the item's id
 */
export function predictRating(model: StarsModel, user: string, item: string): number {
  expectParts('predictRating', 'model', model, "fit(ratings, { loss: 'squared' })", {
    users: 'list',
    items: 'list',
    userBiases: 'list',
  });
  expectKind('predictRating', 'user', user, 'text', 'the id of a user');
  expectKind('predictRating', 'item', item, 'text', 'the id of an item');
  return ratingOf(model, model.users.indexOf(user), model.items.indexOf(item));
}

/**
 * Compares predictions with ratings of the same users and items, by their ids.
 *
 * @param ratings those that were held out
 * @throws RangeError if there are none
 * @example
 * const { ratings } = syntheticRatings({ users: 50 });
 * const model = fit(ratings, { loss: 'squared', solver: 'als' });
 * ratingErrors(model, ratings).rmse < 1; // true
 */
export function ratingErrors(model: StarsModel, ratings: Ratings): RatingErrors {
  expectParts('ratingErrors', 'model', model, "fit(ratings, { loss: 'squared' })", {
    users: 'list',
    items: 'list',
    userBiases: 'list',
  });
  expectRatings('ratingErrors', ratings);
  const { offsets, itemOf, values } = ratings;
  if (values.length === 0) throw new RangeError('ratingErrors: ratings must not be empty, got none');
  const users = numbersIn(model.users, ratings.users);
  const items = numbersIn(model.items, ratings.items);
  let [squares, sizes] = [0, 0];
  for (let user = 0; user < users.length; user++) {
    for (let place = offsets[user]!; place < offsets[user + 1]!; place++) {
      const error = values[place]! - ratingOf(model, users[user]!, items[itemOf[place]!]!);
      squares += error * error;
      sizes += Math.abs(error);
    }
  }
  const count = values.length;
  return { rmse: Math.sqrt(squares / count), mae: sizes / count, count };
}

/** The prediction for numbers of the model; −1 for who is not in it. */
function ratingOf(
  { mean, userBiases, userFactors, itemTable, range }: StarsModel,
  user: number,
  item: number,
) {
  const factors = userFactors.shape[1]!;
  let rating = mean;
  if (user >= 0) rating += userBiases[user]!;
  if (item >= 0) rating += itemTable.get(item, factors);
  if (user >= 0 && item >= 0) {
    for (let k = 0; k < factors; k++) rating += userFactors.get(user, k) * itemTable.get(item, k);
  }
  return Math.min(range[1], Math.max(range[0], rating));
}

/** Where each id stands in a list; −1 if it does not. */
function numbersIn(list: readonly string[], ids: readonly string[]): number[] {
  const places = new Map(list.map((id, place) => [id, place]));
  return ids.map((id) => places.get(id) ?? -1);
}

/** The ratings one after another, user by user. */
export function ratingList({ offsets, itemOf, values }: Ratings): RatingList {
  const userOf = new Uint32Array(itemOf.length);
  for (let user = 0; user + 1 < offsets.length; user++) userOf.fill(user, offsets[user], offsets[user + 1]);
  return { userOf, itemOf, values };
}

/** Small random factors, biases of 0, and the mean of the ratings. */
export function initialStars(ratings: Ratings, factors: number, seed: number): StarsTables {
  const rng = randomStream(seed, 'initial-factors');
  const { users, items, values } = ratings;
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    users: initialTable(users.length, factors + 1, factors, rng),
    items: initialTable(items.length, factors + 1, factors, rng),
  };
}

/** The model that trained tables are. */
export function starsModel(
  { users, items, values }: Ratings,
  tables: StarsTables,
  losses: Float64Array,
): StarsModel {
  const [rows, width] = tables.users.shape as [number, number];
  const factors = width - 1;
  const userFactors = new Float64Array(rows * factors);
  const userBiases = new Float64Array(rows);
  for (let user = 0; user < rows; user++) {
    const row = tables.users.data.subarray(user * width, (user + 1) * width);
    userFactors.set(row.subarray(0, factors), user * factors);
    userBiases[user] = row[factors]!;
  }
  let [lowest, highest] = [Infinity, -Infinity];
  for (const value of values) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  return {
    ...{ mean: tables.mean, userBiases, userFactors: matrix(userFactors, rows, factors) },
    ...{ itemTable: tables.items, range: [lowest, highest], users, items, losses },
  };
}
