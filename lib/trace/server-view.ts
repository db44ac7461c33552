// What the server did at a refresh, seen from outside: Lloyd's steps and the attention weights, worked out once more over
// the same memory by the same code. Nothing is changed; a step that is not exactly the server's is not shown.
// In: a run's memory right after the refresh; out: the steps over all clients, and attention between a few.
import { ClientIndex } from '../federated/client-index.ts';
import { TokenSimilarity } from '../federated/token-similarity.ts';
import { Tokens } from '../federated/tokens.ts';
import { type KmeansStep, kmeansPlusPlus, lloyd } from '../model/kmeans.ts';
import { matmul } from '../numeric/matmul.ts';
import { type Matrix, matrix, transpose } from '../numeric/matrix.ts';
import { randomStream } from '../numeric/rng.ts';
import type { OpenRun } from '../training/open-run.ts';
import type { TracedAttention } from './trace.ts';

/** Where the server's memory lies; absent in recipes without attention between clients. */
const neededArrays = ['tokenKnown', 'directions', 'clusterOf', 'centroids', 'meanToken'];

export class ServerView {
  private readonly run: OpenRun;
  private readonly tokens: Tokens;
  private readonly index: ClientIndex;
  private readonly heads: readonly TokenSimilarity[]; // one temperature each

  private constructor(run: OpenRun) {
    const { memory, settings, setup } = run;
    const { users, items } = setup.split.train;
    this.run = run;
    this.tokens = new Tokens(users, items, memory, settings.tokenMemory);
    this.index = new ClientIndex(users, settings, memory);
    this.heads = Array.from(
      { length: settings.heads },
      (_, head) => new TokenSimilarity(users, items, this.tokens, memory, [settings.temperature * 2 ** head]),
    );
  }

  /** A view of the run's server; null if its recipe has no attention between clients. */
  static of(run: OpenRun): ServerView | null {
    const { arrays } = run.memory;
    return neededArrays.every((name) => arrays[name]) ? new ServerView(run) : null;
  }

  /**
   * The iterations of K-means that led to these labels, with the clients they are about; null if they did not, because
   * the server has drawn a sample.
   */
  lloydSteps(round: number, labels: Int32Array): { known: Uint32Array; steps: KmeansStep[] } | null {
    const { settings, memory } = this.run;
    const directions = memory.arrays.directions!;
    const { factors } = settings;
    const known = Uint32Array.from(this.tokens.known.keys()).filter(
      (client) => this.tokens.known[client] === 1,
    );
    const points = new Float32Array(known.length * factors);
    known.forEach((client, row) => {
      points.set(directions.subarray(client * factors, (client + 1) * factors), row * factors);
    });
    const clusters = Math.min(memory.arrays.centroids!.length / factors, known.length);
    const rng = randomStream(settings.seed, 'clusters', round);
    const table = matrix(points, known.length, factors); // [known, factors]
    const steps = [...lloyd(table, kmeansPlusPlus(table, clusters, rng), { maxIterations: 50 })];
    const last = steps.at(-1)!.labels;
    return known.every((client, row) => labels[client] === last[row]) ? { known, steps } : null;
  }

  /** α between the given clients, head by head, and the cosines behind it. */
  attention(clients: Uint32Array): TracedAttention {
    const count = clients.length;
    const weights = new Float32Array(this.heads.length * count * count);
    const placeOf = new Map(Array.from(clients, (client, place) => [client, place]));
    const clusters = new Set(Array.from(clients, (client) => this.index.clusterOf[client]! - 1));
    for (const cluster of [...clusters].filter((number) => number >= 0)) {
      const block = clients.filter((client) => this.index.clusterOf[client] === cluster + 1);
      const peers = this.index.clientsNear(cluster);
      const cosines = this.cosines(block, peers);
      const own = block.map((client) => peers.indexOf(client));
      this.heads.forEach((head, number) => {
        const rows = cosines.slice();
        head.toWeights(rows, own); // α [block, peers]
        block.forEach((client, row) => {
          const start = (number * count + placeOf.get(client)!) * count;
          peers.forEach((peer, column) => {
            const place = placeOf.get(peer);
            if (place !== undefined) weights[start + place] = rows[row * peers.length + column]!;
          });
        });
      });
    }
    return { cosines: this.cosines(clients, clients), weights };
  }

  /** cos(T_u − m, T_v − m), [clients, others]; 0 where the server has not heard of one of them. */
  private cosines(clients: Uint32Array, others: Uint32Array): Float32Array {
    const { backend } = this.run.setup;
    return matmul(this.directions(clients), transpose(this.directions(others)), { backend })
      .data as Float32Array;
  }

  /** s, [clients, items]. */
  private directions(clients: Uint32Array): Matrix {
    const { items } = this.run.setup.split.train;
    const rows = new Float32Array(clients.length * items);
    clients.forEach((client, row) => {
      this.heads[0]!.direction(client, rows.subarray(row * items, (row + 1) * items));
    });
    return matrix(rows, clients.length, items);
  }
}
