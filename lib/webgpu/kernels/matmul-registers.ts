// Lesson 3, registers: with tiles, every multiplication still reads two numbers from the workgroup's memory. So each of the
// 16 × 16 threads computes a 4 × 4 patch of C, kept in registers: for every k it reads 4 numbers of A and 4 of B and
// multiplies all 16 pairs,
//     C_patch += a_k b_kᵀ           with a_k, b_k of length 4: an outer product
// 16 multiplications for 8 reads instead of 32, and a workgroup's tile of C is 64 × 64: a number from the slow memory is
// used 64 times.
import type { Kernel } from '../kernel.ts';
import { matmulShape, matmulStorage } from './matmul-shape.ts';

export const matmulRegisters: Kernel = {
  name: 'matmul-registers',
  storage: matmulStorage,
  code: /* wgsl */ `${matmulShape}
const TILE = 64u;  // rows and columns of C per workgroup
const DEPTH = 16u; // of inner at a time
// Both tiles lie with k first, so that the four numbers a thread needs are one vector.
var<workgroup> tileA: array<vec4<f32>, 256>; // [DEPTH, TILE / 4]
var<workgroup> tileB: array<vec4<f32>, 256>; // [DEPTH, TILE / 4]

@compute @workgroup_size(16, 16)
fn main(@builtin(local_invocation_id) local: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  let firstRow = group.y * TILE;
  let firstColumn = group.x * TILE;
  let thread = local.y * 16u + local.x;
  // Neighbouring threads fetch neighbouring numbers: along the rows of a matrix if its columns lie next to each other.
  let byRows = thread / DEPTH; // 0 to 15
  let byDepth = thread % DEPTH;
  var kA = byDepth; var quadA = byRows;
  if (shape.aColumnStride != 1u) { kA = byRows; quadA = byDepth; }
  var kB = byRows; var quadB = byDepth;
  if (shape.bColumnStride != 1u) { kB = byDepth; quadB = byRows; }
  var sum0 = vec4<f32>(); var sum1 = vec4<f32>(); var sum2 = vec4<f32>(); var sum3 = vec4<f32>();
  for (var k0 = 0u; k0 < shape.inner; k0 += DEPTH) {
    let i = firstRow + quadA * 4u;
    let j = firstColumn + quadB * 4u;
    tileA[kA * 16u + quadA] =
      vec4<f32>(loadA(i, k0 + kA), loadA(i + 1u, k0 + kA), loadA(i + 2u, k0 + kA), loadA(i + 3u, k0 + kA));
    tileB[kB * 16u + quadB] =
      vec4<f32>(loadB(k0 + kB, j), loadB(k0 + kB, j + 1u), loadB(k0 + kB, j + 2u), loadB(k0 + kB, j + 3u));
    workgroupBarrier(); // the tiles are complete
    for (var k = 0u; k < DEPTH; k++) {
      let fourA = tileA[k * 16u + local.y];
      let fourB = tileB[k * 16u + local.x];
      sum0 += fourA.x * fourB;
      sum1 += fourA.y * fourB;
      sum2 += fourA.z * fourB;
      sum3 += fourA.w * fourB;
    }
    workgroupBarrier(); // nobody needs them any more
  }
  let i = firstRow + local.y * 4u;
  let j = firstColumn + local.x * 4u;
  storeRow(i, j, sum0);
  storeRow(i + 1u, j, sum1);
  storeRow(i + 2u, j, sum2);
  storeRow(i + 3u, j, sum3);
}

fn storeRow(i: u32, j: u32, sums: vec4<f32>) {
  storeC(i, j, sums.x);
  storeC(i, j + 1u, sums.y);
  storeC(i, j + 2u, sums.z);
  storeC(i, j + 3u, sums.w);
}
`,
};
