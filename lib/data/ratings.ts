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
