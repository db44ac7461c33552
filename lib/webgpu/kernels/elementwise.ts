// Operations that look at one element at a time, one thread each: z_ij = f(x_ij, y_ij), with f below. A row stride of 0
// repeats one row for all, which is how a bias is added or a mean taken off.
import type { Kernel } from '../kernel.ts';
import { elementKernel } from './element-kernel.ts';

/** f(x, y), with a number s that the caller gives. */
const functions = {
  'add-scaled': 'x + s * y',
  'scaled-difference': 's * (x - y)',
  multiply: 'x * y',
  relu: 'max(x, 0.0)',
  'relu-backward': 'select(0.0, y, x > 0.0)', // x was the input, y is the gradient by the output
} as const;

export type ElementwiseName = keyof typeof functions;

export const elementwiseKernels: readonly Kernel[] = Object.entries(functions).map(([name, expression]) =>
  elementKernel(
    name,
    { matrices: { left: 'read', right: 'read', out: 'write' }, numbers: ['s'] },
    /* wgsl */ `
  let x = left(i, j);
  let y = right(i, j);
  let s = shape.s;
  setOut(i, j, ${expression});`,
  ),
);
