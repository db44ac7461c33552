import fc from 'fast-check';
import test from 'tape';
import { buildRatings } from '../../lib/data/build-ratings.ts';
import { parseRatings } from '../../lib/data/parse.ts';
import { itemsOf, leaveOneOut } from '../../lib/data/split.ts';

const toy = (text: string) => parseRatings(text, { name: 'toy' }).ratings;

test('the latest item is the test, the one before it the validation, the rest is for training', (t) => {
  const ratings = toy('a,x,1,30\na,y,1,10\na,z,1,40\na,w,1,20\nb,x,1,5\nb,y,1,6\n');
  const split = leaveOneOut(ratings);
  const name = (item: number) => ratings.items[item];
  t.equal(name(split.test[0]!), 'z');
  t.equal(name(split.validation[0]!), 'x');
  t.deepEqual([...itemsOf(split.train, 0)].map(name), ['y', 'w'], 'training stays oldest first');
  t.deepEqual([split.test[1], split.validation[1]], [-1, -1], 'two ratings are too few');
  t.deepEqual([...itemsOf(split.train, 1)].map(name), ['x', 'y'], 'they all stay in training');
  t.deepEqual([split.skippedUsers, split.ordered, split.name], [1, true, 'toy']);
  t.deepEqual([split.train.users, split.train.items], [2, 4]);
  t.end();
});

test('among equal times the last in the source counts as the latest', (t) => {
  const ratings = toy('user,item,rating,time\na,x,1,9\na,y,1,9\na,z,1,9\nb,x,1,1');
  const { test: held, validation } = leaveOneOut(ratings);
  t.deepEqual([ratings.items[held[0]!], ratings.items[validation[0]!]], ['z', 'y']);
  t.end();
});

test('without times two different random items are held out, evenly, and by user and seed alone', (t) => {
  const users = 4000;
  const rows = Array.from({ length: users * 4 }, (_, row) => ({
    user: `u${row >> 2}`,
    item: `i${row & 3}`,
    value: 1,
    time: null,
  }));
  const { ratings } = buildRatings('no times', rows);
  const split = leaveOneOut(ratings, { seed: 7 });
  t.equal(split.ordered, false);
  const pairs = new Map<string, number>();
  for (let user = 0; user < users; user++) {
    const pair = `${split.validation[user]} ${split.test[user]}`;
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  t.equal(pairs.size, 12, 'every ordered pair of different items occurs, no other');
  // 4000 / 12 = 333 each, standard deviation 17.5.
  t.ok(
    [...pairs.values()].every((count) => Math.abs(count - 333) < 90),
    'equally often',
  );
  const half = buildRatings('half', rows.slice(0, users * 2)).ratings;
  t.deepEqual(
    leaveOneOut(half, { seed: 7 }).test,
    split.test.slice(0, users / 2),
    'other users do not matter',
  );
  t.deepEqual(leaveOneOut(ratings, { seed: 7 }).test, split.test, 'the same seed, the same split');
  t.notDeepEqual(leaveOneOut(ratings, { seed: 8 }).test, split.test, 'another seed, another split');
  t.end();
});

test('training, validation and test together are each user’s ratings', (t) => {
  const rows = fc.array(
    fc.record({
      user: fc.integer({ min: 0, max: 5 }).map(String),
      item: fc.integer({ min: 0, max: 9 }).map(String),
      value: fc.constant(1),
      time: fc.integer({ min: 0, max: 4 }),
    }),
    { minLength: 20, maxLength: 60 }, // six users, twenty rows: after duplicates some user has three
  );
  fc.assert(
    fc.property(rows, fc.boolean(), (drawn, hasTimes) => {
      const source = hasTimes ? drawn : drawn.map((row) => ({ ...row, time: null }));
      const { ratings } = buildRatings('random', source);
      fc.pre([...ratings.offsets].some((offset, user) => (ratings.offsets[user + 1] ?? 0) >= offset + 3));
      const split = leaveOneOut(ratings);
      for (let user = 0; user < ratings.users.length; user++) {
        const own = [...ratings.itemOf.subarray(ratings.offsets[user], ratings.offsets[user + 1])];
        const held = [split.validation[user]!, split.test[user]!];
        const train = [...itemsOf(split.train, user)];
        if (own.length < 3 && (held[0] !== -1 || held[1] !== -1)) return false;
        const wanted = own.length < 3 ? own : own.filter((item) => !held.includes(item));
        if (train.join() !== wanted.join()) return false;
        if (own.length >= 3 && train.length !== own.length - 2) return false;
      }
      return split.train.itemOf.length === split.train.offsets[ratings.users.length];
    }),
    { seed: 5, numRuns: 200 },
  );
  t.pass('200 random data sets');
  t.end();
});

test('data in which nobody can be split are refused', (t) => {
  const ratings = toy('a,x,1\na,y,1\nb,x,1');
  t.throws(
    () => leaveOneOut(ratings),
    /RangeError: leaveOneOut: at least one user must have 3 ratings, got none of 2/,
  );
  t.throws(() => leaveOneOut(toy('a,x,1\na,y,1\na,z,1\nb,x,1'), { seed: -1 }), RangeError);
  t.end();
});

test('the items of a user are asked of interactions, and of nothing else', (t) => {
  const whole = { offsets: Uint32Array.of(0, 2, 3), itemOf: Uint32Array.of(4, 5, 6) };
  t.deepEqual([itemsOf(whole, 0), itemsOf(whole, 1)], [Uint32Array.of(4, 5), Uint32Array.of(6)]);
  for (const [given, lacks] of [
    [{ offsets: whole.offsets }, 'whose itemOf is an array, got undefined'],
    [{ itemOf: whole.itemOf }, 'whose offsets is an array, got undefined'],
    [null, 'must be an object'],
  ] as const)
    t.throws(
      () => itemsOf(given as never, 0),
      (error: Error) =>
        String(error).startsWith('TypeError: itemsOf: interactions must be ') &&
        error.message.includes(lacks),
      lacks,
    );
  t.end();
});
