// Layer normalisation on the GPU, forward and backward; as lib/model/layer-norm.ts does it.
import { GpuMatrix } from './gpu-matrix.ts';
import { columnSums } from './rows.ts';
import { dispatchRows, expectRow, expectSameShape } from './rowwise.ts';

/** `gain` γ and `shift` β, each [1, columns]. */
export type GpuLayerNormParameters = { gain: GpuMatrix; shift: GpuMatrix };

/** Every row moved to mean 0 and scaled to variance 1, then scaled by γ and moved by β. */
export function layerNorm({ gain, shift }: GpuLayerNormParameters, input: GpuMatrix): GpuMatrix {
  const { gpu, rows, columns } = input;
  expectRow('layerNorm', 'gain', gain, columns);
  expectRow('layerNorm', 'shift', shift, columns);
  const out = GpuMatrix.empty(gpu, rows, columns);
  const operands = [input, { everyRow: gain }, { everyRow: shift }, out];
  dispatchRows(gpu, { kernel: 'layer-norm', operands, rows, columns });
  return out;
}

/** The gradients by the input and the parameters, given that by the output. */
export function layerNormBackward(
  { gain }: GpuLayerNormParameters,
  input: GpuMatrix,
  outputGradient: GpuMatrix,
): { input: GpuMatrix; parameters: GpuLayerNormParameters } {
  const { gpu, rows, columns } = input;
  expectRow('layerNormBackward', 'gain', gain, columns);
  expectSameShape('layerNormBackward', input, outputGradient);
  const out = GpuMatrix.empty(gpu, rows, columns);
  const byGain = GpuMatrix.empty(gpu, rows, columns);
  const operands = [input, { everyRow: gain }, outputGradient, out, byGain];
  dispatchRows(gpu, { kernel: 'layer-norm-backward', operands, rows, columns });
  const parameters = { gain: columnSums(byGain), shift: columnSums(outputGradient) };
  byGain.release();
  return { input: out, parameters };
}
