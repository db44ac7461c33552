import fc from 'fast-check';
import test from 'tape';
import {
  CRITERION,
  type MetricName,
  metrics,
  metricsFrom,
  metricsOf,
  metricsOnly,
} from '../../lib/evaluation/metrics.ts';
import {
  chancesOfRanks,
  type Discount,
  expectedWorth,
  worthOfRank,
} from '../../lib/evaluation/rank-worth.ts';
import { rankOf } from '../../lib/evaluation/ranking.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { sampleWithoutReplacement } from '../../lib/numeric/sampling.ts';
import { closeTo, needs, readReference } from '../reference.ts';

const flat: Discount = () => 1;
const logarithmic: Discount = (rank) => Math.log2(1 + rank);
const reciprocal: Discount = (rank) => rank;

/** What a hit at a rank is worth, written down once more. */
const worths = {
  hr10: (rank) => (rank > 10 ? 0 : 1),
  ndcg10: (rank) => (rank > 10 ? 0 : Math.LN2 / Math.log(rank + 1)),
  mrr10: (rank) => (rank > 10 ? 0 : 1 / rank),
  fullHr10: (rank) => (rank > 10 ? 0 : 1),
  fullNdcg10: (rank) => (rank > 10 ? 0 : Math.LN2 / Math.log(rank + 1)),
} satisfies Partial<Record<MetricName, (rank: number) => number>>;

test('a hit at rank r is worth 1, 1 / log2(1 + r) or 1 / r, and nothing beyond the cutoff', (t) => {
  t.deepEqual(
    [flat, logarithmic, reciprocal].map((discount) => worthOfRank(3, discount)),
    [1, 0.5, 1 / 3],
  );
  t.deepEqual(
    [1, 10, 11].map((rank) => worthOfRank(rank, reciprocal)),
    [1, 0.1, 0],
  );
  t.deepEqual(
    [5, 6].map((rank) => worthOfRank(rank, flat, 5)),
    [1, 0],
    'another cutoff',
  );
  t.equal(expectedWorth(Float64Array.of(0.5, 0.25, 0.25), reciprocal, 2), 0.5 + 0.125);
  t.end();
});

test('metrics have different names and labels, and sampled ones differ from those over all items', (t) => {
  t.equal(new Set(metrics.map(({ name }) => name)).size, metrics.length);
  t.equal(new Set(metrics.map(({ label }) => label)).size, metrics.length);
  const target = { rank: 12, others: 1000 };
  const never = new Float64Array(100);
  for (const metric of metrics) {
    const isExpected = metric.of(target, chancesOfRanks(target)) !== metric.of(target, never);
    t.equal(isExpected, metric.candidates === 'sampled', `${metric.label} is over ${metric.candidates}`);
    t.equal(metric.label.startsWith('full'), metric.candidates === 'all', 'the label says so');
  }
  t.end();
});

test('every metric lies in [0, 1], is 1 for the first place, and falls with every better candidate', (t) => {
  const cases = fc.record({
    others: fc.integer({ min: 1, max: 3000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  let seen = 0;
  fc.assert(
    fc.property(cases, ({ others, share }) => {
      const ahead = Math.min(others - 1, Math.floor(others * share ** 3)); // cubed: mostly good ranks
      const better = metricsOf({ rank: 1 + ahead, others });
      const worse = metricsOf({ rank: 2 + ahead, others });
      seen++;
      return metrics.every(
        ({ name }) => better[name] >= worse[name] - 1e-12 && worse[name] >= 0 && better[name] <= 1 + 1e-12,
      );
    }),
    { seed: 1, numRuns: 100 },
  );
  t.equal(seen, 100);
  for (const { name, label } of metrics) {
    t.ok(Math.abs(metricsOf({ rank: 1, others: 500 })[name] - 1) < 1e-12, label);
  }
  t.end();
});

test('expectations are the mean over every set of candidates that may be drawn', (t) => {
  for (const [others, ahead, sampled, cutoff] of [
    [6, 2, 3, 2],
    [8, 5, 4, 3],
    [9, 9, 4, 5],
    [9, 0, 4, 2],
    [10, 7, 9, 6],
    [5, 3, 7, 2],
  ] as const) {
    const ranks: number[] = [];
    for (let subset = 0; subset < 2 ** others; subset++) {
      const drawn = Array.from({ length: others }, (_, at) => at).filter((at) => (subset >> at) % 2 === 1);
      if (drawn.length !== Math.min(sampled, others)) continue;
      ranks.push(1 + drawn.filter((at) => at < ahead).length);
    }
    const chances = chancesOfRanks({ rank: 1 + ahead, others }, sampled);
    for (const [name, discount] of Object.entries({ flat, logarithmic, reciprocal })) {
      const worth = ranks.map((rank) => (rank <= cutoff ? 1 / discount(rank) : 0));
      const mean = worth.reduce((sum, value) => sum + value, 0) / ranks.length;
      const got = expectedWorth(chances, discount, cutoff);
      t.ok(
        Math.abs(got - mean) < 1e-12,
        `${ahead} of ${others} ahead, ${sampled} drawn, ${name}: ${got} = ${mean}`,
      );
    }
  }
  t.deepEqual(chancesOfRanks({ rank: 31, others: 300 }), chancesOfRanks({ rank: 31, others: 300 }, 99));
  const chances = chancesOfRanks({ rank: 31, others: 300 });
  t.equal(
    expectedWorth(chances, reciprocal),
    expectedWorth(chances, reciprocal, 10),
    '99 and 10 without further words',
  );
  t.end();
});

test('chances of ranks add up to one', (t) => {
  for (const [rank, others] of [
    [1, 1],
    [5, 40],
    [41, 40],
    [100, 99],
    [3, 5000],
    [2500, 5000],
  ] as const) {
    const chances = chancesOfRanks({ rank, others });
    t.equal(chances.length, Math.min(99, others) + 1);
    const sum = chances.reduce((total, chance) => total + chance, 0);
    t.ok(Math.abs(sum - 1) < 1e-9, `rank ${rank} of ${others + 1}: ${sum}`);
  }
  t.end();
});

test('sampled metrics equal the mean over many draws of 99', (t) => {
  const [others, ahead] = [300, 30];
  const rng = randomStream(1, 'draws');
  const draws = 4000;
  const means = { hr10: 0, ndcg10: 0, mrr10: 0 };
  for (let draw = 0; draw < draws; draw++) {
    const better = sampleWithoutReplacement(99, others, rng).filter((item) => item < ahead).length;
    for (const name of ['hr10', 'ndcg10', 'mrr10'] as const) means[name] += worths[name](1 + better) / draws;
  }
  const expected = metricsOf({ rank: 1 + ahead, others });
  for (const name of ['hr10', 'ndcg10', 'mrr10'] as const) {
    t.ok(Math.abs(means[name] - expected[name]) < 0.02, `${name} ${means[name]} against ${expected[name]}`);
  }
  t.end();
});

test('fewer candidates than the sample: the expectation is the full ranking', (t) => {
  for (const rank of [1, 4, 10, 11, 40]) {
    const figures = metricsOf({ rank, others: 60 });
    for (const [name, worth] of Object.entries(worths)) {
      t.ok(Math.abs(figures[name as MetricName] - worth(rank)) < 1e-12, `${name}, rank ${rank} of 61`);
    }
  }
  t.end();
});

test('figures from a file: what it lacks or JSON could not write is NaN, what is no number is refused', (t) => {
  const old = JSON.parse('{"hr10":0.5,"ndcg10":null,"users":3}');
  t.ok(Number.isNaN(metricsFrom(old).mrr10) && Number.isNaN(metricsFrom(old).ndcg10));
  t.equal(metricsFrom(old).hr10, 0.5);
  t.throws(() => metricsFrom({ hr10: '0.5' }), /metricsFrom: hr10 must be a number, got "0.5"/);
  const figures = metricsOf({ rank: 4, others: 300 });
  t.deepEqual(metricsFrom(JSON.parse(JSON.stringify(figures))), figures);
  t.deepEqual(
    Object.keys(metricsOnly({ ...figures, users: 3 } as typeof figures)),
    metrics.map(({ name }) => name),
  );
  t.ok(metrics.some(({ name }) => name === CRITERION));
  t.end();
});

test(
  'expectations equal exact rational arithmetic',
  needs('reference/sampled-ranking-expectation.json'),
  (t) => {
    const { inputs, outputs } = readReference('sampled-ranking-expectation');
    const [hits, gains] = [[] as number[], [] as number[]];
    inputs.N!.data.forEach((others, at) => {
      const chances = chancesOfRanks({ rank: 1 + inputs.K!.data[at]!, others }, inputs.m!.data[at]!);
      hits.push(expectedWorth(chances, flat));
      gains.push(expectedWorth(chances, logarithmic));
    });
    closeTo(t, hits, outputs.expected_hit_at_10!, 'hits');
    closeTo(t, gains, outputs.expected_ndcg_at_10!, 'NDCG');
    t.end();
  },
);

test('metrics of ranks equal exact rational arithmetic', needs('reference/ranking.json'), (t) => {
  const { inputs, outputs, config } = readReference('ranking');
  const got = { hit: [], ndcg: [], sampledHit: [], sampledNdcg: [] } as Record<string, number[]>;
  for (let user = 0; user < config.users; user++) {
    const row = [user * config.items, (user + 1) * config.items] as const;
    const scores = Float64Array.from(inputs.scores!.data.slice(...row));
    const mask = inputs.seen!.data.slice(...row);
    const seen = Array.from(mask.keys()).filter((item) => mask[item] === 1);
    const target = rankOf(scores, inputs.targets!.data[user]!, seen);
    const chances = chancesOfRanks(target, config.sampled_negatives);
    got.hit!.push(worthOfRank(target.rank, flat, config.cutoff));
    got.ndcg!.push(worthOfRank(target.rank, logarithmic, config.cutoff));
    got.sampledHit!.push(expectedWorth(chances, flat, config.cutoff));
    got.sampledNdcg!.push(expectedWorth(chances, logarithmic, config.cutoff));
  }
  closeTo(t, got.hit!, outputs.hit_at_10!, 'hit');
  closeTo(t, got.ndcg!, outputs.ndcg_at_10!, 'NDCG');
  closeTo(t, got.sampledHit!, outputs.expected_sampled_hit_at_10!, 'expected hit');
  closeTo(t, got.sampledNdcg!, outputs.expected_sampled_ndcg_at_10!, 'expected NDCG');
  t.end();
});
