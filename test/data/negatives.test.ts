import fc from 'fast-check';
import test from 'tape';
import { negativeSampler } from '../../lib/data/negatives.ts';
import { randomStream } from '../../lib/numeric/rng.ts';

test('a sample is all positives once and as many draws from the rest as asked for, in item order', (t) => {
  const cases = fc.record({
    items: fc.integer({ min: 1, max: 300 }),
    share: fc.double({ min: 0, max: 0.9, noNaN: true }),
    negatives: fc.nat(200),
    seed: fc.nat(1000),
  });
  fc.assert(
    fc.property(cases, ({ items, share, negatives, seed }) => {
      const positives = Uint32Array.from({ length: Math.floor(share * items) }, (_, at) => items - 1 - at);
      const { rows, counts, labels, size } = negativeSampler(items).draw(
        positives,
        negatives,
        randomStream(seed),
      );
      const isPositive = new Set(positives);
      t.ok(
        rows.every((item, row) => item < items && (row === 0 || item > rows[row - 1]!)),
        'increasing',
      );
      t.ok(
        rows.every((item, row) => labels[row] === (isPositive.has(item) ? 1 : 0)),
        'labels',
      );
      t.equal(labels.filter((label) => label === 1).length, positives.length, 'every positive');
      t.ok(
        counts.every((count, row) => labels[row] === 0 || count === 1),
        'positives count once',
      );
      t.equal(
        counts.reduce((sum, count) => sum + count, 0),
        size,
      );
      t.equal(size, positives.length + negatives);
    }),
    { seed: 1, numRuns: 40 },
  );
  t.end();
});

test('negatives are uniform over what the user has not touched, held-out items included', (t) => {
  const sampler = negativeSampler(10);
  const drawn = new Float64Array(10);
  const rng = randomStream(1, 'uniform');
  for (let time = 0; time < 500; time++) {
    const { rows, counts, labels } = sampler.draw(Uint32Array.of(2, 7), 8, rng);
    rows.forEach((item, row) => {
      if (labels[row] === 0) drawn[item]! += counts[row]!;
    });
  }
  t.deepEqual([drawn[2], drawn[7]], [0, 0]);
  const chiSquare = drawn.reduce(
    (sum, count, item) => sum + (item === 2 || item === 7 ? 0 : (count - 500) ** 2 / 500),
    0,
  );
  t.ok(chiSquare < 24.3, `χ² with 7 degrees of freedom: ${chiSquare.toFixed(1)} (99.9 % below 24.3)`);
  t.end();
});

test('forbidden items are never drawn, which is the leak of the released protocol', (t) => {
  const sampler = negativeSampler(6);
  const rng = randomStream(1, 'forbidden');
  for (let time = 0; time < 50; time++) {
    const { rows } = sampler.draw(Uint32Array.of(0), 10, rng, [3, 4]);
    t.notOk(rows.includes(3) || rows.includes(4));
  }
  const after = sampler.draw(Uint32Array.of(0), 200, rng);
  t.ok(after.rows.includes(3) && after.rows.includes(4), 'and the next client may draw them again');
  t.end();
});

test('a user who touched everything gets no negatives', (t) => {
  const { rows, size } = negativeSampler(3).draw(Uint32Array.of(0, 1, 2), 12, randomStream(1));
  t.deepEqual([Array.from(rows), size], [[0, 1, 2], 3]);
  t.end();
});
