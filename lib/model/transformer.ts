// The encoder block of a transformer: clients attend to each other, then each one passes a small network by itself.
// In: one row per client, and who is present; out: one row per client, who looked at whom, and what the backward pass
// needs. Both halves add their input and normalise the sum ("post-norm"), as Vaswani et al. (2017), section 3.1.
import ops from 'ndarray-ops';
import { copyOf, expectShape, type FloatType, type Matrix } from '../numeric/ndarrays.ts';
import type { RandomStream } from '../numeric/rng.ts';
import { multiHeadAttentionBackward } from './attention-backward.ts';
import { type LayerNormParameters, layerNorm, layerNormBackward, layerNormParameters } from './layer-norm.ts';
import { type BackendOption, type LinearParameters, linear, linearParameters } from './layers.ts';
import { linearBackward } from './layers-backward.ts';
import {
  type AttentionCache,
  type AttentionParameters,
  attentionParameters,
  type MultiHeadOptions,
  multiHeadAttention,
} from './multi-head-attention.ts';
import { relu, reluBackward } from './relu.ts';

/** All that an encoder block learns. `namedParameters` lists it for an optimiser. */
export type EncoderBlockParameters = {
  attention: AttentionParameters;
  /** After the attention. */
  norm1: LayerNormParameters;
  /** W1 [hidden, dim]. */
  expand: LinearParameters;
  /** W2 [dim, hidden]. */
  contract: LinearParameters;
  /** After the feed-forward network. */
  norm2: LayerNormParameters;
};

/** What the forward pass keeps for the backward pass, and for whoever looks at its steps; each [clients, dim]. */
export interface EncoderBlockCache {
  readonly attention: AttentionCache;
  /** What the attention returned. */
  readonly attended: Matrix;
  /** That plus the input, before norm1. */
  readonly sum1: Matrix;
  /** H, after norm1. */
  readonly normed: Matrix;
  /** The hidden layer before its ReLU, [clients, hidden]. */
  readonly expanded: Matrix;
  /** The hidden layer after its ReLU, [clients, hidden]. */
  readonly active: Matrix;
  /** What the feed-forward network returned. */
  readonly fed: Matrix;
  /** That plus H, before norm2. */
  readonly sum2: Matrix;
}

/**
 * A fresh encoder block.
 *
 * @param dim columns of a client's row
 * @param hidden width of the feed-forward network, commonly 2 or 4 times dim
 * @throws RangeError if a size is not a whole number of at least 1
 */
export function encoderBlockParameters(
  dim: number,
  hidden: number,
  rng: RandomStream,
  type: FloatType = 'float64',
): EncoderBlockParameters {
  return {
    attention: attentionParameters(dim, rng, type),
    norm1: layerNormParameters(dim, type),
    expand: linearParameters(dim, hidden, rng, type),
    contract: linearParameters(hidden, dim, rng, type),
    norm2: layerNormParameters(dim, type),
  };
}

/**
 * One encoder block: H = norm1(attention(X) + X), output = norm2(ReLU(H W1ᵀ + b1) W2ᵀ + b2 + H).
 *
 * @param clients X [clients, dim]
 * @returns output [clients, dim]; weights of each head, [clients, clients], row = who looks; cache for the backward pass
 * @throws RangeError if heads do not divide dim, or the shapes or `keyMask` do not fit
 */
export function encoderBlock(
  parameters: EncoderBlockParameters,
  clients: Matrix,
  options: MultiHeadOptions,
): { output: Matrix; weights: Matrix[]; cache: EncoderBlockCache } {
  const { backend } = options;
  const attention = multiHeadAttention(parameters.attention, clients, options);
  const sum1 = sumOf(attention.output, clients); // [clients, dim]
  const normed = layerNorm(parameters.norm1, sum1); // [clients, dim]
  const expanded = linear(parameters.expand, normed, { backend }); // [clients, hidden]
  const active = relu(expanded); // [clients, hidden]
  const fed = linear(parameters.contract, active, { backend }); // [clients, dim]
  const sum2 = sumOf(fed, normed); // [clients, dim]
  return {
    output: layerNorm(parameters.norm2, sum2), // [clients, dim]
    weights: attention.weights,
    cache: {
      attention: attention.cache,
      attended: attention.output,
      sum1,
      normed,
      expanded,
      active,
      fed,
      sum2,
    },
  };
}

/**
 * The gradients of a loss by the clients and every parameter of `encoderBlock`, given its gradient by the output.
 *
 * @param clients X [clients, dim], as in the forward pass
 * @param cache what the forward pass returned
 * @param outputGradient [clients, dim]
 * @throws RangeError if the shapes do not fit
 */
export function encoderBlockBackward(
  parameters: EncoderBlockParameters,
  clients: Matrix,
  cache: EncoderBlockCache,
  outputGradient: Matrix,
  options: BackendOption = {},
): { clients: Matrix; parameters: EncoderBlockParameters } {
  const norm2 = layerNormBackward(parameters.norm2, cache.sum2, outputGradient);
  const contract = linearBackward(parameters.contract, cache.active, norm2.input, options);
  const expandedGradient = reluBackward(cache.expanded, contract.input); // [clients, hidden]
  const expand = linearBackward(parameters.expand, cache.normed, expandedGradient, options);
  const normedGradient = sumOf(expand.input, norm2.input); // [clients, dim]: through the network and around it
  const norm1 = layerNormBackward(parameters.norm1, cache.sum1, normedGradient);
  const attention = multiHeadAttentionBackward(
    parameters.attention,
    clients,
    cache.attention,
    norm1.input,
    options,
  );
  return {
    clients: sumOf(attention.clients, norm1.input), // [clients, dim]: through the attention and around it
    parameters: {
      attention: attention.parameters,
      norm1: norm1.parameters,
      expand: expand.parameters,
      contract: contract.parameters,
      norm2: norm2.parameters,
    },
  };
}

/** The sum of two matrices of one shape, a new one. */
function sumOf(a: Matrix, b: Matrix): Matrix {
  expectShape('encoderBlock', 'residual', b, a.shape);
  const sum = copyOf(a);
  ops.addeq(sum, b);
  return sum;
}
