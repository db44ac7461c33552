// All kernels; `openGpu` compiles them before anything runs.
import type { Kernel } from '../kernel.ts';
import { matmulNaive } from './matmul-naive.ts';
import { matmulRegisters } from './matmul-registers.ts';
import { matmulTiled } from './matmul-tiled.ts';

export const kernels: readonly Kernel[] = [matmulNaive, matmulTiled, matmulRegisters];
