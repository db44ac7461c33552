// Lesson 2, tiles: the 16 × 16 threads of a workgroup need the same 16 rows of A and 16 columns of B, so they fetch them
// together, piece by piece, into the workgroup's own small, fast memory:
//     C_IJ = Σ_K A_IK · B_KJ        with 16 × 16 tiles A_IK and B_KJ
// Each number is read from the slow memory once per workgroup and used 16 times: 1/16 of the naive kernel's traffic.
import type { Kernel } from '../kernel.ts';
import { matmulShape, matmulStorage } from './matmul-shape.ts';

export const matmulTiled: Kernel = {
  name: 'matmul-tiled',
  storage: matmulStorage,
  code: /* wgsl */ `${matmulShape}
const T = 16u;
var<workgroup> tileA: array<array<f32, T>, T>; // rows of A × inner
var<workgroup> tileB: array<array<f32, T>, T>; // inner × columns of B

@compute @workgroup_size(16, 16)
fn main(@builtin(local_invocation_id) local: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  let i = group.y * T + local.y;
  let j = group.x * T + local.x;
  var sum = 0.0;
  for (var k0 = 0u; k0 < shape.inner; k0 += T) {
    tileA[local.y][local.x] = loadA(i, k0 + local.x);
    tileB[local.y][local.x] = loadB(k0 + local.y, j);
    workgroupBarrier(); // the tiles are complete
    for (var k = 0u; k < T; k++) {
      sum += tileA[local.y][k] * tileB[k][local.x];
    }
    workgroupBarrier(); // nobody needs them any more
  }
  storeC(i, j, sum);
}
`,
};
