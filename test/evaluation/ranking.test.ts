import fc from 'fast-check';
import test from 'tape';
import { PlainMixedRanks, rankOf } from '../../lib/evaluation/ranking.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { sampleWithoutReplacement } from '../../lib/numeric/sampling.ts';
import { closeTo, needs, readReference } from '../reference.ts';

test('the rank counts better candidates, and ties against the target', (t) => {
  const scores = Float32Array.of(0.9, 0.5, 0.5, 0.1, 0.7, 0.8);
  const seen = [0]; // training items
  t.deepEqual(rankOf(scores, 1, seen), { rank: 4, others: 4 }, 'items 4 and 5 are better, item 2 ties');
  t.deepEqual(rankOf(scores, 1, seen, 5), { rank: 3, others: 3 }, 'without the validation item 5');
  t.deepEqual(rankOf(Float32Array.of(1, 1, 1), 0, []), { rank: 3, others: 2 }, 'all equal: last');
  t.end();
});

test('a rank is what sorting the candidates gives', (t) => {
  const score = fc.integer({ min: 0, max: 9 });
  const cases = fc.record({ scores: fc.array(score, { minLength: 3, maxLength: 30 }), seed: fc.nat() });
  fc.assert(
    fc.property(cases, ({ scores, seed }) => {
      const rng = randomStream(seed, 'ranks');
      const [target, ...excluded] = sampleWithoutReplacement(
        1 + rng.integer(scores.length),
        scores.length,
        rng,
      );
      const candidates = scores.filter((_, item) => item === target || !excluded.includes(item));
      candidates.sort((a, b) => b - a);
      const { rank, others } = rankOf(Float32Array.from(scores), target!, excluded);
      return rank === 1 + candidates.lastIndexOf(scores[target!]!) && others === candidates.length - 1;
    }),
    { numRuns: 200, seed: 5 },
  );
  t.pass('in 200 random cases');
  t.end();
});

test('the item that is also excluded may be the first, and a part of β is as its definition', (t) => {
  t.deepEqual(rankOf(Float32Array.of(5, 1, 2), 1, [], 0), { rank: 2, others: 1 });
  t.deepEqual(rankOf(Float32Array.of(5, 1, 2), 1, [], -1), { rank: 3, others: 2 });
  const ranks = new PlainMixedRanks(3);
  const task = { target: 1, excluded: new Uint32Array(0), alsoExcluded: -1 };
  ranks.load(Float32Array.of(3, 1, 2), Float32Array.of(0, 4, 0));
  t.deepEqual(
    [0, 0.25, 0.5, 1].map((mix) => ranks.rank(mix, task).rank),
    [3, 3, 2, 1],
  );
  ranks.load(Float32Array.of(3, 1, 0), undefined);
  t.equal(ranks.rank(0, task).rank, 2);
  t.end();
});

test('scores that are not numbers never help', (t) => {
  t.deepEqual(rankOf(Float32Array.of(0.5, Number.NaN, 0.1), 0, []), { rank: 2, others: 2 });
  t.throws(() => rankOf(Float32Array.of(Number.NaN, 1), 0, []), /must be numbers, got NaN for item 0/);
  t.end();
});

test('ranks equal exact rational arithmetic', needs('reference/ranking.json'), (t) => {
  const { inputs, outputs, config } = readReference('ranking');
  const got: number[] = [];
  for (let user = 0; user < config.users; user++) {
    const row = [user * config.items, (user + 1) * config.items] as const;
    const scores = Float64Array.from(inputs.scores!.data.slice(...row));
    const mask = inputs.seen!.data.slice(...row);
    const seen = Array.from(mask.keys()).filter((item) => mask[item] === 1);
    got.push(rankOf(scores, inputs.targets!.data[user]!, seen).rank);
  }
  closeTo(t, got, outputs.rank!, 'rank');
  t.end();
});
