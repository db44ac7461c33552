// What matrix factorization learns, and what it is for: the best unseen items of a user.
// In: a model and what the user touched; out: a list of items.

import type { Interactions } from '../data/ratings.ts';
import { itemsOf } from '../data/split.ts';
import { expectParts } from '../numeric/arguments.ts';
import { rowOf } from '../numeric/matrix.ts';
import { expectInteger, type Matrix, matrix } from '../numeric/ndarrays.ts';
import type { RandomStream } from '../numeric/rng.ts';
import { bestUnseen, type Recommendation } from './best-unseen.ts';
import { scoreAll } from './factorization.ts';

/** A vector per user and a row per item: all that `recommend` needs. */
export interface FactorizationModel {
  /** P [users, factors]. */
  readonly userFactors: Matrix;
  /** Q [items, factors + 1]; the last column is the item bias. */
  readonly itemTable: Matrix;
  /** The mean loss of each epoch's samples, [epochs]; with SGD, each sample is met before its own step. */
  readonly losses: Float64Array;
}

/**
 * The items that the model scores highest among those the user has not touched, best first; of equal scores the lowest
 * number first. Fewer than `count` if the user has touched nearly all.
 *
 * @param user the user's number
 * @param interactions what counts as touched: the ratings, or what `interactionsOf` made of them
 * @param count how many items to name
 * @throws RangeError if the user is unknown or count is not a whole number of at least 1
 * @example
 * const { ratings } = syntheticRatings({ users: 50 });
 * recommend(fit(ratings, { epochs: 2 }), 0, ratings, 3).length; // 3
 */
export function recommend(
  model: FactorizationModel,
  user: number,
  interactions: Pick<Interactions, 'offsets' | 'itemOf'>,
  count: number,
): Recommendation[] {
  expectParts('recommend', 'model', model, 'fit(ratings)', { userFactors: 'object', itemTable: 'object' });
  const parts = { offsets: 'list', itemOf: 'list' } as const;
  expectParts('recommend', 'interactions', interactions, 'parseRatings(…) or interactionsOf(…)', parts);
  const items = model.itemTable.shape[0]!;
  expectInteger('recommend', 'user', user, 0, model.userFactors.shape[0]! - 1);
  expectInteger('recommend', 'count', count, 1);
  const scores = scoreAll(rowOf(model.userFactors, user), model.itemTable, new Float64Array(items));
  return bestUnseen(scores, itemsOf(interactions, user), count);
}

const INITIAL_SCALE = 0.1;

/** Small normal numbers in the first columns, zeros in the others, [rows, width]. */
export function initialTable(rows: number, width: number, columns: number, rng: RandomStream): Matrix {
  const data = Float64Array.from({ length: rows * width }, (_, at) =>
    at % width < columns ? INITIAL_SCALE * rng.normal() : 0,
  );
  return matrix(data, rows, width);
}
