// Multi-head attention between clients: several heads look at the same clients through different linear lenses.
// In: one row per client, and who is present; out: a row per client mixed from the others, who looked at whom, and what
// the backward pass needs again. Vaswani et al. (2017), section 3.2.2; the transformer block builds on it.
import ops from 'ndarray-ops';
import {
  copyOf,
  dimensions,
  expectInteger,
  expectShape,
  type FloatType,
  type Matrix,
} from '../numeric/ndarrays.ts';
import type { RandomStream } from '../numeric/rng.ts';
import {
  type AttentionInputs,
  attentionMask,
  type ClientMask,
  scaledDotProductAttention,
} from './attention.ts';
import { type BackendOption, type LinearParameters, linear, linearParameters } from './layers.ts';

/** The four lenses, each a linear layer [dim → dim]. Head h owns columns h · dim / heads and on of the first three. */
export type AttentionParameters = {
  query: LinearParameters;
  key: LinearParameters;
  value: LinearParameters;
  output: LinearParameters;
};

/** How the heads are cut and who may look at whom. */
export interface MultiHeadOptions extends ClientMask, BackendOption {
  /** The number of heads; divides dim. */
  heads: number;
  /** Who is looked at, [others, dim] (cross-attention). Default: the clients themselves. */
  others?: Matrix;
  /** 1 = this client may look at this one, [clients × others] row by row, in place of `keyMask` and `noSelf`. */
  mask?: Uint8Array;
}

/** What the forward pass keeps for the backward pass. */
export interface AttentionCache {
  /** What each head looked at. */
  readonly heads: readonly AttentionInputs[];
  /** Each head's weights, [clients, others]. */
  readonly weights: readonly Matrix[];
  /** The heads' outputs side by side, [clients, dim]. */
  readonly context: Matrix;
  /** Who was looked at, where these are not the clients themselves. */
  readonly others?: Matrix;
}

/** Fresh parameters for rows of `dim` columns: see `linearParameters`. */
export function attentionParameters(
  dim: number,
  rng: RandomStream,
  type: FloatType = 'float64',
): AttentionParameters {
  return {
    query: linearParameters(dim, dim, rng, type),
    key: linearParameters(dim, dim, rng, type),
    value: linearParameters(dim, dim, rng, type),
    output: linearParameters(dim, dim, rng, type),
  };
}

/**
 * Multi-head attention, with the clients as queries, keys and values: Q = X Wqᵀ + bq, K and V alike; each head attends
 * within its own columns, scaled by 1 / √(dim / heads); the heads side by side go through the last linear layer. With
 * `options.others`, keys and values come from them. A client that may look at nobody gets zeros from every head, so its output is the last layer's bias.
 *
 * @param clients X [clients, dim]
 * @returns output [clients, dim]; weights of each head, [clients, others], row = who looks; cache for the backward pass
 * @throws RangeError if heads do not divide dim, or the shapes or a mask do not fit
 */
export function multiHeadAttention(
  parameters: AttentionParameters,
  clients: Matrix,
  options: MultiHeadOptions,
): { output: Matrix; weights: Matrix[]; cache: AttentionCache } {
  const [clientCount, dim] = expectAttentionParameters('multiHeadAttention', parameters, clients);
  const { heads, backend, others } = options;
  const lookedAt = others ?? clients; // [others, dim]
  expectShape('multiHeadAttention', 'others', lookedAt, [null, dim]);
  expectInteger('multiHeadAttention', 'heads', heads, 1);
  if (dim % heads !== 0) {
    throw new RangeError(`multiHeadAttention: heads must divide the dimension (${dim}), got ${heads}`);
  }
  const mask = maskOf(clientCount, lookedAt.shape[0]!, options);
  const queries = linear(parameters.query, clients, { backend }); // [clients, dim]
  const keys = linear(parameters.key, lookedAt, { backend }); // [others, dim]
  const values = linear(parameters.value, lookedAt, { backend }); // [others, dim]
  const scale = 1 / Math.sqrt(dim / heads);
  const context = copyOf(queries); // [clients, dim], overwritten head by head
  const weights: Matrix[] = [];
  const perHead: AttentionInputs[] = [];
  for (let head = 0; head < heads; head++) {
    const [q, k, v] = [queries, keys, values].map((all) => headColumns(all, head, heads));
    const inputs = { queries: q!, keys: k!, values: v!, scale, mask }; // each of dim / heads columns
    const result = scaledDotProductAttention(inputs, { backend });
    ops.assign(headColumns(context, head, heads), result.output);
    weights.push(result.weights);
    perHead.push(inputs);
  }
  const output = linear(parameters.output, context, { backend }); // [clients, dim]
  return { output, weights, cache: { heads: perHead, weights, context, others } };
}

/** Who may look at whom, [clients × others]; undefined where everything is allowed. */
export function maskOf(clients: number, others: number, options: MultiHeadOptions): Uint8Array | undefined {
  const { mask, keyMask, noSelf } = options;
  if (mask && (keyMask || noSelf)) {
    throw new RangeError('multiHeadAttention: mask must stand alone, got keyMask or noSelf besides');
  }
  if (mask || !options.others) return mask ?? attentionMask(clients, options);
  if (noSelf) throw new RangeError('multiHeadAttention: noSelf must not be set where others are looked at');
  if (keyMask && keyMask.length !== others) {
    throw new RangeError(
      `multiHeadAttention: keyMask must have one entry per other (${others}), got ${keyMask.length}`,
    );
  }
  return keyMask && Uint8Array.from({ length: clients * others }, (_, pair) => keyMask[pair % others]!);
}

/** A view of the columns of one head, [clients, dim / heads]. */
export function headColumns(values: Matrix, head: number, heads: number): Matrix {
  const [rows, dim] = dimensions('headColumns', values);
  const width = dim / heads;
  return values.lo(0, head * width).hi(rows, width);
}

/** Checks the shapes; returns those of the clients. */
export function expectAttentionParameters(
  caller: string,
  parameters: AttentionParameters,
  clients: Matrix,
): [clients: number, dim: number] {
  const [clientCount, dim] = dimensions(caller, clients);
  for (const name of ['query', 'key', 'value', 'output'] as const) {
    expectShape(caller, `${name}.weight`, parameters[name].weight, [dim, dim]);
  }
  return [clientCount, dim];
}
