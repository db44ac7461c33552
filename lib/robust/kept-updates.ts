// What most robust strategies need: all updates of a round side by side, not their sum. They are kept as they came, in
// factors, and one item at a time is expanded: n clients cost as much memory as their messages, not n tables.
// In: decoded updates, chunk by chunk; out: the rows ΔQ_u,i of all clients that touched item i.
import type { Combine } from '../federated/combine.ts';
import { addUpdate, emptySum, type UpdateAdder, type UpdateSum } from '../federated/update-sum.ts';
import type { Update } from '../federated/wire.ts';

/** A strategy that sees all updates of a round at once, in the order of their clients, and an empty sum to fill. */
export function fromAllUpdates(combine: (updates: readonly Update[], total: UpdateSum) => void): Combine {
  return keeping((updates, total) => {
    combine(updates, total);
    return undefined;
  });
}

/** The sum of those updates that count, as they count: what clients hear from each other is made of these, too. */
export function sumOfJudged(
  judge: (updates: readonly Update[], items: number) => readonly Update[],
): Combine {
  const combine = keeping((updates, total) => {
    const counting = judge(updates, total.senders.length);
    for (const update of counting) addUpdate(total, update);
    return counting;
  });
  return { ...combine, judgesTogether: true };
}

function keeping(
  combine: (updates: readonly Update[], total: UpdateSum) => readonly Update[] | undefined,
): Combine {
  return {
    adder: (items, dims, extra) => new UpdateKeeper(items, dims, extra),
    finish(total) {
      const updates = (total.kept ?? []).toSorted((a, b) => a.client - b.client);
      total.kept = undefined;
      total.clients = 0;
      return combine(updates, total);
    },
  };
}

/** Keeps a chunk's updates. */
class UpdateKeeper implements UpdateAdder {
  private readonly newSum: () => UpdateSum;
  private kept: Update[] = [];

  constructor(items: number, dims: number, extra: number) {
    this.newSum = () => emptySum(items, dims, extra);
  }

  start(): void {
    this.kept = [];
  }

  add(update: Update): void {
    const { rows, left, right, extra } = update;
    const copies = { rows: rows.slice(), left: left.slice(), right: right.slice(), extra: extra.slice() };
    this.kept.push({ ...update, ...copies }); // the decoder may use its memory again
  }

  finish(): UpdateSum {
    return { ...this.newSum(), clients: this.kept.length, kept: this.kept };
  }
}

/**
 * Calls `use` for each item that somebody touched, with the rows of all who did.
 *
 * @param use gets the item and ΔQ_u,i of its touchers, [touchers, dims], in the order of the clients; valid during the call
 */
export function forEachItem(
  updates: readonly Update[],
  items: number,
  use: (item: number, rows: Float32Array, touchers: number) => void,
): void {
  const ends = new Uint32Array(items); // where each item's places end, once all are written
  for (const { rows } of updates) for (const item of rows) ends[item]!++;
  for (let item = 1; item < items; item++) ends[item]! += ends[item - 1]!;
  const starts = Uint32Array.from(ends, (_, item) => (item === 0 ? 0 : ends[item - 1]!));
  const next = starts.slice();
  const [owners, places] = [new Uint32Array(ends[items - 1] ?? 0), new Uint32Array(ends[items - 1] ?? 0)];
  updates.forEach(({ rows }, owner) => {
    rows.forEach((item, place) => {
      owners[next[item]!] = owner;
      places[next[item]!++] = place;
    });
  });
  const dims = updates[0]?.dims ?? 0;
  const most = starts.reduce((largest, start, item) => Math.max(largest, ends[item]! - start), 0);
  const expanded = new Float32Array(most * dims);
  for (let item = 0; item < items; item++) {
    const touchers = ends[item]! - starts[item]!;
    if (touchers === 0) continue;
    for (let at = 0; at < touchers; at++) {
      const place = starts[item]! + at;
      writeRow(updates[owners[place]!]!, places[place]!, expanded.subarray(at * dims, (at + 1) * dims));
    }
    use(item, expanded, touchers);
  }
}

/** Writes one row of B A, [dims]. */
export function writeRow({ rank, dims, left, right }: Update, row: number, out: Float32Array): void {
  for (let k = 0; k < dims; k++) {
    let value = rank === 0 ? left[row * dims + k]! : 0;
    for (let r = 0; r < rank; r++) value += left[row * rank + r]! * right[r * dims + k]!;
    out[k] = value;
  }
}
