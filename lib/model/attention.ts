// Attention: every query takes a weighted mean of the values, and the weights say how well the keys answer it.
// In: queries, keys and values, one per row, and which keys each query may look at; out: the weights and the mixed
// values (attention-backward.ts has the gradients). The aggregator asks this of clients: what did those who move the item table like me learn?
// Vaswani et al. (2017), equation 1.

import { dimensions, expectInteger, expectShape, type Matrix, transpose } from '../numeric/ndarrays.ts';
import { product } from '../numeric/product.ts';
import type { BackendOption } from './layers.ts';
import { softmaxRows } from './softmax.ts';

/** What one attention head looks at. */
export interface AttentionInputs {
  /** Q [queries, width]. */
  queries: Matrix;
  /** K [keys, width]. */
  keys: Matrix;
  /** V [keys, values]. */
  values: Matrix;
  /** What every product of a query and a key is multiplied by, e.g. 1 / √width. */
  scale: number;
  /** 1 = this query may look at this key, [queries × keys] row by row. Default: all may. */
  mask?: Uint8Array;
}

/**
 * Scaled dot-product attention (Eq. 22): A = softmax(scale · Q Kᵀ) over each query's allowed keys, output = A V.
 * A query that may look at no key at all gets weights 0 and output 0: it learns nothing from the others.
 *
 * @returns weights A [queries, keys], forbidden entries exactly 0; output [queries, values]
 * @throws RangeError if the shapes or the mask do not fit, or the scale is not finite
 */
export function scaledDotProductAttention(
  inputs: AttentionInputs,
  options: BackendOption = {},
): { weights: Matrix; output: Matrix } {
  expectAttention('scaledDotProductAttention', inputs);
  const { queries, keys, values, scale, mask } = inputs;
  const { backend } = options;
  const scores = product(queries, transpose(keys), backend); // [queries, keys]
  for (let index = 0; index < scores.size; index++) scores.data[index]! *= scale;
  const weights = softmaxRows(scores, mask); // [queries, keys]
  return { weights, output: product(weights, values, backend) };
}

/** Which clients may look at which. */
export interface ClientMask {
  /** 1 = the client is present, [clients]: nobody looks at an absent one. Default: all are present. */
  keyMask?: Uint8Array;
  /** Whether a client may not look at itself. */
  noSelf?: boolean;
}

/**
 * The mask of attention among clients: client u may look at v if v is present and, with `noSelf`, is not u.
 * An absent client still looks at the others.
 *
 * @returns [clients × clients], a row per looking client; undefined where everything is allowed
 * @throws RangeError if `keyMask` does not have one entry per client
 */
export function attentionMask(clients: number, { keyMask, noSelf }: ClientMask): Uint8Array | undefined {
  expectInteger('attentionMask', 'clients', clients, 0);
  if (keyMask && keyMask.length !== clients) {
    throw new RangeError(
      `attentionMask: keyMask must have one entry per client (${clients}), got ${keyMask.length}`,
    );
  }
  if (!keyMask && !noSelf) return undefined;
  return Uint8Array.from({ length: clients * clients }, (_, pair) => {
    const [query, key] = [Math.floor(pair / clients), pair % clients];
    return keyMask?.[key] === 0 || (noSelf && query === key) ? 0 : 1;
  });
}

/** Checks the shapes; returns the numbers of queries and keys. */
export function expectAttention(caller: string, inputs: AttentionInputs): [queries: number, keys: number] {
  const [queryCount, width] = dimensions(caller, inputs.queries);
  expectShape(caller, 'keys', inputs.keys, [null, width]);
  const keyCount = inputs.keys.shape[0]!;
  expectShape(caller, 'values', inputs.values, [keyCount, null]);
  if (!Number.isFinite(inputs.scale)) {
    throw new RangeError(`${caller}: scale must be finite, got ${inputs.scale}`);
  }
  if (inputs.mask && inputs.mask.length !== queryCount * keyCount) {
    throw new RangeError(
      `${caller}: mask must have queries × keys (${queryCount} × ${keyCount} = ${queryCount * keyCount}) entries, got ${inputs.mask.length}`,
    );
  }
  return [queryCount, keyCount];
}
