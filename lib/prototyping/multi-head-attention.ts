// Several heads for whoever calls them: matrices of any kind, a number as seed. Here everything is converted once; what is
// computed, and how, is lib/model/multi-head-attention.ts.
import type { ClientMask } from '../model/attention.ts';
import type { BackendOption } from '../model/layers.ts';
import type { AttentionCache, AttentionParameters, MultiHeadOptions } from '../model/multi-head-attention.ts';
import * as heads from '../model/multi-head-attention.ts';
import { inTheNameOf, inWords } from '../numeric/arguments.ts';
import { asMatrix, asStream, expectObject, type MatrixLike, type Seed } from '../numeric/matrix-like.ts';
import { expectInteger, type FloatType, type Matrix } from '../numeric/ndarrays.ts';
import { asMask, type MaskLike } from './mask.ts';

export type { AttentionCache, AttentionParameters } from '../model/multi-head-attention.ts';

/** How the heads are cut and who may look at whom. */
export interface HeadsSettings extends ClientMask, BackendOption {
  /** The number of heads; divides dim. */
  readonly heads: number;
  /** Who is looked at, [others, dim] (cross-attention). Default: the clients themselves. */
  readonly others?: MatrixLike;
  /** Which client may look at which, [clients, others], in place of `keyMask` and `noSelf`. Default: all may. */
  readonly mask?: MaskLike;
}

/**
 * Fresh parameters of `multiHeadAttention` for rows of `dim` columns.
 *
 * @param seed a number or a stream
 * @throws RangeError if dim is not a whole number of at least 1, TypeError if an argument is of another kind
 * @example
 * attentionParameters(8, 1).query.weight.shape; // [8, 8]
 */
export function attentionParameters(
  dim: number,
  seed: Seed,
  type: FloatType = 'float64',
): AttentionParameters {
  expectInteger('attentionParameters', 'dim', dim, 1, MOST_COLUMNS);
  expectType('attentionParameters', type);
  return heads.attentionParameters(dim, asStream('attentionParameters', 'seed', seed, 'attention'), type);
}

/**
 * Multi-head attention: each head compares the clients with those they look at within its own columns, and mixes those.
 *
 * @param parameters from `attentionParameters`
 * @param clients X [clients, dim]
 * @param options `heads` and, if wanted, `mask`, `others`, `keyMask`, `noSelf`
 * @returns output [clients, dim]; weights of each head, [clients, others], row = who looks; cache for the backward pass
 * @throws RangeError if heads do not divide dim, or the shapes or a mask do not fit; TypeError if an argument is of another kind
 * @example
 * const clients = [[1, 0, 0, 0], [0, 1, 0, 0]];
 * const { output } = multiHeadAttention(attentionParameters(4, 1), clients, { heads: 2, mask: [[1, 0], [1, 1]] });
 * toRows(output).length; // 2
 */
export function multiHeadAttention(
  parameters: AttentionParameters,
  clients: MatrixLike,
  options: HeadsSettings,
): { output: Matrix; weights: Matrix[]; cache: AttentionCache } {
  const caller = 'multiHeadAttention';
  expectLenses(caller, 'parameters', parameters);
  const given = asMatrix(caller, 'clients', clients);
  const settings = asSettings(caller, given, options);
  return inTheNameOf(caller, () => heads.multiHeadAttention(parameters, given, settings));
}

/** Wider layers would not fit into memory. */
export const MOST_COLUMNS = 2 ** 15;

/** The options with everything converted. */
export function asSettings(caller: string, clients: Matrix, options: HeadsSettings): MultiHeadOptions {
  expectObject(caller, 'options', options, '{ heads: 2 }');
  const { keyMask } = options;
  if (keyMask !== undefined && !(keyMask instanceof Uint8Array))
    throw new TypeError(`${caller}: keyMask must be a Uint8Array, got ${inWords(keyMask)}`);
  const others = options.others === undefined ? undefined : asMatrix(caller, 'others', options.others);
  const mask = asMask(caller, options.mask, clients.shape[0]!, (others ?? clients).shape[0]!);
  return { ...options, others, mask };
}

/** Checks that parameters are those of `attentionParameters`. */
export function expectLenses(caller: string, name: string, parameters: AttentionParameters): void {
  const example = 'that of attentionParameters(dim, seed)';
  expectObject(caller, name, parameters, example);
  for (const lens of ['query', 'key', 'value', 'output'] as const)
    expectObject(caller, `${name}.${lens}`, parameters[lens], `${example}.${lens}`);
}

/** Checks an element type. */
export function expectType(caller: string, type: FloatType): void {
  if (type !== 'float32' && type !== 'float64')
    throw new RangeError(`${caller}: type must be 'float32' or 'float64', got ${String(type)}`);
}
