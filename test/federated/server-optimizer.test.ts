// The setting `serverOptimizer`: what arrives is read from the wire and stepped along once more, in plain arithmetic.
import test from 'tape';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { decode, expandUpdate } from '../../lib/federated/wire.ts';
import {
  leaveOneOut,
  openRun,
  type Recipe,
  type Settings,
  syntheticRatings,
  train,
  trainTask,
} from '../../lib/index.ts';
import { fedmf, fedmfFedavg } from '../../lib/peers/fedmf.ts';
import { fedtlrecReleased } from '../../lib/peers/fedtlrec-released.ts';
import { pfedrec, pfedrecWith } from '../../lib/peers/pfedrec.ts';
import { threadsExecutor } from '../../lib/simulator/threads.ts';
import { fedYogi } from '../../lib/tasks/fedyogi.ts';
import { allParts } from '../../lib/training/parts.ts';
import { vectorsTask } from '../tasks/vectors-task.ts';

const split = leaveOneOut(syntheticRatings({ users: 30, items: 40, meanRatings: 8, seed: 3 }).ratings);
const { items } = split.train;
const base = { rounds: 4, evaluateEvery: 4, factors: 3, codec: 'float32', serverLearningRate: 0.05 } as const;
const dims = base.factors + 1;

/** The item table after each round, and the sum of what arrived in it with the number of senders of each item. */
async function watch(recipe: Recipe, settings: Partial<Settings>) {
  const rounds: { sum: Float64Array; senders: number[]; table: Float32Array }[] = [];
  const begin = () => ({
    sum: new Float64Array(items * dims),
    senders: new Array<number>(items).fill(0),
    table: new Float32Array(0),
  });
  const run = openRun(recipe, split, {
    settings: { ...base, ...settings },
    parts: allParts,
    channel(message, client, round) {
      rounds[round - 1] ??= begin();
      const at = rounds[round - 1]!;
      const { rows, left } = expandUpdate(decode(message, { client, items, dims, extra: 0, round }));
      rows.forEach((item, row) => {
        at.senders[item]!++;
        for (let k = 0; k < dims; k++) at.sum[item * dims + k]! += left[row * dims + k]!;
      });
      return message;
    },
  });
  const table = run.memory.float32('itemTable', items * dims);
  const first = table.slice();
  for await (const event of run.rounds({ evaluates: false }))
    if (event.type === 'broadcast-sent') rounds[event.round - 1]!.table = table.slice();
  return { first, rounds };
}

/** The same rounds in plain arithmetic, weight by weight; Reddi et al. (2021), algorithm 2. */
const plain = {
  yogi(deltas: number[], rate: number) {
    let [m, v] = [0, 1e-6];
    return deltas.map((delta) => {
      m = 0.9 * m + 0.1 * delta;
      v = v - 0.01 * delta ** 2 * Math.sign(v - delta ** 2);
      return (rate * m) / (Math.sqrt(v) + 1e-3);
    });
  },
  adagrad(deltas: number[], rate: number) {
    let v = 1e-6;
    return deltas.map((delta) => {
      v += delta ** 2;
      return (rate * delta) / (Math.sqrt(v) + 1e-3);
    });
  },
} as const;

test('with yogi and adagrad the item table moves as their paper says, from what arrived alone', async (t) => {
  for (const name of ['yogi', 'adagrad'] as const) {
    const { first, rounds } = await watch(fedmf, { serverOptimizer: name });
    let furthest = 0;
    for (let at = 0; at < first.length; at++) {
      const steps = plain[name](
        rounds.map(({ sum }) => sum[at]!),
        base.serverLearningRate,
      );
      let value = first[at]!;
      steps.forEach((step, round) => {
        value += step;
        furthest = Math.max(furthest, Math.abs(value - rounds[round]!.table[at]!));
      });
    }
    t.ok(furthest < 1e-5, `${name}: ${furthest}`);
  }
});

test('average is the mean of what each item was sent, and the named optimisers are those of the recipes that have them', async (t) => {
  const { first, rounds } = await watch(fedmf, { serverOptimizer: 'average', rounds: 1 });
  const [{ sum, senders, table }] = rounds as [(typeof rounds)[0]];
  const isMean = table.every((value, at) => {
    const count = senders[Math.floor(at / dims)]!;
    return Math.abs(value - first[at]! - (count === 0 ? 0 : (0.05 * sum[at]!) / count)) < 1e-6;
  });
  t.ok(isMean);
  const tableOf = async (recipe: Recipe, serverOptimizer: Settings['serverOptimizer']) =>
    (await watch(recipe, { serverOptimizer })).rounds.at(-1)!.table;
  t.deepEqual(await tableOf(fedmf, 'average'), await tableOf(fedmfFedavg, 'auto'));
  t.deepEqual(await tableOf(fedmfFedavg, 'adam'), await tableOf(fedmf, 'auto'));
});

test('fedtlrec runs with each of them, threads give the same bits, and the default is adam', async (t) => {
  const digestOf = async (serverOptimizer: Settings['serverOptimizer'], executor = {}) =>
    (await train(fedtlrec, split, { settings: { ...base, serverOptimizer }, parts: allParts, ...executor }))
      .digest;
  t.equal(await digestOf('auto'), await digestOf('adam'));
  const digests = await Promise.all(
    (['adam', 'yogi', 'adagrad', 'average'] as const).map((name) => digestOf(name)),
  );
  t.equal(new Set(digests).size, 4);
  t.equal(await digestOf('yogi', { executor: threadsExecutor(2) }), digests[1]);
});

test('a task takes its optimiser by name or as an option, not both', async (t) => {
  const settings = { rounds: 2, serverLearningRate: 0.1 };
  const named = await trainTask(vectorsTask, { settings: { ...settings, serverOptimizer: 'yogi' } });
  const handed = await trainTask(vectorsTask, { settings, optimizer: fedYogi });
  t.equal(named.digest, handed.digest);
  const average = await trainTask(vectorsTask, { settings: { ...settings, serverOptimizer: 'average' } });
  t.equal(average.digest, (await trainTask(vectorsTask, { settings })).digest);
  await trainTask(vectorsTask, {
    settings: { ...settings, serverOptimizer: 'adam' },
    optimizer: fedYogi,
  }).then(
    () => t.fail('both were taken'),
    (error: Error) => t.match(error.message, /trainTask: optimizer must be absent where settings name one/),
  );
});

test("FedProx pulls a client's own item rows back in each step after the first, as written out by hand", async (t) => {
  const alternations = 3;
  const settings = {
    ...base,
    rounds: 1,
    evaluateEvery: 1,
    clientOptimizer: 'sgd',
    clientLearningRate: 0,
  } as const;
  const tableOf = async (proximal: number) =>
    (await watch(pfedrecWith({ alternations, itemLearningRate: 0.1 }), { ...settings, proximal })).rounds[0]!;
  const [free, pulled] = [await tableOf(0), await tableOf(2)];
  const length = (values: Float64Array) => Math.hypot(...values);
  t.ok(length(pulled.sum) < 0.95 * length(free.sum), 'what is sent is nearer to the broadcast');
  // With η μ = 1, a step forgets the way so far: what is sent is the last step alone, about a third of three alike.
  const forgetful = await tableOf(10);
  const ratio = length(forgetful.sum) / length(free.sum);
  t.ok(Math.abs(ratio - 1 / 3) < 0.02, `${ratio}`);
});

test('what a recipe cannot apply is refused: nobody takes a setting for effective that is not', async (t) => {
  const open =
    (recipe: Recipe, settings: Partial<Settings>, parts = {}) =>
    () =>
      void openRun(recipe, split, { settings: { ...base, ...settings }, ...parts });
  t.throws(
    open(fedtlrec, { serverOptimizer: 'yogi' }),
    /serverOptimizer asks for a part .* \{ parts: allParts \}/,
  );
  t.throws(
    open(fedtlrecReleased, { serverOptimizer: 'adam', factors: 16 }, { parts: allParts }),
    /^RangeError: settings: serverOptimizer must be auto with the recipe fedtlrec-released, whose server is its own/,
  );
  for (const recipe of [fedtlrec, fedmf, pfedrec])
    t.throws(
      open(recipe, { proximal: 0.1 }),
      /settings: proximal must be 0 with the recipe .* one step/,
      recipe.name,
    );
  t.doesNotThrow(open(pfedrecWith({ alternations: 2 }), { proximal: 0.1 }));
  t.throws(open(fedmf, { serverOptimizer: 'yogy' as 'yogi' }), /did you mean 'yogi'/);
  t.end();
});
