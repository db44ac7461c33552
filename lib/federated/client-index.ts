// Who is compared with whom: K-means over the directions of the user vectors, as an index of clients (Eq. 10).
// In: decoded messages, which give the user vectors away; out: a cluster per client, and for each cluster the clients of
// the nearest ones. In a large federation, this makes attention's cost linear in the number of clients. Lloyd (1982).
import { kmeans, type LloydOptions, nearestClusters } from '../model/kmeans.ts';
import { type Matrix, matrix } from '../numeric/ndarrays.ts';
import { type RandomStream, randomStream } from '../numeric/rng.ts';
import { sampleWithoutReplacement } from '../numeric/sampling.ts';
import type { RoundEvent } from './events.ts';
import type { Memory } from './memory.ts';
import type { Settings } from './settings.ts';
import type { Update } from './wire.ts';

/** Above this many clients, attention between all of them is replaced by attention inside clusters. */
const MOST_CLIENTS_WITHOUT_CLUSTERS = 10_000;
const CLIENTS_PER_CLUSTER = 500;
/** On MovieLens-100K, 3 of 12 clusters keep more than half of what attention between all clients gains. */
const PROBES = 3;
/** K-means sees at most this many clients, or SAMPLE_PER_CLUSTER for each cluster if that is more. */
const LARGEST_WHOLE_KMEANS = 20_000;
const SAMPLE_PER_CLUSTER = 32;

export class ClientIndex {
  /** P: how many clusters a client looks at, its own included. */
  readonly probes: number;
  /** 1 + cluster, 0 where the server has not heard of the client, [clients]. */
  readonly clusterOf: Uint32Array;
  private readonly seed: number;
  private readonly factors: number;
  private readonly clusters: number; // K
  private readonly directions: Float32Array; // unit user vectors, from messages [clients, factors]
  private readonly refreshes: Uint32Array; // how often `refresh` ran [1]
  private readonly centroids: Float32Array; // [clusters, factors]
  private readonly kmeansLoops: LloydOptions['loops'];

  constructor(clients: number, settings: Settings, memory: Memory, kmeansLoops: LloydOptions['loops']) {
    this.kmeansLoops = kmeansLoops;
    this.seed = settings.seed;
    this.factors = settings.factors;
    this.clusters =
      settings.clusters !== 'auto'
        ? Math.min(settings.clusters, clients)
        : clients <= MOST_CLIENTS_WITHOUT_CLUSTERS
          ? 1
          : Math.round(clients / CLIENTS_PER_CLUSTER);
    this.probes = Math.min(this.clusters, settings.probes === 'auto' ? PROBES : settings.probes);
    this.directions = memory.rows('float32', 'directions', clients, this.factors);
    this.clusterOf = memory.uint32AtServer('clusterOf', clients);
    this.refreshes = memory.uint32AtServer('refreshes', 1);
    this.centroids = memory.float32AtServer('centroids', this.clusters * this.factors);
  }

  /** Changes with every refresh, so that a reader may keep what it derived. */
  get version(): number {
    return this.refreshes[0]!;
  }

  receive(update: Update): void {
    const start = update.client * this.factors;
    const vector = readUserVector(update).subarray(0, this.factors);
    const length = Math.hypot(...vector) || 1;
    for (let k = 0; k < this.factors; k++) this.directions[start + k] = vector[k]! / length;
  }

  /** Groups the known clients again. */
  refresh(known: Uint32Array, round: number): RoundEvent {
    const rng = randomStream(this.seed, 'clusters', round);
    const clusters = Math.min(this.clusters, known.length);
    const sampleSize = Math.max(LARGEST_WHOLE_KMEANS, SAMPLE_PER_CLUSTER * clusters);
    const sample = this.directionsOf(sampleOf(known, sampleSize, rng));
    const loops = this.kmeansLoops;
    let result = kmeans(sample, { clusters, rng, maxIterations: 50, loops });
    const { iterations, centroids } = result;
    if (known.length > sampleSize) {
      // Centroids come from a sample, so that Lloyd's cost grows with the clusters; then everybody is assigned once.
      const options = { clusters, rng, start: centroids, maxIterations: 1, loops };
      result = kmeans(this.directionsOf(known), options);
    }
    this.clusterOf.fill(0);
    known.forEach((client, row) => {
      this.clusterOf[client] = 1 + result.labels[row]!;
    });
    this.refreshes[0]!++;
    this.centroids.set(centroids.data);
    const labels = Int32Array.from(this.clusterOf, (label) => label - 1);
    const { inertia } = result;
    return { type: 'clients-clustered', round, clusters: this.clusters, labels, iterations, inertia };
  }

  /** The clients of a cluster and of those nearest to it, in increasing order. */
  clientsNear(cluster: number): Uint32Array {
    const centroids = matrix(this.centroids, this.clusters, this.factors);
    const probed = new Set(nearestClusters(centroids, centroids.pick(cluster, null), this.probes));
    probed.add(cluster);
    return Uint32Array.from(this.clusterOf.keys()).filter((client) =>
      probed.has(this.clusterOf[client]! - 1),
    );
  }

  /** All clients in blocks that do not mix clusters. */
  blocks(size: number): Uint32Array[] {
    const members = Array.from({ length: this.clusters + 1 }, (): number[] => []);
    this.clusterOf.forEach((label, client) => {
      members[label]!.push(client);
    });
    return members.flatMap((clients) =>
      Array.from({ length: Math.ceil(clients.length / size) }, (_, block) =>
        Uint32Array.from(clients.slice(block * size, (block + 1) * size)),
      ),
    );
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
}

/**
 * What the server can read off an update: A is [p_u, 1], and every whole row is a multiple of it. Compression hides
 * nothing; here the direction of p_u serves to find clients with similar taste.
 */
export function readUserVector({ rows, rank, dims, left, right }: Update): Float32Array {
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

/** Consecutive clients in blocks, for programs that need no grouping. */
export function consecutiveBlocks(clients: number, size: number): Uint32Array[] {
  return Array.from({ length: Math.ceil(clients / size) }, (_, block) =>
    Uint32Array.from(
      { length: Math.min(size, clients - block * size) },
      (__, position) => block * size + position,
    ),
  );
}
