// A step of gradient descent, one thread a parameter, in place:
//     w ← w − learningRate · g
import type { Kernel } from '../kernel.ts';
import { GRID_WIDTH, placeType } from './row-reduction.ts';

export const sgdStepKernel: Kernel = {
  name: 'sgd-step',
  storage: ['read', 'write'],
  code: /* wgsl */ `${placeType}
struct Shape {
  gradientAt: Place, parametersAt: Place,
  rows: u32, columns: u32,
  learningRate: f32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> parameters: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let index = (group.y * ${GRID_WIDTH}u + group.x) * 256u + thread;
  if (index >= shape.rows * shape.columns) { return; }
  let i = index / shape.columns;
  let j = index % shape.columns;
  parameters[at(shape.parametersAt, i, j)] -= shape.learningRate * gradient[at(shape.gradientAt, i, j)];
}
`,
};
