// What the server keeps of many messages: their sum. Low-rank factors are added without expanding them first.
// In: decoded updates of one chunk of clients; out: a sum that is merged with the other chunks' in chunk order, so
// that the floating-point result does not depend on which thread finished first.
import type { Update } from './wire.ts';

export interface UpdateSum {
  /** Σ B_u A_u [items, D], row-major. */
  readonly items: Float32Array;
  /** Number of clients that sent a row of an item, [items]. */
  readonly senders: Uint32Array;
  /** Σ of the shared weights outside the item table, [extra]. */
  readonly extra: Float32Array;
  /** Number of clients in the sum. */
  clients: number;
  /** The updates themselves, where the server's strategy needs them side by side (combine.ts). */
  kept?: readonly Update[];
}

export function emptySum(items: number, dims: number, extra: number): UpdateSum {
  return {
    items: new Float32Array(items * dims),
    senders: new Uint32Array(items),
    extra: new Float32Array(extra),
    clients: 0,
  };
}

/** Adds up the updates of one chunk of clients at a time, so make one per thread. */
export interface UpdateAdder {
  /** Begins a new sum. */
  start(): void;
  add(update: Update): void;
  /** The sum so far. */
  finish(): UpdateSum;
}

/** One update after the other. */
export class PlainUpdateAdder implements UpdateAdder {
  private readonly newSum: () => UpdateSum;
  private sum: UpdateSum;

  constructor(items: number, dims: number, extra: number) {
    this.newSum = () => emptySum(items, dims, extra);
    this.sum = this.newSum();
  }

  start(): void {
    this.sum = this.newSum();
  }

  add(update: Update): void {
    addUpdate(this.sum, update);
  }

  finish(): UpdateSum {
    return this.sum;
  }
}

/** sum += B A, on the rows that the message names. */
export function addUpdate(sum: UpdateSum, update: Update): void {
  addRows(sum.items, update);
  countUpdate(sum, update);
}

/** Counts who sent what and adds up the extra weights: all of an update but the item rows. */
export function countUpdate(sum: UpdateSum, update: Update): void {
  for (let row = 0; row < update.rows.length; row++) sum.senders[update.rows[row]!]!++;
  for (let index = 0; index < sum.extra.length; index++) sum.extra[index]! += update.extra[index]!;
  sum.clients++;
}

/** table += B A on the named rows of a table [items, D]; with rank 0, B holds the rows themselves. */
export function addRows(table: Float32Array, update: Update): void {
  const { rows, rank, dims, left, right } = update;
  for (let row = 0; row < rows.length; row++) {
    const start = rows[row]! * dims;
    if (rank === 0) {
      for (let k = 0; k < dims; k++) table[start + k]! += left[row * dims + k]!;
    }
    for (let r = 0; r < rank; r++) {
      const weight = left[row * rank + r]!;
      for (let k = 0; k < dims; k++) table[start + k]! += weight * right[r * dims + k]!;
    }
  }
}

/** sum += other. */
export function addSum(sum: UpdateSum, other: UpdateSum): void {
  addInto(sum.items, other.items);
  addInto(sum.senders, other.senders);
  addInto(sum.extra, other.extra);
  sum.clients += other.clients;
  if (other.kept) sum.kept = [...(sum.kept ?? []), ...other.kept];
}

/** sum += other, element by element. */
export function addInto(sum: Float32Array | Uint32Array, other: Float32Array | Uint32Array): void {
  for (let index = 0; index < sum.length; index++) sum[index]! += other[index]!;
}

/** Bytes that kept updates take. */
export function bytesOfKept(updates: readonly Update[]): number {
  const bytes = ({ rows, left, right, extra }: Update) =>
    rows.byteLength + left.byteLength + right.byteLength + extra.byteLength;
  return updates.reduce((sum, update) => sum + bytes(update), 0);
}
