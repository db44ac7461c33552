// The gradients of layer normalisation, given the gradient g by its output, one workgroup a row. With h_j = g_j · gain_j:
//     dx_j = (h_j − mean(h) − z_j · mean(h ∘ z)) / √(variance(x) + 10⁻⁵)
// The two means are what the row's own mean and variance give back. `byGain` gets g ∘ z, whose column sums are the
// gradient by the gain.
import type { Kernel } from '../kernel.ts';
import { rowMoments } from './layer-norm.ts';
import { placeType, rowReduction } from './row-reduction.ts';

export const layerNormBackwardKernel: Kernel = {
  name: 'layer-norm-backward',
  storage: ['read', 'read', 'read', 'write', 'write'],
  code: /* wgsl */ `${placeType}${rowReduction}
struct Shape {
  inputAt: Place, gainAt: Place, gradientAt: Place, outAt: Place, byGainAt: Place,
  rows: u32, columns: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> gain: array<f32>;
@group(0) @binding(3) var<storage, read> gradient: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;
@group(0) @binding(5) var<storage, read_write> byGain: array<f32>;
${rowMoments}
@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let row = group.y * GRID_WIDTH + group.x;
  if (row >= shape.rows) { return; }
  let moments = momentsOf(row, thread);
  let columns = f32(shape.columns);
  var part = 0.0;
  var partWithZ = 0.0;
  for (var j = thread; j < shape.columns; j += THREADS) {
    let h = gradient[at(shape.gradientAt, row, j)] * gain[at(shape.gainAt, 0u, j)];
    part += h;
    partWithZ += h * standard(row, j, moments);
  }
  let meanH = sumOfThreads(2u, thread, part) / columns;
  let meanHZ = sumOfThreads(3u, thread, partWithZ) / columns;
  for (var j = thread; j < shape.columns; j += THREADS) {
    let g = gradient[at(shape.gradientAt, row, j)];
    let z = standard(row, j, moments);
    let h = g * gain[at(shape.gainAt, 0u, j)];
    out[at(shape.outAt, row, j)] = moments.inverseDeviation * (h - meanH - z * meanHZ);
    byGain[at(shape.byGainAt, row, j)] = g * z;
  }
}

fn standard(row: u32, j: u32, moments: Moments) -> f32 {
  return (input[at(shape.inputAt, row, j)] - moments.mean) * moments.inverseDeviation;
}
`,
};
