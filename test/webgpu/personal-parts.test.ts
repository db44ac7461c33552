import test from 'tape';
import { matrix, rowMajorData, zeros } from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { type PersonalPartsTask, personalParts } from '../../lib/webgpu/personal-parts.ts';
import { needsGpu, testGpu } from './adapter.ts';
import { randomMatrix, relativeError } from './compare.ts';
import { personalPartsReference } from './personal-parts-reference.ts';
import { openSoftwareGpu } from './software-gpu.ts';

test('three clients by hand: two alike find each other, the third takes from both', needsGpu, async (t) => {
  // Mean token [1, 1]; centred: [1, 0], [1, 0], [−2, 0]. Cosines: 1 between the first two, −1 to the third.
  const tokens = matrix(Float64Array.of(2, 1, 2, 1, -1, 1), 3, 2);
  const parts = await personalParts(testGpu(), { tokens, temperatures: [0.01] });
  const rms = Math.SQRT2; // [1, 0] scaled to a root mean square of 1
  t.ok(relativeError(parts, matrix(Float64Array.of(rms, 0, rms, 0, rms, 0), 3, 2)) < 1e-6);
});

test('personal parts on the GPU agree with float64', needsGpu, async (t) => {
  const rng = randomStream(1, 'gpu-personal-parts');
  const { gpu: split } = await openSoftwareGpu({ blockBytes: 4096 });
  const mean = randomMatrix(1, 83, rng);
  const tasks: Record<string, PersonalPartsTask> = {
    'one head': { tokens: randomMatrix(61, 83, rng), temperatures: [0.1] },
    'three heads': { tokens: randomMatrix(61, 83, rng), temperatures: [0.1, 0.2, 0.4] },
    'members ask, neighbours answer': {
      tokens: randomMatrix(61, 83, rng),
      queries: 23,
      center: randomMatrix(1, 83, rng),
      valueMean: mean,
      temperatures: [0.1],
    },
    'two clients': { tokens: randomMatrix(2, 5, rng), temperatures: [0.1] },
  };
  for (const [name, task] of Object.entries(tasks)) {
    const want = personalPartsReference(task);
    for (const gpu of [testGpu(), split!]) {
      const error = relativeError(await personalParts(gpu, task), want);
      t.ok(error <= 1e-5, `${name}: relative error ${error.toExponential(1)}`);
    }
  }
  split!.close();
});

test('who has no peer gets zeros, and so does nobody at all', needsGpu, async (t) => {
  const gpu = testGpu();
  const alone = await personalParts(gpu, {
    tokens: matrix(Float64Array.of(1, 2, 3), 1, 3),
    temperatures: [0.1],
  });
  t.deepEqual([...rowMajorData(alone)], [0, 0, 0]);
  const nobody = await personalParts(gpu, { tokens: zeros(0, 3), temperatures: [0.1] });
  t.deepEqual(nobody.shape, [0, 3]);
});

test('a thousand refreshes take no more memory than two', needsGpu, async (t) => {
  const gpu = testGpu();
  const tokens = randomMatrix(9, 12, randomStream(1, 'gpu-refreshes'));
  const refresh = () => personalParts(gpu, { tokens, temperatures: [0.1] });
  const first = await refresh();
  await refresh();
  const before = { gpu: gpu.bytes, rss: process.memoryUsage().rss };
  let last = first;
  for (let count = 0; count < 1000; count++) last = await refresh();
  t.equal(gpu.bytes, before.gpu, `${before.gpu} bytes on the GPU before and after`);
  const grown = (process.memoryUsage().rss - before.rss) / 2 ** 20;
  t.ok(grown < 128, `the process grew by ${grown.toFixed(0)} MiB; a leak of 128 kB a refresh would show`);
  t.deepEqual([...rowMajorData(last)], [...rowMajorData(first)], 'and the result is the same');
});
