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
  readonly values: Float32Array;
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
export function itemsOf(interactions: Interactions, user: number): Uint32Array {
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

/**
 * Groups rows by user. Users and items are numbered in the order of their first row; a user's ratings are ordered by
 * time, ties and rows without times by source order. If a user rates an item again, the last row of the source wins.
 * Takes O(rows · log(rows of one user)) time and memory for one copy of the columns.
 *
 * @param name what the data set is called
 * @param rows the ratings in source order
 * @returns the ratings, and how many rows were dropped because a later one has the same user and item
 * @throws RangeError if a value is negative or not finite in float32, or if only some rows have a (finite) time
 */
export function buildRatings(
  name: string,
  rows: Iterable<RatingRow>,
): { ratings: Ratings; duplicates: number } {
  const { users, items, userOf, itemOf, values, times } = collectColumns(rows);
  const grouped = groupByUser(userOf, users.length);
  const kept = keepLastOfDuplicates(grouped, itemOf, items.length);
  if (times) sortByTime(kept, times);
  const { offsets, order } = kept;
  const ratings: Ratings = {
    name,
    users,
    items,
    offsets,
    itemOf: pick(itemOf, order, new Uint32Array(order.length)),
    values: pick(values, order, new Float32Array(order.length)),
    times: times && pick(times, order, new Float64Array(order.length)),
  };
  return { ratings, duplicates: userOf.length - order.length };
}

/** The rows as columns, with ids replaced by numbers. */
interface Columns {
  users: string[];
  items: string[];
  userOf: number[];
  itemOf: number[];
  values: number[];
  times: number[] | null;
}

/** Source rows grouped by user: user u has `order[offsets[u]] … order[offsets[u + 1] - 1]`. */
interface GroupedRows {
  offsets: Uint32Array;
  order: Uint32Array;
}

function collectColumns(rows: Iterable<RatingRow>): Columns {
  const users = new Map<string, number>();
  const items = new Map<string, number>();
  const userOf: number[] = [];
  const itemOf: number[] = [];
  const values: number[] = [];
  const times: number[] = [];
  for (const { user, item, value, time } of rows) {
    if (!(value >= 0) || !Number.isFinite(Math.fround(value))) {
      throw new RangeError(`buildRatings: a value must be a finite number of at least 0, got ${value}`);
    }
    if (time !== null) {
      if (!Number.isFinite(time))
        throw new RangeError(`buildRatings: a time must be a finite number, got ${time}`);
      times.push(time);
    }
    userOf.push(numberOf(users, user));
    itemOf.push(numberOf(items, item));
    values.push(value);
  }
  if (times.length > 0 && times.length < values.length) {
    throw new RangeError(
      `buildRatings: all rows or none must have a time, got ${times.length} of ${values.length}`,
    );
  }
  const hasTimes = times.length > 0;
  return {
    users: [...users.keys()],
    items: [...items.keys()],
    userOf,
    itemOf,
    values,
    times: hasTimes ? times : null,
  };
}

/** The number of an id; a new id gets the next free one. */
function numberOf(numbers: Map<string, number>, id: string): number {
  const known = numbers.get(id);
  if (known !== undefined) return known;
  numbers.set(id, numbers.size);
  return numbers.size - 1;
}

/** A counting sort: it keeps the source order inside each user. */
function groupByUser(userOf: readonly number[], users: number): GroupedRows {
  const offsets = new Uint32Array(users + 1);
  for (const user of userOf) offsets[user + 1]!++;
  for (let user = 0; user < users; user++) offsets[user + 1]! += offsets[user]!;
  const next = offsets.slice(0, users);
  const order = new Uint32Array(userOf.length);
  for (let row = 0; row < userOf.length; row++) order[next[userOf[row]!]!++] = row;
  return { offsets, order };
}

function keepLastOfDuplicates(
  { offsets, order }: GroupedRows,
  itemOf: readonly number[],
  items: number,
): GroupedRows {
  const users = offsets.length - 1;
  const lastRow = new Uint32Array(items); // the last row in which the current user rates the item
  const keptOffsets = new Uint32Array(users + 1);
  const kept = new Uint32Array(order.length);
  let written = 0;
  for (let user = 0; user < users; user++) {
    const rows = order.subarray(offsets[user], offsets[user + 1]);
    for (const row of rows) lastRow[itemOf[row]!] = row;
    for (const row of rows) if (lastRow[itemOf[row]!] === row) kept[written++] = row;
    keptOffsets[user + 1] = written;
  }
  return { offsets: keptOffsets, order: kept.slice(0, written) };
}

/** Orders each user's rows by time; equal times stay in source order. */
function sortByTime({ offsets, order }: GroupedRows, times: readonly number[]): void {
  for (let user = 0; user + 1 < offsets.length; user++) {
    const rows = order.subarray(offsets[user], offsets[user + 1]);
    const isSorted = rows.every((row, index) => index === 0 || times[rows[index - 1]!]! <= times[row]!);
    if (!isSorted) rows.sort((a, b) => times[a]! - times[b]! || a - b);
  }
}

/** Writes `column` in the order of `rows` into `out`. */
function pick<T extends Uint32Array | Float32Array | Float64Array>(
  column: readonly number[],
  rows: Uint32Array,
  out: T,
): T {
  for (let index = 0; index < rows.length; index++) out[index] = column[rows[index]!]!;
  return out;
}
