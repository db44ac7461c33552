import test from 'tape';
import { forEachMetric } from '../../lib/evaluation/metrics.ts';
import { emptyPerUser, rankingTask } from '../../lib/evaluation/protocol.ts';
import {
  leaveOneOut,
  meanAndStandardError,
  metrics,
  type PerUser,
  pairedDifference,
  summarize,
  syntheticRatings,
} from '../../lib/index.ts';
import { closeTo } from '../reference.ts';

const figures = metrics.map(({ name }) => name);

/** The same figures, times 1, 2, 3, … */
function perUser(...values: number[]): PerUser {
  return forEachMetric((_, column) => Float64Array.from(values, (value) => (column + 1) * value));
}

test('a mean and its standard error, by hand', (t) => {
  // 1, 2, 6: mean 3, squares 4 + 1 + 9 = 14, variance 14 / 2 = 7, error √(7 / 3).
  closeTo(t, meanAndStandardError([1, 2, 6]), [3, Math.sqrt(7 / 3)], '1, 2, 6', 1e-15);
  t.deepEqual(meanAndStandardError([4, 4]), [4, 0]);
  t.deepEqual(meanAndStandardError([5]), [5, Number.NaN], 'one value has a mean and no error');
  t.end();
});

test('a summary leaves out users without a held-out item, figure by figure', (t) => {
  const { users, standardErrors, ...means } = summarize(perUser(1, Number.NaN, 2, 6));
  t.equal(users, 3);
  figures.forEach((name, at) => {
    closeTo(t, [means[name], standardErrors[name]], [3 * (at + 1), (at + 1) * Math.sqrt(7 / 3)], name, 1e-14);
  });
  for (const name of figures)
    t.deepEqual([...emptyPerUser(2)[name]], [Number.NaN, Number.NaN], 'not measured');
  t.end();
});

test('a paired difference is the mean of the differences, with their error and not that of the means', (t) => {
  const { mean, standardErrors } = pairedDifference(perUser(2, 4, 9, Number.NaN), perUser(1, 2, 3, 5));
  figures.forEach((name, at) => {
    // Differences 1, 2, 6.
    closeTo(t, [mean[name], standardErrors[name]], [3 * (at + 1), (at + 1) * Math.sqrt(7 / 3)], name, 1e-14);
  });
  t.throws(
    () => pairedDifference(perUser(1, 2), perUser(1)),
    /pairedDifference: both must have the same users, got 2 and 1/,
  );
  t.end();
});

test('the validation item is a rival on validation only as the target, and none on test', (t) => {
  const split = leaveOneOut(syntheticRatings({ users: 20, items: 40, meanRatings: 8, seed: 2 }).ratings);
  const [validation, onTest] = [rankingTask(split, 3, 'validation')!, rankingTask(split, 3, 'test')!];
  t.deepEqual([validation.target, validation.alsoExcluded], [split.validation[3], -1]);
  t.deepEqual([onTest.target, onTest.alsoExcluded], [split.test[3], split.validation[3]]);
  t.deepEqual(onTest.excluded, split.train.itemOf.slice(split.train.offsets[3], split.train.offsets[4]));
  const nobody = { ...split, test: new Int32Array(20).fill(-1) };
  t.equal(rankingTask(nobody, 3, 'test'), null, 'nothing is held out');
  t.end();
});
