import fc from 'fast-check';
import test from 'tape';
import { PlainMixedRanks, rankOf } from '../../lib/evaluation/ranking.ts';
import { mixedRanks } from '../../lib/fast/mixed-ranks.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { sampleWithoutReplacement } from '../../lib/numeric/sampling.ts';

test('ranks of mixed scores: SIMD and plain agree, ties and tails included', (t) => {
  const cases = fc.record({
    items: fc.integer({ min: 2, max: 70 }),
    levels: fc.constantFrom(2, 10, 1e6), // few levels make many ties
    mix: fc.constantFrom(0, 0.15, 0.3, 1, 7),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(cases, ({ items, levels, mix, seed }) => {
      const rng = randomStream(seed, 'scores');
      const draw = () => Float32Array.from({ length: items }, () => rng.integer(levels) / levels - 0.4);
      const [base, part] = [draw(), draw()];
      const [target, alsoExcluded, ...excluded] = sampleWithoutReplacement(
        2 + rng.integer(items - 1),
        items,
        rng,
      ) as unknown as [number, number, ...number[]];
      const task = { target, alsoExcluded, excluded: Uint32Array.from(excluded) };
      const [simd, plain] = [mixedRanks(items), new PlainMixedRanks(items)];
      for (const ranks of [simd, plain]) ranks.load(base, part);
      t.deepEqual(simd.rank(mix, task), plain.rank(mix, task));
    }),
    { numRuns: 150, seed: 3 },
  );
  t.end();
});

test('without a personal part, the rank is that of the base scores', (t) => {
  const base = Float32Array.of(0.3, -1, 0.9, 0.1, 0.5);
  const part = Float32Array.of(9, 9, 9, 9, 9);
  const task = { target: 3, excluded: Uint32Array.of(2), alsoExcluded: -1 };
  for (const ranks of [mixedRanks(5), new PlainMixedRanks(5)]) {
    ranks.load(part, part); // an earlier client leaves nothing behind
    ranks.load(base, undefined);
    t.deepEqual(ranks.rank(0, task), rankOf(base, 3, [2]));
    t.deepEqual(ranks.rank(0, task), { rank: 3, others: 3 });
  }
  t.end();
});

test('a mixed score that is not a number never helps', (t) => {
  const base = Float32Array.of(0.5, Number.NaN, 0.1, Number.NaN, 0.1, 0.2, 0.3);
  for (const ranks of [mixedRanks(7), new PlainMixedRanks(7)]) {
    ranks.load(base, new Float32Array(7));
    const none = new Uint32Array(0);
    t.deepEqual(ranks.rank(0.3, { target: 0, excluded: none, alsoExcluded: -1 }), { rank: 3, others: 6 });
    t.throws(
      () => ranks.rank(0.3, { target: 1, excluded: none, alsoExcluded: -1 }),
      /must be numbers, got NaN for item 1/,
    );
  }
  t.end();
});
