// A transformer's block and layer normalisation for whoever calls them: matrices of any kind, a number as seed. Here everything is
// converted once; what is computed, and how, is lib/model/transformer.ts and layer-norm.ts; the heads alone are next door.
// In: rows of numbers, ndarrays, mathjs matrices; out: what the plain modules return.
import type { LayerNormParameters } from '../model/layer-norm.ts';
import * as norm from '../model/layer-norm.ts';
import type { EncoderBlockCache, EncoderBlockParameters } from '../model/transformer.ts';
import * as transformer from '../model/transformer.ts';
import { inTheNameOf } from '../numeric/arguments.ts';
import { asMatrix, asStream, expectObject, type MatrixLike, type Seed } from '../numeric/matrix-like.ts';
import { expectInteger, type FloatType, type Matrix } from '../numeric/ndarrays.ts';
import {
  asSettings,
  expectLenses,
  expectType,
  type HeadsSettings,
  MOST_COLUMNS,
} from './multi-head-attention.ts';

export { multiHeadAttentionBackward } from '../model/attention-backward.ts';
export { type LayerNormParameters, layerNormBackward, layerNormParameters } from '../model/layer-norm.ts';
export {
  type EncoderBlockCache,
  type EncoderBlockParameters,
  encoderBlockBackward,
} from '../model/transformer.ts';
export {
  type AttentionCache,
  type AttentionParameters,
  attentionParameters,
  type HeadsSettings,
  multiHeadAttention,
} from './multi-head-attention.ts';

/**
 * A fresh encoder block.
 *
 * @param dim columns of a client's row
 * @param hidden width of the feed-forward network, commonly 2 or 4 times dim
 * @param seed a number or a stream
 * @throws RangeError if a size is not a whole number of at least 1, TypeError if an argument is of another kind
 * @example
 * encoderBlockParameters(4, 8, 1).expand.weight.shape; // [8, 4]
 */
export function encoderBlockParameters(
  dim: number,
  hidden: number,
  seed: Seed,
  type: FloatType = 'float64',
): EncoderBlockParameters {
  expectInteger('encoderBlockParameters', 'dim', dim, 1, MOST_COLUMNS);
  expectInteger('encoderBlockParameters', 'hidden', hidden, 1, MOST_COLUMNS);
  expectType('encoderBlockParameters', type);
  const rng = asStream('encoderBlockParameters', 'seed', seed, 'encoder-block');
  return transformer.encoderBlockParameters(dim, hidden, rng, type);
}

/**
 * One encoder block: H = norm1(attention(X) + X), output = norm2(ReLU(H W1ᵀ + b1) W2ᵀ + b2 + H).
 *
 * @param parameters from `encoderBlockParameters`
 * @param clients X [clients, dim]
 * @returns output [clients, dim]; weights of each head, [clients, clients], row = who looks; cache for the backward pass
 * @throws RangeError if heads do not divide dim, or the shapes or a mask do not fit; TypeError if an argument is of another kind
 */
export function encoderBlock(
  parameters: EncoderBlockParameters,
  clients: MatrixLike,
  options: Omit<HeadsSettings, 'others'>,
): { output: Matrix; weights: Matrix[]; cache: EncoderBlockCache } {
  const caller = 'encoderBlock';
  expectObject(caller, 'parameters', parameters, 'that of encoderBlockParameters(…)');
  expectLenses(caller, 'parameters.attention', parameters.attention);
  const given = asMatrix(caller, 'clients', clients);
  const settings = asSettings(caller, given, options);
  return inTheNameOf(caller, () => transformer.encoderBlock(parameters, given, settings));
}

/**
 * Layer normalisation: every row is moved to mean 0 and scaled to variance 1, then scaled by γ and moved by β.
 *
 * @param parameters from `layerNormParameters`
 * @param input X [samples, dim]
 * @returns [samples, dim]
 * @throws RangeError if γ or β does not have one entry per column, TypeError if an argument is of another kind
 * @example
 * toRows(layerNorm(layerNormParameters(2), [[1, 3]])); // about [[-1, 1]]
 */
export function layerNorm(parameters: LayerNormParameters, input: MatrixLike): Matrix {
  expectObject('layerNorm', 'parameters', parameters, 'that of layerNormParameters(…)');
  const given = asMatrix('layerNorm', 'input', input);
  return inTheNameOf('layerNorm', () => norm.layerNorm(parameters, given));
}
