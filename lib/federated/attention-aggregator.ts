// The paper's idea: attention between clients, with K-means deciding who is compared with whom (Eq. 11–12).
// In: tokens T_u, made of messages, and the index of clients; out: δ_u, what clients with a similar token want that
// client u's own model does not give it. It uses the others only, so it also serves clients that were absent.
// Vaswani et al. (2017) for the attention.
import { type MatmulBackend, matmul } from '../numeric/matmul.ts';
import { matrix, transpose } from '../numeric/matrix.ts';
import type { Aggregator } from './aggregator.ts';
import { ClientIndex } from './client-index.ts';
import type { RoundEvent } from './events.ts';
import type { Memory } from './memory.ts';
import type { Settings } from './settings.ts';
import { TokenSimilarity } from './token-similarity.ts';
import { Tokens } from './tokens.ts';
import { encode, type Update } from './wire.ts';

/** The clients that a cluster's members attend to. */
interface Peers {
  readonly version: number; // of the index
  readonly cluster: number;
  readonly clients: Uint32Array; // [peers]
  readonly tokens: Float32Array; // T [peers, items]
  readonly mean: Float32Array; // their mean token [items]
}

export class AttentionAggregator implements Aggregator {
  private readonly clients: number;
  private readonly items: number;
  private readonly backend: MatmulBackend;
  /** T, what the server remembers of each client. */
  readonly tokens: Tokens;
  /** Who is compared with whom. */
  readonly index: ClientIndex;
  /** τ of each head. */
  readonly temperatures: readonly number[];
  private readonly similarity: TokenSimilarity;
  private peers: Peers | null = null;

  constructor(clients: number, items: number, settings: Settings, arrays: Memory, backend: MatmulBackend) {
    this.clients = clients;
    this.items = items;
    this.backend = backend;
    this.tokens = new Tokens(clients, items, arrays, settings.tokenMemory);
    const { heads, temperature } = settings;
    this.temperatures = Array.from({ length: heads }, (_, head) => temperature * 2 ** head);
    this.similarity = new TokenSimilarity(clients, items, this.tokens, arrays, this.temperatures);
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
    const { clusterOf } = this.index;
    let from = 0;
    for (let to = 1; to <= block.length; to++) {
      if (to < block.length && clusterOf[block[to]!] === clusterOf[block[from]!]) continue;
      this.attend(block.subarray(from, to), out.subarray(from * this.items, to * this.items));
      from = to;
    }
  }

  /** δ of clients of one cluster. */
  private attend(block: Uint32Array, out: Float32Array): void {
    const { items, backend } = this;
    const cluster = this.index.clusterOf[block[0]!]! - 1;
    if (cluster < 0) {
      out.fill(0);
      return;
    }
    const peers = this.peersOf(cluster);
    const count = peers.clients.length;
    const queries = new Float32Array(block.length * items); // T [block, items]
    block.forEach((client, row) => {
      this.tokens.read(client, queries.subarray(row * items, (row + 1) * items));
    });
    const keys = matrix(peers.tokens, count, items); // T [peers, items]
    const products = matmul(matrix(queries, block.length, items), transpose(keys), { backend }); // [block, peers]
    const weights = this.similarity.weights(block, peers.clients, products.data as Float32Array); // α [block, peers]
    matmul(matrix(weights, block.length, count), keys, { backend, out: matrix(out, block.length, items) });
    for (let row = 0; row < block.length; row++) {
      // Weights add up to 1, so subtracting the mean once equals subtracting it from every value V_v.
      const isServed = weights.subarray(row * count, (row + 1) * count).some((weight) => weight > 0);
      toUnitRootMeanSquare(out.subarray(row * items, (row + 1) * items), isServed ? peers.mean : null);
    }
  }

  /** The clients that a cluster's members attend to; kept, because blocks come cluster by cluster. */
  private peersOf(cluster: number): Peers {
    const { version } = this.index;
    if (this.peers?.version === version && this.peers.cluster === cluster) return this.peers;
    const { items } = this;
    const clients = this.index.clientsNear(cluster);
    const everyone = clients.length === this.clients ? this.tokens.dense : null;
    const tokens = everyone ?? new Float32Array(clients.length * items);
    const mean = new Float32Array(items);
    clients.forEach((client, row) => {
      const token = tokens.subarray(row * items, (row + 1) * items);
      if (!everyone) this.tokens.read(client, token);
      for (let item = 0; item < items; item++) mean[item]! += token[item]!;
    });
    for (let item = 0; item < items; item++) mean[item]! /= clients.length;
    this.peers = { version, cluster, clients, tokens, mean };
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

/** Subtracts the mean (if any) and divides by the root mean square, in place (Eq. 12). */
function toUnitRootMeanSquare(values: Float32Array, mean: Float32Array | null): void {
  let squares = 0;
  for (let item = 0; item < values.length; item++) {
    const value = values[item]! - (mean ? mean[item]! : 0);
    values[item] = value;
    squares += value * value;
  }
  const rms = Math.sqrt(squares / values.length);
  if (rms === 0) return;
  for (let item = 0; item < values.length; item++) values[item]! /= rms;
}
