import fc from 'fast-check';
import test from 'tape';
import { expectedWorth, metricsOf, rankOf, worthOfRank } from '../../lib/evaluation/ranking.ts';
import { randomStream, sampleWithoutReplacement } from '../../lib/numeric/rng.ts';
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

test('scores that are not numbers never help', (t) => {
  t.deepEqual(rankOf(Float32Array.of(0.5, Number.NaN, 0.1), 0, []), { rank: 2, others: 2 });
  t.throws(() => rankOf(Float32Array.of(Number.NaN, 1), 0, []), /must be numbers, got NaN for item 0/);
  t.end();
});

test('a hit at rank r is worth 1 / log2(1 + r)', (t) => {
  t.deepEqual(worthOfRank(1), [1, 1]);
  t.deepEqual(worthOfRank(3), [1, 0.5]);
  t.deepEqual(worthOfRank(11), [0, 0]);
  t.end();
});

test('the expectation over sampled negatives equals the mean over many draws', (t) => {
  const [others, ahead] = [300, 30];
  const rng = randomStream(1, 'draws');
  const draws = 4000;
  let [hits, ndcg] = [0, 0];
  for (let draw = 0; draw < draws; draw++) {
    const better = sampleWithoutReplacement(99, others, rng).filter((item) => item < ahead).length;
    const [hit, gain] = worthOfRank(1 + better);
    hits += hit / draws;
    ndcg += gain / draws;
  }
  const [expectedHit, expectedNdcg] = expectedWorth(others, ahead);
  t.ok(Math.abs(hits - expectedHit) < 0.03, `hit ${hits.toFixed(3)} against ${expectedHit.toFixed(3)}`);
  t.ok(Math.abs(ndcg - expectedNdcg) < 0.02, `NDCG ${ndcg.toFixed(3)} against ${expectedNdcg.toFixed(3)}`);
  t.end();
});

test('the expectation over sampled negatives equals the mean over every possible sample', (t) => {
  for (const [others, ahead, sampled, cutoff] of [
    [6, 2, 3, 2],
    [8, 5, 4, 3],
    [9, 9, 4, 5],
    [9, 0, 4, 2],
    [10, 7, 9, 6],
    [5, 3, 7, 2],
  ] as const) {
    let [samples, hits, gains] = [0, 0, 0];
    for (let subset = 0; subset < 2 ** others; subset++) {
      const drawn = Array.from({ length: others }, (_, at) => at).filter((at) => (subset >> at) % 2 === 1);
      if (drawn.length !== Math.min(sampled, others)) continue;
      samples++;
      const rank = 1 + drawn.filter((at) => at < ahead).length;
      if (rank > cutoff) continue;
      hits++;
      gains += 1 / Math.log2(1 + rank);
    }
    const [hit, ndcg] = expectedWorth(others, ahead, sampled, cutoff);
    closeTo(
      t,
      [hit, ndcg],
      [hits / samples, gains / samples],
      `${ahead} of ${others} ahead, ${sampled} drawn`,
      1e-12,
    );
  }
  closeTo(
    t,
    expectedWorth(300, 30),
    expectedWorth(300, 30, 99, 10),
    '99 and 10 without further words',
    1e-15,
  );
  t.end();
});

test('the expectation falls with every better candidate and stays within [0, 1]', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(1), (others, half) => {
      const ahead = Math.floor((others * half) / 2);
      const [hit, ndcg] = expectedWorth(others, ahead);
      const [lessHit, lessNdcg] = expectedWorth(others, Math.min(others, ahead + 1));
      t.ok(hit >= lessHit - 1e-12 && ndcg >= lessNdcg - 1e-12 && hit <= 1 + 1e-12 && lessNdcg >= 0);
    }),
    { seed: 1, numRuns: 50 },
  );
  t.end();
});

test('fewer candidates than the sample: the expectation is the full ranking', (t) => {
  for (const rank of [1, 4, 10, 11, 40]) {
    const { hr10, ndcg10, fullHr10, fullNdcg10 } = metricsOf({ rank, others: 60 });
    t.ok(Math.abs(hr10 - fullHr10) < 1e-12 && Math.abs(ndcg10 - fullNdcg10) < 1e-12, `rank ${rank} of 61`);
  }
  t.end();
});

test(
  'expectations equal exact rational arithmetic',
  needs('reference/sampled-ranking-expectation.json'),
  (t) => {
    const { inputs, outputs } = readReference('sampled-ranking-expectation');
    const [hits, gains] = [[] as number[], [] as number[]];
    inputs.N!.data.forEach((others, at) => {
      const [hit, ndcg] = expectedWorth(others, inputs.K!.data[at]!, inputs.m!.data[at]!);
      hits.push(hit);
      gains.push(ndcg);
    });
    closeTo(t, hits, outputs.expected_hit_at_10!, 'hits');
    closeTo(t, gains, outputs.expected_ndcg_at_10!, 'NDCG');
    t.end();
  },
);

test('ranks and metrics equal exact rational arithmetic', needs('reference/ranking.json'), (t) => {
  const { inputs, outputs, config } = readReference('ranking');
  const got = { rank: [], hit: [], ndcg: [], sampledHit: [], sampledNdcg: [] } as Record<string, number[]>;
  for (let user = 0; user < config.users; user++) {
    const row = [user * config.items, (user + 1) * config.items] as const;
    const scores = Float64Array.from(inputs.scores!.data.slice(...row));
    const mask = inputs.seen!.data.slice(...row);
    const seen = Array.from(mask.keys()).filter((item) => mask[item] === 1);
    const { rank, others } = rankOf(scores, inputs.targets!.data[user]!, seen);
    const [hit, ndcg] = worthOfRank(rank, config.cutoff);
    const [sampledHit, sampledNdcg] = expectedWorth(
      others,
      rank - 1,
      config.sampled_negatives,
      config.cutoff,
    );
    Object.entries({ rank, hit, ndcg, sampledHit, sampledNdcg }).forEach(([name, value]) => {
      got[name]!.push(value);
    });
  }
  closeTo(t, got.rank!, outputs.rank!, 'rank');
  closeTo(t, got.hit!, outputs.hit_at_10!, 'hit');
  closeTo(t, got.ndcg!, outputs.ndcg_at_10!, 'NDCG');
  closeTo(t, got.sampledHit!, outputs.expected_sampled_hit_at_10!, 'expected hit');
  closeTo(t, got.sampledNdcg!, outputs.expected_sampled_ndcg_at_10!, 'expected NDCG');
  t.end();
});
