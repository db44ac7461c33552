// The federated peers: each one's defining step against its definition, then learning, bytes and determinism.
import test from 'tape';
import type { Sample } from '../../lib/data/negatives.ts';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { scoreItems } from '../../lib/federated/client.ts';
import type { ClientTask } from '../../lib/federated/local-model.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import { Memory } from '../../lib/federated/memory.ts';
import type { Recipe, Setup } from '../../lib/federated/recipe.ts';
import { completeSettings, type Settings } from '../../lib/federated/settings.ts';
import { addRows } from '../../lib/federated/update-sum.ts';
import { decode, type Update } from '../../lib/federated/wire.ts';
import { binaryCrossEntropy } from '../../lib/model/loss.ts';
import { matrix } from '../../lib/numeric/matrix.ts';
import { plainMatmul } from '../../lib/numeric/product.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { CorrelatedClient, colr, colrAllRows, sharedFactor } from '../../lib/peers/colr.ts';
import { fedncf, PerceptronClient, perceptronWidths } from '../../lib/peers/fedncf.ts';
import { fedrecon, halves, ReconstructingClient } from '../../lib/peers/fedrecon.ts';
import { gpfedrec, SimilarTables } from '../../lib/peers/gpfedrec.ts';
import { Perceptron } from '../../lib/peers/perceptron.ts';
import { DualPersonalClient, pfedrec } from '../../lib/peers/pfedrec.ts';
import { popularity } from '../../lib/peers/popularity.ts';
import { inlineExecutor } from '../../lib/training/executor.ts';
import { train } from '../../lib/training/train.ts';
import { centralDifferences } from '../gradient.ts';
import { closeTo } from '../reference.ts';

const items = 9;
const factors = 3;
const dims = factors + 1;
const settings = completeSettings({ factors, localSteps: 0, itemScale: 1, userScale: 1, codec: 'float32' });

const sample: Sample = {
  rows: Uint32Array.of(0, 2, 5, 8),
  counts: Float64Array.of(1, 3, 1, 2),
  labels: Uint8Array.of(1, 0, 1, 0),
  size: 7,
};

function randomNumbers(length: number, name: string): Float32Array {
  const rng = randomStream(2, 'peers test', name);
  return Float32Array.from({ length }, () => rng.normal());
}

function taskWith(extra = 0): ClientTask {
  const shared = { itemTable: randomNumbers(items * dims, 'items'), extra: randomNumbers(extra, 'extra') };
  return { client: 4, round: 3, sample, shared };
}

/** Σ W · cross-entropy of the sample with s = [p, 1]·q, from the definition. */
function linearLoss(p: ArrayLike<number>, table: ArrayLike<number>, of: Sample = sample): number {
  let sum = 0;
  of.rows.forEach((item, row) => {
    let score = table[item * dims + factors]!;
    for (let k = 0; k < factors; k++) score += p[k]! * table[item * dims + k]!;
    sum += of.counts[row]! * binaryCrossEntropy(score, of.labels[row]!);
  });
  return sum;
}

/** −∂loss/∂Q [items, D], by central differences. */
function descent(loss: (table: ArrayLike<number>) => number, itemTable: Float32Array): Float64Array {
  return centralDifferences(loss, Float64Array.from(itemTable)).map((slope) => -slope);
}

function expanded(update: Update): Float32Array {
  const table = new Float32Array(items * dims);
  addRows(table, update);
  return table;
}

test("CoLR's shared factor is the same for everybody, new each round, and orthogonal", (t) => {
  const factor = sharedFactor(1, 5, 2, 4);
  t.deepEqual(sharedFactor(1, 5, 2, 4), factor, 'the same round');
  t.notDeepEqual(sharedFactor(1, 6, 2, 4), factor, 'the next round');
  const dot = (a: number, b: number) =>
    [0, 1, 2, 3].reduce((sum, k) => sum + factor[a * 4 + k]! * factor[b * 4 + k]!, 0);
  closeTo(t, [dot(0, 0), dot(0, 1), dot(1, 1)], [2, 0, 2], 'rows of squared length D / rank', 1e-6);
  // E[Aᵀ A] = 1: each direction is seen as often as any other, and none together with another.
  const [rounds, wide] = [2000, 4];
  const mean = new Float64Array(wide * wide);
  for (let round = 0; round < rounds; round++) {
    const a = sharedFactor(1, round, 2, wide);
    for (let at = 0; at < mean.length; at++) {
      const [k, l] = [Math.floor(at / wide), at % wide];
      mean[at]! += (a[k]! * a[l]! + a[wide + k]! * a[wide + l]!) / rounds;
    }
  }
  for (const [at, value] of mean.entries())
    t.ok(Math.abs(value - (at % (wide + 1) === 0 ? 1 : 0)) < 0.1, `E[Aᵀ A] at ${at}: ${value}`);
  t.end();
});

test('a CoLR client sends the gradient by B of its loss with Q + B A at B = 0', (t) => {
  const model = new CorrelatedClient(items, settings, plainLoops);
  const task = taskWith();
  const state = new Float32Array(model.stateLength);
  model.initialize(state, randomStream(1, 'peers test'));
  const p = state.slice(0, factors);
  const { update } = model.train(task, state);
  const a = sharedFactor(settings.seed, task.round, 2, dims);
  const loss = (b: ArrayLike<number>): number => {
    const table = Float64Array.from(task.shared.itemTable, (value, at) => {
      const item = Math.floor(at / dims);
      return value + b[item * 2]! * a[at % dims]! + b[item * 2 + 1]! * a[dims + (at % dims)]!;
    });
    return linearLoss(p, table);
  };
  const expected = centralDifferences(loss, new Float64Array(items * 2)).map((slope) => -slope);
  const touched = Array.from(sample.rows).flatMap((item) => [expected[item * 2]!, expected[item * 2 + 1]!]);
  closeTo(t, update.left, touched, 'B [rows, 2]', 1e-5);
  t.deepEqual([update.rank, update.dims, update.right.length], [0, 2, 0], 'A does not travel');
  t.end();
});

test('a PFedRec client sends by how much it moved its rows: its step size times the negative gradient', (t) => {
  const model = new DualPersonalClient(items, settings, plainLoops, { itemLearningRate: 0.25 });
  const task = taskWith();
  const state = new Float32Array(model.stateLength);
  model.initialize(state);
  const other = new Float32Array(model.stateLength);
  model.initialize(other);
  t.deepEqual(other, state, 'all score functions start equal');
  const p = state.slice(0, factors);
  const { update } = model.train(task, state);
  const expected = descent((table) => linearLoss(p, table), task.shared.itemTable).map((x) => 0.25 * x);
  closeTo(t, expanded(update), expected, 'moved rows − broadcast rows', 1e-5);
  t.notDeepEqual(state, other, 'and the score function becomes its own');
  t.end();
});

test('a PFedRec client scores with item rows tuned at home, and keeps nothing of them', (t) => {
  const model = new DualPersonalClient(items, settings, plainLoops, { itemLearningRate: 0.25 });
  const task = taskWith();
  const state = new Float32Array(model.stateLength);
  model.initialize(state);
  const before = state.slice();
  const broadcast = task.shared.itemTable.slice();
  const own = model.adaptAtHome(task, state);
  t.deepEqual(state, before, 'its state is as before');
  t.deepEqual(task.shared.itemTable, broadcast, 'so is the broadcast');
  const moved = own.shared.itemTable.map((value, at) => value - broadcast[at]!);
  closeTo(t, moved, expanded(model.train(task, state).update), 'the rows are those that it would send', 1e-5);
  t.end();
});

test('FedRecon splits a sample into two halves that share nothing', (t) => {
  const [support, query] = halves(sample, randomStream(3, 'halves'));
  t.ok(support.rows.length > 0 && query.rows.length > 0);
  t.deepEqual([...support.rows, ...query.rows].sort(), Array.from(sample.rows));
  t.equal(support.size + query.size, sample.size, 'counts go with their rows');
  const single = { rows: Uint32Array.of(1), counts: Float64Array.of(1), labels: Uint8Array.of(1), size: 1 };
  t.deepEqual(halves(single, randomStream(1, 'halves')), [single, single], 'one row cannot be split');
  t.end();
});

test('FedRecon rebuilds the vector where the support loss is flat, and sends the query gradient there', (t) => {
  const model = new ReconstructingClient(items, settings, plainLoops);
  t.equal(model.stateLength, 0, 'clients are stateless');
  const task = taskWith();
  const { update } = model.train(task);
  const p = Float64Array.from(update.right.subarray(0, factors));
  const [support, query] = halves(sample, randomStream(settings.seed, 'halves', task.round, task.client));
  const { itemTable } = task.shared;
  const penalty = (x: ArrayLike<number>) => Array.from(x).reduce((sum, value) => sum + value * value, 0);
  const supportLoss = (x: ArrayLike<number>) =>
    linearLoss(x, itemTable, support) / support.size + (settings.regularization / 2) * penalty(x);
  t.ok(penalty(p) > 0.1, 'the vector has left 0');
  t.ok(
    centralDifferences(supportLoss, p).every((slope) => Math.abs(slope) < 1e-3),
    'flat',
  );
  const expected = descent((table) => linearLoss(p, table, query), itemTable);
  closeTo(t, expanded(update), expected, 'the query gradient', 1e-4);
  t.end();
});

test("FedNCF's gradients by items and perceptron agree with central differences in float64", (t) => {
  const model = new PerceptronClient(items, settings, plainMatmul);
  const task = taskWith(model.extra);
  const state = randomNumbers(model.stateLength, 'state').fill(0, factors);
  const p = Float64Array.from(state.subarray(0, factors));
  const network = new Perceptron(perceptronWidths(factors), plainMatmul, 'float64');
  const loss = (table: ArrayLike<number>, weights: Float64Array): number => {
    let sum = 0;
    sample.rows.forEach((item, row) => {
      const q = Array.from({ length: factors }, (_, k) => table[item * dims + k]!);
      const score = network.run(weights, matrix(Float64Array.of(...p, ...q), 1, 2 * factors))[0]!;
      sum +=
        sample.counts[row]! * binaryCrossEntropy(score + table[item * dims + factors]!, sample.labels[row]!);
    });
    return sum;
  };
  const { itemTable, extra } = task.shared;
  const weights = Float64Array.from(extra);
  const { update, loss: meanLoss } = model.train(task, state);
  closeTo(t, [meanLoss], [loss(itemTable, weights) / sample.size], 'the mean loss', 1e-5);
  closeTo(
    t,
    expanded(update),
    descent((table) => loss(table, weights), itemTable),
    'by the items',
    1e-4,
  );
  const byWeights = centralDifferences((w) => loss(itemTable, w as Float64Array), weights);
  closeTo(
    t,
    update.extra,
    byWeights.map((slope) => -slope / sample.size),
    'by the perceptron',
    1e-4,
  );
  t.end();
});

test("a peer's user vector goes down its penalized mean loss, once a local step and once when it sends", (t) => {
  const [rate, penalty] = [0.5, 0.25];
  const changed = { clientOptimizer: 'sgd', clientLearningRate: rate, regularization: penalty } as const;
  const network = new Perceptron(perceptronWidths(factors), plainMatmul, 'float64');
  const perceptronLoss = (p: ArrayLike<number>, { itemTable, extra }: ClientTask['shared']) =>
    sample.rows.reduce((sum, item, row) => {
      const q = itemTable.subarray(item * dims, item * dims + factors);
      const pair = matrix(Float64Array.of(...Array.from(p), ...q), 1, 2 * factors);
      const score = network.run(Float64Array.from(extra), pair)[0]! + itemTable[item * dims + factors]!;
      return sum + sample.counts[row]! * binaryCrossEntropy(score, sample.labels[row]!);
    }, 0);
  for (const localSteps of [0, 1, 3]) {
    const own = { ...settings, ...changed, localSteps };
    for (const [name, model, lossOf] of [
      ['fedncf', new PerceptronClient(items, own, plainMatmul), perceptronLoss],
      ['colr', new CorrelatedClient(items, own, plainLoops), (p, shared) => linearLoss(p, shared.itemTable)],
      [
        'pfedrec',
        new DualPersonalClient(items, own, plainLoops, { itemLearningRate: 0.25 }),
        (p, shared) => linearLoss(p, shared.itemTable),
      ],
    ] as [string, PerceptronClient, typeof perceptronLoss][]) {
      const task = taskWith(model.extra);
      const state = new Float32Array(model.stateLength);
      state.set(randomNumbers(factors, 'start'));
      let p = Float64Array.from(state.subarray(0, factors));
      for (let step = 0; step <= localSteps; step++) {
        const slope = centralDifferences((x) => lossOf(x, task.shared) / sample.size, p);
        p = p.map((value, k) => value - rate * (slope[k]! + penalty * value));
      }
      model.train(task, state);
      closeTo(t, state.subarray(0, factors), p, `${name}, ${localSteps} local steps`, 1e-5);
    }
  }
  t.end();
});

test("GPFedRec's personal part is what the mean of the neighbours' tables changes in a client's scores", (t) => {
  const users = 4;
  const tables = new SimilarTables({ users, items, dims }, new Memory(), completeSettings(), plainMatmul, 1);
  const lefts = [0, 1, 2].map((user) => randomNumbers(items, `left ${user}`));
  lefts[1] = lefts[0]!.map((value, at) => value + 0.1 * lefts[1]![at]!); // users 0 and 1 are alike, 3 is silent
  const rights = [0, 1, 2].map((user) => randomNumbers(dims, `right ${user}`).fill(1, factors));
  rights[1] = rights[0]!.map((value, k) => (k === factors ? 1 : value + 0.1));
  const updates = [0, 1, 2].map((user) => {
    const rows = Uint32Array.from({ length: items }, (_, item) => item);
    const left = new Float32Array(items * dims);
    left.forEach((_, at) => {
      left[at] = lefts[user]![Math.floor(at / dims)]! * rights[user]![at % dims]!;
    });
    const none = new Float32Array(0);
    return { client: user, round: 1, rows, rank: 0, dims, left, right: none, extra: none };
  });
  for (const update of updates) tables.receive(update);
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).reduce((sum, value, at) => sum + value * b[at]!, 0);
  const cosine = (u: number, v: number) => {
    const [a, b] = [updates[u]!.left, updates[v]!.left];
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  };
  t.ok(cosine(0, 1) > cosine(0, 2), 'the example is as meant');
  const change = new Float32Array(items * dims); // the neighbours of 0 are 0 itself and 1
  for (let at = 0; at < change.length; at++) change[at] = (updates[0]!.left[at]! + updates[1]!.left[at]!) / 2;
  const expected = new Float32Array(items);
  scoreItems(rights[0]!.subarray(0, factors), change, expected);
  const size = Math.sqrt(dot(expected, expected) / items);
  const out = new Float32Array(2 * items).fill(9);
  tables.personalParts(Uint32Array.of(0, 3), out);
  closeTo(
    t,
    out.subarray(0, items),
    expected.map((value) => value / size),
    'client 0',
    1e-5,
  );
  t.ok(
    out.subarray(items).every((value) => value === 0),
    'a client that the server never heard of gets nothing',
  );
  t.end();
});

const world = {
  users: 200,
  items: 80,
  meanRatings: 20,
  sceneShare: 0,
  groupShare: 0.95,
  popularityExponent: 0.6,
};
const small = leaveOneOut(syntheticRatings({ ...world, seed: 3 }).ratings);
const quick: Partial<Settings> = { recency: null, factors: 8, rounds: 40, evaluateEvery: 20 };

const peers: [Recipe, Partial<Settings>][] = [
  [fedncf, { serverLearningRate: 0.05 }],
  [fedrecon, { serverLearningRate: 0.1 }],
  [pfedrec, {}],
  [gpfedrec, {}],
  [colr, {}],
];

test('every federated peer learns what popularity does not know', async (t) => {
  const least = (await train(popularity, small, { settings: quick })).test.ndcg10;
  for (const [recipe, changed] of peers) {
    const { test: measured } = await train(recipe, small, { settings: { ...quick, ...changed } });
    t.ok(
      measured.ndcg10 > least + 0.05,
      `${recipe.name}: ${measured.ndcg10.toFixed(3)} > ${least.toFixed(3)}`,
    );
  }
});

const short: Partial<Settings> = { ...quick, rounds: 2, evaluateEvery: 1, refreshEvery: 1 };

test('a peer ends in the same bits every time, and attaching to its memory changes none of them', async (t) => {
  for (const [recipe] of peers) {
    const first = await train(recipe, small, { settings: short });
    const second = await train(recipe, small, { settings: short });
    t.equal(second.digest, first.digest, recipe.name);
    const before = structuredClone(first.memory.arrays);
    recipe.create({ split: small, settings: first.settings, memory: first.memory, loops: plainLoops });
    t.deepEqual(first.memory.arrays, before, `${recipe.name}: as a thread does`);
  }
});

test('bytes are those of the messages, and a peer sends what its paper sends', async (t) => {
  const rows =
    (recipe: Recipe, width: number, extra = 0) =>
    async () => {
      let [bytes, messages, numbers] = [0, 0, 0];
      const channel: Setup['channel'] = (message, client, round) => {
        bytes += message.length;
        messages++;
        const expected = { client, round, items: small.train.items, dims: width, extra };
        const update = decode(message, expected);
        numbers +=
          update.left.length + update.right.length + update.extra.length - update.rows.length * width;
        return message;
      };
      const result = await train(recipe, small, { settings: { ...short, codec: 'float32' }, channel });
      t.equal(result.bytesUpPerClientRound, bytes / messages, `${recipe.name}: bytes`);
      t.equal(numbers, extra * messages, `${recipe.name}: rows of ${width} numbers and ${extra} weights`);
      return result;
    };
  const dense = await rows(pfedrec, 9)();
  await rows(fedrecon, 9)();
  await rows(gpfedrec, 9)();
  await rows(fedncf, 9, 16 * 8 + 8 + 8 * 4 + 4 + 4 + 1)();
  const low = await rows(colr, 2)();
  t.ok(low.bytesUpPerClientRound < dense.bytesUpPerClientRound / 2.5, 'colr sends 2 numbers a row, not 9');
  t.ok(low.bytesDownPerClientRound < dense.bytesDownPerClientRound / 4, 'and receives 2 numbers an item');
  const all = await rows(colrAllRows, 2)();
  const header = all.bytesUpPerClientRound - 4 * 2 * small.train.items; // a few numbers of variable length
  t.ok(header > 8 && header < 16, `or every row, so that rows tell nothing, and ${header} bytes of a header`);
  closeTo(t, all.memory.arrays.itemTable!, low.memory.arrays.itemTable!, 'with the same result', 1e-6);
});

test('a peer with a user vector is re-fitted to the recent past', async (t) => {
  for (const recipe of [colr, fedrecon, pfedrec, gpfedrec]) {
    const { program, settings: used, memory } = await train(recipe, small, { settings: short });
    t.ok(program.canRefit, recipe.name);
    const before = structuredClone(memory.arrays);
    const [plain, refitted] = [new Float32Array(80), new Float32Array(80)];
    program.score(5, null, plain);
    program.score(5, 4, refitted);
    t.notDeepEqual(refitted, plain, `${recipe.name}: the re-fit changes the scores`);
    t.deepEqual(memory.arrays, before, `${recipe.name}: and nothing else`);
    t.equal(used.recency, null);
  }
  const setup = { split: small, settings: completeSettings(short), memory: new Memory(), loops: plainLoops };
  const program = fedncf.create(setup);
  t.notOk(program.canRefit, 'fedncf has a perceptron between vector and score');
  t.equal(inlineExecutor(program, setup).workers, 0);
});
