// Every row at one length, one workgroup a row:
//     y = scale · x / |x|
// scale 1 gives unit vectors, whose products are cosines; scale √columns gives a root mean square of 1. A row of zeros
// stays one.
import type { Kernel } from '../kernel.ts';
import { placeType, rowReduction } from './row-reduction.ts';

export const normalizeRowsKernel: Kernel = {
  name: 'normalize-rows',
  storage: ['read', 'write'],
  code: /* wgsl */ `${placeType}${rowReduction}
struct Shape {
  inputAt: Place, outAt: Place,
  rows: u32, columns: u32,
  scale: f32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let row = group.y * GRID_WIDTH + group.x;
  if (row >= shape.rows) { return; }
  var part = 0.0;
  for (var j = thread; j < shape.columns; j += THREADS) {
    let x = input[at(shape.inputAt, row, j)];
    part += x * x;
  }
  let squares = sumOfThreads(0u, thread, part);
  var factor = 0.0;
  if (squares > 0.0) { factor = shape.scale / sqrt(squares); }
  for (var j = thread; j < shape.columns; j += THREADS) {
    out[at(shape.outAt, row, j)] = factor * input[at(shape.inputAt, row, j)];
  }
}
`,
};
