import test from 'tape';
import { withPlacebo } from '../../lib/data/placebo.ts';
import { itemsOf, leaveOneOut, type Split } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';

test('with five items, three of them used up, both placebo items are the two that are left', (t) => {
  const split: Split = {
    name: 'tiny',
    train: { users: 2, items: 5, offsets: Uint32Array.of(0, 1, 4), itemOf: Uint32Array.of(4, 0, 1, 2) },
    validation: Int32Array.of(0, -1),
    test: Int32Array.of(2, -1),
    ordered: true,
    skippedUsers: 1,
  };
  const placebo = withPlacebo(split, 1);
  t.deepEqual([placebo.validation[0]!, placebo.test[0]!].sort(), [1, 3]);
  t.deepEqual([placebo.validation[1], placebo.test[1]], [-1, -1], 'a user without hidden items gets none');
  t.equal(placebo.train, split.train);
  t.deepEqual([...split.test], [2, -1], 'the given split is unchanged');
  t.end();
});

test('placebo items were never touched by the user, are two, and depend on the seed only', (t) => {
  const split = leaveOneOut(syntheticRatings({ users: 80, items: 60, meanRatings: 14, seed: 3 }).ratings);
  const placebo = withPlacebo(split, 7);
  let wrong = 0;
  for (let user = 0; user < split.train.users; user++) {
    const touched = new Set([...itemsOf(split.train, user), split.validation[user], split.test[user]]);
    const [validation, hidden] = [placebo.validation[user]!, placebo.test[user]!];
    if (touched.has(validation) || touched.has(hidden) || validation === hidden) wrong++;
  }
  t.equal(wrong, 0);
  t.deepEqual(withPlacebo(split, 7), placebo);
  t.notDeepEqual(withPlacebo(split, 8).test, placebo.test);
  t.end();
});

test('a user who has touched all but one item gets no placebo', (t) => {
  const split: Split = {
    name: 'tiny',
    train: { users: 1, items: 4, offsets: Uint32Array.of(0, 1), itemOf: Uint32Array.of(0) },
    validation: Int32Array.of(1),
    test: Int32Array.of(2),
    ordered: true,
    skippedUsers: 0,
  };
  t.equal(withPlacebo(split, 1).test[0], -1);
  t.end();
});
