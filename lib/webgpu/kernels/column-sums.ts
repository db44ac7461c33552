// One number a column, a workgroup for 16 columns:
//     y_j = scale · Σ_i x_ij
// scale 1 / rows gives the mean row, which centring takes off. The 16 threads of a column add up every 16th row, so that
// neighbouring threads always read neighbouring numbers; then a tree adds the 16 sums.
import { matrixKernel } from './matrix-kernel.ts';

/** Columns of a workgroup, and threads of each. */
export const COLUMNS = 16;

export const columnSumsKernel = matrixKernel(
  'column-sums',
  { matrices: { x: 'read', y: 'write' }, flags: ['accumulates'], numbers: ['scale'] }, // y [1, columns]
  /* wgsl */ `const T = ${COLUMNS}u;
var<workgroup> partial: array<array<f32, T>, T>; // [lanes, columns]

@compute @workgroup_size(T, T)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let j = group.x * T + local.x;
  let lane = local.y;
  var part = 0.0;
  if (j < shape.columns) {
    for (var i = lane; i < shape.rows; i += T) { part += x(i, j); }
  }
  partial[lane][local.x] = part;
  workgroupBarrier();
  for (var half = T / 2u; half > 0u; half /= 2u) {
    if (lane < half) { partial[lane][local.x] += partial[lane + half][local.x]; }
    workgroupBarrier();
  }
  if (lane == 0u && j < shape.columns) {
    var sum = shape.scale * partial[0][local.x];
    if (shape.accumulates == 1u) { sum += y(0u, j); }
    setY(0u, j, sum);
  }
}
`,
);
