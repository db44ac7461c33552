// What strategies, attacks and their measures work on, by hand: rows by item, how far an item stands, the direction rows share.
import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import type { Program } from '../../lib/federated/recipe.ts';
import { completeSettings } from '../../lib/federated/settings.ts';
import type { Update } from '../../lib/federated/wire.ts';
import { commonDirection } from '../../lib/privacy/common-direction.ts';
import { privacySpent } from '../../lib/privacy/defence.ts';
import { derivedBytes } from '../../lib/privacy/derive-key.ts';
import { exposureOf } from '../../lib/robust/exposure.ts';
import { forEachItem, writeRow } from '../../lib/robust/kept-updates.ts';
import { krum, multiKrum } from '../../lib/robust/krum.ts';
import { promotedItem } from '../../lib/robust/named.ts';
import { meanWithin, trimmedMean } from '../../lib/robust/trimmed-mean.ts';

const update = (rows: number[], rank: number, left: number[], right: number[] = []): Update => ({
  ...{ client: 0, round: 1, rows: Uint32Array.from(rows), rank, dims: 2 },
  ...{ left: Float32Array.from(left), right: Float32Array.from(right), extra: new Float32Array(0) },
});

test('rows come item by item, of all who touched it, whole or as factors', (t) => {
  const whole = update([0, 3], 0, [1, 2, 3, 4]);
  const factors = update([3, 5], 1, [2, -1], [10, 20]);
  const two = update([0], 2, [1, 2], [1, 0, 0, 1]);
  const seen: unknown[] = [];
  forEachItem([whole, factors, two], 6, (item, rows, touchers) => seen.push([item, [...rows.subarray(0, 2 * touchers)]])); // biome-ignore format: one line
  t.deepEqual(seen, [[0, [1, 2, 1, 2]], [3, [3, 4, 20, 40]], [5, [-10, -20]]]); // biome-ignore format: one line
  forEachItem([], 0, () => t.fail('nobody touched anything'));
  const out = new Float32Array(2);
  writeRow(factors, 1, out);
  t.deepEqual([...out], [-10, -20]);
  t.end();
});

test('the mean without the ends leaves out as many on either side', (t) => {
  const sorted = Float32Array.of(1, 2, 3, 4, 100);
  t.equal(meanWithin(sorted, 0), 22);
  t.equal(meanWithin(sorted, 0.2), 3);
  t.equal(meanWithin(sorted, 0.19), 22);
  t.equal(meanWithin(sorted, 0.49), 3);
  for (const make of [
    () => trimmedMean({ trim: 0 }),
    () => krum({ liars: 0 }),
    () => multiKrum({ liars: 0.49 }),
  ])
    t.doesNotThrow(make, 'the bounds themselves');
  t.end();
});

test('the promoted item is the one that was asked for, if there is such an item', (t) => {
  t.equal(promotedItem({ promoted: 4, seed: 1 }, 5), 4);
  t.throws(() => promotedItem({ promoted: 5, seed: 1 }, 5), /^RangeError: settings: promoted must be below the number of items \(5\), got 5$/); // biome-ignore format: one line
  const drawn = new Set([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => promotedItem({ promoted: 'auto', seed }, 50)));
  t.ok(drawn.size > 4 && [...drawn].every((item) => item < 50));
  t.end();
});

test('exposure is the mean rank, and the share of lists of ten, over those who have not taken the item', (t) => {
  const items = 14;
  const split = leaveOneOut({
    ...{ name: 'toy', users: ['a', 'b', 'c'], items: Array.from({ length: items }, (_, item) => `i${item}`) },
    ...{ offsets: Uint32Array.of(0, 3, 6, 9), itemOf: Uint32Array.of(0, 1, 2, 13, 1, 2, 3, 4, 5) },
    ...{ values: new Float64Array(9).fill(1), times: Float64Array.from({ length: 9 }, (_, at) => at) },
  });
  const program = {
    blocks: () => [Uint32Array.of(0, 1), Uint32Array.of(2)],
    score(_: number, __: number | null, out: Float32Array) {
      for (let item = 0; item < items; item++) out[item] = -item; // the lower, the better
    },
    personalParts(block: Uint32Array, out: Float32Array) {
      for (const [row, client] of block.entries()) out[row * items + 13] = client === 0 ? 20 : 4.5;
    },
  } as unknown as Program;
  const of = (item: number, mix: number) =>
    Object.values(exposureOf(program, split, item, { mix, recency: null }));
  // The first user trains on 0, the second on 13, the third on 3: one of the better items is taken by each.
  t.deepEqual(of(13, 0), [13, 0], 'twelve unseen ones are better');
  t.deepEqual(of(10, 0), [(10 + 11 + 10) / 3, 2 / 3]);
  t.deepEqual(
    of(13, 1),
    [(1 + 9) / 2, 1],
    'lifted before all, and to 8.5: nine are left, of which one is taken',
  );
  t.ok(Number.isNaN(exposureOf({ ...program, blocks: () => [Uint32Array.of(1)] } as Program, split, 13, { mix: 0, recency: null }).rank), 'everybody has it'); // biome-ignore format: one line
  t.end();
});

test('the direction that rows share is that of most squares, with most rows below 0', (t) => {
  const near = (got: Float64Array, wanted: number[], what: string) =>
    t.ok(
      Math.max(...wanted.map((value, k) => Math.abs(got[k]! - value))) < 1e-9,
      `${what}: ${got.join(' ')}`,
    );
  near(commonDirection(Float32Array.of(3, 4), 2), [-0.6, -0.8], 'one row');
  near(commonDirection(Float32Array.of(3, 4, -3, -4, -3, -4), 2), [0.6, 0.8], 'two of three against it');
  near(commonDirection(Float32Array.of(5, 0, 0, 1, 0, 1), 2), [-1, 0], 'one long row before two short ones');
  near(commonDirection(Float32Array.of(0, 0, 1, 0, 0, 7), 3), [0, 0, -1], 'the largest column');
  near(commonDirection(new Float32Array(4), 2), [0, 0], 'nothing');
  const tilted = [2, 1, 1, 2].map((value) => value / Math.sqrt(2));
  near(commonDirection(Float32Array.from(tilted), 2), [-Math.SQRT1_2, -Math.SQRT1_2], 'between two rows');
  t.end();
});

test('what is spent names δ for Gaussian noise only, and nothing without a promise', async (t) => {
  const settings = completeSettings({ epsilon: 4, clip: 0.5, rounds: 3, noise: 'laplace', delta: 1e-4 });
  t.deepEqual(privacySpent(settings), { epsilon: 4, delta: 0, noise: 'laplace', clip: 0.5, noiseScale: (2 * 0.5 * 3) / 4 }); // biome-ignore format: one line
  t.equal(privacySpent(settings, 0)!.epsilon, 0);
  t.ok(Math.abs(privacySpent(settings, 1)!.epsilon - 4 / 3) < 1e-12);
  const gaussian = privacySpent({ ...settings, noise: 'gaussian' })!;
  t.deepEqual([gaussian.delta, gaussian.noise], [1e-4, 'gaussian']);
  t.ok(Math.abs(gaussian.epsilon - 4) < 1e-9);
  t.deepEqual([privacySpent({ ...settings, epsilon: null }), privacySpent({ ...settings, clip: null })], [null, null]); // biome-ignore format: one line
  t.equal((await derivedBytes(new Uint8Array(32), 255 * 32, 'x')).length, 8160, 'the most that there can be');
  t.notDeepEqual(
    await derivedBytes(new Uint8Array(32), 8, 'x'),
    await derivedBytes(new Uint8Array(32), 8, 'x', 1),
  );
});
