// The attention between clients on a GPU, as `train` wants it: `train(recipe, split, { device: gpuAttention(gpu) })`.
import type { AttentionDevice } from '../federated/attention-device.ts';
import { matrix, rowMajorData } from '../numeric/ndarrays.ts';
import { EncoderTrainer } from './encoder-trainer.ts';
import type { Gpu } from './gpu.ts';
import { personalParts } from './personal-parts.ts';

/**
 * Computes on a GPU what attention between clients costs most for: personal parts, and the training of a server's
 * encoder block.
 */
export function gpuAttention(gpu: Gpu): AttentionDevice {
  return {
    name: gpu.name,
    async personalParts({ items, tokens, queries, center, valueMean, temperatures }) {
      const parts = await personalParts(gpu, {
        tokens: matrix(tokens, tokens.length / items, items),
        queries,
        center: matrix(center, 1, items),
        // The same mean need not be taken off twice.
        valueMean: valueMean === center ? undefined : matrix(valueMean, 1, items),
        temperatures,
      });
      return rowMajorData(parts) as Float32Array;
    },
    async trainEncoder({ block, rows, isPresent, heads, learningRate, steps }) {
      const masks = { keyMask: isPresent, lossMask: isPresent };
      const trainer = new EncoderTrainer(gpu, block, rows, rows, { heads, learningRate, ...masks });
      try {
        const { output, parameters } = await trainer.train(steps);
        return { block: parameters, output };
      } finally {
        trainer.release();
      }
    },
  };
}
