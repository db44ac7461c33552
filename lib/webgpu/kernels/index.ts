// All kernels; `openGpu` compiles them before anything runs.
import type { Kernel } from '../kernel.ts';
import { adamStepKernel } from './adam-step.ts';
import { columnSumsKernel } from './column-sums.ts';
import { elementwiseKernels } from './elementwise.ts';
import { layerNormKernel } from './layer-norm.ts';
import { layerNormBackwardKernel } from './layer-norm-backward.ts';
import { matmulNaive } from './matmul-naive.ts';
import { matmulRegisters } from './matmul-registers.ts';
import { matmulTiled } from './matmul-tiled.ts';
import { normalizeRowsKernel } from './normalize-rows.ts';
import { rowDotsKernel } from './row-dots.ts';
import { sgdStepKernel } from './sgd-step.ts';
import { softmaxBackwardKernel } from './softmax-backward.ts';
import { softmaxRowsKernel } from './softmax-rows.ts';

export const kernels: readonly Kernel[] = [
  matmulNaive,
  matmulTiled,
  matmulRegisters,
  softmaxRowsKernel,
  softmaxBackwardKernel,
  normalizeRowsKernel,
  rowDotsKernel,
  columnSumsKernel,
  layerNormKernel,
  layerNormBackwardKernel,
  ...elementwiseKernels,
  sgdStepKernel,
  adamStepKernel,
];
