// Operations that look at one element at a time, one thread each: z_ij = f(x_ij, y_ij), with f below. A row stride of 0
// repeats one row for all, which is how a bias is added or a mean taken off.
import type { Kernel } from '../kernel.ts';
import { GRID_WIDTH, placeType } from './row-reduction.ts';

/** f(x, y), with a number s that the caller gives. */
const functions = {
  'add-scaled': 'x + s * y',
  'scaled-difference': 's * (x - y)',
  multiply: 'x * y',
  relu: 'max(x, 0.0)',
  'relu-backward': 'select(0.0, y, x > 0.0)', // x was the input, y is the gradient by the output
} as const;

export type ElementwiseName = keyof typeof functions;

export const elementwiseKernels: readonly Kernel[] = Object.entries(functions).map(([name, expression]) => ({
  name,
  storage: ['read', 'read', 'write'],
  code: /* wgsl */ `${placeType}
struct Shape {
  xAt: Place, yAt: Place, zAt: Place,
  rows: u32, columns: u32,
  s: f32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> xs: array<f32>;
@group(0) @binding(2) var<storage, read> ys: array<f32>;
@group(0) @binding(3) var<storage, read_write> zs: array<f32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let index = (group.y * ${GRID_WIDTH}u + group.x) * 256u + thread;
  if (index >= shape.rows * shape.columns) { return; }
  let i = index / shape.columns;
  let j = index % shape.columns;
  let x = xs[at(shape.xAt, i, j)];
  let y = ys[at(shape.yAt, i, j)];
  let s = shape.s;
  zs[at(shape.zAt, i, j)] = ${expression};
}
`,
}));
