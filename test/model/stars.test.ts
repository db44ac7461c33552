// Stars: the squared loss by gradient descent and by alternating least squares, against numpy, by hand, and by what must hold.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import test from 'tape';
import { interactionsOf } from '../../lib/data/interactions.ts';
import { parseRatings } from '../../lib/data/parse.ts';
import type { Ratings } from '../../lib/data/ratings.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { fit, predictRating, ratingErrors, recommend } from '../../lib/model/factorization-fit.ts';
import { alternateStars } from '../../lib/model/fit-als.ts';
import { starsEpoch } from '../../lib/model/fit-stars.ts';
import { fromRows, toRows } from '../../lib/numeric/matrix.ts';
import { needs, sharedFile } from '../reference.ts';

interface Tables {
  readonly users: number[][];
  readonly items: number[][];
}
interface Vectors {
  readonly users: number[];
  readonly items: number[];
  readonly stars: number[];
  readonly order: number[];
  readonly start: Tables;
  readonly sgd: Tables & { readonly losses: number[] };
  readonly als: Tables & { readonly losses: number[] };
}

const vectors = JSON.parse(readFileSync(new URL('./numpy/stars.json', import.meta.url), 'utf8')) as Vectors;
const list = {
  userOf: Uint32Array.from(vectors.users),
  itemOf: Uint32Array.from(vectors.items),
  values: Float64Array.from(vectors.stars),
};
const startTables = () => ({
  mean: vectors.stars.reduce((sum, stars) => sum + stars, 0) / vectors.stars.length,
  users: fromRows(vectors.start.users),
  items: fromRows(vectors.start.items),
});
/** The largest difference between tables, or between lists of losses. */
function largestDifference(got: readonly number[], wanted: readonly number[]): number {
  return Math.max(...wanted.map((value, place) => Math.abs(value - got[place]!)));
}
const small = (): Ratings => syntheticRatings({ users: 60, items: 80, meanRatings: 15 }).ratings;

test('epochs of gradient descent on stars agree with numpy', (t) => {
  const tables = startTables();
  const order = Uint32Array.from(vectors.order);
  const settings = { learningRate: 0.05, regularization: 0.1 };
  const losses = [1, 2, 3].map(() => starsEpoch(list, order, tables, settings));
  t.ok(largestDifference(losses, vectors.sgd.losses) < 1e-12, 'losses');
  t.ok(largestDifference(toRows(tables.users).flat(), vectors.sgd.users.flat()) < 1e-12, 'users');
  t.ok(largestDifference(toRows(tables.items).flat(), vectors.sgd.items.flat()) < 1e-12, 'items');
  t.notDeepEqual(vectors.sgd.users, vectors.start.users, 'which moved');
  t.end();
});

test('epochs of alternating least squares agree with numpy', (t) => {
  const tables = startTables();
  const losses = alternateStars(list, tables, { epochs: 4, regularization: 0.2 });
  t.ok(largestDifference([...losses], vectors.als.losses) < 1e-10, 'losses');
  t.ok(largestDifference(toRows(tables.users).flat(), vectors.als.users.flat()) < 1e-10, 'users');
  t.ok(largestDifference(toRows(tables.items).flat(), vectors.als.items.flat()) < 1e-10, 'items');
  t.deepEqual(toRows(tables.users).at(-1), vectors.start.users.at(-1), 'who has no ratings stays');
  t.end();
});

test('least squares never raise what they minimise', (t) => {
  const tables = startTables();
  const penalty = 0.2;
  const objective = () => {
    let sum = 0;
    list.values.forEach((stars, place) => {
      const [u, i] = [list.userOf[place]!, list.itemOf[place]!];
      const [p, q] = [toRows(tables.users)[u]!, toRows(tables.items)[i]!];
      let score = tables.mean + p[3]! + q[3]!;
      for (let k = 0; k < 3; k++) score += p[k]! * q[k]!;
      const sizes = [...p, ...q].reduce((squares, value) => squares + value * value, 0);
      sum += (stars - score) ** 2 + penalty * sizes;
    });
    return sum;
  };
  let before = objective();
  for (let epoch = 0; epoch < 5; epoch++) {
    alternateStars(list, tables, { epochs: 1, regularization: penalty });
    const after = objective();
    t.ok(after <= before + 1e-12, `${after} after ${before}`);
    before = after;
  }
  t.end();
});

test('a prediction is the mean, both biases and the product of the factors, within the range', (t) => {
  const model = {
    ...{ mean: 3, userBiases: Float64Array.of(0.5, -1), users: ['ann', 'bob'], items: ['Alien', 'Heat'] },
    ...{ userFactors: fromRows([[2], [1]]), itemTable: fromRows([[0.5, 0.25], [4, 0]]) }, // biome-ignore format: two rows
    ...{ range: [1, 5] as const, losses: new Float64Array(0) },
  };
  t.equal(predictRating(model, 'ann', 'Alien'), 3 + 0.5 + 0.25 + 1);
  t.equal(predictRating(model, 'ann', 'Heat'), 5, 'cut off');
  t.equal(predictRating(model, 'eve', 'Alien'), 3.25, 'an unknown user');
  t.equal(predictRating(model, 'bob', 'Jaws'), 2, 'an unknown item');
  const { ratings } = parseRatings('bob,Jaws,4\nann,Alien,4\n', { name: 'held out' });
  const errors = ratingErrors(model, ratings);
  t.ok(Math.abs(errors.mae - (2 + 0.75) / 2) < 1e-15, `${errors.mae}`);
  t.ok(Math.abs(errors.rmse - Math.sqrt((4 + 0.75 ** 2) / 2)) < 1e-15, `${errors.rmse}`);
  t.equal(errors.count, 2);
  t.end();
});

test('both solvers learn stars better than the means do, and the seed decides', (t) => {
  const ratings = small();
  const means = fit(ratings, { loss: 'squared', factors: 1, epochs: 1, learningRate: 0 });
  for (const solver of ['sgd', 'als'] as const) {
    const model = fit(ratings, { loss: 'squared', solver, factors: 4, epochs: 20 });
    const { rmse, mae } = ratingErrors(model, ratings);
    t.ok(rmse < 0.9 * ratingErrors(means, ratings).rmse, `${solver}: ${rmse}`);
    t.ok(mae <= rmse, 'the mean error is at most the root of the mean square');
    t.deepEqual(fit(ratings, { loss: 'squared', solver, factors: 4, epochs: 20 }), model);
    t.notDeepEqual(fit(ratings, { loss: 'squared', solver, factors: 4, epochs: 20, seed: 2 }), model);
    t.equal(recommend(model, 0, ratings, 5).length, 5, 'and recommend takes it');
  }
  t.end();
});

test('fit takes ratings as they are parsed, and interactions with stars from a minimum on', (t) => {
  const ratings = small();
  const options = { factors: 3, epochs: 2 };
  t.deepEqual(fit(ratings, options), fit(interactionsOf(ratings), options));
  const liked = interactionsOf(ratings, { minRating: 4 });
  t.equal(liked.itemOf.length, ratings.values.filter((value) => value >= 4).length);
  t.deepEqual([liked.users, liked.items], [60, 80], 'users and items keep their numbers');
  for (let user = 0; user < 60; user++) {
    const wanted = [...ratings.itemOf.subarray(ratings.offsets[user], ratings.offsets[user + 1])].filter(
      (_, place) => ratings.values[ratings.offsets[user]! + place]! >= 4,
    );
    t.deepEqual([...liked.itemOf.subarray(liked.offsets[user], liked.offsets[user + 1])], wanted);
  }
  t.notDeepEqual(fit(liked, options).itemTable, fit(ratings, options).itemTable);
  t.end();
});

test('wrong arguments are named', (t) => {
  const ratings = small();
  const wrong: [() => unknown, RegExp][] = [
    [() => fit(interactionsOf(ratings) as unknown as Ratings, { loss: 'squared' }), /^TypeError: fit: ratings must be as/],
    [() => fit(ratings, { loss: 'hinge' as 'squared' }), /^RangeError: fit: loss must be 'logistic' or 'squared', got hinge/],
    [() => fit(ratings, { loss: 'squared', solver: 'qr' as 'als' }), /fit: solver must be 'sgd' or 'als', got qr/],
    [() => fit(ratings, { loss: 'squared', solver: 'als', regularization: 0 }), /fit: regularization must be above 0/],
    [() => interactionsOf(ratings, { minRating: Number.NaN }), /interactionsOf: minRating must be a finite number, got NaN/],
  ]; // biome-ignore format: a case a line
  for (const [call, message] of wrong) t.throws(call, message);
  t.end();
});

test('on MovieLens-100K u1, the defaults predict within .93 stars', needs('data/ml-100k/u1.base.gz'), (t) => {
  const read = (file: string) => readFileSync(sharedFile(`data/ml-100k/${file}`));
  const train = parseRatings(gunzipSync(read('u1.base.gz')).toString(), { name: 'u1.base' }).ratings;
  const held = parseRatings(read('u1.test').toString(), { name: 'u1.test' }).ratings;
  const { rmse, mae, count } = ratingErrors(fit(train, { loss: 'squared', solver: 'als' }), held);
  t.equal(count, 20_000);
  t.ok(rmse <= 0.93 && mae <= 0.74, `RMSE ${rmse}, MAE ${mae}`);
  t.end();
});
