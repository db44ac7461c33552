// Layer normalisation of every row, one workgroup a row:
//     z = (x − mean(x)) / √(variance(x) + 10⁻⁵),    y_j = z_j · gain_j + shift_j
import { type RowStep, rowKernel } from './row-kernel.ts';

/** `mean` and `inverseDeviation` of a row of the matrix x; the backward kernel needs them again. */
export const rowMoments: readonly RowStep[] = [
  'let columns = f32(shape.columns);',
  { sum: { total: 'x(i, j)' } },
  'let mean = total / columns;',
  { sum: { squares: '(x(i, j) - mean) * (x(i, j) - mean)' } },
  'let inverseDeviation = 1.0 / sqrt(squares / columns + 1e-5);',
];

export const layerNormKernel = rowKernel(
  'layer-norm',
  { matrices: { x: 'read', gain: 'read', shift: 'read', y: 'write' } }, // gain and shift [1, columns]
  [
    ...rowMoments,
    {
      each: /* wgsl */ `
      let z = (x(i, j) - mean) * inverseDeviation;
      setY(i, j, z * gain(0u, j) + shift(0u, j));`,
    },
  ],
);
