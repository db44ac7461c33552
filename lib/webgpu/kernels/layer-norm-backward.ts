// The gradients of layer normalisation, given the gradient g by its output, one workgroup a row. With h_j = g_j · gain_j:
//     dx_j = (h_j − mean(h) − z_j · mean(h ∘ z)) / √(variance(x) + 10⁻⁵)
// The two means are what the row's own mean and variance give back. `byGain` gets g ∘ z, whose column sums are the
// gradient by the gain.
import { rowMoments } from './layer-norm.ts';
import { rowKernel } from './row-kernel.ts';

export const layerNormBackwardKernel = rowKernel(
  'layer-norm-backward',
  { matrices: { x: 'read', gain: 'read', gradient: 'read', out: 'write', byGain: 'write' } },
  [
    ...rowMoments,
    {
      sum: {
        sumH: 'h(i, j)',
        sumHZ: 'h(i, j) * ((x(i, j) - mean) * inverseDeviation)',
      },
    },
    /* wgsl */ `
    let meanH = sumH / columns;
    let meanHZ = sumHZ / columns;`,
    {
      each: /* wgsl */ `
      let z = (x(i, j) - mean) * inverseDeviation;
      setOut(i, j, inverseDeviation * (h(i, j) - meanH - z * meanHZ));
      setByGain(i, j, gradient(i, j) * z);`,
    },
  ],
  /* wgsl */ `
fn h(i: u32, j: u32) -> f32 { return gradient(i, j) * gain(0u, j); }
`,
);
