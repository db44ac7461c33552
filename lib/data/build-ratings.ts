// Rows become ratings, and ratings below a limit can be left out. In: rows in source order, or ratings; out: ratings.
import { expectKind, inWords } from '../numeric/arguments.ts';
import { RatingRows } from './rating-rows.ts';
import type { RatingRow, Ratings } from './ratings.ts';

/**
 * Groups rows by user. Users and items are numbered in the order of their first row; a user's ratings are ordered by
 * time, ties and rows without times by source order. If a user rates an item again, the rating of the latest time stays; of
 * equally late ones, and without times, the last row. Takes O(rows · log(rows of one user)) time.
 *
 * @param name what the data set is called
 * @param rows the ratings in source order
 * @returns the ratings, and how many rows were dropped because a later rating has the same user and item
 * @throws RangeError if a value is negative or not finite, or if only some rows have a (finite) time
 */
export function buildRatings(
  name: string,
  rows: Iterable<RatingRow>,
): { ratings: Ratings; duplicates: number } {
  expectKind('buildRatings', 'name', name, 'text', "'films'");
  const isRows =
    typeof (rows as Iterable<RatingRow> | null | undefined)?.[Symbol.iterator] === 'function' &&
    typeof rows !== 'string';
  if (!isRows)
    throw new TypeError(
      `buildRatings: rows must be an array such as [{ user: 'ann', item: 'Alien', value: 5, time: null }], got ${inWords(rows)}`,
    );
  let columns: RatingRows | null = null;
  let timed = 0;
  for (const { user, item, value, time } of rows) {
    if (!(value >= 0) || !Number.isFinite(value))
      throw new RangeError(`buildRatings: a value must be a finite number of at least 0, got ${value}`);
    if (time !== null && !Number.isFinite(time))
      throw new RangeError(`buildRatings: a time must be a finite number, got ${time}`);
    columns ??= new RatingRows(time !== null);
    columns.add(user, item, value, time ?? 0);
    if (time !== null) timed++;
  }
  columns ??= new RatingRows(false);
  if (timed > 0 && timed < columns.length)
    throw new RangeError(
      `buildRatings: all rows or none must have a time, got ${timed} of ${columns.length}`,
    );
  return columns.group(name);
}

/**
 * Ratings of at least `least`, so that stars count: what is below is as if it had never been rated. Users and items that
 * have no rating left are gone; the others keep their order.
 *
 * @returns the ratings, and how many were dropped
 * @throws RangeError if `least` is no number, or if fewer than two users or items are left
 */
export function ratingsFrom(ratings: Ratings, least: number): { ratings: Ratings; dropped: number } {
  if (!Number.isFinite(least))
    throw new RangeError(`ratingsFrom: least must be a finite number, got ${least}`);
  const { offsets, itemOf, values, times } = ratings;
  const isKept = (place: number) => values[place]! >= least;
  const newItem = new Int32Array(ratings.items.length).fill(-1);
  for (let place = 0; place < itemOf.length; place++) if (isKept(place)) newItem[itemOf[place]!] = 0;
  const items = ratings.items.filter((_, item) => newItem[item] === 0);
  for (let item = 0, next = 0; item < newItem.length; item++) if (newItem[item] === 0) newItem[item] = next++;
  const users: string[] = [];
  const ends = [0];
  const places: number[] = [];
  for (const [user, id] of ratings.users.entries()) {
    const before = places.length;
    for (let place = offsets[user]!; place < offsets[user + 1]!; place++)
      if (isKept(place)) places.push(place);
    if (places.length === before) continue;
    users.push(id);
    ends.push(places.length);
  }
  for (const [what, left] of Object.entries({ users, items })) {
    if (left.length < 2) {
      const { length } = left;
      throw new RangeError(
        `ratingsFrom: at least two ${what} must have ratings from ${least} on, got ${length}`,
      );
    }
  }
  return {
    ratings: {
      ...{ name: ratings.name, users, items, offsets: Uint32Array.from(ends) },
      itemOf: Uint32Array.from(places, (place) => newItem[itemOf[place]!]!),
      values: Float64Array.from(places, (place) => values[place]!),
      times: times && Float64Array.from(places, (place) => times[place]!),
    },
    dropped: itemOf.length - places.length,
  };
}
