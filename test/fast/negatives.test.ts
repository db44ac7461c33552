// Marks instead of sets: the same sample from the same draws.
import fc from 'fast-check';
import test from 'tape';
import { negativeSampler } from '../../lib/data/negatives.ts';
import { MarkingSampler } from '../../lib/fast/negatives.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { sampleWithoutReplacement } from '../../lib/numeric/sampling.ts';

test('samples by marks are those by sets, client after client, and the stream stands where it stood', (t) => {
  const cases = fc.record({
    items: fc.integer({ min: 1, max: 2100 }), // with whole and broken words of 32 marks
    share: fc.constantFrom(0, 0.05, 0.5, 0.95, 1),
    negatives: fc.constantFrom(0, 1, 40, 1023, 1024, 3000), // around the number drawn at a time
    forbids: fc.integer({ min: 0, max: 3 }),
    seed: fc.nat(),
  });
  const property = fc.property(cases, ({ items, share, negatives, forbids, seed }) => {
    const [plain, marking] = [negativeSampler(items), new MarkingSampler(items)];
    for (const client of [1, 2, 3]) {
      const rng = randomStream(seed, 'client', client);
      const taken = sampleWithoutReplacement(Math.floor(share * items), items, rng);
      const forbidden = taken.slice(0, forbids);
      const positives = taken.slice(forbids).reverse();
      const [one, other] = [randomStream(seed, client), randomStream(seed, client)];
      const expected = plain.draw(positives, negatives, one, forbidden);
      const sample = marking.draw(positives, negatives, other, forbidden);
      t.deepEqual(sample, expected);
      if (one.nextUint32() !== other.nextUint32()) return false;
    }
    return true;
  });
  t.doesNotThrow(() => fc.assert(property, { seed: 1, numRuns: 80 }));
  t.end();
});
