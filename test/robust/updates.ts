// Small updates for the tests of server strategies.
import type { Combine } from '../../lib/federated/combine.ts';
import { addSum, emptySum, type UpdateSum } from '../../lib/federated/update-sum.ts';
import type { Update } from '../../lib/federated/wire.ts';
import type { RandomStream } from '../../lib/numeric/rng.ts';
import { sampleWithoutReplacement } from '../../lib/numeric/sampling.ts';

/** An update without factors: its rows as they are. */
export function rowsUpdate(
  client: number,
  rows: Readonly<Record<number, number[]>>,
  extra: number[] = [],
): Update {
  const items = Object.keys(rows).map(Number);
  const left = Float32Array.from(items.flatMap((item) => rows[item]!));
  const shape = { rank: 0, dims: Object.values(rows)[0]?.length ?? 0 };
  const right = new Float32Array(0);
  return {
    client,
    round: 1,
    ...shape,
    rows: Uint32Array.from(items),
    left,
    right,
    extra: Float32Array.from(extra),
  };
}

/** A random update of some rank. */
export function randomLowRank(
  client: number,
  rank: number,
  dims: number,
  items: number,
  rng: RandomStream,
): Update {
  const rows = sampleWithoutReplacement(1 + rng.integer(items), items, rng);
  const normals = (length: number) => Float32Array.from({ length }, () => rng.normal());
  const left = normals(rows.length * (rank || dims));
  return { client, round: 1, rank, dims, rows, left, right: normals(rank * dims), extra: normals(2) };
}

/** What a strategy makes of updates that arrive in chunks of `chunk` clients. */
export function combined(combine: Combine, updates: readonly Update[], items: number, chunk = 3): UpdateSum {
  const { dims, extra } = updates[0]!;
  const total = emptySum(items, dims, extra.length);
  for (let start = 0; start < updates.length; start += chunk) {
    const adder = combine.adder(items, dims, extra.length);
    adder.start();
    for (const update of updates.slice(start, start + chunk)) adder.add(combine.judge?.(update) ?? update);
    addSum(total, adder.finish());
  }
  combine.finish?.(total);
  return total;
}

/** What a typical client wants, as a table [items, dims]: `items` divided by `senders`. */
export function typical({ items, senders }: UpdateSum): number[] {
  const dims = items.length / senders.length;
  return Array.from(items, (value, at) => {
    const count = senders[Math.floor(at / dims)]!;
    return count === 0 ? 0 : value / count;
  });
}
