import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { byPopularity, candidateCounts, guessing, popularLists } from '../../lib/evaluation/baselines.ts';
import { metrics, metricsOf } from '../../lib/evaluation/metrics.ts';
import { summarize } from '../../lib/evaluation/protocol.ts';
import { popularity } from '../../lib/peers/popularity.ts';
import { train } from '../../lib/training/train.ts';

const { ratings } = syntheticRatings({ users: 40, items: 130, meanRatings: 14, seed: 3 });
const split = leaveOneOut(ratings);

test('guessing is the mean over all ranks that a random order could give', (t) => {
  for (const part of ['validation', 'test'] as const) {
    const figures = guessing(split, part);
    for (let user = 0; user < split.train.users; user++) {
      if (split[part][user]! < 0) continue;
      const own = split.train.offsets[user + 1]! - split.train.offsets[user]!;
      const others = split.train.items - 1 - own - (part === 'test' ? 1 : 0);
      for (const { name } of metrics) {
        let sum = 0;
        for (let rank = 1; rank <= others + 1; rank++) sum += metricsOf({ rank, others })[name];
        if (Math.abs(figures[name][user]! - sum / (others + 1)) > 1e-12)
          t.fail(`${part} ${name} of user ${user}`);
      }
    }
  }
  t.ok(
    Math.abs(summarize(guessing(split, 'test')).hr10 - 0.1) < 1e-9,
    'HR@10 among 100 candidates is 1 in 10',
  );
  t.end();
});

test('popularity is what the recipe of that name gets', async (t) => {
  const { test: tested, testPerUser, best } = await train(popularity, split);
  t.deepEqual(byPopularity(split, 'test').ndcg10, testPerUser.ndcg10, 'for each user');
  t.equal(summarize(byPopularity(split, 'test')).fullHr10, tested.fullHr10);
  t.equal(summarize(byPopularity(split, 'validation')).ndcg10, best.validation.ndcg10);
});

test('candidates are counted with the held-out item itself', (t) => {
  const users = ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'c', 'c', 'c'];
  const items = ['1', '2', '3', '4', '1', '2', '3', '1', '2', '4'];
  const tiny = {
    name: 'tiny',
    users: ['a', 'b', 'c'],
    items: ['1', '2', '3', '4'],
    offsets: Uint32Array.of(0, 4, 7, 10),
    itemOf: Uint32Array.from(items, (item) => Number(item) - 1),
    values: new Float64Array(users.length).fill(1),
    times: Float64Array.from(users.keys()),
  };
  t.deepEqual(
    candidateCounts(leaveOneOut(tiny), 'test'),
    { fewest: 1, most: 2, alone: 1 },
    'a has touched all four',
  );
  t.deepEqual(candidateCounts(leaveOneOut(tiny), 'validation'), { fewest: 2, most: 3, alone: 0 });
  t.end();
});

test('who has nothing held out counts in no baseline, and without anybody there are no candidates', (t) => {
  const tiny = (offsets: number[], itemOf: number[]) => ({
    ...{ name: 'tiny', users: offsets.slice(1).map(String), items: ['a', 'b', 'c', 'd'] },
    ...{ offsets: Uint32Array.from(offsets), itemOf: Uint32Array.from(itemOf) },
    ...{ values: new Float64Array(itemOf.length).fill(1), times: Float64Array.from(itemOf.keys()) },
  });
  const nobody = Int32Array.of(-1, -1);
  const short = { ...leaveOneOut(tiny([0, 3, 4], [0, 1, 2, 3])), validation: nobody, test: nobody };
  t.deepEqual(candidateCounts(short, 'test'), { fewest: 0, most: 0, alone: 0 });
  for (const figures of [guessing(short, 'test'), byPopularity(short, 'test')])
    t.deepEqual([...figures.hr10], [Number.NaN, Number.NaN]);
  const mixed = leaveOneOut(tiny([0, 3, 4], [0, 1, 2, 3]));
  t.deepEqual(candidateCounts(mixed, 'test'), { fewest: 2, most: 2, alone: 0 }, 'the first user’s alone');
  t.ok(Number.isNaN(guessing(mixed, 'test').hr10[1]!) && guessing(mixed, 'test').hr10[0] === 1);
  // The first user trains on a, validates on b and tests on c; the second trains on d. Most popular first: a, d, b, c.
  t.deepEqual(
    popularLists(mixed, 'test').counts,
    Uint32Array.of(1, 1, 2, 1),
    'all that is not known already',
  );
  t.deepEqual(
    popularLists(mixed, 'validation').counts,
    Uint32Array.of(1, 2, 2, 1),
    'the validation item is not known then',
  );
  t.end();
});

test('everybody is shown the ten most popular unseen items', (t) => {
  const popular = popularLists(split, 'test');
  const { train: trained } = split;
  const wanted = new Uint32Array(trained.items);
  for (let user = 0; user < trained.users; user++) {
    const own = [
      ...trained.itemOf.subarray(trained.offsets[user], trained.offsets[user + 1]),
      split.validation[user]!,
    ];
    const order = [...popular.popularity.keys()].sort(
      (a, b) => popular.popularity[b]! - popular.popularity[a]! || a - b,
    );
    for (const item of order.filter((one) => !own.includes(one)).slice(0, 10)) wanted[item]!++;
  }
  t.deepEqual(popular.counts, wanted);
  t.equal(popular.users, trained.users);
  t.end();
});
