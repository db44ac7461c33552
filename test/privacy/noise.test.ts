import test from 'tape';
import { expandUpdate, type Update } from '../../lib/federated/wire.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { addNoise, withEveryRow } from '../../lib/privacy/noise.ts';

const items = 400;
const update: Update = {
  client: 3,
  round: 1,
  rows: new Uint32Array([2, 5]),
  rank: 1,
  dims: 3,
  left: Float32Array.from([1, -2]),
  right: Float32Array.from([0.5, 1, 2]),
  extra: Float32Array.from([7]),
};

test('a private message has a row for every item, zero where there was none', (t) => {
  const whole = withEveryRow(update, items);
  t.deepEqual(
    [...whole.rows],
    Array.from({ length: items }, (_, item) => item),
  );
  t.equal(whole.rank, 0);
  t.deepEqual([...whole.left.subarray(6, 9)], [0.5, 1, 2], 'item 2');
  t.deepEqual([...whole.left.subarray(15, 18)], [-1, -2, -4], 'item 5');
  t.equal(whole.left.filter((value) => value !== 0).length, 6, 'and nothing else');
  t.deepEqual(whole.extra, update.extra);
  const empty = { ...update, rows: new Uint32Array(0), rank: 0, dims: 0, left: new Float32Array(0) };
  t.equal(withEveryRow(empty, items).rows.length, 0, 'a recipe without an item table has no rows to add');
  t.end();
});

test('noise of scale 0 changes nothing, and one stream gives the same noise twice', (t) => {
  const draw = (scale: number) => addNoise(update, items, 'gaussian', scale, randomStream(1, 'noise'));
  t.deepEqual(draw(0), withEveryRow(update, items));
  t.deepEqual(draw(2), draw(2));
  t.notDeepEqual(draw(2).left, addNoise(update, items, 'gaussian', 2, randomStream(2, 'noise')).left);
  t.throws(() => draw(-1), /addNoise: scale must be at least 0, got -1/);
  t.end();
});

test('every number gets noise of the right distribution, rows that the client never touched included', (t) => {
  const clean = withEveryRow(update, items).left;
  // A tenth of the area lies below the first point, a quarter below the second.
  const quantiles = { gaussian: [-1.2815516, -0.6744898], laplace: [Math.log(0.2), Math.log(0.5)] } as const;
  for (const noise of ['gaussian', 'laplace'] as const) {
    const noisy = addNoise(update, items, noise, 3, randomStream(4, 'noise', noise));
    const drawn = noisy.left.map((value, at) => (value - clean[at]!) / 3);
    t.notOk(
      drawn.some((value) => value === 0),
      `${noise}: no number is left alone`,
    );
    t.notEqual(noisy.extra[0], 7, `${noise}: extra weights neither`);
    quantiles[noise].forEach((point, place) => {
      const share = drawn.filter((value) => value < point).length / drawn.length;
      const wanted = [0.1, 0.25][place]!;
      t.ok(Math.abs(share - wanted) < 0.05, `${noise}: ${share.toFixed(3)} of it below ${point.toFixed(2)}`);
    });
  }
  t.end();
});

test('a private message is no longer of rank one', (t) => {
  const { left } = addNoise(update, items, 'gaussian', 1, randomStream(1, 'noise'));
  const minor = (at: number) => left[at]! * left[at + 4]! - left[at + 1]! * left[at + 3]!; // of rows i and i + 1
  t.ok(Math.abs(minor(300)) > 1e-3, 'two rows are not multiples of each other');
  const { left: exact } = expandUpdate(update);
  t.equal(exact[0]! * exact[4]! - exact[1]! * exact[3]!, 0, 'while they were before');
  t.end();
});
