// One number a row, one workgroup a row:
//     d = Σ_j x_j · y_j
// With y = x, the squared length. Adding the rows' numbers up (see column-sums) gives a loss.
import { rowKernel } from './row-kernel.ts';

export const rowDotsKernel = rowKernel(
  'row-dots',
  { matrices: { x: 'read', y: 'read', out: 'write' } }, // out [rows, 1]
  [{ sum: { dot: 'x(i, j) * y(i, j)' } }, 'if (thread == 0u) { setOut(i, 0u, dot); }'],
);
