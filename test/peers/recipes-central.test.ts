// The central references: item-kNN and EASE against hand and mathjs, BPR and NeuMF by their gradients and by learning.
import { inv } from 'mathjs';
import test from 'tape';
import { itemsOf, leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import type { Recipe } from '../../lib/federated/recipe.ts';
import type { Settings } from '../../lib/federated/settings.ts';
import { binaryCrossEntropy } from '../../lib/model/loss.ts';
import { matrix } from '../../lib/numeric/matrix.ts';
import { plainMatmul } from '../../lib/numeric/product.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { bprMf, stepTriple } from '../../lib/peers/bpr-mf.ts';
import { ease } from '../../lib/peers/ease.ts';
import { perceptronWidths } from '../../lib/peers/fedncf.ts';
import { itemKnnWith } from '../../lib/peers/item-knn.ts';
import { NeuralFactorization, neumf } from '../../lib/peers/neumf.ts';
import { Perceptron } from '../../lib/peers/perceptron.ts';
import { popularity } from '../../lib/peers/popularity.ts';
import { train } from '../../lib/training/train.ts';
import { centralDifferences } from '../gradient.ts';
import { closeTo } from '../reference.ts';
import { afterEpochs, scoresOf, setupOf, splitOf } from './handmade.ts';

const rows = [
  [0, 1],
  [0, 1, 2],
  [1, 2],
  [3, 0],
];
const handmade = splitOf(rows, 4);

test('item-kNN adds up the cosines of the nearest items, by hand', (t) => {
  // Users per item: 3, 3, 2, 1. Common users: (0,1) 2, (0,2) 1, (0,3) 1, (1,2) 2.
  const cosine = { i01: 2 / 3, i02: 1 / Math.sqrt(6), i03: 1 / Math.sqrt(3), i12: 2 / Math.sqrt(6) };
  const all = scoresOf(itemKnnWith({ neighbours: 3, shrinkage: 0 }), handmade, 0);
  closeTo(t, all, [cosine.i01, cosine.i01, cosine.i02 + cosine.i12, cosine.i03], 'all neighbours', 1e-6);
  const nearest = scoresOf(itemKnnWith({ neighbours: 1, shrinkage: 0 }), handmade, 0);
  // The nearest of 0 is 1; of 1 is 2, which user 0 has not; of 2 is 1; of 3 is 0.
  closeTo(t, nearest, [cosine.i01, 0, cosine.i12, cosine.i03], 'the nearest only', 1e-6);
  const shrunk = scoresOf(itemKnnWith({ neighbours: 1, shrinkage: 2 }), handmade, 3);
  closeTo(
    t,
    shrunk,
    [0, (cosine.i01 * 2) / 4, 0, cosine.i03 / 3].map((x, i) => (i === 1 ? 0 : x)),
    'shrunk',
    1e-6,
  );
  t.throws(() => itemKnnWith({ neighbours: 0 }), /neighbours must be a whole number of at least 1, got 0/);
  t.end();
});

test('EASE is −P_ij / P_jj with P the inverse of the regularised Gram matrix, as mathjs finds it', (t) => {
  const lambda = 0.3 * rows.length;
  const gram = [0, 1, 2, 3].map((i) =>
    [0, 1, 2, 3].map((j) => {
      const common = rows.filter((items) => items.includes(i) && items.includes(j)).length;
      return common + (i === j ? lambda : 0);
    }),
  );
  const inverse = inv(gram) as number[][];
  rows.forEach((own, user) => {
    const expected = [0, 1, 2, 3].map((item) =>
      own.reduce((sum, j) => sum + (j === item ? 0 : -inverse[j]![item]! / inverse[item]![item]!), 0),
    );
    closeTo(t, scoresOf(ease, handmade, user, { regularization: 0.3 }), expected, `user ${user}`, 1e-5);
  });
  t.end();
});

test('a step of BPR goes down the gradient of −ln σ(s_i − s_j) and its penalty', (t) => {
  const rng = randomStream(1, 'bpr test');
  const factors = 3;
  const parameters = Float64Array.from({ length: 3 * factors + 2 }, () => rng.normal());
  const [learningRate, lambda] = [0.1, 0.2];
  const loss = (x: ArrayLike<number>): number => {
    let margin = x[2 * factors]! - x[3 * factors + 1]!;
    let penalty = 0;
    for (let k = 0; k < factors; k++) {
      const [p, i, j] = [x[k]!, x[factors + k]!, x[2 * factors + 1 + k]!];
      margin += p * (i - j);
      penalty += p * p + i * i + j * j;
    }
    return Math.log(1 + Math.exp(-margin)) + (lambda / 2) * penalty;
  };
  const slopes = centralDifferences(loss, parameters);
  const expected = parameters.map((value, at) => value - learningRate * slopes[at]!);
  const stepped = parameters.slice();
  const parts = [stepped.subarray(0, 3), stepped.subarray(3, 7), stepped.subarray(7, 11)] as const;
  const settings = { serverLearningRate: learningRate, regularization: lambda };
  const before = stepTriple(...parts, settings);
  closeTo(t, stepped, expected, 'the step', 1e-9);
  closeTo(t, [before], [loss(parameters) - (lambda / 2) * squares(parameters)], 'the loss', 1e-12);
  t.end();

  function squares(x: Float64Array): number {
    return x.reduce((sum, value, at) => sum + (at === 6 || at === 10 ? 0 : value * value), 0);
  }
});

test("NeuMF's gradient agrees with central differences of its loss in float64", (t) => {
  const settings: Partial<Settings> = { factors: 2, userScale: 1, itemScale: 1 };
  const setup = setupOf(neumf, handmade, settings);
  const model = new NeuralFactorization(setup);
  model.initialize();
  const { userTable, itemTable, perceptron } = setup.memory.arrays;
  const rng = randomStream(7, 'neumf test'); // biases of 0 would put a unit exactly on ReLU's kink
  for (let at = 0; at < perceptron!.length; at++) perceptron![at] = rng.normal();
  const users = Uint32Array.of(0, 1, 3, 3);
  const items = Uint32Array.of(2, 0, 3, 2);
  const labels = Uint8Array.of(1, 0, 1, 0);
  const network = new Perceptron(perceptronWidths(2), plainMatmul, 'float64');
  const [p, q, w] = [userTable, itemTable, perceptron].map((values) => Float64Array.from(values!));
  const loss = (): number => {
    let sum = 0;
    users.forEach((user, sample) => {
      const own = p!.subarray(user * 4, user * 4 + 4);
      const item = q!.subarray(items[sample]! * 5, items[sample]! * 5 + 5);
      const pair = Float64Array.of(own[2]!, own[3]!, item[2]!, item[3]!);
      const score =
        own[0]! * item[0]! + own[1]! * item[1]! + item[4]! + network.run(w!, matrix(pair, 1, 4))[0]!;
      sum += binaryCrossEntropy(score, labels[sample]!);
    });
    return sum / users.length;
  };
  const total = model.differentiate(users, items, labels);
  closeTo(t, [total / users.length], [loss()], 'the loss', 1e-6);
  const { users: byUser, items: byItem, weights } = model.gradients();
  closeTo(t, byUser, centralDifferences(loss, p!), 'by the users', 1e-5);
  closeTo(t, byItem, centralDifferences(loss, q!), 'by the items', 1e-5);
  closeTo(t, weights, centralDifferences(loss, w!), 'by the perceptron', 1e-5);
  t.end();
});

test('an epoch of BPR prefers what a user has to what it has not, and never the other way round', (t) => {
  const lacking = splitOf([[0, 1, 2], [0, 1, 3], [0, 1, 2, 3, 4]], 5); // biome-ignore format: a row a user
  const wanted = { factors: 2, regularization: 0, serverLearningRate: 0.1 };
  const biases = (values: ArrayLike<number>) => [0, 1, 2, 3, 4].map((item) => values[item * 3 + 2]!);
  const start = afterEpochs(bprMf, lacking, 0, wanted);
  const { arrays, losses, program } = afterEpochs(bprMf, lacking, 20, wanted);
  const moved = biases(arrays.itemTable!).map((bias, item) => bias - biases(start.arrays.itemTable!)[item]!);
  t.ok(moved[0]! > 0.5 && moved[1]! > 0.5, 'both users that learn have 0 and 1: these only rise');
  t.ok(moved[4]! < -0.5, 'neither has 4: it only falls; the user that has everything learns nothing');
  t.ok(Math.abs(moved.reduce((sum, step) => sum + step, 0)) < 1e-4, 'what one item wins, another loses');
  t.ok(losses.at(-1)! < losses[0]! / 2, 'the loss falls');
  const scores = new Float32Array(5);
  program.score(0, null, scores);
  t.ok(Math.min(scores[0]!, scores[1]!, scores[2]!) > Math.max(scores[3]!, scores[4]!), 'user 0');
  program.score(1, null, scores);
  t.ok(Math.min(scores[0]!, scores[1]!, scores[3]!) > Math.max(scores[2]!, scores[4]!), 'user 1');
  t.end();
});

test('the loss that an epoch reports is the mean over its samples', (t) => {
  // Without factors and steps all scores are equal: BPR loses log 2 with each pair.
  const still = { factors: 2, serverLearningRate: 0, userScale: 0, itemScale: 0, negatives: 1 };
  const lonely = splitOf([[0, 1, 2], [0, 3]], 40); // biome-ignore format: a row a user
  closeTo(t, afterEpochs(bprMf, lonely, 1, still).losses, [Math.log(2)], 'bpr-mf', 1e-12);
  // NeuMF gives one score to all, with one negative per positive: the mean of −log σ(s) and −log σ(−s).
  const { losses, program } = afterEpochs(neumf, lonely, 1, still);
  const scores = new Float32Array(40);
  program.score(0, null, scores);
  const [s] = scores;
  t.ok(
    scores.every((score) => score === s),
    `all scores are ${s}`,
  );
  closeTo(t, losses, [(binaryCrossEntropy(s!, 1) + binaryCrossEntropy(s!, 0)) / 2], 'neumf', 1e-6);
  t.end();
});

test('NeuMF scores by the product of the first halves, a perceptron of the second ones, and a bias, by hand', (t) => {
  const setup = setupOf(neumf, handmade, { factors: 2 });
  const model = new NeuralFactorization(setup);
  const { userTable: p, itemTable: q, perceptron: w } = setup.memory.arrays;
  p!.forEach((_, at) => {
    p![at] = 0.1 + at / 10;
  });
  q!.forEach((_, at) => {
    q![at] = 0.3 + (at % 7) / 5;
  });
  // W [2, 4] and b [2], then [1, 2] and [1], then [1, 1] and [1]: all above 0, so that ReLU lets everything pass.
  w!.forEach((_, at) => {
    w![at] = 0.05 + (at % 5) / 10;
  });
  const wanted = [0, 1, 2, 3].map((item) => {
    const [own, other] = [[...p!.subarray(4, 8)], [...q!.subarray(5 * item, 5 * item + 5)]]; // of user 1
    const pair = [own[2]!, own[3]!, other[2]!, other[3]!];
    const layer = (input: number[], from: number, units: number) =>
      Array.from({ length: units }, (_, unit) =>
        input.reduce(
          (sum, value, k) => sum + value * w![from + unit * input.length + k]!,
          w![from + units * input.length + unit]!,
        ),
      );
    const [deep] = layer(layer(layer(pair, 0, 2), 10, 1), 13, 1);
    return own[0]! * other[0]! + own[1]! * other[1]! + other[4]! + deep!;
  });
  const scores = new Float32Array(4);
  model.score(1, scores);
  closeTo(t, scores, wanted, 'user 1', 1e-5);
  t.end();
});

test('NeuMF learns to tell what a user has from what it has not', (t) => {
  const wanted = { factors: 4, serverLearningRate: 0.02, negatives: 2 };
  const { program, losses } = afterEpochs(neumf, handmade, 60, wanted);
  t.ok(losses.at(-1)! < 0.3 && losses.at(-1)! < losses[0]! / 2, `loss ${losses[0]} to ${losses.at(-1)}`);
  rows.forEach((own, user) => {
    const scores = new Float32Array(4);
    program.score(user, null, scores);
    for (const [item, score] of scores.entries())
      t.equal(score > 0, own.includes(item), `user ${user}, item ${item}`);
  });
  t.end();
});

test('the scores of one user do not depend on who was scored before', (t) => {
  for (const recipe of [itemKnnWith({ neighbours: 3 }), ease, popularity]) {
    const program = recipe.create(setupOf(recipe, handmade));
    program.initialize();
    rows.forEach((_, user) => {
      const scores = new Float32Array(4);
      program.score(user, null, scores);
      t.deepEqual(scores, scoresOf(recipe, handmade, user), `${recipe.name}, user ${user}`);
    });
  }
  t.deepEqual([...scoresOf(popularity, handmade, 2)], [3, 3, 2, 1], 'popularity counts users');
  t.end();
});

const world = {
  users: 300,
  items: 120,
  meanRatings: 25,
  sceneShare: 0,
  groupShare: 0.95,
  popularityExponent: 0.6,
};
const small = leaveOneOut(syntheticRatings({ ...world, seed: 3 }).ratings);

test('every central reference beats popularity on data with taste groups', async (t) => {
  const options = { settings: { recency: null, evaluateEvery: 10 } };
  const least = (await train(popularity, small, options)).test.ndcg10;
  const learned: [Recipe, Partial<Settings>][] = [
    [itemKnnWith(), {}],
    [ease, {}],
    [bprMf, { rounds: 30 }],
    [neumf, { rounds: 10 }],
  ];
  for (const [recipe, settings] of learned) {
    const result = await train(recipe, small, { settings: { ...options.settings, ...settings } });
    t.ok(
      result.test.ndcg10 > least + 0.03,
      `${recipe.name}: ${result.test.ndcg10.toFixed(3)} > ${least.toFixed(3)}`,
    );
    t.equal(result.bytesUpPerClientRound, 0, `${recipe.name} has no messages`);
  }
});

test('a central reference with a user vector can be re-fitted to the recent past, one without cannot', (t) => {
  const program = bprMf.create(setupOf(bprMf, small, { factors: 4 }));
  program.initialize();
  t.equal([...program.finishRound(1, [])].length, 1, 'an epoch');
  const [plain, refitted] = [new Float32Array(120), new Float32Array(120)];
  program.score(0, null, plain);
  program.score(0, 4, refitted);
  t.notDeepEqual(Array.from(refitted), Array.from(plain), 'the re-fit changes the scores');
  t.ok(refitted.every(Number.isFinite), 'and keeps them finite');
  t.ok(program.canRefit, 'bpr-mf');
  t.notOk(neumf.create(setupOf(neumf, small)).canRefit, 'neumf');
  t.ok(itemsOf(small.train, 0).length > 0);
  t.end();
});
