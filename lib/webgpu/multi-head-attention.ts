// Multi-head attention between clients on the GPU, forward and backward; as lib/model/multi-head-attention.ts does it.
// A head is a window of columns: it costs nothing to look through it, and results are written into it.
import { add } from './elementwise.ts';
import { GpuMatrix } from './gpu-matrix.ts';
import { type GpuLinearParameters, linear, linearBackward } from './linear.ts';
import { matmul } from './matmul.ts';
import { softmaxRows, softmaxRowsBackward } from './softmax.ts';

/** The four lenses, each a linear layer [dim → dim]. */
export type GpuAttentionParameters = {
  query: GpuLinearParameters;
  key: GpuLinearParameters;
  value: GpuLinearParameters;
  output: GpuLinearParameters;
};

/** How the heads are cut and who may look at whom. */
export interface GpuMultiHeadOptions {
  readonly heads: number;
  /** 1 = present, [1, clients]. Default: all are present. */
  readonly keyMask?: GpuMatrix;
  /** The column that each client may not look at, [clients, 1]: its own, if it may not look at itself. */
  readonly ownColumn?: GpuMatrix;
}

/** What the forward pass keeps for the backward pass. */
export interface GpuAttentionCache {
  readonly queries: GpuMatrix; // [clients, dim]
  readonly keys: GpuMatrix; // [clients, dim]
  readonly values: GpuMatrix; // [clients, dim]
  readonly weights: readonly GpuMatrix[]; // one per head, [clients, clients]
  readonly context: GpuMatrix; // the heads' outputs side by side [clients, dim]
  readonly scale: number;
}

/** Q = X Wqᵀ + bq, K and V alike; each head attends within its own columns; the last layer mixes the heads. */
export function multiHeadAttention(
  parameters: GpuAttentionParameters,
  clients: GpuMatrix,
  { heads, keyMask, ownColumn }: GpuMultiHeadOptions,
): { output: GpuMatrix; cache: GpuAttentionCache } {
  const { gpu, rows, columns: dim } = clients;
  if (dim % heads !== 0)
    throw new RangeError(`multiHeadAttention: heads must divide the dimension (${dim}), got ${heads}`);
  const queries = linear(parameters.query, clients); // [clients, dim]
  const keys = linear(parameters.key, clients); // [clients, dim]
  const values = linear(parameters.value, clients); // [clients, dim]
  const context = GpuMatrix.empty(gpu, rows, dim);
  const scale = 1 / Math.sqrt(dim / heads);
  const weights = Array.from({ length: heads }, (_, head) => {
    const scores = matmul(headOf(queries, head, heads), headOf(keys, head, heads).transpose());
    const shares = softmaxRows(scores, { scale, keyMask, ownColumn }); // [clients, clients]
    scores.release();
    matmul(shares, headOf(values, head, heads), { into: headOf(context, head, heads) });
    return shares;
  });
  const cache = { queries, keys, values, weights, context, scale };
  return { output: linear(parameters.output, context), cache };
}

/** The gradients by the clients and every parameter, given that by the output. */
export function multiHeadAttentionBackward(
  parameters: GpuAttentionParameters,
  clients: GpuMatrix,
  cache: GpuAttentionCache,
  outputGradient: GpuMatrix,
): { clients: GpuMatrix; parameters: GpuAttentionParameters } {
  const { gpu, rows, columns: dim } = clients;
  const output = linearBackward(parameters.output, cache.context, outputGradient);
  const gradients = {
    queries: GpuMatrix.empty(gpu, rows, dim),
    keys: GpuMatrix.empty(gpu, rows, dim),
    values: GpuMatrix.empty(gpu, rows, dim),
  };
  const heads = cache.weights.length;
  cache.weights.forEach((weights, head) => {
    const window = (matrix: GpuMatrix) => headOf(matrix, head, heads);
    const byContext = window(output.input); // [clients, dim / heads]
    const byWeights = matmul(byContext, window(cache.values).transpose()); // [clients, clients]
    const byScores = softmaxRowsBackward(weights, byWeights, cache.scale); // [clients, clients]
    matmul(byScores, window(cache.keys), { into: window(gradients.queries) });
    matmul(byScores.transpose(), window(cache.queries), { into: window(gradients.keys) });
    matmul(weights.transpose(), byContext, { into: window(gradients.values) });
  });
  const query = linearBackward(parameters.query, clients, gradients.queries);
  const key = linearBackward(parameters.key, clients, gradients.keys);
  const value = linearBackward(parameters.value, clients, gradients.values);
  return {
    clients: add(add(query.input, key.input), value.input), // each client was seen three times
    parameters: {
      query: query.parameters,
      key: key.parameters,
      value: value.parameters,
      output: output.parameters,
    },
  };
}

/** The columns of one head, [clients, dim / heads]. */
function headOf(matrix: GpuMatrix, head: number, heads: number): GpuMatrix {
  const width = matrix.columns / heads;
  return matrix.columnsBetween(head * width, (head + 1) * width);
}
