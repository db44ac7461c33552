// What is taught is what runs: a plain run calls every function that lessons and equations name, and nothing of lib/fast.
import { Session } from 'node:inspector/promises';
import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { metrics } from '../../lib/evaluation/metrics.ts';
import { chooseLoops } from '../../lib/fast/choose-loops.ts';
import { plainLoops } from '../../lib/federated/loops.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { fedtlrecAsDescribed } from '../../lib/peers/fedtlrec-as-described.ts';
import { threadsExecutor } from '../../lib/simulator/threads.ts';
import { train } from '../../lib/training/train.ts';

const split = leaveOneOut(syntheticRatings({ users: 90, items: 80, meanRatings: 12, seed: 4 }).ratings);
const settings = { rounds: 8, evaluateEvery: 4, refreshEvery: 4, factors: 6, clusters: 3, heads: 2 } as const;

const plainRun = train(fedtlrec, split, { settings, loops: plainLoops });

/** The functions that are taught, by the file of lib/ that has them. */
const taught = {
  'data/negatives.ts': ['drawSample'],
  'evaluation/ranking.ts': ['rankOf'],
  'federated/client-attention.ts': ['attendToOthers'],
  'federated/server.ts': ['fedAdamStep'],
  'federated/temperature.ts': ['headTemperatures'],
  'federated/tokens.ts': ['runningMean'],
  'federated/update-sum.ts': ['addSum', 'addUpdate'],
  'federated/wire.ts': ['decode', 'encode'],
  'model/attention.ts': ['scaledDotProductAttention'],
  'model/factorization.ts': ['scoreAll', 'scoreGradient', 'userGradient', 'userHessian', 'weightedLoss'],
  'model/kmeans-start.ts': ['kmeansPlusPlus'],
  'model/kmeans.ts': ['assignPoints', 'kmeans', 'lloyd', 'lloydStep', 'moveCentroids'],
  'model/compress.ts': ['compress'],
  'model/lora.ts': ['compressWithFeedback'],
  'model/loss.ts': ['binaryCrossEntropy', 'binaryCrossEntropyGradient', 'sigmoid'],
  'model/low-rank.ts': ['merge', 'rankOneUpdate'],
  'model/nearest-clusters.ts': ['nearestClusters'],
  'model/optimizer.ts': ['moveByAdam'],
  'model/softmax.ts': ['softmaxRows'],
  'numeric/cholesky.ts': ['solvePositiveDefinite'],
  'numeric/eigen.ts': ['jacobiEigen'],
  'numeric/product.ts': ['multiply', 'product'],

  'numeric/svd.ts': ['gramMatrix', 'singularVectors', 'truncatedSvd'],
};

/** What the recipe with a trained encoder has besides. */
const taughtLayers = {
  'model/layer-norm.ts': ['layerNorm', 'layerNormBackward'],
  'model/layers.ts': ['linear'],
  'model/layers-backward.ts': ['linearBackward'],
  'model/multi-head-attention.ts': ['multiHeadAttention'],
  'model/attention.ts': ['scaledDotProductAttention'],
  'model/relu.ts': ['relu', 'reluBackward'],
  'model/softmax.ts': ['softmaxRows'],
  'model/attention-backward.ts': [
    'multiHeadAttentionBackward',
    'scaledDotProductAttentionBackward',
    'softmaxRowsBackward',
  ],
  'model/transformer.ts': ['encoderBlock', 'encoderBlockBackward'],
};

/** How often each named function of lib/ is called meanwhile, by `file name`. */
async function callsDuring(work: () => Promise<unknown>): Promise<Map<string, number>> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    await work();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    await session.post('Profiler.stopPreciseCoverage');
    const calls = new Map<string, number>();
    for (const { url, functions } of result) {
      const file = /\/lib\/(.+\.ts)/.exec(url)?.[1];
      if (!file) continue;
      for (const { functionName, ranges } of functions) {
        const name = `${file} ${functionName}`;
        calls.set(name, (calls.get(name) ?? 0) + ranges[0]!.count);
      }
    }
    return calls;
  } finally {
    session.disconnect();
  }
}

function missing(calls: Map<string, number>, expected: Record<string, string[]>): string[] {
  const names = Object.entries(expected).flatMap(([file, list]) => list.map((name) => `${file} ${name}`));
  return names.filter((name) => !((calls.get(name) ?? 0) > 0));
}

test('a plain run of fedtlrec calls every function that is taught, and nothing of lib/fast', async (t) => {
  const calls = await callsDuring(() =>
    train(fedtlrec, split, { settings: { ...settings, rounds: 4 }, loops: plainLoops }),
  );
  t.deepEqual(missing(calls, taught), []);
  const fast = [...calls].filter(([name, count]) => name.startsWith('fast/') && count > 0);
  t.deepEqual(fast, []);
});

test('a plain run with the trained encoder calls multi-head attention and every layer, forwards and back', async (t) => {
  const short = { ...settings, rank: 4, rounds: 1, evaluateEvery: 1 };
  const few = leaveOneOut(syntheticRatings({ users: 24, items: 40, meanRatings: 8, seed: 4 }).ratings);
  const calls = await callsDuring(() =>
    train(fedtlrecAsDescribed, few, { settings: short, loops: plainLoops }),
  );
  t.deepEqual(missing(calls, taughtLayers), []);
  const fast = [...calls].filter(([name, count]) => name.startsWith('fast/') && count > 0);
  t.deepEqual(fast, []);
});

test('the count sees what a fast run leaves out', async (t) => {
  const short = { ...settings, rounds: 4 }; // with one refresh
  const calls = await callsDuring(() => train(fedtlrec, split, { settings: short }));
  const absent = missing(calls, taught);
  t.ok(absent.includes('model/factorization.ts scoreGradient'), `not called: ${absent.join(', ')}`);
  t.ok([...calls].some(([name, count]) => name.startsWith('fast/') && count > 0));
});

/** Names of what is called of `WebAssembly` meanwhile. */
async function webAssemblyDuring(work: () => Promise<unknown>): Promise<string[]> {
  const names = ['Module', 'Instance', 'Memory', 'compile', 'instantiate', 'validate'] as const;
  const originals = names.map((name) => [name, WebAssembly[name]] as const);
  const asked = new Set<string>();
  const members = WebAssembly as unknown as Record<string, unknown>;
  for (const name of names) {
    members[name] = function forbidden() {
      asked.add(name);
      throw new Error(`WebAssembly.${name} is forbidden here`);
    };
  }
  try {
    await work();
  } finally {
    for (const [name, original] of originals) members[name] = original;
  }
  return [...asked];
}

test('plain and tiled runs compile no WebAssembly; a default run tries', async (t) => {
  const large = { ...settings, rounds: 2, evaluateEvery: 2, clusters: 40 }; // K-means large enough for SIMD
  for (const name of ['plain', 'tiled']) {
    const run = () => train(fedtlrec, split, { settings: large, loops: chooseLoops(name) });
    t.deepEqual(await webAssemblyDuring(run), [], name);
  }
  t.deepEqual(
    await webAssemblyDuring(() => train(fedtlrec, split, { settings: large })),
    ['Module'],
    'default',
  );
});

test('a plain run ends where a fast one does, within the rounding of float32 and of 16-bit attention', async (t) => {
  const plain = await plainRun;
  const table = plain.memory.arrays.itemTable as Float32Array;
  for (const name of ['tiled', 'simd']) {
    const fast = await train(fedtlrec, split, { settings, loops: chooseLoops(name) });
    const other = fast.memory.arrays.itemTable as Float32Array;
    const apart = Math.max(...table.map((value, at) => Math.abs(value - other[at]!)));
    const largest = Math.max(...table.map(Math.abs));
    t.ok(apart < 2e-3 * largest, `${name}: item tables are ${(apart / largest).toExponential(1)} apart`);
    t.deepEqual(
      [fast.best.round, fast.best.mix],
      [plain.best.round, plain.best.mix],
      `${name}: best round and β`,
    );
    for (const { name: metric } of metrics) {
      const difference = Math.abs(plain.test[metric] - fast.test[metric]);
      t.ok(difference < 0.01, `${name}: ${metric} differs by ${difference.toExponential(1)}`);
    }
  }
});

test('a plain run ends in the same bits on two threads', async (t) => {
  const inline = await plainRun;
  const executor = threadsExecutor(2);
  const threads = await train(fedtlrec, split, { settings, loops: plainLoops, executor });
  t.equal(threads.digest, inline.digest);
  t.deepEqual(threads.test, inline.test);
});
