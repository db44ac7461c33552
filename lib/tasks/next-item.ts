// What comes next in a sequence: the score of item j after item i is c_i · o_j + b_j, from the pairs of neighbours in each
// client's own sequence, against items drawn at random. A first-order Markov chain in factors: Rendle, Freudenthaler &
// Schmidt-Thieme (2010), doi 10.1145/1772690.1772773, with the logistic loss of Mikolov et al. (2013), arXiv 1310.4546.
// In: one sequence a client; out: a task whose table has a row [c_i, o_i, b_i] an item. A client sends the rows it touched.
import type { Task } from '../federated/task.ts';

export interface NextItemOptions {
  readonly name?: string;
  /** `import.meta.url` of the module that exports the task, for threads. */
  readonly module?: string;
  readonly items: number;
  /** Length of c and o. Default: 8. */
  readonly factors?: number;
  /** Items drawn for each pair of neighbours. Default: 4. */
  readonly negatives?: number;
}

/** Predicts each sequence's last item from the one before it, which is not trained on; its metric is the hit rate at ten. */
export function nextItem(
  sequences: readonly (readonly number[])[],
  { name = 'next-item', module, items, factors = 8, negatives = 4 }: NextItemOptions,
): Task<readonly number[]> {
  expectSequences(sequences, items);
  const dims = 2 * factors + 1;
  const score = (table: Float32Array, from: number, to: number) => {
    let sum = table[to * dims + 2 * factors]!;
    for (let k = 0; k < factors; k++) sum += table[from * dims + k]! * table[to * dims + factors + k]!;
    return sum;
  };
  /** Adds the gradient of log(1 + exp(∓score)) of one pair, divided by `count`; returns its loss. */
  const addPair = (
    table: Float32Array,
    gradient: Float32Array,
    from: number,
    to: number,
    label: number,
    count: number,
  ) => {
    const signed = (label === 1 ? -1 : 1) * score(table, from, to);
    const loss = Math.max(0, signed) + Math.log1p(Math.exp(-Math.abs(signed)));
    const error = ((label === 1 ? -1 : 1) * Math.exp(signed - loss)) / count; // (σ(s) − label) / count
    for (let k = 0; k < factors; k++) {
      gradient[from * dims + k]! += error * table[to * dims + factors + k]!;
      gradient[to * dims + factors + k]! += error * table[from * dims + k]!;
    }
    gradient[to * dims + 2 * factors]! += error;
    return loss;
  };
  return {
    name,
    module,
    clients: sequences,
    shape: { rows: items, dims, extra: 0 },
    weight: (sequence) => sequence.length - 2,
    initialize({ table }, rng) {
      for (let at = 0; at < table.length; at++)
        table[at] = at % dims === 2 * factors ? 0 : 0.1 * rng.normal();
    },
    gradient(sequence, { table }, gradient, rng) {
      const pairs = sequence.length - 2; // the last one is the test
      let loss = 0;
      for (let at = 0; at < pairs; at++) {
        loss += addPair(table, gradient.table, sequence[at]!, sequence[at + 1]!, 1, pairs);
        for (let drawn = 0; drawn < negatives; drawn++)
          loss += addPair(table, gradient.table, sequence[at]!, rng.integer(items), 0, pairs);
      }
      return loss / pairs;
    },
    measure(sequence, { table }) {
      const [from, target] = [sequence.at(-2)!, sequence.at(-1)!];
      const own = score(table, from, target);
      let ahead = 0; // ties count against the target
      for (let item = 0; item < items; item++)
        if (item !== target && score(table, from, item) >= own) ahead++;
      return { sum: ahead < 10 ? 1 : 0, cases: 1 };
    },
  };
}

function expectSequences(sequences: readonly (readonly number[])[], items: number): void {
  sequences.forEach((sequence, client) => {
    if (sequence.length < 3)
      throw new RangeError(
        `nextItem: a sequence must have at least 3 items, got ${sequence.length} for client ${client}`,
      );
    const stranger = sequence.find((item) => !(Number.isInteger(item) && item >= 0 && item < items));
    if (stranger !== undefined)
      throw new RangeError(`nextItem: items must be whole numbers from 0 to ${items - 1}, got ${stranger}`);
  });
}
