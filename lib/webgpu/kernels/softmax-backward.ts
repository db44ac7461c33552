// The gradient by the scores of a row's softmax w, given the gradient g by its weights, one workgroup a row:
//     ds_j = scale · w_j · (g_j − Σ_k w_k g_k)
// Raising one score lowers all other weights, which is what the sum takes off. Where w is 0, so is ds: no mask is needed.
import { rowKernel } from './row-kernel.ts';

export const softmaxBackwardKernel = rowKernel(
  'softmax-backward',
  { matrices: { weights: 'read', gradient: 'read', out: 'write' }, numbers: ['scale'] },
  [
    { sum: { average: 'weights(i, j) * gradient(i, j)' } },
    { each: 'setOut(i, j, shape.scale * weights(i, j) * (gradient(i, j) - average));' },
  ],
);
