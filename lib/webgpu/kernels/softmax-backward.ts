// The gradient by the scores of a row's softmax w, given the gradient g by its weights, one workgroup a row:
//     ds_j = scale · w_j · (g_j − Σ_k w_k g_k)
// Raising one score lowers all other weights, which is what the sum takes off. Where w is 0, so is ds: no mask is needed.
import type { Kernel } from '../kernel.ts';
import { placeType, rowReduction } from './row-reduction.ts';

export const softmaxBackwardKernel: Kernel = {
  name: 'softmax-backward',
  storage: ['read', 'read', 'write'],
  code: /* wgsl */ `${placeType}${rowReduction}
struct Shape {
  weightsAt: Place, gradientAt: Place, outAt: Place,
  rows: u32, columns: u32,
  scale: f32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read> gradient: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let row = group.y * GRID_WIDTH + group.x;
  if (row >= shape.rows) { return; }
  var part = 0.0;
  for (var j = thread; j < shape.columns; j += THREADS) {
    part += weights[at(shape.weightsAt, row, j)] * gradient[at(shape.gradientAt, row, j)];
  }
  let average = sumOfThreads(0u, thread, part);
  for (var j = thread; j < shape.columns; j += THREADS) {
    let g = gradient[at(shape.gradientAt, row, j)];
    out[at(shape.outAt, row, j)] = shape.scale * weights[at(shape.weightsAt, row, j)] * (g - average);
  }
}
`,
};
