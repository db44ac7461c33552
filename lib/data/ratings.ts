// Ratings, the only input: who touched which item, in which order. Files and generators end here, as flat arrays
// with one row per user (compressed sparse rows); the federation deals one row to each client.

/** All ratings of a data set, grouped by user. A user's number is its position in `users`; items alike. */
export interface Ratings {
  /** What the data set is called in tables and reports. */
  readonly name: string;
  /** The ids as they stand in the source, [users]. */
  readonly users: readonly string[];
  /** The ids as they stand in the source, [items]. */
  readonly items: readonly string[];
  /** Where each user's ratings begin, [users + 1]. */
  readonly offsets: Uint32Array;
  /** The rated items' numbers, [interactions]; inside a user oldest first, ties in source order. */
  readonly itemOf: Uint32Array;
  /** The ratings' values (stars, play counts), [interactions]. */
  readonly values: Float64Array;
  /** Seconds or ranks by which a user's ratings are ordered, [interactions]; null if the source has none. */
  readonly times: Float64Array | null;
}

/** Which items each user touched, oldest first: what training needs of `Ratings`. */
export interface Interactions {
  /** Number of users U. */
  readonly users: number;
  /** Number of items I. */
  readonly items: number;
  /** Where each user's items begin, [users + 1]. */
  readonly offsets: Uint32Array;
  /** The items' numbers, [interactions], a user's oldest first. */
  readonly itemOf: Uint32Array;
}

/** One rating as a source states it. */
export interface RatingRow {
  readonly user: string;
  readonly item: string;
  /** Stars, play counts, …: a finite number of at least 0. */
  readonly value: number;
  /** Seconds or a rank; null in every row if the source has no times. */
  readonly time: number | null;
}

/** Users with fewer ratings than this cannot be split into training, validation and test. */
export const fewestForSplit = 3;

/** The items of one user, oldest first: a view, nothing is copied. */
export function itemsOf(interactions: Pick<Interactions, 'offsets' | 'itemOf'>, user: number): Uint32Array {
  return interactions.itemOf.subarray(interactions.offsets[user], interactions.offsets[user + 1]);
}

/** How many users have fewer ratings than leave-one-out needs: they train, but are not evaluated. */
export function countUsersLeftOutOfSplit({ offsets }: Ratings): number {
  let count = 0;
  for (let user = 0; user + 1 < offsets.length; user++) {
    if (offsets[user + 1]! - offsets[user]! < fewestForSplit) count++;
  }
  return count;
}

/** The earliest and the latest time of all ratings; null without times. */
export function timeSpanOf({ times }: Ratings): { first: number; last: number } | null {
  if (!times) return null;
  let first = Infinity;
  let last = -Infinity;
  for (const time of times) {
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return { first, last };
}
