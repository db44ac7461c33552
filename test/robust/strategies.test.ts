import test from 'tape';
import { addUpdate, emptySum } from '../../lib/federated/update-sum.ts';
import { expandUpdate, type Update } from '../../lib/federated/wire.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { shuffle } from '../../lib/numeric/sampling.ts';
import { coordinateMedian } from '../../lib/robust/coordinate-median.ts';
import { innerProducts } from '../../lib/robust/inner-products.ts';
import { krum, krumScores, multiKrum } from '../../lib/robust/krum.ts';
import { normBound } from '../../lib/robust/norm-bound.ts';
import { trimmedMean } from '../../lib/robust/trimmed-mean.ts';
import { closeTo } from '../reference.ts';
import { combined, randomLowRank, rowsUpdate, typical } from './updates.ts';

const strategies = {
  median: coordinateMedian(),
  'median with zeros': coordinateMedian({ untouched: 'zero' }),
  'trimmed mean': trimmedMean({ trim: 0.25 }),
  krum: krum(),
  'multi-krum': multiKrum({ liars: 0.25 }),
  'norm bound': normBound(),
};

test('the median by hand: of those who touched an item, or of all with zeros', (t) => {
  const updates = [
    rowsUpdate(0, { 0: [1, 10], 2: [5, 5] }, [1]),
    rowsUpdate(1, { 0: [2, -9] }, [2]),
    rowsUpdate(2, { 0: [900, 0], 2: [7, 1] }, [-300]),
  ];
  const touched = combined(coordinateMedian(), updates, 3);
  t.deepEqual(typical(touched), [2, 0, 0, 0, 6, 3]);
  t.deepEqual([Array.from(touched.senders), touched.clients], [[3, 0, 2], 3]);
  t.deepEqual(Array.from(touched.extra), [3 * 1], 'extra weights: the median times the clients');
  const everybody = combined(coordinateMedian({ untouched: 'zero' }), updates, 3);
  t.deepEqual(typical(everybody), [2, 0, 0, 0, 5, 1]);
  t.end();
});

test('the trimmed mean by hand', (t) => {
  const updates = [-1000, 1, 2, 6, 70].map((value, client) => rowsUpdate(client, { 1: [value] }));
  t.deepEqual(typical(combined(trimmedMean({ trim: 0.2 }), updates, 2)), [0, 3]);
  t.deepEqual(combined(trimmedMean({ trim: 0.19 }), updates, 2).items, Float32Array.of(0, -921), '⌊.95⌋ = 0');
  t.throws(
    () => trimmedMean({ trim: 0.5 }),
    /trimmedMean: trim must be a number from 0 to below 0.5, got 0.5/,
  );
  t.end();
});

test('Krum by hand: the update with the closest neighbours', (t) => {
  // On a line, at 0, 1, 3 and 100; with f = 1 liar assumed, n − f − 2 = 1 neighbour counts: scores 1, 1, 4, 97².
  const updates = [0, 1, 3, 100].map((value, client) => rowsUpdate(client, { 0: [value] }));
  t.deepEqual(Array.from(krumScores(updates, 1, 1)), [1, 1, 4, 97 ** 2]);
  t.deepEqual(typical(combined(krum({ liars: 0.25 }), updates, 1)), [0], 'of equals, the first');
  const several = combined(multiKrum({ liars: 0.25 }), updates, 1);
  t.deepEqual([Array.from(several.items), several.clients], [[4], 3], 'all but the farthest');
  t.throws(() => krum({ liars: -1 }), /krum: liars must be a number from 0 to below 0.5, got -1/);
  t.end();
});

test('norm bounding by hand: longer updates are shortened to the median norm, or to the bound', (t) => {
  const updates = [
    rowsUpdate(0, { 0: [3, 4] }),
    rowsUpdate(1, { 1: [0, 10] }),
    rowsUpdate(2, { 0: [0, -1000] }),
  ];
  closeTo(t, combined(normBound(), updates, 2).items, [3, -6, 0, 10], 'median norm 10', 1e-6);
  const quiet = [rowsUpdate(0, { 0: [0.3, 0.4] }), rowsUpdate(1, { 1: [0, 1] }), rowsUpdate(2, { 0: [0, -100] })]; // biome-ignore format: one line
  const silent = [rowsUpdate(3, { 0: [0, 0] }), rowsUpdate(4, { 0: [0, 0] }), rowsUpdate(5, { 1: [6, 8] })];
  const three = quiet.map((update) => ({ ...update, left: update.left.map((value) => value / 4) }));
  closeTo(t, combined(normBound(), three, 2).items, [0.075, -0.15, 0, 0.25], 'a median norm of ¼', 1e-6);
  closeTo(t, combined(normBound(), silent, 2).items, [0, 0, 6, 8], 'where most change nothing', 1e-6);
  closeTo(t, combined(normBound({ bound: 1 }), updates, 2).items, [0.6, -0.2, 0, 1], 'bound 1', 1e-6);
  t.equal(normBound({ bound: 1 }).finish, undefined, 'a bound given beforehand keeps no update');
  t.throws(() => normBound({ bound: 0 }), /normBound: bound must be 'auto' or a number above 0, got 0/);
  t.end();
});

test('factors and rows give the same, and so do chunks of any size and clients in any order', (t) => {
  const rng = randomStream(3, 'strategies');
  const updates = Array.from({ length: 12 }, (_, client) =>
    randomLowRank(client, 1 + (client % 3), 4, 9, rng),
  );
  for (const [name, combine] of Object.entries(strategies)) {
    const whole = combined(combine, updates, 9, 12);
    const pieces = combined(combine, updates, 9, 5);
    t.deepEqual(pieces, whole, `${name}: chunks`);
    const mixed = [...updates];
    shuffle(mixed, randomStream(4, 'order'));
    t.deepEqual(combined(combine, mixed, 9), whole, `${name}: order`);
    const rows = combined(combine, updates.map(expandUpdate), 9);
    closeTo(t, rows.items, whole.items, `${name}: rows in place of factors`, 1e-5);
    closeTo(t, rows.extra, whole.extra, `${name}: extra weights`, 1e-5);
  }
  t.end();
});

test('inner products of factors are those of the expanded tables', (t) => {
  const rng = randomStream(5, 'inner products');
  const items = 8;
  const updates = [0, 1, 2, 3, 0].map((rank, client) => randomLowRank(client, rank, 3, items, rng));
  const dense = (update: Update) => {
    const sum = emptySum(items, 3, 2);
    addUpdate(sum, update);
    return [...sum.items, ...sum.extra];
  };
  for (const update of updates) {
    const expected = updates.map((other) => {
      const vector = dense(other);
      return dense(update).reduce((sum, value, at) => sum + value * vector[at]!, 0);
    });
    closeTo(t, innerProducts(update, updates, items), expected, `rank ${update.rank}`, 1e-5);
  }
  t.end();
});

test('fewer liars than a strategy withstands move it no further than honest clients want', (t) => {
  const honest = Array.from({ length: 8 }, (_, client) =>
    rowsUpdate(client, { 0: [1 + client / 100], 1: [-2] }),
  );
  const liarsSay = (value: number, count: number) =>
    Array.from({ length: count }, (_, at) => rowsUpdate(8 + at, { 0: [value], 1: [value] }));
  const within = (values: number[]) => values[0]! >= 1 && values[0]! <= 1.07 + 1e-6 && values[1] === -2;
  for (const name of ['median', 'trimmed mean', 'krum', 'multi-krum'] as const) {
    for (const lie of [1e6, -1e6]) {
      const result = typical(combined(strategies[name], [...honest, ...liarsSay(lie, 2)], 2));
      t.ok(within(result), `${name}, 2 of 10 say ${lie}: ${result}`);
    }
  }
  const broken = typical(combined(coordinateMedian(), [...honest, ...liarsSay(1e6, 9)], 2));
  t.equal(broken[0], 1e6, 'a majority of liars breaks the median');
  const trimmed = typical(combined(trimmedMean({ trim: 0.1 }), [...honest, ...liarsSay(1e6, 2)], 2));
  t.ok(trimmed[0]! > 1e4, 'and twice as many as were trimmed the trimmed mean');
  t.end();
});
