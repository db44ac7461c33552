// A step of Adam, one thread a parameter, in place (Kingma & Ba, 2015, algorithm 1):
//     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²,   w ← w − learningRate · (m / c₁) / (√(v / c₂) + ε)
// The corrections c = 1 − βᵗ grow with the number of steps t, which the processor counts.
import type { Kernel } from '../kernel.ts';
import { GRID_WIDTH, placeType } from './row-reduction.ts';

export const adamStepKernel: Kernel = {
  name: 'adam-step',
  storage: ['read', 'write', 'write', 'write'],
  code: /* wgsl */ `${placeType}
struct Shape {
  gradientAt: Place, parametersAt: Place, firstAt: Place, secondAt: Place,
  rows: u32, columns: u32,
  learningRate: f32, epsilon: f32, correction1: f32, correction2: f32,
  beta1: f32, rest1: f32, beta2: f32, rest2: f32, // rest = 1 − β, which float32 would not give exactly
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(3) var<storage, read_write> firstMoment: array<f32>;
@group(0) @binding(4) var<storage, read_write> secondMoment: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let index = (group.y * ${GRID_WIDTH}u + group.x) * 256u + thread;
  if (index >= shape.rows * shape.columns) { return; }
  let i = index / shape.columns;
  let j = index % shape.columns;
  let g = gradient[at(shape.gradientAt, i, j)];
  let first = shape.beta1 * firstMoment[at(shape.firstAt, i, j)] + shape.rest1 * g;
  let second = shape.beta2 * secondMoment[at(shape.secondAt, i, j)] + shape.rest2 * g * g;
  firstMoment[at(shape.firstAt, i, j)] = first;
  secondMoment[at(shape.secondAt, i, j)] = second;
  let step = first / shape.correction1 / (sqrt(second / shape.correction2) + shape.epsilon);
  parameters[at(shape.parametersAt, i, j)] -= shape.learningRate * step;
}
`,
};
