// Rows of ratings while they are read: ids become numbers, and four growing columns take the rest. No row is kept as an object,
// so that 25 million lines fit into memory. In: rows in source order; out: ratings grouped by user.
import { GrowingColumn } from './growing-column.ts';
import type { Ratings } from './ratings.ts';

/** Source rows grouped by user: user u has `order[offsets[u]] … order[offsets[u + 1] - 1]`. */
interface GroupedRows {
  readonly offsets: Uint32Array;
  readonly order: Uint32Array;
}

export class RatingRows {
  private readonly users = new Map<string, number>();
  private readonly items = new Map<string, number>();
  private readonly userOf = new GrowingColumn((length) => new Uint32Array(length));
  private readonly itemOf = new GrowingColumn((length) => new Uint32Array(length));
  private readonly values = new GrowingColumn((length) => new Float64Array(length));
  private readonly times: GrowingColumn<Float64Array> | null;
  /** The user of the last row: in most files, that of the next one too. */
  private last = { user: '', number: -1 };

  constructor(hasTimes: boolean) {
    this.times = hasTimes ? new GrowingColumn((length) => new Float64Array(length)) : null;
  }

  /** Adds a row; `time` is ignored if there are no times. */
  add(user: string, item: string, value: number, time: number): void {
    if (user !== this.last.user || this.last.number < 0)
      this.last = { user, number: numberOf(this.users, user) };
    this.userOf.push(this.last.number);
    this.itemOf.push(numberOf(this.items, item));
    this.values.push(value);
    this.times?.push(time);
  }

  get length(): number {
    return this.values.length;
  }

  /**
   * Groups the rows by user, and empties this object. Of several rows with the same user and item the latest stays; of equally
   * late ones, and without times, the last.
   */
  group(name: string): { ratings: Ratings; duplicates: number } {
    const rows = this.length;
    const { userOf, itemOf, times } = this;
    const grouped = groupByUser(userOf, this.users.size);
    userOf.clear();
    const kept = keepLatest(grouped, itemOf, this.items.size, times);
    if (times) sortByTime(kept, times);
    const { offsets, order } = kept;
    const ratings: Ratings = {
      name,
      users: [...this.users.keys()],
      items: [...this.items.keys()],
      offsets,
      itemOf: itemOf.takeOut(order),
      values: this.values.takeOut(order),
      times: times?.takeOut(order) ?? null,
    };
    return { ratings, duplicates: rows - order.length };
  }
}

/** The number of an id; a new id gets the next free one. */
function numberOf(numbers: Map<string, number>, id: string): number {
  const known = numbers.get(id);
  if (known !== undefined) return known;
  numbers.set(ofItsOwn(id), numbers.size);
  return numbers.size - 1;
}

/** A long piece of a text keeps the whole text in memory (V8); this copy does not. */
function ofItsOwn(id: string): string {
  return id.length < 13 ? id : ` ${id}`.slice(1);
}

/** A counting sort: it keeps the source order inside each user. */
function groupByUser(userOf: GrowingColumn<Uint32Array>, users: number): GroupedRows {
  const offsets = new Uint32Array(users + 1);
  const rows = userOf.length;
  for (let row = 0; row < rows; row++) offsets[userOf.at(row) + 1]!++;
  for (let user = 0; user < users; user++) offsets[user + 1]! += offsets[user]!;
  const next = offsets.slice(0, users);
  const order = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) order[next[userOf.at(row)]!++] = row;
  return { offsets, order };
}

/** Leaves one row of each user and item; the others' places in `order` are taken by the rows behind them. */
function keepLatest(
  { offsets, order }: GroupedRows,
  itemOf: GrowingColumn<Uint32Array>,
  items: number,
  times: GrowingColumn<Float64Array> | null,
): GroupedRows {
  const users = offsets.length - 1;
  const latestRow = new Uint32Array(items);
  const seenBy = new Uint32Array(items); // the user, counted from 1, whose row `latestRow` is
  const keptOffsets = new Uint32Array(users + 1);
  let written = 0;
  for (let user = 0; user < users; user++) {
    const from = offsets[user]!;
    const to = offsets[user + 1]!;
    for (let place = from; place < to; place++) {
      const row = order[place]!;
      const item = itemOf.at(row);
      const isFirst = seenBy[item] !== user + 1;
      if (isFirst || !times || times.at(row) >= times.at(latestRow[item]!)) latestRow[item] = row;
      seenBy[item] = user + 1;
    }
    for (let place = from; place < to; place++) {
      const row = order[place]!;
      if (latestRow[itemOf.at(row)] === row) order[written++] = row;
    }
    keptOffsets[user + 1] = written;
  }
  return { offsets: keptOffsets, order: order.subarray(0, written) };
}

/** Orders each user's rows by time; equal times stay in source order. */
function sortByTime({ offsets, order }: GroupedRows, times: GrowingColumn<Float64Array>): void {
  for (let user = 0; user + 1 < offsets.length; user++) {
    const rows = order.subarray(offsets[user], offsets[user + 1]);
    const isSorted = rows.every((row, index) => index === 0 || times.at(rows[index - 1]!) <= times.at(row));
    if (!isSorted) rows.sort((a, b) => times.at(a) - times.at(b) || a - b);
  }
}
