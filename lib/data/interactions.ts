// From ratings to a yes or no: which items each user touched, or liked enough. In: ratings as they are parsed; out: what
// training on implicit feedback needs of them, under the same numbers of users and items.
import { expectKind } from '../numeric/arguments.ts';
import type { Interactions, Ratings } from './ratings.ts';

/** Which ratings count. */
export interface InteractionsOptions {
  /** Ratings below it do not count. Default: every rating does. */
  readonly minRating?: number;
}

/**
 * Who touched what, without the stars. Users and items keep their numbers, also those that have no rating left.
 *
 * @param ratings as `parseRatings` returns them
 * @throws RangeError if `minRating` is not a finite number, TypeError if `ratings` are none
 * @example
 * const { ratings } = parseRatings('ann,Alien,5\nann,Heat,2\nbob,Heat,4\n', { name: 'films' });
 * interactionsOf(ratings, { minRating: 4 }).itemOf; // Uint32Array [0, 1]
 */
export function interactionsOf(ratings: Ratings, options: InteractionsOptions = {}): Interactions {
  expectRatings('interactionsOf', ratings);
  expectKind('interactionsOf', 'options', options, 'object', '{ minRating: 4 }');
  const { minRating = -Infinity } = options;
  if (Number.isNaN(minRating) || typeof minRating !== 'number' || minRating === Infinity) {
    throw new RangeError(`interactionsOf: minRating must be a finite number, got ${String(minRating)}`);
  }
  const { users, items, itemOf, values } = ratings;
  const offsets = new Uint32Array(users.length + 1);
  const kept = new Uint32Array(itemOf.length);
  let count = 0;
  for (let user = 0; user < users.length; user++) {
    for (let place = ratings.offsets[user]!; place < ratings.offsets[user + 1]!; place++) {
      if (values[place]! >= minRating) kept[count++] = itemOf[place]!;
    }
    offsets[user + 1] = count;
  }
  return { users: users.length, items: items.length, offsets, itemOf: kept.slice(0, count) };
}

/** Whether these are ratings as they are parsed, with ids and stars, and not interactions. */
export function isRatings(data: Ratings | Interactions): data is Ratings {
  return Array.isArray(data?.users) && Array.isArray(data.items) && 'values' in data;
}

/** @throws TypeError naming the caller, unless these are ratings as they are parsed */
export function expectRatings(caller: string, ratings: Ratings): void {
  if (ratings !== null && typeof ratings === 'object' && isRatings(ratings)) return;
  throw new TypeError(
    `${caller}: ratings must be as parseRatings, buildRatings or syntheticRatings return them (.ratings), got ${
      ratings === null ? 'null' : typeof ratings === 'object' ? 'an object without values' : typeof ratings
    }`,
  );
}
