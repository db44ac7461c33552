// The attention between clients on a device: first one made of plain loops, then the GPU.
import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import type { AttentionDevice } from '../../lib/federated/attention-device.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { matrix, rowMajorData } from '../../lib/numeric/matrix.ts';
import { threadsExecutor } from '../../lib/simulator/threads.ts';
import { openRun, type RunOptions } from '../../lib/training/open-run.ts';
import { recipeNamed } from '../../lib/training/recipes.ts';
import { train } from '../../lib/training/train.ts';
import { gpuAttention } from '../../lib/webgpu/attention-device.ts';
import { needsGpu, testGpu } from './adapter.ts';
import { relativeError } from './compare.ts';
import { personalPartsReference } from './personal-parts-reference.ts';

const users = 70;
const split = leaveOneOut(syntheticRatings({ users, items: 60, meanRatings: 10, seed: 2 }).ratings);
const { items } = split.train;
const recipe = fedtlrec;
const settings = { rounds: 4, evaluateEvery: 2, refreshEvery: 2, factors: 5, seed: 100, dropout: 0.3 };

const loops: AttentionDevice = {
  name: 'plain loops',
  async personalParts(group) {
    const parts = personalPartsReference({
      tokens: matrix(group.tokens, group.tokens.length / group.items, group.items),
      queries: group.queries,
      center: matrix(group.center, 1, group.items),
      valueMean: matrix(group.valueMean, 1, group.items),
      temperatures: group.temperatures,
    });
    return Float32Array.from(rowMajorData(parts));
  },
};
const nonsense: AttentionDevice = {
  name: 'nonsense',
  personalParts: async ({ queries, items: width }) =>
    Float32Array.from({ length: queries * width }, (_, index) => Math.sin(index) * 100),
};

/** δ of all clients after some rounds, [users, items]. */
async function partsAfter(options: RunOptions) {
  const run = openRun(recipe, split, options);
  for await (const _ of run.rounds());
  const parts = new Float32Array(users * items);
  for (const block of run.program.blocks(16)) {
    const out = new Float32Array(block.length * items);
    run.program.personalParts(block, out);
    block.forEach((client, row) => {
      parts.set(out.subarray(row * items, (row + 1) * items), client * items);
    });
  }
  return matrix(parts, users, items);
}

const shapes = {
  'one cluster': { clusters: 1 },
  'three clusters, each for itself': { clusters: 3, probes: 1 },
  'three clusters that look at their neighbours': { clusters: 3, probes: 2, heads: 2 },
} as const;

test('a device gets the groups that the loops work on, and its results are served', async (t) => {
  for (const [name, shape] of Object.entries(shapes)) {
    const own = await partsAfter({ settings: { ...settings, ...shape, codec: 'float32' } });
    const device = await partsAfter({ settings: { ...settings, ...shape, codec: 'float32' }, device: loops });
    const error = relativeError(device, own);
    t.ok(error <= 1e-3, `${name}: relative difference ${error.toExponential(1)}`); // ours keep 16 bits a number
    const wrong = await partsAfter({
      settings: { ...settings, ...shape, codec: 'float32' },
      device: nonsense,
    });
    t.ok(relativeError(wrong, own) > 10, `${name}: nonsense is served as such`);
  }
});

test('the GPU makes the same personal parts as plain loops', needsGpu, async (t) => {
  for (const [name, shape] of Object.entries(shapes)) {
    const plain = await partsAfter({ settings: { ...settings, ...shape, codec: 'float32' }, device: loops });
    const device = await partsAfter({
      settings: { ...settings, ...shape, codec: 'float32' },
      device: gpuAttention(testGpu()),
    });
    const error = relativeError(device, plain);
    t.ok(error <= 1e-4, `${name}: relative difference ${error.toExponential(1)}`);
  }
});

test('a run with a device learns the same, and threads rank with what the device made', async (t) => {
  const fixed = { ...settings, mix: 0.7 };
  const own = await train(recipe, split, { settings: fixed });
  const same = await train(recipe, split, { settings: fixed, device: loops });
  t.equal(same.digest, own.digest, 'the model does not depend on it');
  t.deepEqual(same.test, own.test, 'nor do the ranks');
  const wrong = await train(recipe, split, { settings: fixed, device: nonsense });
  t.notDeepEqual(wrong.test, own.test, 'the test sees the device');
  const executor = threadsExecutor(2);
  const threads = await train(recipe, split, { settings: fixed, device: nonsense, executor });
  t.deepEqual(threads.test, wrong.test, 'from every thread');
});

test('a server trains its encoder block on the GPU as it does by itself', needsGpu, async (t) => {
  const described = await recipeNamed('fedtlrec-as-described');
  const small = { rounds: 2, evaluateEvery: 2, factors: 8, rank: 2, negatives: 2, dropout: 0.3 };
  const rate = { ...small, serverLearningRate: 0.05 };
  const own = await train(described, split, { settings: rate });
  const gpu = gpuAttention(testGpu());
  let calls = 0;
  const counting: AttentionDevice = {
    ...gpu,
    trainEncoder(task) {
      calls++;
      return gpu.trainEncoder!(task);
    },
  };
  const onGpu = await train(described, split, { settings: rate, device: counting });
  t.ok(calls >= 4, `${calls} times in two rounds`);
  for (const name of ['encoder', 'answers']) {
    const [a, b] = [onGpu, own].map(({ memory }) => memory.arrays[name] as Float32Array);
    const error = relativeError(matrix(a!, 1, a!.length), matrix(b!, 1, b!.length));
    t.ok(error > 0 && error <= 1e-4, `${name}: relative difference ${error.toExponential(1)}`);
  }
  t.ok(Math.abs(onGpu.test.hr10 - own.test.hr10) <= 0.005, `HR@10 ${own.test.hr10} and ${onGpu.test.hr10}`);
});

test('a device that fails ends the run with its reason', async (t) => {
  const failing = {
    name: 'failing',
    personalParts: () => Promise.reject(new Error('webgpu: the device was lost')),
  };
  const message = await train(recipe, split, { settings, device: failing }).then(() => '', String);
  t.match(message, /the device was lost/);
});
