// How alike two clients are: the cosine of their tokens after the mean token is taken off (Eq. 11).
// In: all tokens, at a refresh, then products T_u · T_v of a block of clients with its peers; out: attention weights.
// Centring is done in the formula, not in the data, so that tokens are multiplied as they lie:
// (T_u − m)·(T_v − m) = T_u·T_v − T_u·m − T_v·m + m·m.
import { softmaxInPlace } from '../model/softmax.ts';
import type { Memory } from './memory.ts';
import type { Tokens } from './tokens.ts';

export class TokenSimilarity {
  private readonly items: number;
  private readonly tokens: Tokens;
  private readonly temperatures: readonly number[]; // τ of each head
  private readonly mean: Float32Array; // m [items]
  private readonly offsets: Float32Array; // T_u · m [clients]
  private readonly norms: Float32Array; // |T_u − m| [clients]

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
    this.offsets = arrays.float32('tokenOffsets', clients);
    this.norms = arrays.float32('tokenNorms', clients);
  }

  /** Measures the tokens of all known clients. */
  refresh(known: Uint32Array): void {
    const token = new Float32Array(this.items);
    const sum = new Float64Array(this.items);
    for (const client of known) {
      this.tokens.read(client, token);
      for (let item = 0; item < token.length; item++) sum[item]! += token[item]!;
    }
    for (let item = 0; item < sum.length; item++) this.mean[item] = sum[item]! / known.length;
    const squaredMean = dot(this.mean, this.mean);
    for (const client of known) {
      this.tokens.read(client, token);
      const offset = dot(token, this.mean);
      this.offsets[client] = offset;
      this.norms[client] = Math.sqrt(Math.max(0, dot(token, token) - 2 * offset + squaredMean));
    }
  }

  /**
   * α = mean over heads of softmax_v(cos(s_u, s_v) / τ_h), v ≠ u, with s = T − m (Eq. 11).
   *
   * @param products T_u · T_v, [block, peers]
   * @returns α [block, peers]; a row of zeros for a client whose only peer is itself
   */
  weights(block: Uint32Array, peers: Uint32Array, products: Float32Array): Float32Array {
    const count = peers.length;
    const weights = new Float32Array(block.length * count);
    const cosines = new Float64Array(count);
    const row = new Float64Array(count);
    const squaredMean = dot(this.mean, this.mean);
    for (let query = 0; query < block.length; query++) {
      const client = block[query]!;
      for (let peer = 0; peer < count; peer++) {
        const other = peers[peer]!;
        const product = products[query * count + peer]!;
        const centred = product - this.offsets[client]! - this.offsets[other]! + squaredMean;
        const norms = this.norms[client]! * this.norms[other]!;
        cosines[peer] = other === client ? -Infinity : norms > 0 ? centred / norms : 0;
      }
      for (const temperature of this.temperatures) {
        for (let peer = 0; peer < count; peer++) row[peer] = cosines[peer]! / temperature;
        softmaxInPlace(row);
        for (let peer = 0; peer < count; peer++) {
          weights[query * count + peer]! += row[peer]! / this.temperatures.length;
        }
      }
    }
    return weights;
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}
