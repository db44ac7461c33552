// Refreshes the attention of a few clients while the garbage collector is forced to run all the time, then closes the
// device and returns. The process must end by itself, without a crash. Run with --expose-gc.
import { randomStream } from '../../../lib/numeric/rng.ts';
import { personalParts } from '../../../lib/webgpu/personal-parts.ts';
import { randomMatrix } from '../compare.ts';
import { openSoftwareGpu } from '../software-gpu.ts';

const { gpu, reason } = await openSoftwareGpu();
if (!gpu) throw new Error(reason);
const collect = (globalThis as { gc?: () => void }).gc;
if (!collect) throw new Error('run with --expose-gc');
const tokens = randomMatrix(40, 30, randomStream(1, 'gc'));
for (let round = 0; round < 60; round++) {
  const waiting = personalParts(gpu, { tokens, temperatures: [0.1, 0.2] });
  collect();
  await new Promise(setImmediate);
  collect();
  await waiting;
}
gpu.close();
collect();
console.log('sixty refreshes');
