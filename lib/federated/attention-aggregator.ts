// The paper's idea: attention between clients, with K-means deciding who is compared with whom (Eq. 10–12).
// In: tokens T_u and the unit directions of the user vectors, both from messages; out: δ_u, what clients with a
// similar token want that client u's own model does not give it. It uses the others only, so it also serves clients
// that were absent. Lloyd (1982) for the clusters; Vaswani et al. (2017) for the attention.
import { kmeans, nearestClusters } from '../model/kmeans.ts';
import { type MatmulBackend, matmul } from '../numeric/matmul.ts';
import { type Matrix, matrix, transpose } from '../numeric/matrix.ts';
import { type RandomStream, randomStream, sampleWithoutReplacement } from '../numeric/rng.ts';
import type { Aggregator } from './aggregator.ts';
import type { RoundEvent } from './events.ts';
import type { Memory } from './memory.ts';
import type { Settings } from './settings.ts';
import { TokenSimilarity } from './token-similarity.ts';
import { Tokens } from './tokens.ts';
import { encode, type Update } from './wire.ts';

/** Above this many clients, attention between all of them is replaced by attention inside clusters. */
const MOST_CLIENTS_WITHOUT_CLUSTERS = 10_000;
const CLIENTS_PER_CLUSTER = 500;
/** K-means sees this many clients at most, or so many per cluster if that is more. */
const LARGEST_WHOLE_KMEANS = 20_000;
const SAMPLE_PER_CLUSTER = 32;

/** The members of the probed clusters, ready to be attended to. */
interface Peers {
  readonly refresh: number;
  readonly cluster: number;
  readonly clients: Uint32Array; // [peers]
  readonly tokens: Float32Array; // T [peers, items]
  readonly mean: Float32Array; // mean token of the own cluster [items]
}

export class AttentionAggregator implements Aggregator {
  private readonly clients: number;
  private readonly items: number;
  private readonly factors: number;
  private readonly settings: Settings;
  private readonly backend: MatmulBackend;
  private readonly clusters: number;
  private readonly probes: number;
  private readonly tokens: Tokens;
  private readonly directions: Float32Array; // unit user vectors, from messages [clients, factors]
  private readonly clusterOf: Uint32Array; // 1 + cluster, 0 where the server has not heard of it [clients]
  private readonly refreshes: Uint32Array; // how often `refresh` ran [1]
  private readonly centroids: Float32Array; // [clusters, factors]
  private readonly similarity: TokenSimilarity;
  private peers: Peers | null = null;

  constructor(clients: number, items: number, settings: Settings, arrays: Memory, backend: MatmulBackend) {
    this.clients = clients;
    this.items = items;
    this.factors = settings.factors;
    this.settings = settings;
    this.backend = backend;
    this.clusters =
      settings.clusters !== 'auto'
        ? Math.min(settings.clusters, clients)
        : clients <= MOST_CLIENTS_WITHOUT_CLUSTERS
          ? 1
          : Math.round(clients / CLIENTS_PER_CLUSTER);
    this.probes = Math.min(this.clusters, settings.probes === 'auto' ? 1 : settings.probes);
    this.tokens = new Tokens(clients, items, arrays, settings.tokenMemory);
    this.directions = arrays.rows('float32', 'directions', clients, this.factors);
    this.clusterOf = arrays.uint32('clusterOf', clients);
    this.refreshes = arrays.uint32('refreshes', 1);
    this.centroids = arrays.float32('centroids', this.clusters * this.factors);
    const temperatures = Array.from(
      { length: settings.heads },
      (_, head) => settings.temperature * 2 ** head,
    );
    this.similarity = new TokenSimilarity(clients, items, this.tokens, arrays, temperatures);
  }

  receive(update: Update): void {
    this.tokens.receive(update);
    const start = update.client * this.factors;
    const vector = readUserVector(update).subarray(0, this.factors);
    const length = Math.hypot(...vector) || 1;
    for (let k = 0; k < this.factors; k++) this.directions[start + k] = vector[k]! / length;
  }

  *refresh(round: number): Iterable<RoundEvent> {
    const known = this.knownClients();
    if (known.length === 0) return;
    this.similarity.refresh(known);
    yield this.cluster(known, round);
    const personal = { client: 0, round, rows: Uint32Array.from({ length: this.items }, (_, item) => item) };
    const empty = new Float32Array(0);
    const message = encode(
      { ...personal, rank: 0, dims: 1, left: new Float32Array(this.items), right: empty, extra: empty },
      this.items,
    );
    yield {
      type: 'attention-computed',
      round,
      peers: known.length,
      probes: this.probes,
      bytesDown: message.length,
    };
  }

  blocks(size: number): Uint32Array[] {
    const members = groupBy(this.clusterOf, this.clusters + 1);
    return members.flatMap((clients) =>
      Array.from({ length: Math.ceil(clients.length / size) }, (_, block) =>
        clients.subarray(block * size, (block + 1) * size),
      ),
    );
  }

  personalParts(block: Uint32Array, out: Float32Array): void {
    let from = 0;
    for (let to = 1; to <= block.length; to++) {
      if (to < block.length && this.clusterOf[block[to]!] === this.clusterOf[block[from]!]) continue;
      this.attend(block.subarray(from, to), out.subarray(from * this.items, to * this.items));
      from = to;
    }
  }

  /** δ of clients of one cluster. */
  private attend(block: Uint32Array, out: Float32Array): void {
    const { items } = this;
    const cluster = this.clusterOf[block[0]!]! - 1;
    if (cluster < 0) {
      out.fill(0);
      return;
    }
    const peers = this.peersOf(cluster);
    const queries = new Float32Array(block.length * items); // T [block, items]
    block.forEach((client, row) => {
      this.tokens.read(client, queries.subarray(row * items, (row + 1) * items));
    });

    const keys = matrix(peers.tokens, peers.clients.length, items); // T [peers, items]
    const products = matmul(matrix(queries, block.length, items), transpose(keys), { backend: this.backend });
    const weights = this.similarity.weights(block, peers.clients, products.data as Float32Array); // α [block, peers]
    const mixed = matrix(out, block.length, items);
    matmul(matrix(weights, block.length, peers.clients.length), keys, { backend: this.backend, out: mixed });
    for (let row = 0; row < block.length; row++) {
      // Weights add up to 1, so subtracting the mean once equals subtracting it from every value V_v.
      const isServed = weights
        .subarray(row * peers.clients.length, (row + 1) * peers.clients.length)
        .some((w) => w > 0);
      toUnitRootMeanSquare(out.subarray(row * items, (row + 1) * items), isServed ? peers.mean : null);
    }
  }

  private knownClients(): Uint32Array {
    return Uint32Array.from(this.tokens.known.keys()).filter((client) => this.tokens.known[client] === 1);
  }

  private cluster(known: Uint32Array, round: number): RoundEvent {
    const rng = randomStream(this.settings.seed, 'clusters', round);
    const clusters = Math.min(this.clusters, known.length);
    const sampleSize = Math.max(LARGEST_WHOLE_KMEANS, SAMPLE_PER_CLUSTER * clusters);
    let result = kmeans(this.directionsOf(sampleOf(known, sampleSize, rng)), {
      clusters,
      rng,
      maxIterations: 50,
    });
    if (known.length > sampleSize) {
      // Centroids come from a sample, so that Lloyd's cost grows with the clusters; then everybody is assigned once.
      const start = result.centroids;
      result = {
        ...kmeans(this.directionsOf(known), { clusters, rng, start, maxIterations: 1 }),
        centroids: start,
      };
    }
    this.clusterOf.fill(0);
    known.forEach((client, row) => {
      this.clusterOf[client] = 1 + result.labels[row]!;
    });
    this.refreshes[0]!++;
    this.centroids.set(result.centroids.data);
    return {
      type: 'clients-clustered',
      round,
      clusters: this.clusters,
      labels: Int32Array.from(this.clusterOf, (label) => label - 1),
      iterations: result.iterations,
      inertia: result.inertia,
    };
  }

  /** Unit user vectors of the given clients, [clients, factors]. */
  private directionsOf(clients: Uint32Array): Matrix {
    const { factors } = this;
    const rows = new Float32Array(clients.length * factors);
    clients.forEach((client, row) => {
      rows.set(this.directions.subarray(client * factors, (client + 1) * factors), row * factors);
    });
    return matrix(rows, clients.length, factors);
  }

  /** The clients that a cluster's members attend to; kept, because blocks come cluster by cluster. */
  private peersOf(cluster: number): Peers {
    const refresh = this.refreshes[0]!;
    if (this.peers?.refresh === refresh && this.peers.cluster === cluster) return this.peers;
    const { items } = this;
    const centroids = matrix(this.centroids, this.clusters, this.factors);
    const probed = new Set(nearestClusters(centroids, centroids.pick(cluster, null), this.probes));
    probed.add(cluster);
    const clients = Uint32Array.from(this.clusterOf.keys()).filter((client) =>
      probed.has(this.clusterOf[client]! - 1),
    );
    const everyone = clients.length === this.clients ? this.tokens.dense : null;
    const tokens = everyone ?? new Float32Array(clients.length * items);
    const mean = new Float32Array(items);
    let members = 0;
    clients.forEach((client, row) => {
      const token = tokens.subarray(row * items, (row + 1) * items);
      if (!everyone) this.tokens.read(client, token);
      if (this.clusterOf[client] !== 1 + cluster) return;
      members++;
      for (let item = 0; item < items; item++) mean[item]! += token[item]!;
    });
    for (let item = 0; item < items; item++) mean[item]! /= members;
    this.peers = { refresh, cluster, clients, tokens, mean };
    return this.peers;
  }
}

/**
 * What the server can read off an update: A is [p_u, 1], and every whole row is a multiple of it. Compression hides
 * nothing; here the direction of p_u serves to find clients with similar taste.
 */
function readUserVector({ rows, rank, dims, left, right }: Update): Float32Array {
  if (rank > 0) return right.subarray(0, dims);
  let largest = 0;
  for (let row = 1; row < rows.length; row++) {
    const isLarger = Math.abs(left[(row + 1) * dims - 1]!) > Math.abs(left[(largest + 1) * dims - 1]!);
    if (isLarger) largest = row;
  }
  const row = left.slice(largest * dims, (largest + 1) * dims);
  const last = row[dims - 1] || 1;
  return row.map((value) => value / last);
}

/** All clients, or a random sample of them in increasing order. */
function sampleOf(clients: Uint32Array, most: number, rng: RandomStream): Uint32Array {
  if (clients.length <= most) return clients;
  return sampleWithoutReplacement(most, clients.length, rng).map((place) => clients[place]!);
}

/** The positions of each label, label by label. */
function groupBy(labels: Uint32Array, count: number): Uint32Array[] {
  const groups = Array.from({ length: count }, (): number[] => []);
  labels.forEach((label, position) => {
    groups[label]!.push(position);
  });
  return groups.map((group) => Uint32Array.from(group));
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
