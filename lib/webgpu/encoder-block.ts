// The encoder block on the GPU, forward and backward; as lib/model/transformer.ts does it.
import { add, relu, reluBackward } from './elementwise.ts';
import type { GpuMatrix } from './gpu-matrix.ts';
import { type GpuLayerNormParameters, layerNorm, layerNormBackward } from './layer-norm.ts';
import { type GpuLinearParameters, linear, linearBackward } from './linear.ts';
import {
  type GpuAttentionCache,
  type GpuAttentionParameters,
  type GpuMultiHeadOptions,
  multiHeadAttention,
  multiHeadAttentionBackward,
} from './multi-head-attention.ts';

/** All that an encoder block learns. */
export type GpuEncoderParameters = {
  attention: GpuAttentionParameters;
  norm1: GpuLayerNormParameters;
  expand: GpuLinearParameters;
  contract: GpuLinearParameters;
  norm2: GpuLayerNormParameters;
};

/** What the forward pass keeps for the backward pass, each [clients, dim] or [clients, hidden]. */
export interface GpuEncoderCache {
  readonly attention: GpuAttentionCache;
  readonly sum1: GpuMatrix;
  readonly normed: GpuMatrix;
  readonly expanded: GpuMatrix;
  readonly active: GpuMatrix;
  readonly sum2: GpuMatrix;
}

/** H = norm1(attention(X) + X), output = norm2(ReLU(H W1ᵀ + b1) W2ᵀ + b2 + H). */
export function encoderBlock(
  parameters: GpuEncoderParameters,
  clients: GpuMatrix,
  options: GpuMultiHeadOptions,
): { output: GpuMatrix; cache: GpuEncoderCache } {
  const attention = multiHeadAttention(parameters.attention, clients, options);
  const sum1 = add(attention.output, clients); // [clients, dim]
  const normed = layerNorm(parameters.norm1, sum1); // [clients, dim]
  const expanded = linear(parameters.expand, normed); // [clients, hidden]
  const active = relu(expanded); // [clients, hidden]
  const sum2 = add(linear(parameters.contract, active), normed); // [clients, dim]
  const cache = { attention: attention.cache, sum1, normed, expanded, active, sum2 };
  return { output: layerNorm(parameters.norm2, sum2), cache };
}

/** The gradients by the clients and every parameter, given that by the output. */
export function encoderBlockBackward(
  parameters: GpuEncoderParameters,
  clients: GpuMatrix,
  cache: GpuEncoderCache,
  outputGradient: GpuMatrix,
): { clients: GpuMatrix; parameters: GpuEncoderParameters } {
  const norm2 = layerNormBackward(parameters.norm2, cache.sum2, outputGradient);
  const contract = linearBackward(parameters.contract, cache.active, norm2.input);
  const expandedGradient = reluBackward(cache.expanded, contract.input); // [clients, hidden]
  const expand = linearBackward(parameters.expand, cache.normed, expandedGradient);
  const normedGradient = add(expand.input, norm2.input); // [clients, dim]: through the network and around it
  const norm1 = layerNormBackward(parameters.norm1, cache.sum1, normedGradient);
  const attention = multiHeadAttentionBackward(parameters.attention, clients, cache.attention, norm1.input);
  return {
    clients: add(attention.clients, norm1.input), // [clients, dim]: through the attention and around it
    parameters: {
      attention: attention.parameters,
      norm1: norm1.parameters,
      expand: expand.parameters,
      contract: contract.parameters,
      norm2: norm2.parameters,
    },
  };
}
