// What clients keep of M: for each item the n items nearest to it (128 by default), in 4 bits each. The server makes the table of windows and
// sends it once, later only the rows that have changed (table-message.ts). In: a row of M; out: neighbours with levels 1 to 15
// of the row's scale, which is the row's largest value in 16 bits. M is below 1, so scales are fractions of 1.
import type { Memory } from '../memory.ts';

/** The largest level: 4 bits. */
export const MOST_LEVEL = 15;
/** Scales are multiples of 1 / this. */
const SCALE_STEPS = 65535;

/** One row of the table. */
export interface NearnessRow {
  readonly item: number;
  /** The row's largest value, in 65535ths. */
  readonly scale: number;
  /** In increasing order, at most n. */
  readonly neighbours: Uint32Array;
  /** 1 to 15 for each of them; 15 is the row's scale. */
  readonly levels: Uint8Array;
}

/** The `count` strongest entries of a row of M [items]; levels that round to 0 are left out. */
export function strongest(item: number, nearness: Float32Array, count: number): NearnessRow {
  const candidates = Array.from(nearness.keys()).filter((other) => nearness[other]! > 0);
  candidates.sort((a, b) => nearness[b]! - nearness[a]! || a - b);
  const largest = nearness[candidates[0] ?? item]!;
  const scale = Math.ceil(largest * SCALE_STEPS);
  const levelOf = (other: number) => Math.round((MOST_LEVEL * SCALE_STEPS * nearness[other]!) / scale);
  const kept = candidates.slice(0, count).filter((other) => levelOf(other) > 0);
  const neighbours = Uint32Array.from(kept).sort();
  return { item, scale, neighbours, levels: Uint8Array.from(neighbours, levelOf) };
}

/** The table as every client has it; its arrays lie in the run's memory. */
export class NearnessTable {
  private readonly items: number;
  private readonly room: number; // n, neighbours that an item has at most
  private readonly scales: Uint32Array; // 65535ths [items]
  private readonly lengths: Uint32Array; // [items]
  private readonly neighbours: Uint32Array; // [items, n]
  private readonly levels: Uint8Array; // [items, n]
  private readonly deviation: Float32Array; // [1]

  /** @param room n, how many neighbours an item has at most */
  constructor(items: number, room: number, memory: Memory) {
    this.items = items;
    this.room = room;
    this.scales = memory.uint32('windowScales', items);
    this.lengths = memory.uint32('windowLengths', items);
    this.neighbours = memory.uint32('windowNeighbours', items * room);
    this.levels = memory.uint8('windowLevels', items * room);
    this.deviation = memory.float32('windowDeviation', 1);
  }

  /** The standard deviation of all items × items entries, most of which are 0; 0 as long as nothing has come. */
  get standardDeviation(): number {
    return this.deviation[0]!;
  }

  row(item: number): NearnessRow {
    const start = item * this.room;
    const end = start + this.lengths[item]!;
    const [neighbours, levels] = [this.neighbours.subarray(start, end), this.levels.subarray(start, end)];
    return { item, scale: this.scales[item]!, neighbours, levels };
  }

  /** Takes in rows that have come, and measures the whole table again. */
  replace(rows: readonly NearnessRow[]): void {
    for (const { item, scale, neighbours, levels } of rows) {
      this.scales[item] = scale;
      this.lengths[item] = neighbours.length;
      this.neighbours.set(neighbours, item * this.room);
      this.levels.set(levels, item * this.room);
    }
    this.deviation[0] = this.measure();
  }

  /** sums += weight · M[item], [items]. */
  addRow(item: number, weight: number, sums: Float32Array | Float64Array): void {
    const start = item * this.room;
    const unit = (weight * this.scales[item]!) / SCALE_STEPS / MOST_LEVEL;
    for (let at = start; at < start + this.lengths[item]!; at++) {
      sums[this.neighbours[at]!]! += unit * this.levels[at]!;
    }
  }

  private measure(): number {
    let [sum, squares] = [0, 0];
    for (let item = 0; item < this.items; item++) {
      const { scale, levels } = this.row(item);
      for (let at = 0; at < levels.length; at++) {
        const value = (scale * levels[at]!) / SCALE_STEPS / MOST_LEVEL;
        sum += value;
        squares += value * value;
      }
    }
    const entries = this.items * this.items;
    return Math.sqrt(squares / entries - (sum / entries) ** 2);
  }
}

/** Whether two rows say the same. */
export function isSameRow(a: NearnessRow, b: NearnessRow): boolean {
  return (
    a.scale === b.scale &&
    a.neighbours.length === b.neighbours.length &&
    a.neighbours.every((neighbour, at) => neighbour === b.neighbours[at]) &&
    a.levels.every((level, at) => level === b.levels[at])
  );
}
