// The playground's device: opened when it is first needed, given up at its first failure, and the run goes on.
import test from 'tape';
import { type DeviceAnswer, forgivingDevice } from '../../docs/playground/compute.ts';
import type { GpuNews } from '../../docs/playground/protocol.ts';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import type { AttentionDevice } from '../../lib/federated/attention-device.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { recipeNamed } from '../../lib/training/recipes.ts';
import { train } from '../../lib/training/train.ts';

const split = leaveOneOut(syntheticRatings({ users: 60, items: 50, meanRatings: 10, seed: 3 }).ratings);
const settings = {
  rounds: 6,
  evaluateEvery: 2,
  refreshEvery: 2,
  factors: 5,
  clusters: 2,
  dropout: 0.3,
  mix: 0.7,
};
const recipe = fedtlrec;

/** Answers with nonsense so many times, then fails for good. */
function failingAfter(answers: number): { device: AttentionDevice; asked: () => number } {
  let asked = 0;
  const device: AttentionDevice = {
    name: 'brittle',
    async personalParts({ queries, items }) {
      if (++asked > answers) throw new Error('webgpu: the device was lost: unplugged');
      return Float32Array.from({ length: queries * items }, (_, at) => Math.sin(at));
    },
  };
  return { device, asked: () => asked };
}

function watched(open: () => Promise<DeviceAnswer>) {
  const news: GpuNews[] = [];
  return { news, device: forgivingDevice(open, (message) => news.push(message)) };
}

test('a device that fails in the middle is reported once, and the processor finishes the run', async (t) => {
  const own = await train(recipe, split, { settings });
  for (const answers of [0, 1, 3]) {
    const brittle = failingAfter(answers);
    let closed = 0;
    const { device, news } = watched(async () => ({
      device: brittle.device,
      close: () => closed++,
      reason: null,
    }));
    const result = await train(recipe, split, { settings, device });
    t.equal(result.digest, own.digest, `${answers} answers: the same model`);
    t.deepEqual(result.curve.at(-1), own.curve.at(-1), 'the last figures are those of the processor');
    t.equal(brittle.asked(), answers + 1, 'it is not asked again');
    t.equal(closed, 1, 'and it is closed');
    const works = { type: 'gpu-works', name: 'brittle' };
    const stopped = {
      type: 'gpu-stopped',
      wasAtWork: answers > 0,
      reason: 'webgpu: the device was lost: unplugged',
    };
    t.deepEqual(news, answers > 0 ? [works, stopped] : [stopped]);
  }
});

test('where there is no device, the reason is told once, and the run is that of the processor', async (t) => {
  const own = await train(recipe, split, { settings });
  let opened = 0;
  const { device, news } = watched(async () => {
    opened++;
    return { device: null, reason: 'WebGPU finds no adapter on this machine' };
  });
  const result = await train(recipe, split, { settings, device });
  t.deepEqual([result.digest, result.test], [own.digest, own.test]);
  const reason = 'WebGPU finds no adapter on this machine';
  t.deepEqual(news, [{ type: 'gpu-stopped', wasAtWork: false, reason }]);
  t.equal(opened, 1);
});

test('a recipe without attention opens no device', async (t) => {
  const { device, news } = watched(() => Promise.reject(new Error('it was opened')));
  await train(await recipeNamed('fedmf'), split, { settings: { ...settings, rounds: 2 }, device });
  t.deepEqual(news, []);
});

test('a server whose device fails trains its encoder block by itself', async (t) => {
  const described = await recipeNamed('fedtlrec-as-described');
  const small = { rounds: 2, evaluateEvery: 2, factors: 8, rank: 2, negatives: 2, serverLearningRate: 0.05 };
  const own = await train(described, split, { settings: small });
  const lost = () => Promise.reject(new Error('webgpu: the device was lost'));
  const brittle: AttentionDevice = { name: 'brittle', personalParts: lost, trainEncoder: lost };
  const { device, news } = watched(async () => ({ device: brittle, close() {}, reason: null }));
  const result = await train(described, split, { settings: small, device });
  t.deepEqual([result.digest, result.test], [own.digest, own.test]);
  t.equal(news.length, 1);
});
