// Attention backwards: the gradients of softmax, of scaled dot-product attention and of several heads.
// In: what the forward pass got and returned, and a loss's gradient with respect to its output; out: the gradients with
// respect to everything that went in. The chain rule, step by step, from the last line of the forward pass to its first.
import ops from 'ndarray-ops';
import {
  copyOf,
  dimensions,
  expectShape,
  type Matrix,
  rowMajorData,
  transpose,
} from '../numeric/ndarrays.ts';
import { product } from '../numeric/product.ts';
import { type AttentionInputs, expectAttention } from './attention.ts';
import type { BackendOption } from './layers.ts';
import { linearBackward } from './layers-backward.ts';
import {
  type AttentionCache,
  type AttentionParameters,
  expectAttentionParameters,
  headColumns,
} from './multi-head-attention.ts';

/**
 * The gradient of a loss with respect to the scores of `softmaxRows`, given its gradient G with respect to the weights A:
 * A ∘ (G − Σ A ∘ G of the row). Where the weight is 0, so is the gradient: a mask is not needed again.
 *
 * @param weights A [rows, columns], as `softmaxRows` returned them
 * @param weightGradient G [rows, columns]
 * @returns [rows, columns]
 * @throws RangeError if the shapes differ
 */
export function softmaxRowsBackward(weights: Matrix, weightGradient: Matrix): Matrix {
  const [rows, columns] = dimensions('softmaxRowsBackward', weights);
  expectShape('softmaxRowsBackward', 'weightGradient', weightGradient, [rows, columns]);
  const gradient = copyOf(weightGradient);
  const shares = rowMajorData(weights);
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * columns, (row + 1) * columns];
    let average = 0;
    for (let index = from; index < to; index++) average += shares[index]! * gradient.data[index]!;
    for (let index = from; index < to; index++) {
      gradient.data[index] = shares[index]! * (gradient.data[index]! - average);
    }
  }
  return gradient;
}

/**
 * The gradients of a loss with respect to Q, K and V, given its gradient G with respect to the output of
 * `scaledDotProductAttention`.
 * dV = Aᵀ G; dA = G Vᵀ; through the softmax to the scores S; dQ = scale · dS K; dK = scale · dSᵀ Q.
 *
 * @param inputs as in the forward pass
 * @param weights A [queries, keys], as the forward pass returned them
 * @param outputGradient G [queries, values]
 * @throws RangeError if the shapes do not fit
 */
export function scaledDotProductAttentionBackward(
  inputs: AttentionInputs,
  weights: Matrix,
  outputGradient: Matrix,
  options: BackendOption = {},
): { queries: Matrix; keys: Matrix; values: Matrix } {
  const caller = 'scaledDotProductAttentionBackward';
  const [queryCount, keyCount] = expectAttention(caller, inputs);
  const { queries, keys, values, scale } = inputs;
  expectShape(caller, 'weights', weights, [queryCount, keyCount]);
  expectShape(caller, 'outputGradient', outputGradient, [queryCount, values.shape[1]!]);
  const { backend } = options;
  const weightGradient = product(outputGradient, transpose(values), backend); // dA [queries, keys]
  const scoreGradient = softmaxRowsBackward(weights, weightGradient); // dS [queries, keys]
  for (let index = 0; index < scoreGradient.size; index++) scoreGradient.data[index]! *= scale;
  return {
    queries: product(scoreGradient, keys, backend), // [queries, width]
    keys: product(transpose(scoreGradient), queries, backend), // [keys, width]
    values: product(transpose(weights), outputGradient, backend), // [keys, values]
  };
}

/**
 * The gradients of a loss with respect to the clients and every parameter of `multiHeadAttention`, given its gradient with
 * respect to the output.
 *
 * @param clients X [clients, dim], as in the forward pass
 * @param cache what the forward pass returned
 * @param outputGradient [clients, dim]
 * @returns gradients; with respect to `others` where the forward pass had them
 * @throws RangeError if the shapes do not fit
 */
export function multiHeadAttentionBackward(
  parameters: AttentionParameters,
  clients: Matrix,
  cache: AttentionCache,
  outputGradient: Matrix,
  options: BackendOption = {},
): { clients: Matrix; others?: Matrix; parameters: AttentionParameters } {
  const caller = 'multiHeadAttentionBackward';
  const shape = expectAttentionParameters(caller, parameters, clients);
  expectShape(caller, 'outputGradient', outputGradient, shape);
  expectShape(caller, 'cache.context', cache.context, shape);
  const output = linearBackward(parameters.output, cache.context, outputGradient, options);
  const lookedAt = cache.others ?? clients; // [others, dim]
  const queryGradient = copyOf(output.input); // [clients, dim], these three overwritten head by head
  const keyGradient = copyOf(lookedAt); // [others, dim]
  const valueGradient = copyOf(lookedAt); // [others, dim]
  const heads = cache.heads.length;
  cache.heads.forEach((headInputs, head) => {
    const contextGradient = headColumns(output.input, head, heads); // [clients, dim / heads]
    const gradient = scaledDotProductAttentionBackward(
      headInputs,
      cache.weights[head]!,
      contextGradient,
      options,
    );
    ops.assign(headColumns(queryGradient, head, heads), gradient.queries);
    ops.assign(headColumns(keyGradient, head, heads), gradient.keys);
    ops.assign(headColumns(valueGradient, head, heads), gradient.values);
  });
  const query = linearBackward(parameters.query, clients, queryGradient, options);
  const key = linearBackward(parameters.key, lookedAt, keyGradient, options);
  const value = linearBackward(parameters.value, lookedAt, valueGradient, options);
  if (cache.others)
    ops.addeq(key.input, value.input); // [others, dim]: each of them was seen twice
  else for (const { input } of [key, value]) ops.addeq(query.input, input); // each client was seen three times
  return {
    clients: query.input, // [clients, dim]
    ...(cache.others && { others: key.input }),
    parameters: {
      query: query.parameters,
      key: key.parameters,
      value: value.parameters,
      output: output.parameters,
    },
  };
}
