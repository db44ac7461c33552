// Layer normalisation of every row, one workgroup a row:
//     z = (x − mean(x)) / √(variance(x) + 10⁻⁵),    y_j = z_j · gain_j + shift_j
import type { Kernel } from '../kernel.ts';
import { placeType, rowReduction } from './row-reduction.ts';

/** Mean and inverse deviation of a row; the backward kernel needs them again. */
export const rowMoments = /* wgsl */ `
struct Moments { mean: f32, inverseDeviation: f32 }

fn momentsOf(row: u32, thread: u32) -> Moments {
  let columns = f32(shape.columns);
  var part = 0.0;
  for (var j = thread; j < shape.columns; j += THREADS) { part += input[at(shape.inputAt, row, j)]; }
  let mean = sumOfThreads(0u, thread, part) / columns;
  part = 0.0;
  for (var j = thread; j < shape.columns; j += THREADS) {
    let deviation = input[at(shape.inputAt, row, j)] - mean;
    part += deviation * deviation;
  }
  let variance = sumOfThreads(1u, thread, part) / columns;
  return Moments(mean, 1.0 / sqrt(variance + 1e-5));
}
`;

export const layerNormKernel: Kernel = {
  name: 'layer-norm',
  storage: ['read', 'read', 'read', 'write'],
  code: /* wgsl */ `${placeType}${rowReduction}
struct Shape {
  inputAt: Place, gainAt: Place, shiftAt: Place, outAt: Place,
  rows: u32, columns: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> gain: array<f32>;
@group(0) @binding(3) var<storage, read> shift: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;
${rowMoments}
@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let row = group.y * GRID_WIDTH + group.x;
  if (row >= shape.rows) { return; }
  let moments = momentsOf(row, thread);
  for (var j = thread; j < shape.columns; j += THREADS) {
    let z = (input[at(shape.inputAt, row, j)] - moments.mean) * moments.inverseDeviation;
    out[at(shape.outAt, row, j)] = z * gain[at(shape.gainAt, 0u, j)] + shift[at(shape.shiftAt, 0u, j)];
  }
}
`,
};
