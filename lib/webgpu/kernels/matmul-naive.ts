// Lesson 1, the definition: c_ij = Σ_k a_ik · b_kj, one thread for each element of C.
// A thread reads 2 · inner numbers from the GPU's large, slow memory and does 2 · inner operations: one number read for
// each operation. The memory, not the arithmetic, sets the pace.
import type { Kernel } from '../kernel.ts';
import { matmulShape, matmulStorage } from './matmul-shape.ts';

export const matmulNaive: Kernel = {
  name: 'matmul-naive',
  storage: matmulStorage,
  code: /* wgsl */ `${matmulShape}
@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y;
  let j = id.x;
  var sum = 0.0;
  for (var k = 0u; k < shape.inner; k++) {
    sum += loadA(i, k) * loadB(k, j);
  }
  storeC(i, j, sum);
}
`,
};
