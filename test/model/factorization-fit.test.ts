import test from 'tape';
import type { Interactions } from '../../lib/data/ratings.ts';
import { fit, recommend } from '../../lib/model/factorization-fit.ts';
import { frobeniusNorm } from '../../lib/model/lora.ts';
import { rowOf, toArray } from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { shuffle } from '../../lib/numeric/sampling.ts';

/** Two groups of 20 users with 10 items each; every user touched 7 random ones of the own group's items. */
function twoGroups(): Interactions {
  const perUser = Array.from({ length: 40 }, (_, user) => {
    const own = Uint32Array.from({ length: 10 }, (_, item) => item + 10 * (user % 2));
    return shuffle(own, randomStream(1, 'two-groups', user)).slice(0, 7);
  });
  return {
    users: 40,
    items: 20,
    offsets: Uint32Array.from({ length: 41 }, (_, user) => 7 * user),
    itemOf: Uint32Array.from(perUser.flatMap((items) => [...items])),
  };
}

const small = { factors: 4, epochs: 25 };

test('everybody is recommended the unseen items of the own group', (t) => {
  const data = twoGroups();
  const model = fit(data, small);
  let right = 0;
  for (let user = 0; user < 40; user++) {
    const best = recommend(model, user, data, 3);
    right += best.filter(({ item }) => Math.floor(item / 10) === user % 2).length;
  }
  t.ok(right >= 114, `${right} of 120 recommendations are right; guessing gives 28`);
  t.end();
});

test('the loss falls, from log 2 at the beginning', (t) => {
  const { losses } = fit(twoGroups(), small);
  t.equal(losses.length, 25);
  t.ok(Math.abs(losses[0]! - Math.log(2)) < 0.15, `first ${losses[0]}`);
  t.ok(losses.at(-1)! < 0.6 * losses[0]!, `last ${losses.at(-1)}`);
  t.end();
});

test('without negatives everything becomes a yes', (t) => {
  const data = twoGroups();
  const model = fit(data, { ...small, negatives: 0 });
  t.ok(recommend(model, 0, data, 13).every(({ score }) => score > 0));
  t.end();
});

test('the seed decides everything', (t) => {
  const data = twoGroups();
  t.deepEqual(fit(data, { ...small, seed: 5 }), fit(data, { ...small, seed: 5 }));
  const [first, second] = [1, 2].map((seed) => toArray(rowOf(fit(data, { ...small, seed }).userFactors, 0)));
  t.notDeepEqual(first, second);
  t.end();
});

test('a stronger pull towards 0 gives smaller factors', (t) => {
  const sizes = [0, 0.1].map((regularization) =>
    frobeniusNorm(fit(twoGroups(), { ...small, regularization }).userFactors),
  );
  t.ok(sizes[1]! < 0.7 * sizes[0]!, `${sizes[1]} < ${sizes[0]}`);
  t.end();
});

test('recommendations leave out what was touched, come best first and end when nothing is left', (t) => {
  const data = twoGroups();
  const model = fit(data, { ...small, epochs: 1 });
  const all = recommend(model, 3, data, 100);
  const touched = new Set(data.itemOf.subarray(21, 28));
  t.equal(all.length, 13);
  t.ok(all.every(({ item }) => !touched.has(item)));
  t.ok(all.every(({ score }, index) => index === 0 || score <= all[index - 1]!.score));
  t.deepEqual(recommend(model, 3, data, 2), all.slice(0, 2));
  t.end();
});

test('equal scores come in the order of the items', (t) => {
  const data: Interactions = { users: 1, items: 4, offsets: Uint32Array.of(0, 1), itemOf: Uint32Array.of(1) };
  const model = fit(data, { epochs: 1, factors: 1 });
  model.itemTable.data.fill(0);
  t.deepEqual(recommend(model, 0, data, 3), [0, 2, 3].map((item) => ({ item, score: 0 }))); // biome-ignore format: one line
  t.end();
});

test('users without any item are left as they were drawn', (t) => {
  const data: Interactions = {
    users: 2,
    items: 3,
    offsets: Uint32Array.of(0, 0, 1),
    itemOf: Uint32Array.of(1),
  };
  const model = fit(data, { epochs: 3, factors: 2 });
  const early = fit(data, { epochs: 1, factors: 2 });
  t.deepEqual(toArray(rowOf(model.userFactors, 0)), toArray(rowOf(early.userFactors, 0)));
  t.notDeepEqual(toArray(rowOf(model.userFactors, 1)), toArray(rowOf(early.userFactors, 1)));
  t.end();
});

test('wrong settings are named', (t) => {
  const data = twoGroups();
  t.throws(
    () => fit(data, { factors: 0 }),
    /RangeError: fit: factors must be a whole number between 1 and 4096, got 0/,
  );
  t.throws(
    () => fit(data, { learningRate: Number.NaN }),
    /fit: learningRate must be a finite number of at least 0/,
  );
  const model = fit(data, { ...small, epochs: 1 });
  t.throws(
    () => recommend(model, 40, data, 1),
    /recommend: user must be a whole number between 0 and 39, got 40/,
  );
  t.throws(
    () => recommend(model, 0, data, 0),
    /recommend: count must be a whole number of at least 1, got 0/,
  );
  t.end();
});
