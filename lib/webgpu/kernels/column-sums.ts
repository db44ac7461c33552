// One number a column, a workgroup for 16 columns:
//     y_j = scale · Σ_i x_ij
// scale 1 / rows gives the mean row, which centring takes off. The 16 threads of a column add up every 16th row, so that
// neighbouring threads always read neighbouring numbers; then a tree adds the 16 sums.
import type { Kernel } from '../kernel.ts';
import { placeType } from './row-reduction.ts';

export const columnSumsKernel: Kernel = {
  name: 'column-sums',
  storage: ['read', 'write'],
  code: /* wgsl */ `${placeType}
struct Shape {
  inputAt: Place, outAt: Place,
  rows: u32, columns: u32,
  accumulates: u32,
  scale: f32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>; // [1, columns]
const T = 16u;
var<workgroup> partial: array<array<f32, T>, T>; // [lanes, columns]

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let column = group.x * T + local.x;
  let lane = local.y;
  var part = 0.0;
  if (column < shape.columns) {
    for (var i = lane; i < shape.rows; i += T) { part += input[at(shape.inputAt, i, column)]; }
  }
  partial[lane][local.x] = part;
  workgroupBarrier();
  for (var half = T / 2u; half > 0u; half /= 2u) {
    if (lane < half) { partial[lane][local.x] += partial[lane + half][local.x]; }
    workgroupBarrier();
  }
  if (lane == 0u && column < shape.columns) {
    var sum = shape.scale * partial[0][local.x];
    let place = at(shape.outAt, 0u, column);
    if (shape.accumulates == 1u) { sum += out[place]; }
    out[place] = sum;
  }
}
`,
};
