// biome-ignore-all assist/source/organizeImports: the order is the reading order
// Models: factorization, low rank, K-means, attention, layers with their gradients, optimisers; each usable alone.
export * from './loss.ts';
export * from './squared-error.ts';
export * from './factorization.ts';
export * from './factorization-gradient.ts';
export * from './factorization-fit.ts';
export * from './best-unseen.ts';
export * from './lora.ts';
export * from './kmeans.ts';
export { softmaxInPlace, softmaxRows } from './softmax.ts';
export * from './log-sum-exp.ts';
export {
  type AttentionInputs,
  attentionMask,
  type ClientMask,
  scaledDotProductAttention,
} from './attention.ts';
export {
  type AttentionCache,
  type AttentionParameters,
  attentionParameters,
  type MultiHeadOptions,
  multiHeadAttention,
} from './multi-head-attention.ts';
export * from './attention-backward.ts';
export { type BackendOption, type LinearParameters, linear, linearParameters } from './layers.ts';
export * from './layers-backward.ts';
export * from './relu.ts';
export * from './layer-norm.ts';
export * from './transformer.ts';
export * from './parameters.ts';
export * from './optimizer.ts';
