// The attention between clients on a GPU, as `train` wants it: `train(recipe, split, { device: gpuAttention(gpu) })`.
import type { AttentionDevice } from '../federated/device-attention.ts';
import { matrix, rowMajorData } from '../numeric/matrix.ts';
import type { Gpu } from './gpu.ts';
import { personalParts } from './personal-parts.ts';

/** Computes the personal parts of recipes with attention between clients on a GPU. */
export function gpuAttention(gpu: Gpu): AttentionDevice {
  return {
    name: gpu.name,
    async personalParts({ items, tokens, queries, center, ownMean, temperatures }) {
      const parts = await personalParts(gpu, {
        tokens: matrix(tokens, tokens.length / items, items),
        queries,
        center: matrix(center, 1, items),
        // The same mean need not be taken off twice.
        ownMean: ownMean === center ? undefined : matrix(ownMean, 1, items),
        temperatures,
      });
      return rowMajorData(parts) as Float32Array;
    },
  };
}
