import fc from 'fast-check';
import { norm as mathjsNorm } from 'mathjs';
import test from 'tape';
import { expandUpdate, type Update } from '../../lib/federated/wire.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { clipUpdate, normOf, updateNorm } from '../../lib/privacy/clipping.ts';

const update = (
  left: number[],
  right: number[],
  rank: number,
  dims: number,
  extra: number[] = [],
): Update => ({
  client: 0,
  round: 1,
  rows: Uint32Array.from({ length: left.length / (rank || dims) }, (_, row) => row),
  rank,
  dims,
  left: Float32Array.from(left),
  right: Float32Array.from(right),
  extra: Float32Array.from(extra),
});

function randomUpdate(seed: number, rank: number): Update {
  const rng = randomStream(seed, 'clipping-test');
  const [rows, dims] = [7, 5];
  const draw = (count: number) => Array.from({ length: count }, () => rng.normal());
  return update(draw(rows * (rank || dims)), draw(rank * dims), rank, dims, draw(3));
}

test('the norm of a rank-one update is the product of the norms of its factors', (t) => {
  const small = update([3, 4], [1, 2, 2], 1, 3);
  t.equal(updateNorm(small, 'l2'), 15, '5 · 3');
  t.equal(updateNorm(small, 'l1'), 35, '7 · 5');
  t.equal(updateNorm(update([3, 4], [1, 2, 2], 1, 3, [8]), 'l2'), 17, 'extra weights count as well');
  t.end();
});

test('the norm is found without the product for every rank, and equals that of the product', (t) => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 0, max: 3 }), (seed, rank) => {
      const factors = randomUpdate(seed, rank);
      const { left, extra } = expandUpdate(factors);
      const numbers = [...left, ...extra];
      const [l2, l1] = [mathjsNorm(numbers, 2), mathjsNorm(numbers, 1)].map(Number) as [number, number];
      return (
        Math.abs(updateNorm(factors, 'l2') / l2 - 1) < 1e-5 &&
        Math.abs(updateNorm(factors, 'l1') / l1 - 1) < 1e-5
      );
    }),
    { seed: 1, numRuns: 60 },
  );
  t.pass('mathjs agrees');
  t.end();
});

test('a long update is shortened to the bound in its own direction, a short one stays as it is', (t) => {
  const long = update([3, 4], [1, 2, 2], 1, 3, [8]);
  const clipped = clipUpdate(long, 1.7, 'l2');
  t.ok(Math.abs(updateNorm(clipped, 'l2') - 1.7) < 1e-6);
  t.ok(
    Math.abs(clipped.left[0]! - 0.3) < 1e-6 && Math.abs(clipped.extra[0]! - 0.8) < 1e-6,
    'everything by one factor',
  );
  t.deepEqual(clipped.right, long.right, 'A stays, B shrinks: the product shrinks once');
  t.equal(clipUpdate(long, 17, 'l2'), long);
  t.throws(() => clipUpdate(long, 0, 'l2'), /clipUpdate: bound must be above 0, got 0/);
  t.end();
});

test('two clipped updates lie at most twice the bound apart: the sensitivity', (t) => {
  fc.assert(
    fc.property(
      fc.nat(1000),
      fc.nat(1000),
      fc.constantFrom('l1' as const, 'l2' as const),
      (one, two, norm) => {
        const [a, b] = [one, two].map((seed) => expandUpdate(clipUpdate(randomUpdate(seed, 1), 0.5, norm)));
        const difference = { ...a!, left: a!.left.map((value, at) => value - b!.left[at]!) };
        const extra = a!.extra.map((value, at) => value - b!.extra[at]!);
        return updateNorm({ ...difference, extra }, norm) <= 1 + 1e-5;
      },
    ),
    { seed: 2, numRuns: 60 },
  );
  t.equal(normOf('gaussian'), 'l2');
  t.equal(normOf('laplace'), 'l1');
  t.end();
});
