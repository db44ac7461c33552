// A token T_u [items] is what the server remembers of a client: the running mean of its messages' last column,
// which says which items the client wants more, or less, than the model gives it (Eq. 9).
// In: decoded updates; out: dense rows for the attention. Small federations keep tokens dense; above a budget of
// memory each client keeps its largest entries only, as (item, value) pairs.

import { expectKind, expectParts } from '../numeric/arguments.ts';
import { expectInteger } from '../numeric/ndarrays.ts';
import type { Memory } from './memory.ts';
import type { Update } from './wire.ts';

/** All tokens together may take this many bytes before they become sparse. */
const BUDGET_BYTES = 512 * 2 ** 20;

export interface TokensOptions {
  /** How a dense token takes in a message. Default: `runningMean`. */
  readonly runningMean?: RunningMean;
  /** Memory for all tokens together. Default: 512 MB. */
  readonly budgetBytes?: number;
}

/**
 * mean ← past · mean + (1 − past) · row, where the row has values in few places and is 0 elsewhere (Eq. 9). Every product
 * and sum is rounded to float32.
 *
 * @param mean [items], changed in place
 * @param past weight of the mean so far, in [0, 1]
 * @param rows items that have a value, each once
 * @param values their values [rows]
 */
export function runningMean(mean: Float32Array, past: number, rows: Uint32Array, values: Float32Array): void {
  const [kept, share] = [Math.fround(past), Math.fround(1 - past)];
  for (let item = 0; item < mean.length; item++) mean[item]! *= kept;
  for (let row = 0; row < rows.length; row++) mean[rows[row]!]! += Math.fround(share * values[row]!);
}

export type RunningMean = typeof runningMean;

export class Tokens {
  /** Entries kept per client. Dense where it equals the number of items. */
  readonly capacity: number;
  /** 1 where the server has heard from a client, [clients]. */
  readonly known: Uint8Array;
  private readonly items: number;
  private readonly decay: number;
  private readonly mean: RunningMean; // where dense
  private readonly values: Float32Array; // [clients, capacity]
  private readonly itemOf: Uint32Array; // [clients, capacity], increasing; empty where dense
  private readonly lengths: Uint32Array; // [clients]; empty where dense

  /**
   * @param decay weight of the past in (0, 1)
   */
  constructor(clients: number, items: number, memory: Memory, decay: number, options: TokensOptions = {}) {
    expectInteger('Tokens', 'clients', clients, 1);
    expectInteger('Tokens', 'items', items, 1);
    expectParts('Tokens', 'memory', memory, 'setup.memory', { rows: 'function' });
    expectKind('Tokens', 'decay', decay, 'number', '0.9');
    expectKind('Tokens', 'options', options, 'object', '{}');
    const { budgetBytes = BUDGET_BYTES } = options;
    this.items = items;
    this.decay = decay;
    this.mean = options.runningMean ?? runningMean;
    const isDense = clients * items * 4 <= budgetBytes;
    this.capacity = isDense ? items : Math.min(items, Math.max(16, Math.floor(budgetBytes / (clients * 8))));
    this.known = memory.rows('uint8', 'tokenKnown', clients, 1);
    this.values = memory.rows('float32', 'tokenValues', clients, this.capacity);
    this.itemOf = memory.rows('uint32', 'tokenItems', clients, isDense ? 0 : this.capacity);
    this.lengths = memory.rows('uint32', 'tokenLengths', clients, isDense ? 0 : 1);
  }

  get isDense(): boolean {
    return this.capacity === this.items;
  }

  /** T_u ← decay·T_u + (1 − decay)·(B_u A_u)[:, last]. The first message counts in full. */
  receive(update: Update): void {
    const { client } = update;
    const isFirst = this.known[client] === 0;
    const past = isFirst ? 0 : this.decay;
    this.known[client] = 1;
    if (this.isDense) this.receiveDense(update, past);
    else this.receiveSparse(update, past);
  }

  /** Writes T_u into `out` [items]. */
  read(client: number, out: Float32Array): void {
    const start = client * this.capacity;
    if (this.isDense) {
      out.set(this.values.subarray(start, start + this.capacity));
      return;
    }
    out.fill(0);
    for (let at = start; at < start + this.lengths[client]!; at++) out[this.itemOf[at]!] = this.values[at]!;
  }

  /** All tokens as one array [clients, items] where they are dense, else null. */
  get dense(): Float32Array | null {
    return this.isDense ? this.values : null;
  }

  private receiveDense(update: Update, past: number): void {
    const token = this.values.subarray(update.client * this.capacity, (update.client + 1) * this.capacity);
    this.mean(token, past, update.rows, lastColumn(update));
  }

  /** Merges two increasing lists of items; if the result is too long, the smallest values go. */
  private receiveSparse(update: Update, past: number): void {
    const { client, rows } = update;
    const start = client * this.capacity;
    const oldLength = this.lengths[client]!;
    const received = lastColumn(update);
    const items: number[] = [];
    const values: number[] = [];
    for (let old = 0, row = 0; old < oldLength || row < rows.length; ) {
      const oldItem = old < oldLength ? this.itemOf[start + old]! : Infinity;
      const newItem = row < rows.length ? rows[row]! : Infinity;
      let value = 0;
      items.push(Math.min(oldItem, newItem));
      if (oldItem <= newItem) value += past * this.values[start + old++]!;
      if (newItem <= oldItem) value += (1 - past) * received[row++]!;
      values.push(value);
    }
    const kept = largest(values, this.capacity);
    kept.forEach((index, at) => {
      this.itemOf[start + at] = items[index]!;
      this.values[start + at] = values[index]!;
    });
    this.lengths[client] = kept.length;
  }
}

/** (B A)[:, last], one number for each row of the message; B itself where it has one column and A ends with 1. */
function lastColumn({ rows, rank, dims, left, right }: Update): Float32Array {
  if (rank === 1 && right[dims - 1] === 1) return left;
  return Float32Array.from(rows, (_, row) => {
    if (rank === 0) return left[(row + 1) * dims - 1]!;
    let sum = 0;
    for (let r = 0; r < rank; r++) sum += left[row * rank + r]! * right[(r + 1) * dims - 1]!;
    return sum;
  });
}

/** Positions of the `count` values largest in size, in increasing order of position. */
function largest(values: number[], count: number): number[] {
  const positions = values.map((_, index) => index);
  if (values.length <= count) return positions;
  positions.sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!) || a - b);
  return positions.slice(0, count).sort((a, b) => a - b);
}
