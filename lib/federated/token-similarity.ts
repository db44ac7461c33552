// How alike two clients are: the cosine of their tokens after the mean token is taken off (Eq. 11).
// In: all tokens, at a refresh; out: s_u, the direction of a client's token, and attention weights α from cosines.
import { softmaxInPlace } from '../model/softmax.ts';
import type { Memory } from './memory.ts';
import type { Tokens } from './tokens.ts';

export class TokenSimilarity {
  private readonly items: number;
  private readonly tokens: Tokens;
  private readonly temperatures: readonly number[]; // τ of each head
  private readonly mean: Float32Array; // m, of all known clients [items]
  /** |T_u − m|, 0 where the server has not heard of the client [clients]. */
  readonly lengths: Float32Array;

  /** @param temperatures τ of each head */
  constructor(
    clients: number,
    items: number,
    tokens: Tokens,
    arrays: Memory,
    temperatures: readonly number[],
  ) {
    this.items = items;
    this.tokens = tokens;
    this.temperatures = temperatures;
    this.mean = arrays.float32('meanToken', items);
    this.lengths = arrays.float32('tokenNorms', clients);
  }

  /** Measures the tokens of all known clients. */
  refresh(known: Uint32Array): void {
    const { items, mean, lengths } = this;
    const token = new Float32Array(items);
    const sum = new Float64Array(items);
    for (const client of known) {
      this.tokens.read(client, token);
      for (let item = 0; item < items; item++) sum[item]! += token[item]!;
    }
    for (let item = 0; item < items; item++) mean[item] = sum[item]! / known.length;
    for (const client of known) {
      this.tokens.read(client, token);
      let squares = 0;
      for (let item = 0; item < items; item++) squares += (token[item]! - mean[item]!) ** 2;
      lengths[client] = Math.sqrt(squares);
    }
  }

  /**
   * Writes s_u = (T_u − m) / |T_u − m| into `out` [items]; zeros where the length is 0. A token that has changed since the
   * refresh still has a direction of length 1.
   */
  direction(client: number, out: Float32Array): void {
    const { mean } = this;
    this.tokens.read(client, out);
    let squares = 0;
    for (let item = 0; item < out.length; item++) {
      const centred = out[item]! - mean[item]!;
      out[item] = centred;
      squares += centred * centred;
    }
    const scale = this.lengths[client]! > 0 && squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let item = 0; item < out.length; item++) out[item]! *= scale;
  }

  /**
   * Turns cosines into attention: α = mean over heads of softmax_v(cos(s_u, s_v) / τ_h), v ≠ u (Eq. 11).
   *
   * @param cosines s_u · s_v [own.length, peers]; becomes α, a row of zeros for a client whose only peer is itself
   * @param own each row's own place among the peers
   */
  toWeights(cosines: Float32Array, own: Uint32Array): void {
    const { temperatures } = this;
    const count = cosines.length / own.length;
    const shares = new Float64Array(count);
    const perHead = 1 / temperatures.length;
    own.forEach((place, query) => {
      const row = cosines.subarray(query * count, (query + 1) * count);
      const scores = row.slice();
      scores[place] = -Infinity;
      row.fill(0);
      for (const temperature of temperatures) {
        for (let peer = 0; peer < count; peer++) shares[peer] = scores[peer]! / temperature;
        softmaxInPlace(shares);
        for (let peer = 0; peer < count; peer++) row[peer]! += shares[peer]! * perHead;
      }
    });
  }
}
