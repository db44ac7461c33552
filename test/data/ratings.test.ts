import fc from 'fast-check';
import test from 'tape';
import { buildRatings, ratingsFrom } from '../../lib/data/build-ratings.ts';
import type { RatingRow, Ratings } from '../../lib/data/ratings.ts';
import { countUsersLeftOutOfSplit } from '../../lib/data/ratings-facts.ts';
import { itemsOf } from '../../lib/data/split.ts';

function row(user: string, item: string, time: number | null, value = 1): RatingRow {
  return { user, item, value, time };
}

/** A user's ratings as the ids and values of the source. */
function told(ratings: Ratings, user: string): [item: string, value: number, time: number | null][] {
  const number = ratings.users.indexOf(user);
  const told: [string, number, number | null][] = [];
  for (let place = ratings.offsets[number]!; place < ratings.offsets[number + 1]!; place++) {
    const time = ratings.times ? ratings.times[place]! : null;
    told.push([ratings.items[ratings.itemOf[place]!]!, ratings.values[place]!, time]);
  }
  return told;
}

test('rows are grouped by user and ordered by time, ties in source order', (t) => {
  const { ratings, duplicates } = buildRatings('worked', [
    row('b', '01', 30),
    row('a', '7', 20),
    row('b', '1', 10),
    row('a', '01', 20),
    row('a', 'x', 5),
  ]);
  t.deepEqual(ratings.users, ['b', 'a'], 'users are numbered by first appearance');
  t.deepEqual(ratings.items, ['01', '7', '1', 'x'], 'item 01 is not item 1');
  t.deepEqual([...ratings.offsets], [0, 2, 5]);
  t.deepEqual([...ratings.itemOf], [2, 0, 3, 1, 0]);
  t.deepEqual([...ratings.times!], [10, 30, 5, 20, 20]);
  t.equal(duplicates, 0);
  const interactions = { users: 2, items: 4, offsets: ratings.offsets, itemOf: ratings.itemOf };
  t.deepEqual([...itemsOf(interactions, 1)], [3, 1, 0], 'a view of one user');
  t.equal(countUsersLeftOutOfSplit(ratings), 1, 'user b has only two ratings');
  t.end();
});

test('of several ratings of one item by one user the latest stays, and of equally late ones the last row', (t) => {
  const { ratings, duplicates } = buildRatings('again', [
    row('a', 'x', 9, 1),
    row('a', 'y', 5, 2),
    row('b', 'x', 1, 3),
    row('b', 'x', 1, 6),
    row('a', 'x', 5, 4),
    row('a', 'x', 5, 5),
  ]);
  t.equal(duplicates, 3);
  t.deepEqual(told(ratings, 'a'), [
    ['y', 2, 5],
    ['x', 1, 9],
  ]);
  t.deepEqual(told(ratings, 'b'), [['x', 6, 1]], 'another user keeps the same item');
  t.end();
});

test('grouping agrees with a plain reference on random rows', (t) => {
  const rows = fc.array(
    fc.record({
      user: fc.constantFrom('a', 'b', 'constructor', '0', '00'),
      item: fc.constantFrom('x', 'y', '__proto__', '1', '01', ''),
      value: fc.integer({ min: 0, max: 5 }),
      time: fc.integer({ min: 0, max: 3 }),
    }),
  );
  fc.assert(
    fc.property(rows, fc.boolean(), (drawn, hasTimes) => {
      const source: RatingRow[] = hasTimes ? drawn : drawn.map((one) => ({ ...one, time: null }));
      const { ratings, duplicates } = buildRatings('random', source);
      let total = 0;
      for (const user of new Set(source.map((one) => one.user))) {
        const last = new Map<string, RatingRow>();
        for (const one of source.filter((candidate) => candidate.user === user)) {
          const earlier = last.get(one.item);
          if (earlier && (one.time ?? 0) < (earlier.time ?? 0)) continue;
          last.delete(one.item);
          last.set(one.item, one);
        }
        const want = [...last.values()].sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
        total += want.length;
        const got = JSON.stringify(told(ratings, user));
        if (got !== JSON.stringify(want.map((one) => [one.item, one.value, one.time]))) return false;
      }
      return total + duplicates === source.length && ratings.itemOf.length === total;
    }),
    { seed: 1, numRuns: 200 },
  );
  t.pass('200 random tables');
  t.end();
});

test('rows that cannot be ratings are refused', (t) => {
  const build = (...rows: RatingRow[]) => buildRatings('bad', rows);
  t.throws(
    () => build(row('a', 'x', 1, -1)),
    /RangeError: buildRatings: a value must be .* at least 0, got -1/,
  );
  t.throws(() => build(row('a', 'x', 1, Number.NaN)), /got NaN/);
  t.throws(() => build(row('a', 'x', Infinity)), /a time must be a finite number, got Infinity/);
  t.throws(
    () => build(row('a', 'x', 1), row('a', 'y', null)),
    /all rows or none must have a time, got 1 of 2/,
  );
  t.end();
});

test('ratings from a value on are those of a table without the lower ones', (t) => {
  const value = fc.integer({ min: 1, max: 5 });
  const table = fc.array(
    fc.record({ user: fc.integer({ min: 0, max: 4 }), item: fc.integer({ min: 0, max: 6 }), value }),
    {
      minLength: 1,
      maxLength: 40,
    },
  );
  let compared = 0;
  fc.assert(
    fc.property(table, fc.integer({ min: 1, max: 4 }), (records, least) => {
      const rows = new Map(records.map((one) => [`${one.user} ${one.item}`, one])); // each pair once
      const source = [...rows.values()].map((one, at) => row(`u${one.user}`, `i${one.item}`, at, one.value));
      const kept = source.filter((one) => one.value >= least);
      if ([kept, source].some((list) => new Set(list.map((one) => one.user)).size < 2)) return true;
      if (new Set(kept.map((one) => one.item)).size < 2) return true;
      compared++;
      const { ratings, dropped } = ratingsFrom(buildRatings('all', source).ratings, least);
      const want = buildRatings('all', kept).ratings;
      if (dropped !== source.length - kept.length || ratings.users.length !== want.users.length) return false;
      return want.users.every(
        (user) => JSON.stringify(told(ratings, user)) === JSON.stringify(told(want, user)),
      );
    }),
    { seed: 5, numRuns: 300 },
  );
  t.ok(compared > 100, `${compared} tables`);
  t.end();
});
