// Attention between clients on 16-bit integers (Eq. 11–12): one matrix of directions holds both keys and values.
// In: what `PlainClientAttention` gets; out: the same mixtures, to the three digits that 16 bits keep.
import { type ClientAttention, type WeighPeers, weighRows } from '../federated/client-attention.ts';
import { softmaxInPlace } from '../model/softmax.ts';
import { Int16Rows } from './int16-rows.ts';

export class Int16Attention implements ClientAttention {
  private readonly items: number;
  private readonly directions: Int16Rows; // s_v of the peers [peers, items]
  private lengths: Float32Array = new Float32Array(0); // |T_v − m| [peers]

  /** @param usesSimd SIMD where the engine has it, else plain loops over the same integers */
  constructor(items: number, mostAsking: number, usesSimd: boolean) {
    this.items = items;
    this.directions = new Int16Rows(items, mostAsking, usesSimd);
  }

  setPeers(lengths: Float32Array, direction: (peer: number, out: Float32Array) => void): void {
    const row = new Float32Array(this.items);
    this.lengths = lengths;
    this.directions.reset(lengths.length);
    for (let peer = 0; peer < lengths.length; peer++) {
      direction(peer, row);
      this.directions.setRow(peer, row);
    }
  }

  attend(asking: Uint32Array, temperatures: readonly number[], out: Float32Array): void {
    const { directions, lengths } = this;
    const weights = this.compare(asking); // s_u · s_v [asking, peers]
    toWeights(weights, asking, temperatures); // α [asking, peers]
    if (lengths.length > 1) toValueWeights(weights, lengths);
    directions.mix(weights, out); // X = Σ α_uv V_v [asking, items]
  }

  mix(asking: Uint32Array, weigh: WeighPeers, out: Float32Array): void {
    const { directions, lengths } = this;
    const count = lengths.length;
    const weights = this.compare(asking);
    weighRows(weights, asking, weigh);
    const isHelped = asking.map((_, row) =>
      weights.subarray(row * count, (row + 1) * count).some((weight) => weight > 0) ? 1 : 0,
    );
    toValueWeights(weights, lengths);
    directions.mix(weights, out);
    const { items } = this;
    isHelped.forEach((is, row) => {
      if (is === 0) out.fill(0, row * items, (row + 1) * items);
    });
  }

  /** Cosines of some peers to all, [asking, peers]. */
  private compare(asking: Uint32Array): Float32Array {
    const cosines = new Float32Array(asking.length * this.lengths.length);
    this.directions.compare(asking, cosines);
    return cosines;
  }
}

/**
 * Turns cosines into attention: α = mean over heads of softmax_v(cos(s_u, s_v) / τ_h), v ≠ u (Eq. 11).
 *
 * @param cosines s_u · s_v [asking, peers]; becomes α, a row of zeros for a client whose only peer is itself
 * @param asking each row's own place among the peers
 */
function toWeights(cosines: Float32Array, asking: Uint32Array, temperatures: readonly number[]): void {
  const count = cosines.length / asking.length;
  const shares = new Float64Array(count);
  const perHead = 1 / temperatures.length;
  asking.forEach((own, query) => {
    const row = cosines.subarray(query * count, (query + 1) * count);
    const scores = row.slice();
    scores[own] = -Infinity;
    row.fill(0);
    for (const temperature of temperatures) {
      for (let peer = 0; peer < count; peer++) shares[peer] = scores[peer]! / temperature;
      softmaxInPlace(shares);
      for (let peer = 0; peer < count; peer++) row[peer]! += shares[peer]! * perHead;
    }
  });
}

/**
 * Turns α_uv into the weight of s_v in Σ α_uv V_v. V_v is T_v less the mean of all peers, and T_v − m is s_v times its
 * length: so one matrix holds both keys and values, and the mean comes off the weights.
 */
function toValueWeights(weights: Float32Array, lengths: Float32Array): void {
  const count = lengths.length;
  for (let start = 0; start < weights.length; start += count) {
    for (let peer = 0; peer < count; peer++) {
      weights[start + peer] = (weights[start + peer]! - 1 / count) * lengths[peer]!;
    }
  }
}
