import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { FactorizationClient } from '../../lib/federated/client.ts';
import { clientOptimizerNames, clientOptimizers } from '../../lib/federated/client-optimizer.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import { completeSettings } from '../../lib/federated/settings.ts';
import { binaryCrossEntropy } from '../../lib/model/loss.ts';
import { adagradState, adagradStep, adamState, adamStep } from '../../lib/model/optimizer.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { openRun } from '../../lib/training/open-run.ts';
import { recipeNamed } from '../../lib/training/recipes.ts';
import { train } from '../../lib/training/train.ts';
import { centralDifferences } from '../gradient.ts';
import { closeTo } from '../reference.ts';

test('each optimiser keeps its memory in the given slice and steps as its plain function does', (t) => {
  const gradients = [[0.5, -2], [1, 1], [-3, 0.25]]; // biome-ignore format: one matrix, one line
  const settings = { learningRate: 0.1, beta1: 0.9, beta2: 0.99 };
  const plain = {
    adam: adamState(2, 'float32'),
    adagrad: adagradState(2, 'float32'),
  };
  for (const name of clientOptimizerNames) {
    const optimizer = clientOptimizers[name]({ learningRate: 0.1 });
    const length = optimizer.stateLength(2);
    const [all, wanted] = [new Float32Array(length + 2), Float32Array.of(1, -1)];
    const parameters = wanted.slice();
    for (const gradient of gradients) {
      optimizer.step(parameters, Float64Array.from(gradient), all.subarray(1, 1 + length));
      if (name === 'adam') adamStep(wanted, Float64Array.from(gradient), plain.adam, settings);
      if (name === 'adagrad') adagradStep(wanted, Float64Array.from(gradient), plain.adagrad, settings);
      if (name === 'sgd') wanted.set(wanted.map((value, at) => value - 0.1 * gradient[at]!));
    }
    t.deepEqual(parameters, wanted, name);
    t.deepEqual([all[0], all[length + 1]], [0, 0], `${name}: nothing beside the slice`);
    if (length > 0)
      t.ok(
        all.subarray(1, 1 + length).every((value) => value !== 0),
        `${name}: all of it is used`,
      );
  }
  t.equal(clientOptimizers.adam({ learningRate: 1 }).stateLength(5), 11);
  t.end();
});

const items = 5;
const factors = 3;
const sample = {
  rows: Uint32Array.of(0, 2, 3),
  counts: Float64Array.of(1, 2, 1),
  labels: Uint8Array.of(1, 0, 1),
  size: 4,
};

test("a client's step is that of its optimiser along the gradient of its penalized mean loss", (t) => {
  const rng = randomStream(3, 'client optimizer');
  const itemTable = Float32Array.from({ length: items * (factors + 1) }, () => rng.normal());
  const start = Float32Array.from({ length: factors }, () => rng.normal());
  const gradient = centralDifferences((changed) => {
    const p = Array.from(changed);
    let sum = 0;
    sample.rows.forEach((item, row) => {
      const q = itemTable.subarray(item * (factors + 1), (item + 1) * (factors + 1));
      const score = p.reduce((total, value, k) => total + value * q[k]!, q[factors]!);
      sum += sample.counts[row]! * binaryCrossEntropy(score, sample.labels[row]!);
    });
    return sum / sample.size + 0.05 * p.reduce((total, value) => total + value * value, 0);
  }, Float64Array.from(start));
  const steps = {
    sgd: (slope: number) => 0.5 * slope,
    adagrad: (slope: number) => 0.5 * Math.sign(slope),
    adam: (slope: number) => 0.5 * Math.sign(slope),
  };
  for (const clientOptimizer of clientOptimizerNames) {
    const settings = completeSettings({
      ...{ factors, localSteps: 0, clientLearningRate: 0.5, regularization: 0.1, clientOptimizer },
    });
    const model = new FactorizationClient(items, settings, plainLoops);
    const state = new Float32Array(model.stateLength);
    state.set(start);
    model.train({ client: 0, round: 1, sample, shared: { itemTable, extra: new Float32Array(0) } }, state);
    const wanted = Array.from(start, (value, k) => value - steps[clientOptimizer](gradient[k]!));
    closeTo(t, model.userVector(state), wanted, clientOptimizer, 1e-4);
  }
  t.end();
});

const { ratings } = syntheticRatings({ users: 30, items: 40, groups: 2, scenesPerGroup: 2, meanRatings: 8 });
const split = leaveOneOut(ratings);

test('the setting decides in every recipe that learns user vectors step by step', async (t) => {
  for (const name of ['fedtlrec', 'fedmf', 'fedncf', 'colr', 'pfedrec', 'neumf']) {
    const digests = new Set<string>();
    for (const clientOptimizer of clientOptimizerNames) {
      const settings = { rounds: 2, factors: 4, evaluateEvery: 2, clientOptimizer };
      digests.add((await train(await recipeNamed(name), split, { settings })).digest);
    }
    t.equal(digests.size, clientOptimizerNames.length, `${name}: every optimiser ends elsewhere`);
  }
});

test('whatever moves the vectors, training lowers the loss', async (t) => {
  const rates = { adam: 0.05, adagrad: 0.1, sgd: 2 };
  for (const clientOptimizer of clientOptimizerNames) {
    const settings = { rounds: 20, clientOptimizer, clientLearningRate: rates[clientOptimizer] };
    const losses: number[] = [];
    for await (const event of openRun(await recipeNamed('fedtlrec'), split, { settings }).rounds({
      evaluates: false,
    })) {
      if (event.type === 'updates-merged') losses.push(event.loss);
    }
    t.ok(losses.at(-1)! < 0.9 * losses[0]!, `${clientOptimizer}: from ${losses[0]} to ${losses.at(-1)}`);
  }
});
