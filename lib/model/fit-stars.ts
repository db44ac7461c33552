// Matrix factorization on stars, by stochastic gradient descent: each epoch meets every rating once, in random order, and
// moves what made the prediction: the user's bias and vector, the item's bias and row.
// In: ratings, and tables to start from; out: the tables, trained. Funk (2006); Koren, Bell & Volinsky (2009).
import { randomStream } from '../numeric/rng.ts';
import { shuffle } from '../numeric/sampling.ts';
import type { RatingList, StarsTables } from './stars.ts';

/** Settings of the squared loss. */
export interface StarsSettings {
  readonly epochs: number;
  readonly learningRate: number;
  readonly regularization: number;
  readonly seed: number;
}

/** Trains the tables in place; returns the mean squared error of each epoch, each rating met before its own step. */
export function descendStars(
  ratings: RatingList,
  tables: StarsTables,
  settings: StarsSettings,
): Float64Array {
  const { epochs, seed } = settings;
  return Float64Array.from({ length: epochs }, (_, epoch) => {
    const order = new Uint32Array(ratings.values.length).map((_, place) => place);
    return starsEpoch(ratings, shuffle(order, randomStream(seed, 'ratings', epoch)), tables, settings);
  });
}

/**
 * One epoch in a given order. With e = r − s the error of a rating: x ← x + learningRate · (e · dx − regularization · x), for
 * each x that s = μ + b_u + b_i + p·q is made of (Eq. 34).
 *
 * @returns the mean of e²
 */
export function starsEpoch(
  { userOf, itemOf, values }: RatingList,
  order: Uint32Array,
  { mean, users, items }: StarsTables,
  { learningRate, regularization }: Pick<StarsSettings, 'learningRate' | 'regularization'>,
): number {
  const width = users.shape[1]!; // factors + 1
  const factors = width - 1;
  const [p, q] = [users.data, items.data];
  let squares = 0;
  for (let visit = 0; visit < order.length; visit++) {
    const rating = order[visit]!;
    const [u, i] = [userOf[rating]! * width, itemOf[rating]! * width];
    let score = mean + p[u + factors]! + q[i + factors]!;
    for (let k = 0; k < factors; k++) score += p[u + k]! * q[i + k]!;
    const error = values[rating]! - score;
    squares += error * error;
    for (let k = 0; k < factors; k++) {
      const [ofUser, ofItem] = [p[u + k]!, q[i + k]!];
      p[u + k] = ofUser + learningRate * (error * ofItem - regularization * ofUser);
      q[i + k] = ofItem + learningRate * (error * ofUser - regularization * ofItem);
    }
    p[u + factors]! += learningRate * (error - regularization * p[u + factors]!);
    q[i + factors]! += learningRate * (error - regularization * q[i + factors]!);
  }
  return squares / order.length;
}
