// The linear layer on the GPU, forward and backward; as lib/model/layers.ts does it.
import { addRow } from './elementwise.ts';
import type { GpuMatrix } from './gpu-matrix.ts';
import { matmul } from './matmul.ts';
import { columnSums } from './rows.ts';

/** `weight` W [outputs, inputs] and `bias` b [1, outputs]. */
export type GpuLinearParameters = { weight: GpuMatrix; bias: GpuMatrix };

/** Y = X Wᵀ + b, [samples, outputs]. */
export function linear({ weight, bias }: GpuLinearParameters, input: GpuMatrix): GpuMatrix {
  return input.gpu.scope(() => addRow(matmul(input, weight.transpose()), bias));
}

/** The gradients given that by the output, G: dX = G W, dW = Gᵀ X, db = the sum of G's rows. */
export function linearBackward(
  { weight }: GpuLinearParameters,
  input: GpuMatrix,
  outputGradient: GpuMatrix,
): { input: GpuMatrix; parameters: GpuLinearParameters } {
  return {
    input: matmul(outputGradient, weight), // [samples, inputs]
    parameters: {
      weight: matmul(outputGradient.transpose(), input), // [outputs, inputs]
      bias: columnSums(outputGradient), // [1, outputs]
    },
  };
}
