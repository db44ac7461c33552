// What could be told about order, and in how many bits: each variant is another matrix of what is near what, in place of the
// product's table. In: a split and a seed; out: rows of M, computed when they are asked for.

import type { Split } from '../lib/data/split.ts';
import { itemsOf } from '../lib/data/split.ts';
import { defaultSettings } from '../lib/federated/settings.ts';
import { WindowCounts } from '../lib/federated/windows/count-windows.ts';
import { drawWindows, WINDOW_LENGTH, windowCount } from '../lib/federated/windows/draw-windows.ts';
import { MOST_LEVEL, strongest } from '../lib/federated/windows/nearness-table.ts';
import type { Order } from '../lib/federated/windows/what-comes-next.ts';
import { type RandomStream, randomStream } from '../lib/numeric/rng.ts';
import { epsilonOfZcdp, zcdpOfEpsilon } from '../lib/privacy/accounting.ts';
import { factored, sketched } from './order-sums.ts';

/** Writes a row of M [items]. */
export type RowOf = (item: number, out: Float32Array) => void;

export interface OrderVariant {
  readonly label: string;
  /** What the server learns, or what it costs, in a few words. */
  readonly note: string;
  /** null where these data cannot have it. */
  rows(split: Split, seed: number, times: readonly Float64Array[] | null): RowOf | null;
}

/** How many neighbours of an item the product's table has. */
const TOP = defaultSettings.neighbours;
/** Most windows of a client, where they are limited. */
const FEW = 20;

export const orderVariants: readonly OrderVariant[] = [
  {
    label: 'whole M',
    note: 'added to δ by the server, which must know the last items',
    rows: (split, seed) => nearnessOf(split, listOf(split, seed)),
  },
  {
    label: `top ${TOP} in float32`,
    note: 'nothing rounded',
    rows: (split, seed) => kept(split, nearnessOf(split, listOf(split, seed)), TOP, false),
  },
  {
    label: 'top 16 in 4 bits',
    note: 'an eighth of the table',
    rows: (split, seed) => kept(split, nearnessOf(split, listOf(split, seed)), 16, true),
  },
  {
    label: `at most ${FEW} windows a client`,
    note: 'less is told by those who have much',
    rows: (split, seed) => kept(split, nearnessOf(split, listOf(split, seed, FEW)), TOP, true),
  },
  {
    label: 'directed pairs',
    note: 'the server learns what came before what',
    rows: (split, seed) => kept(split, directedOf(split, seed), TOP, true),
  },
  {
    label: 'windows by gaps of an hour',
    note: 'sessions in place of random stretches',
    rows: (split, _seed, times) =>
      times && kept(split, nearnessOf(split, sessionsOf(split, times)), TOP, true),
  },
  {
    label: 'factor of rank 64 in 4 bits',
    note: 'half a byte a number, M = L Lᵀ but for signs',
    rows: (split, seed) =>
      ifSmall(split, (items) => factored(nearnessOf(split, listOf(split, seed)), items, 64, seed)),
  },
  ...[128, 512].map((width) => ({
    label: `secure sums of a sketch, ${width} wide`,
    note: 'the server learns M times random signs, nobody’s windows',
    rows: (split: Split, seed: number) =>
      ifSmall(split, (items) =>
        kept(split, sketched(nearnessOf(split, listOf(split, seed)), items, width, seed), TOP, true),
      ),
  })),
  ...[8, 64].map((epsilon) => ({
    label: `noise, ε = ${epsilon}`,
    note: `δ = 10⁻⁵, Gaussian on T, at most ${FEW} windows a client`,
    rows: (split: Split, seed: number) =>
      ifSmall(split, () => kept(split, noisyOf(split, seed, epsilon), TOP, true)),
  })),
];

/** M as a whole is needed: null where that is too large. */
function ifSmall(split: Split, rows: (items: number) => RowOf): RowOf | null {
  return split.train.items > 4000 ? null : rows(split.train.items);
}

/** All windows of all clients, each its length, then its items. */
function listOf(split: Split, seed: number, most = Infinity): number[] {
  const list: number[] = [];
  for (let client = 0; client < split.train.users; client++) {
    const rng = randomStream(seed, 'windows', client);
    rng.integer(5); // the round in which they are sent
    for (const window of drawWindows(itemsOf(split.train, client), rng).slice(0, most))
      list.push(window.length, ...window);
  }
  return list;
}

/** Stretches without a pause of an hour, cut after 16 items, four times as none overlap. */
function sessionsOf(split: Split, times: readonly Float64Array[]): number[] {
  const list: number[] = [];
  times.forEach((own, client) => {
    const sequence = itemsOf(split.train, client);
    for (let start = 0; start < sequence.length; ) {
      let end = start + 1;
      while (end < sequence.length && end - start < WINDOW_LENGTH && own[end]! - own[end - 1]! < 3600) end++;
      if (end - start > 1) list.push(end - start, ...sequence.slice(start, end).sort());
      start = end;
    }
  });
  return list;
}

function nearnessOf(split: Split, list: readonly number[]): RowOf {
  const counts = new WindowCounts(Uint32Array.from(list), list.length, split.train.items);
  return (item, out) => counts.nearness(item, out);
}

/** M[x, y] counts windows in which y came after x. */
function directedOf(split: Split, seed: number): RowOf {
  const { items, users } = split.train;
  const followers = Array.from({ length: items }, () => [] as number[]);
  const windowsOf = new Uint32Array(items);
  for (let client = 0; client < users; client++) {
    const sequence = itemsOf(split.train, client);
    const rng = randomStream(seed, 'directed', client);
    for (let window = windowCount(sequence.length); window > 0; window--) {
      const start = rng.integer(sequence.length + WINDOW_LENGTH - 3) - WINDOW_LENGTH + 2;
      const stretch = sequence.subarray(Math.max(0, start), start + WINDOW_LENGTH);
      stretch.forEach((item, at) => {
        windowsOf[item]!++;
        followers[item]!.push(...stretch.subarray(at + 1));
      });
    }
  }
  return (item, out) => {
    out.fill(0);
    for (const next of followers[item]!) out[next]!++;
    for (let other = 0; other < items; other++)
      out[other]! /= Math.sqrt((windowsOf[item]! + 1) * (windowsOf[other]! + 1));
  };
}

/**
 * T with Gaussian noise. A client has at most 20 windows of at most 16 items; a pair stands in at most 20 of them, so T moves by
 * at most 20 · √(16 · 15) in the Euclidean norm, and w, which gets half of the budget, by 20 · √16.
 */
function noisyOf(split: Split, seed: number, epsilon: number): RowOf {
  const { items } = split.train;
  const list = listOf(split, seed, FEW);
  const counts = new WindowCounts(Uint32Array.from(list), list.length, items);
  const rho = zcdpOfEpsilon(epsilon, 1e-5) / 2;
  if (Math.abs(epsilonOfZcdp(2 * rho, 1e-5) - epsilon) > 1e-6)
    throw new Error('order: the budget is not kept');
  const deviationOf = (sensitivity: number) => sensitivity / Math.sqrt(2 * rho);
  const pairNoise = deviationOf(FEW * Math.sqrt(WINDOW_LENGTH * (WINDOW_LENGTH - 1)));
  const noisy = (value: number, deviation: number, rng: RandomStream) =>
    Math.max(0, value + deviation * rng.normal());
  const itemNoise = deviationOf(FEW * Math.sqrt(WINDOW_LENGTH));
  const windowsOf = Float64Array.from(counts.windowsOf, (count, item) =>
    noisy(count, itemNoise, randomStream(seed, 'noisy count', item)),
  );
  return (item, out) => {
    counts.together(item, out);
    for (let other = 0; other < items; other++) {
      const pair = randomStream(seed, 'noisy pair', Math.min(item, other), Math.max(item, other));
      const together = item === other ? 0 : noisy(out[other]!, pairNoise, pair);
      out[other] = Math.min(1, together / Math.sqrt((windowsOf[item]! + 1) * (windowsOf[other]! + 1)));
    }
  };
}

/** The strongest entries of each row only, rounded as the product does. */
function kept(split: Split, rowOf: RowOf, most: number, isRounded: boolean): RowOf {
  const { items } = split.train;
  const row = new Float32Array(items);
  const entries = new Map<number, { neighbours: Uint32Array; values: Float32Array }>();
  const entriesOf = (item: number) => {
    rowOf(item, row);
    const { neighbours, levels, scale } = strongest(item, row, most);
    const unit = scale / 65535 / MOST_LEVEL;
    const values = Float32Array.from(neighbours, (neighbour, at) =>
      isRounded ? levels[at]! * unit : row[neighbour]!,
    );
    return { neighbours, values };
  };
  return (item, out) => {
    const found = entries.get(item) ?? entriesOf(item);
    entries.set(item, found);
    out.fill(0);
    found.neighbours.forEach((neighbour, at) => {
      out[neighbour] = found.values[at]!;
    });
  };
}

/** The product's formula over rows of any M: σ is measured over all of them. */
export function whatComesNextBy(
  split: Split,
  rowOf: RowOf,
): (client: number, order: Order, scores: Float32Array) => void {
  const { items } = split.train;
  const row = new Float32Array(items);
  let [sum, squares] = [0, 0];
  for (let item = 0; item < items; item++) {
    rowOf(item, row);
    for (const value of row) {
      sum += value;
      squares += value * value;
    }
  }
  const deviation = Math.sqrt(squares / items ** 2 - (sum / items ** 2) ** 2);
  return (client, { weight, span }, scores) => {
    const sequence = itemsOf(split.train, client);
    const ages = Math.min(sequence.length, 9 * span);
    let total = 0;
    for (let age = 0; age < ages; age++) total += Math.exp(-age / span);
    for (let age = 0; age < ages; age++) {
      rowOf(sequence[sequence.length - 1 - age]!, row);
      const scaled = (weight * Math.exp(-age / span)) / total / deviation;
      for (let item = 0; item < items; item++) scores[item]! += scaled * row[item]!;
    }
  };
}
