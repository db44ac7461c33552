// Encoder blocks whose parameters lie in one flat array, so that a checkpoint and the digest can hold them.
// In: a flat array; out: `EncoderBlockParameters` that view it, and PyTorch's start, which the released program has.
import type { EncoderBlockParameters } from '../../model/transformer.ts';
import { type FloatArray, matrix, vector } from '../../numeric/ndarrays.ts';
import type { RandomStream } from '../../numeric/rng.ts';
import { fillUniform } from './adapter-model.ts';

/** Attention heads of the released encoder. */
export const ENCODER_HEADS = 8;

/** Numbers of one block for rows of `dim` columns; its hidden layer has 2 · dim. */
export function encoderBlockLength(dim: number): number {
  return 8 * dim * dim + 11 * dim;
}

/** Views a flat array as a block; nothing is copied. */
export function viewEncoderBlock(values: FloatArray, dim: number): EncoderBlockParameters {
  let at = 0;
  const take = (length: number) => {
    at += length;
    return values.subarray(at - length, at);
  };
  const layer = (inputs: number, outputs: number) => ({
    weight: matrix(take(inputs * outputs), outputs, inputs),
    bias: vector(take(outputs)),
  });
  const norm = () => ({ gain: vector(take(dim)), shift: vector(take(dim)) });
  return {
    attention: {
      query: layer(dim, dim),
      key: layer(dim, dim),
      value: layer(dim, dim),
      output: layer(dim, dim),
    },
    norm1: norm(),
    expand: layer(dim, 2 * dim),
    contract: layer(2 * dim, dim),
    norm2: norm(),
  };
}

/** Weights and biases uniform in ±1 / √inputs; the normalisations change nothing at first. */
export function initializeEncoderBlock(block: EncoderBlockParameters, rng: RandomStream): void {
  const { query, key, value, output } = block.attention;
  for (const { weight, bias } of [query, key, value, output, block.expand, block.contract]) {
    const inputs = weight.shape[1]!;
    fillUniform(weight.data, inputs, rng);
    fillUniform(bias.data, inputs, rng);
  }
  for (const { gain, shift } of [block.norm1, block.norm2]) {
    gain.data.fill(1);
    shift.data.fill(0);
  }
}
