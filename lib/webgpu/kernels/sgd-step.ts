// A step of gradient descent, one thread a parameter, in place:
//     w ← w − learningRate · g
import { elementKernel } from './element-kernel.ts';

export const sgdStepKernel = elementKernel(
  'sgd-step',
  { matrices: { gradient: 'read', parameters: 'write' }, numbers: ['learningRate'] },
  'setParameters(i, j, parameters(i, j) - shape.learningRate * gradient(i, j));',
);
