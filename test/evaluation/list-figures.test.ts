// What lists say together: cases by hand, the definition of the Gini index over all pairs, and the lists of whole runs.
import fc from 'fast-check';
import test from 'tape';
import { popularLists } from '../../lib/evaluation/baselines.ts';
import {
  catalogueCoverage,
  giniIndex,
  novelty,
  timesRecommended,
} from '../../lib/evaluation/list-figures.ts';
import { topItems } from '../../lib/evaluation/top-items.ts';
import { leaveOneOut, openRun, recipeNamed, syntheticRatings, train } from '../../lib/index.ts';
import { bestUnseen } from '../../lib/model/best-unseen.ts';
import { threadsExecutor } from '../../lib/simulator/threads.ts';
import { scoresFor } from '../../lib/training/recommend-items.ts';

const isNear = (got: number, wanted: number) => Math.abs(got - wanted) < 1e-12;

test('coverage, novelty and Gini index of three short lists are those that a person works out', (t) => {
  const counts = timesRecommended([[0, 1], [0, 2], [0]], 5); // biome-ignore format: three lists
  t.deepEqual([...counts], [3, 1, 1, 0, 0]);
  t.equal(catalogueCoverage(counts), 3 / 5);
  // Of 8 users, 4, 2, 0 know the items: 1, 2 and, as if one knew it, 3 bits.
  t.equal(novelty(counts, [4, 2, 0, 8, 8], 8), (3 * 1 + 2 + 3) / 5);
  // Increasing counts 0 0 1 1 3: (−4·0 − 2·0 + 0·1 + 2·1 + 4·3) / (5 · 5)
  t.ok(isNear(giniIndex(counts), 14 / 25));
  t.equal(giniIndex([7, 7, 7]), 0, 'all equally often');
  t.equal(giniIndex([0, 0, 0, 5]), 0.75, 'one of four, always');
  t.ok(Number.isNaN(giniIndex([0, 0])), 'nothing is recommended');
  t.ok(Number.isNaN(novelty([0, 0], [1, 1], 2)));
  t.end();
});

test('the Gini index is half the mean difference of all pairs over the mean', (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 12 }), (counts) => {
      const sum = counts.reduce((total, count) => total + count, 0);
      if (sum === 0) return Number.isNaN(giniIndex(counts));
      let differences = 0;
      for (const a of counts) for (const b of counts) differences += Math.abs(a - b);
      return isNear(giniIndex(counts), differences / (2 * counts.length * sum));
    }),
  );
  t.pass('for random counts');
  t.end();
});

test('wrong counts and lists are refused with what is wrong', (t) => {
  t.throws(
    () => timesRecommended([[4]], 4),
    /timesRecommended: an item must be a whole number between 0 and 3/,
  );
  t.throws(() => timesRecommended([[1, 1]], 4), /timesRecommended: lists must name an item once/);
  t.throws(() => giniIndex([1, -1]), /giniIndex: counts must be counts, got -1 for item 1/);
  t.throws(
    () => novelty([1], [1, 1], 2),
    /novelty: popularity must have as many items as counts \(1\), got 2/,
  );
  t.throws(
    () => novelty([1], [3], 2),
    /novelty: popularity must be at most the number of users \(2\), got 3/,
  );
  t.end();
});

test('the best items in one pass are those of a sort, with ties, exclusions and fewer items than places', (t) => {
  const inputs = fc.tuple(
    fc.array(fc.tuple(fc.nat(4), fc.boolean()), { maxLength: 30 }),
    fc.integer({ min: 1, max: 6 }),
  );
  fc.assert(
    fc.property(inputs, ([items, count]) => {
      const scores = Float32Array.from(items, ([score]) => score / 3);
      const excluded = items.flatMap(([, isExcluded], item) => (isExcluded ? [item] : []));
      const top = new Uint32Array(count);
      const filled = topItems(
        scores,
        Uint8Array.from(items, ([, out]) => Number(out)),
        top,
      );
      const sorted = bestUnseen(scores, excluded, count).map(({ item }) => item);
      return String([...top.subarray(0, filled)]) === String(sorted);
    }),
  );
  const top = new Uint32Array(2);
  t.equal(topItems([Number.NaN, 1, Number.NaN], new Uint8Array(3), top), 1, 'no number, no place');
  t.equal(top[0], 1);
  t.end();
});

const split = leaveOneOut(syntheticRatings({ users: 60, items: 70, meanRatings: 12 }).ratings);
const everything = { metrics: 'all', rounds: 2, evaluateEvery: 1, refreshEvery: 1 };

test("a run's figures of lists are those of every client's list, one by one, for any number of threads", async (t) => {
  const recipe = await recipeNamed('fedtlrec');
  const options = { settings: everything };
  const { test: got, best, program, settings, digest } = await train(recipe, split, options);
  const { users, items } = split.train;
  const lists = Array.from({ length: users }, (_, client) => {
    const scores = scoresFor(program, items, client, {
      recency: settings.recency,
      mix: best.mix,
      order: best.order,
    });
    const known = [
      ...split.train.itemOf.subarray(split.train.offsets[client], split.train.offsets[client + 1]),
    ];
    return bestUnseen(scores, [...known, split.validation[client]!], 10).map(({ item }) => item);
  });
  t.equal(got.coverage10, new Set(lists.flat()).size / items);
  const knows = (item: number) => split.train.itemOf.filter((other) => other === item).length;
  const bits = lists.flat().map((item) => -Math.log2(Math.max(1, knows(item)) / users));
  t.ok(isNear(got.novelty10!, bits.reduce((sum, value) => sum + value, 0) / bits.length));
  t.equal(got.gini10, giniIndex(timesRecommended(lists, items)));
  const threaded = await train(recipe, split, { ...options, executor: threadsExecutor(2) });
  t.deepEqual([threaded.test, threaded.best, threaded.digest], [got, best, digest], 'two threads');
  t.end();
});

test('further metrics change nothing else, and with one held-out item they are what they are said to be', async (t) => {
  const recipe = await recipeNamed('fedtlrec');
  const plain = await train(recipe, split, { settings: { ...everything, metrics: 'usual' } });
  const chosen = await train(recipe, split, { settings: everything });
  t.equal(chosen.digest, plain.digest);
  t.deepEqual(Object.keys(plain.testPerUser), ['hr10', 'ndcg10', 'mrr10', 'fullHr10', 'fullNdcg10']);
  for (const name of Object.keys(plain.testPerUser) as (keyof typeof plain.testPerUser)[])
    t.deepEqual(chosen.testPerUser[name], plain.testPerUser[name], name);
  const { hr10, mrr10, fullHr10, ...further } = chosen.testPerUser;
  t.deepEqual(further.recall10, hr10, 'recall is HR');
  t.deepEqual(further.fullRecall10, fullHr10);
  t.deepEqual(further.map10, mrr10, 'MAP is MRR');
  t.deepEqual(further.fullMap10, further.fullMrr10);
  t.ok(further.precision10!.every((value, user) => isNear(value, hr10[user]! / 10)));
  t.ok(further.fullPrecision10!.every((value, user) => isNear(value, fullHr10[user]! / 10)));
  t.notOk('coverage10' in chosen.testPerUser, 'lists of all users have no figure per user');
  t.end();
});

test('the popularity baseline has the lists of the recipe of that name', async (t) => {
  const recipe = await recipeNamed('popularity');
  for (const part of ['validation', 'test'] as const) {
    const { executor, program } = openRun(recipe, split);
    program.initialize();
    const counts = await executor.countRecommended({ part, recency: null, mix: 0, order: null });
    t.deepEqual(popularLists(split, part).counts, counts, part);
  }
  t.end();
});
