// What the browser test runs in the page: products by the three kernels, a refresh and training steps, each compared
// with float64 in the same page. Bundled for browsers by the test, so it also shows that lib/webgpu needs no Node.

import { sgdStep } from '../../../lib/model/optimizer.ts';
import { namedParameters } from '../../../lib/model/parameters.ts';
import { meanSquaredError, meanSquaredErrorGradient } from '../../../lib/model/squared-error.ts';
import {
  encoderBlock,
  encoderBlockBackward,
  encoderBlockParameters,
} from '../../../lib/model/transformer.ts';
import { matmul as reference } from '../../../lib/numeric/matmul.ts';
import { randomStream } from '../../../lib/numeric/rng.ts';
import {
  EncoderTrainer,
  GpuMatrix,
  matmul,
  matmulKernels,
  openGpu,
  personalParts,
} from '../../../lib/webgpu/index.ts';
import { randomMatrix, relativeError } from '../compare.ts';
import { personalPartsReference } from '../personal-parts-reference.ts';

/** What the page reports. */
export interface PageReport {
  readonly adapter: string | null;
  readonly reason: string | null;
  /** Errors by what was compared. */
  readonly errors: Record<string, number>;
}

export async function report(): Promise<PageReport> {
  const { gpu, reason } = await openGpu({ allowsSoftware: true });
  if (!gpu) return { adapter: null, reason, errors: {} };
  const rng = randomStream(1, 'browser');
  const errors: Record<string, number> = {};
  const [left, right] = [randomMatrix(67, 131, rng), randomMatrix(131, 65, rng)];
  for (const kernel of matmulKernels) {
    const product = matmul(GpuMatrix.from(gpu, left), GpuMatrix.from(gpu, right), { kernel });
    errors[`product, ${kernel}`] = relativeError(await product.read(), reference(left, right));
  }
  const task = { tokens: randomMatrix(41, 53, rng), temperatures: [0.1, 0.2] };
  errors['personal parts'] = relativeError(await personalParts(gpu, task), personalPartsReference(task));
  const parameters = encoderBlockParameters(12, 24, rng);
  const [input, target] = [randomMatrix(19, 12, rng), randomMatrix(19, 12, rng)];
  const trainer = new EncoderTrainer(gpu, parameters, input, target, { heads: 3, learningRate: 0.5 });
  let worst = 0;
  for (let step = 0; step < 10; step++) {
    const { output, cache } = encoderBlock(parameters, input, { heads: 3 });
    const slope = meanSquaredErrorGradient(output, target);
    const gradients = namedParameters(encoderBlockBackward(parameters, input, cache, slope).parameters);
    namedParameters(parameters).forEach(({ data }, index) => {
      sgdStep(data, gradients[index]!.data, { learningRate: 0.5 });
    });
    worst = Math.max(worst, Math.abs((await trainer.step()) - meanSquaredError(output, target)));
  }
  errors['training loss'] = worst;
  gpu.close();
  return { adapter: gpu.name, reason, errors };
}

Object.assign(globalThis, { report });
