// Attention between clients (Eq. 11): client u looks at its peers v, not at itself, with the cosine of their centred tokens
// over the temperature as the score. In: directions s_v and lengths |T_v − m| of the peers; out: x_u = Σ_v α_uv V_v, where
// V_v = T_v − mean token of the peers. Vaswani et al. (2017); each head has a temperature of its own.

import { scaledDotProductAttention } from '../model/attention.ts';
import type { BackendOption } from '../model/layers.ts';
import { type Matrix, matrix, rowMajorData } from '../numeric/matrix.ts';

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
   */
  attend(asking: Uint32Array, out: Float32Array): void;
}

/** τ of each head: head h has τ · 2ʰ. */
export function headTemperatures({ heads, temperature }: { heads: number; temperature: number }): number[] {
  return Array.from({ length: heads }, (_, head) => temperature * 2 ** head);
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
  private readonly temperatures: readonly number[];
  private readonly options: BackendOption;
  private directions: Matrix = matrix(new Float32Array(0), 0, 0); // s [peers, items]
  private values: Matrix = this.directions; // V [peers, items]

  constructor(items: number, temperatures: readonly number[], options: BackendOption = {}) {
    this.items = items;
    this.temperatures = temperatures;
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

  attend(asking: Uint32Array, out: Float32Array): void {
    const { directions, values, temperatures, options } = this;
    out.fill(0);
    for (const temperature of temperatures) {
      const { output } = attendToOthers(directions, values, asking, temperature, options);
      for (let at = 0; at < out.length; at++) out[at]! += output.data[at]! / temperatures.length;
    }
  }
}
