// Attention between clients (Eq. 11): client u looks at its peers v, not at itself, with the cosine of their centred tokens
// over the temperature as the score. In: directions s_v and lengths |T_v − m| of the peers; out: x_u = Σ_v α_uv V_v, where
// V_v = T_v − mean token of the peers. Vaswani et al. (2017); each head has a temperature of its own.

import { scaledDotProductAttention } from '../model/attention.ts';
import type { BackendOption } from '../model/layers.ts';
import { type Matrix, matrix, rowMajorData, transpose } from '../numeric/ndarrays.ts';
import { product } from '../numeric/product.ts';

/** Holds the peers of one cluster at a time, so make one per thread. */
export interface ClientAttention {
  /**
   * Uses these peers from now on.
   *
   * @param lengths |T_v − m| [peers]
   * @param direction writes s_v = (T_v − m) / |T_v − m| of a peer, [items]
   */
  setPeers(lengths: Float32Array, direction: (peer: number, out: Float32Array) => void): void;
  /**
   * Writes x_u = Σ_v α_uv V_v, [asking, items]; zeros where u is the only peer.
   *
   * @param asking which of the peers look at the others
   * @param temperatures τ of each head
   */
  attend(asking: Uint32Array, temperatures: readonly number[], out: Float32Array): void;
  /** The same sum with weights of another kind than attention's; zeros where nobody has any weight. */
  mix(asking: Uint32Array, weigh: WeighPeers, out: Float32Array): void;
}

/**
 * How much each peer counts for one client. Gets the cosines of the centred tokens, cos(s_u, s_v) [peers], and turns them into
 * weights of at least 0, in place; they are scaled to a sum of 1 afterwards. The client's own place counts for nothing.
 */
export type WeighPeers = (cosines: Float32Array, own: number) => void;

/**
 * Turns each row of cosines into weights with a sum of 1, in place; a row of zeros where nobody has any weight.
 *
 * @param cosines [asking, peers]
 * @param asking each row's own place among the peers
 * @throws RangeError if a weight is negative or no number
 */
export function weighRows(cosines: Float32Array, asking: Uint32Array, weigh: WeighPeers): void {
  const count = cosines.length / asking.length;
  asking.forEach((own, query) => {
    const row = cosines.subarray(query * count, (query + 1) * count);
    weigh(row, own);
    row[own] = 0;
    let sum = 0;
    for (const weight of row) {
      if (!(weight >= 0)) throw new RangeError(`weigh: weights must be numbers of at least 0, got ${weight}`);
      sum += weight;
    }
    if (sum > 0) for (let peer = 0; peer < count; peer++) row[peer]! /= sum;
  });
}

/**
 * One head: scaled dot-product attention of some clients to all others.
 *
 * @param directions s [peers, items], which are queries and keys
 * @param values V [peers, values]
 * @param asking which of the peers look at the others
 * @returns weights α [asking, peers], the own one 0; output [asking, values]
 */
export function attendToOthers(
  directions: Matrix,
  values: Matrix,
  asking: Uint32Array,
  temperature: number,
  options: BackendOption = {},
): { weights: Matrix; output: Matrix } {
  const [peers, items] = directions.shape as [number, number];
  const rows = rowMajorData(directions);
  const queries = new Float32Array(asking.length * items);
  const mask = new Uint8Array(asking.length * peers).fill(1);
  asking.forEach((peer, query) => {
    queries.set(rows.subarray(peer * items, (peer + 1) * items), query * items);
    mask[query * peers + peer] = 0; // nobody looks at itself
  });
  const inputs = { queries: matrix(queries, asking.length, items), keys: directions, values, mask };
  return scaledDotProductAttention({ ...inputs, scale: 1 / temperature }, options);
}

/** The mean over the heads of scaled dot-product attention. */
export class PlainClientAttention implements ClientAttention {
  private readonly items: number;
  private readonly options: BackendOption;
  private directions: Matrix = matrix(new Float32Array(0), 0, 0); // s [peers, items]
  private values: Matrix = this.directions; // V [peers, items]

  constructor(items: number, options: BackendOption = {}) {
    this.items = items;
    this.options = options;
  }

  setPeers(lengths: Float32Array, direction: (peer: number, out: Float32Array) => void): void {
    const { items } = this;
    const directions = new Float32Array(lengths.length * items);
    const values = new Float32Array(lengths.length * items);
    const mean = new Float64Array(items); // of T_v − m
    lengths.forEach((length, peer) => {
      const row = directions.subarray(peer * items, (peer + 1) * items);
      direction(peer, row);
      for (let item = 0; item < items; item++) mean[item]! += (length * row[item]!) / lengths.length;
    });
    lengths.forEach((length, peer) => {
      for (let item = 0, at = peer * items; item < items; item++, at++) {
        values[at] = length * directions[at]! - mean[item]!;
      }
    });
    this.directions = matrix(directions, lengths.length, items);
    this.values = matrix(values, lengths.length, items);
  }

  attend(asking: Uint32Array, temperatures: readonly number[], out: Float32Array): void {
    const { directions, values, options } = this;
    out.fill(0);
    for (const temperature of temperatures) {
      const { output } = attendToOthers(directions, values, asking, temperature, options);
      for (let at = 0; at < out.length; at++) out[at]! += output.data[at]! / temperatures.length;
    }
  }

  mix(asking: Uint32Array, weigh: WeighPeers, out: Float32Array): void {
    const { directions, values, items, options } = this;
    const peers = directions.shape[0]!;
    const queries = new Float32Array(asking.length * items);
    asking.forEach((peer, query) => {
      queries.set(rowMajorData(directions).subarray(peer * items, (peer + 1) * items), query * items);
    });
    const cosines = product(matrix(queries, asking.length, items), transpose(directions), options.backend);
    const weights = Float32Array.from(cosines.data);
    weighRows(weights, asking, weigh);
    out.set(product(matrix(weights, asking.length, peers), values, options.backend).data);
  }
}
