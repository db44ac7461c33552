// One number a row, one workgroup a row:
//     d = Σ_j x_j · y_j
// With y = x, the squared length. Adding the rows' numbers up (see column-sums) gives a loss.
import type { Kernel } from '../kernel.ts';
import { placeType, rowReduction } from './row-reduction.ts';

export const rowDotsKernel: Kernel = {
  name: 'row-dots',
  storage: ['read', 'read', 'write'],
  code: /* wgsl */ `${placeType}${rowReduction}
struct Shape {
  xAt: Place, yAt: Place, outAt: Place,
  rows: u32, columns: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>; // [rows, 1]

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let row = group.y * GRID_WIDTH + group.x;
  if (row >= shape.rows) { return; }
  var part = 0.0;
  for (var j = thread; j < shape.columns; j += THREADS) {
    part += x[at(shape.xAt, row, j)] * y[at(shape.yAt, row, j)];
  }
  let sum = sumOfThreads(0u, thread, part);
  if (thread == 0u) { out[at(shape.outAt, row, 0u)] = sum; }
}
`,
};
