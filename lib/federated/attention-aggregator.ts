// The paper's idea: attention between clients, with K-means deciding who is compared with whom (Eq. 11–12).
// In: tokens T_u, made of messages, and the index of clients; out: δ_u, what clients with a similar token want that
// client u's own model does not give it. It uses the others only, so it also serves clients that were absent.
// Vaswani et al. (2017) for the attention.

import { NarrowRows } from '../fast/narrow-rows.ts';
import type { MatmulBackend } from '../numeric/matmul.ts';
import type { Aggregator } from './aggregator.ts';
import { ClientIndex } from './client-index.ts';
import type { RoundEvent } from './events.ts';
import type { Memory } from './memory.ts';
import type { Settings } from './settings.ts';
import { TokenSimilarity } from './token-similarity.ts';
import { Tokens } from './tokens.ts';
import { encode, type Update } from './wire.ts';

/** So many clients ask at a time. */
const LARGEST_BLOCK = 256;

/** The clients that a cluster's members attend to. */
interface Peers {
  readonly version: number; // of the index
  readonly cluster: number;
  readonly clients: Uint32Array; // [peers]
  readonly placeOf: ReadonlyMap<number, number>; // where a client stands among them
}

export class AttentionAggregator implements Aggregator {
  private readonly items: number;
  /** T, what the server remembers of each client. */
  readonly tokens: Tokens;
  /** Who is compared with whom. */
  readonly index: ClientIndex;
  /** τ of each head. */
  readonly temperatures: readonly number[];
  private readonly similarity: TokenSimilarity;
  private readonly directions: NarrowRows; // s_v of the peers: keys, and values but for their lengths [peers, items]
  private peers: Peers | null = null;

  constructor(clients: number, items: number, settings: Settings, arrays: Memory, backend: MatmulBackend) {
    this.items = items;
    this.tokens = new Tokens(clients, items, arrays, settings.tokenMemory, { backend: backend.name });
    const { heads, temperature } = settings;
    this.temperatures = Array.from({ length: heads }, (_, head) => temperature * 2 ** head);
    this.similarity = new TokenSimilarity(clients, items, this.tokens, arrays, this.temperatures);
    this.directions = new NarrowRows(items, LARGEST_BLOCK, backend.name);
    this.index = new ClientIndex(clients, settings, arrays);
  }

  receive(update: Update): void {
    this.tokens.receive(update);
    this.index.receive(update);
  }

  *refresh(round: number): Iterable<RoundEvent> {
    const { known } = this.tokens;
    const clients = Uint32Array.from(known.keys()).filter((client) => known[client] === 1);
    if (clients.length === 0) return;
    this.similarity.refresh(clients);
    yield this.index.refresh(clients, round);
    const { probes } = this.index;
    const bytesDown = bytesOfPersonalPart(this.items, round);
    yield { type: 'attention-computed', round, peers: clients.length, probes, bytesDown };
  }

  blocks(size: number): Uint32Array[] {
    return this.index.blocks(size);
  }

  personalParts(block: Uint32Array, out: Float32Array): void {
    const { items } = this;
    const { clusterOf } = this.index;
    let from = 0;
    for (let to = 1; to <= block.length; to++) {
      const goesOn = to < block.length && clusterOf[block[to]!] === clusterOf[block[from]!];
      if (goesOn && to - from < LARGEST_BLOCK) continue;
      this.attend(block.subarray(from, to), out.subarray(from * items, to * items));
      from = to;
    }
  }

  /** δ of clients of one cluster. */
  private attend(block: Uint32Array, out: Float32Array): void {
    const { items, similarity, directions } = this;
    const cluster = this.index.clusterOf[block[0]!]! - 1;
    if (cluster < 0) {
      out.fill(0);
      return;
    }
    const { clients, placeOf } = this.peersOf(cluster);
    const count = clients.length;
    const own = block.map((client) => placeOf.get(client)!);
    const weights = new Float32Array(block.length * count);
    directions.compare(own, weights); // s_u · s_v [block, peers]
    similarity.toWeights(weights, own); // α [block, peers]
    if (count > 1) this.toValueWeights(weights, clients);
    directions.mix(weights, out); // X = Σ α_uv V_v [block, items]
    for (let row = 0; row < block.length; row++) {
      toUnitRootMeanSquare(out.subarray(row * items, (row + 1) * items));
    }
  }

  /**
   * Turns α_uv into the weight of s_v in Σ α_uv V_v. V_v is T_v less the mean of all peers, and T_v − m is s_v times its
   * length: so one matrix holds both keys and values, and the mean comes off the weights.
   */
  private toValueWeights(weights: Float32Array, clients: Uint32Array): void {
    const count = clients.length;
    const lengths = Float32Array.from(clients, (client) => this.similarity.lengths[client]!);
    for (let start = 0; start < weights.length; start += count) {
      for (let peer = 0; peer < count; peer++) {
        weights[start + peer] = (weights[start + peer]! - 1 / count) * lengths[peer]!;
      }
    }
  }

  /** The clients that a cluster's members attend to; kept, because blocks come cluster by cluster. */
  private peersOf(cluster: number): Peers {
    const { version } = this.index;
    if (this.peers?.version === version && this.peers.cluster === cluster) return this.peers;
    const clients = this.index.clientsNear(cluster);
    const direction = new Float32Array(this.items);
    this.directions.reset(clients.length);
    clients.forEach((client, row) => {
      this.similarity.direction(client, direction);
      this.directions.setRow(row, direction);
    });
    const placeOf = new Map(Array.from(clients, (client, place) => [client, place]));
    this.peers = { version, cluster, clients, placeOf };
    return this.peers;
  }
}

/** The length of the message that carries δ_u: one number per item. */
function bytesOfPersonalPart(items: number, round: number): number {
  const rows = Uint32Array.from({ length: items }, (_, item) => item);
  const nothing = new Float32Array(0);
  const part = { rows, rank: 0, dims: 1, left: new Float32Array(items), right: nothing, extra: nothing };
  return encode({ client: 0, round, ...part }, items).length;
}

/** Divides by the root mean square, in place (Eq. 12). */
function toUnitRootMeanSquare(values: Float32Array): void {
  let squares = 0;
  for (let item = 0; item < values.length; item++) squares += values[item]! * values[item]!;
  if (squares === 0) return;
  const scale = Math.sqrt(values.length / squares);
  for (let item = 0; item < values.length; item++) values[item]! *= scale;
}
