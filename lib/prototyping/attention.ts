// Attention for whoever calls it: matrices of any kind, masks as rows of yes and no. Here everything is converted once; what is
// computed, and how, is lib/model/softmax.ts and attention.ts.
// In: rows of numbers, typed arrays with a shape, ndarrays, mathjs matrices; out: what the plain modules return.
import * as model from '../model/attention.ts';
import type { BackendOption } from '../model/layers.ts';
import * as softmax from '../model/softmax.ts';
import { asMatrix, expectObject, inWords, type MatrixLike } from '../numeric/matrix-like.ts';
import type { Matrix } from '../numeric/ndarrays.ts';
import { asMask, type MaskLike } from './mask.ts';

export type { ClientMask } from '../model/attention.ts';
export { toRows } from '../numeric/matrix.ts';
export type { MatrixLike } from '../numeric/matrix-like.ts';
export type { MaskLike } from './mask.ts';

/** What one attention head looks at. */
export interface AttentionArguments {
  /** Q [queries, width]. */
  readonly queries: MatrixLike;
  /** K [keys, width]. */
  readonly keys: MatrixLike;
  /** V [keys, values]. */
  readonly values: MatrixLike;
  /** What every product of a query and a key is multiplied by. Default: 1 / √width. */
  readonly scale?: number;
  /** Which query may look at which key, [queries, keys]. Default: all may. */
  readonly mask?: MaskLike;
}

/**
 * The softmax of every row, e^score / Σ e^score over the row's allowed entries; forbidden entries get exactly 0.
 *
 * @param scores [rows, columns]
 * @param mask which entries are allowed, [rows, columns]. Default: all.
 * @returns weights [rows, columns]
 * @throws RangeError if the mask has another shape, TypeError if an argument is of another kind
 * @example
 * toRows(softmaxRows([[0, 0], [5, 5]], [[1, 1], [1, 0]])); // [[.5, .5], [1, 0]]
 */
export function softmaxRows(scores: MatrixLike, mask?: MaskLike): Matrix {
  const given = asMatrix('softmaxRows', 'scores', scores);
  return softmax.softmaxRows(given, asMask('softmaxRows', mask, given.shape[0]!, given.shape[1]!));
}

/**
 * Scaled dot-product attention (Eq. 22): A = softmax(scale · Q Kᵀ) over each query's allowed keys, output = A V.
 *
 * @param inputs queries, keys and values, and a mask if some may not look at all
 * @returns weights A [queries, keys], forbidden entries exactly 0; output [queries, values]
 * @throws RangeError if the shapes or the mask do not fit, or the scale is not finite; TypeError if an argument is of another kind
 * @example
 * const queries = [[1, 0]], keys = [[1, 0], [0, 1]], values = [[10], [20]];
 * toRows(scaledDotProductAttention({ queries, keys, values, mask: [[0, 1]] }).output); // [[20]]
 */
export function scaledDotProductAttention(
  inputs: AttentionArguments,
  options: BackendOption = {},
): { weights: Matrix; output: Matrix } {
  const caller = 'scaledDotProductAttention';
  expectObject(caller, 'inputs', inputs, '{ queries, keys, values }');
  expectObject(caller, 'options', options, '{ backend }');
  const [queries, keys, values] = (['queries', 'keys', 'values'] as const).map((name) =>
    asMatrix(caller, name, inputs[name]),
  ) as [Matrix, Matrix, Matrix];
  const { scale = 1 / Math.sqrt(Math.max(1, queries.shape[1]!)) } = inputs;
  const mask = asMask(caller, inputs.mask, queries.shape[0]!, keys.shape[0]!);
  return model.scaledDotProductAttention({ queries, keys, values, scale, mask }, options);
}

/**
 * The mask of attention among clients: client u may look at v if v is present and, with `noSelf`, is not u.
 *
 * @param clients how many
 * @returns [clients × clients], a row per looking client; undefined where everything is allowed
 * @throws RangeError if `keyMask` does not have one entry per client, TypeError if an argument is of another kind
 * @example
 * attentionMask(2, { noSelf: true }); // Uint8Array [0, 1, 1, 0]
 */
export function attentionMask(clients: number, options: model.ClientMask): Uint8Array | undefined {
  expectObject('attentionMask', 'options', options, '{ noSelf: true }');
  const { keyMask } = options;
  if (keyMask !== undefined && !(keyMask instanceof Uint8Array))
    throw new TypeError(`attentionMask: keyMask must be a Uint8Array, got ${inWords(keyMask)}`);
  return model.attentionMask(clients, options);
}
