// Alternating least squares: with the items fixed, the best vector of each user solves a small linear system; then the
// users are fixed and the items are solved for. No learning rate, and the same result in whatever order.
// In: ratings, and tables to start from; out: the tables, trained. Zhou, Wilkinson, Schreiber & Pan (2008).
import { solvePositiveDefinite } from '../numeric/cholesky.ts';
import type { FloatArray } from '../numeric/ndarrays.ts';
import type { RatingList, StarsTables } from './stars.ts';

/** The ratings that each row of one table is solved from. */
interface Side {
  /** Where each row's ratings begin, [rows + 1]. */
  readonly offsets: Uint32Array;
  /** Whom they are shared with: rows of the other table, [ratings]. */
  readonly others: Uint32Array;
  readonly values: Float64Array;
}

/**
 * Trains the tables in place: users, then items, once an epoch. Takes O(ratings · factors² + rows · factors³) an epoch.
 *
 * @returns the mean squared error after each epoch
 */
export function alternateStars(
  ratings: RatingList,
  { mean, users, items }: StarsTables,
  { epochs, regularization }: { readonly epochs: number; readonly regularization: number },
): Float64Array {
  const ofUsers = sideOf(ratings.userOf, ratings.itemOf, ratings.values, users.shape[0]!);
  const ofItems = sideOf(ratings.itemOf, ratings.userOf, ratings.values, items.shape[0]!);
  const width = users.shape[1]!;
  return Float64Array.from({ length: epochs }, () => {
    solveRows(ofUsers, users.data, items.data, width, mean, regularization);
    return solveRows(ofItems, items.data, users.data, width, mean, regularization);
  });
}

/**
 * Each row x of `own` that has ratings becomes the one that minimises Σ (r − μ − b − [y, 1]·x)² + n λ |x|² over its n ratings,
 * where [y, b] are the other table's rows (Eq. 35).
 *
 * @returns the mean squared error with these rows
 */
function solveRows(
  { offsets, others, values }: Side,
  own: FloatArray,
  other: FloatArray,
  width: number,
  mean: number,
  regularization: number,
): number {
  const factors = width - 1;
  const [hessian, x, y] = [new Float64Array(width * width), new Float64Array(width), new Float64Array(width)];
  let squares = 0;
  for (let row = 0; row + 1 < offsets.length; row++) {
    const [from, to] = [offsets[row]!, offsets[row + 1]!];
    if (from === to) continue;
    hessian.fill(0);
    x.fill(0);
    const targets = values.slice(from, to);
    const known = (rating: number) => {
      const start = others[rating]! * width;
      for (let k = 0; k < factors; k++) y[k] = other[start + k]!;
      y[factors] = 1;
      return other[start + factors]!; // b
    };
    for (let rating = from; rating < to; rating++) {
      const target = targets[rating - from]! - mean - known(rating);
      for (let k = 0; k < width; k++) {
        for (let l = 0; l <= k; l++) hessian[k * width + l]! += y[k]! * y[l]!;
        x[k]! += target * y[k]!;
      }
    }
    for (let k = 0; k < width; k++) hessian[k * width + k]! += (to - from) * regularization;
    solvePositiveDefinite(hessian, x);
    own.set(x, row * width);
    for (let rating = from; rating < to; rating++) {
      let error = targets[rating - from]! - mean - known(rating);
      for (let k = 0; k < width; k++) error -= y[k]! * x[k]!;
      squares += error * error;
    }
  }
  return squares / values.length;
}

/** The ratings by the rows of one table. */
function sideOf(rowOf: Uint32Array, others: Uint32Array, values: Float64Array, rows: number): Side {
  const offsets = new Uint32Array(rows + 1);
  for (const row of rowOf) offsets[row + 1]!++;
  for (let row = 0; row < rows; row++) offsets[row + 1]! += offsets[row]!;
  const next = offsets.slice(0, rows);
  const side = { offsets, others: new Uint32Array(others.length), values: new Float64Array(values.length) };
  rowOf.forEach((row, rating) => {
    const place = next[row]!++;
    side.others[place] = others[rating]!;
    side.values[place] = values[rating]!;
  });
  return side;
}
