// What the server did at a refresh, seen from outside: Lloyd's steps and the weights between clients, worked out once more
// over the same memory by the same code. Nothing is changed; a step that is not exactly the server's is not shown.
// In: a run right after the refresh; out: the steps over all clients, and weights between a few.
import { AttentionAggregator } from '../federated/attention-aggregator.ts';
import { attendToOthers, type WeighPeers, weighRows } from '../federated/client-attention.ts';
import { type KmeansStep, kmeansPlusPlus, lloyd } from '../model/kmeans.ts';
import { matmul } from '../numeric/matmul.ts';
import { type Matrix, matrix, transpose, zeros } from '../numeric/ndarrays.ts';
import { randomStream } from '../numeric/rng.ts';
import type { OpenRun } from '../training/open-run.ts';
import type { TracedAttention } from './trace.ts';

export class ServerView {
  private readonly run: OpenRun;
  private readonly server: AttentionAggregator;

  private constructor(run: OpenRun, server: AttentionAggregator) {
    this.run = run;
    this.server = server;
  }

  /** A view of the run's server; null if its recipe has no attention between clients. */
  static of(run: OpenRun): ServerView | null {
    const { aggregator } = run.program;
    const server = aggregator?.inner ?? aggregator;
    return server instanceof AttentionAggregator ? new ServerView(run, server) : null;
  }

  /**
   * The iterations of K-means that led to these labels, with the clients they are about; null if they did not, because
   * the server has drawn a sample.
   */
  lloydSteps(round: number, labels: Int32Array): { known: Uint32Array; steps: KmeansStep[] } | null {
    const { settings, memory } = this.run;
    const directions = memory.arrays.directions!;
    const { factors } = settings;
    const { tokens } = this.server;
    const known = Uint32Array.from(tokens.known.keys()).filter((client) => tokens.known[client] === 1);
    const points = new Float32Array(known.length * factors);
    known.forEach((client, row) => {
      points.set(directions.subarray(client * factors, (client + 1) * factors), row * factors);
    });
    const clusters = Math.min(memory.arrays.centroids!.length / factors, known.length);
    const rng = randomStream(settings.seed, 'clusters', round);
    const table = matrix(points, known.length, factors); // [known, factors]
    const options = { maxIterations: 50, loops: this.run.setup.loops.kmeans };
    const steps = [...lloyd(table, kmeansPlusPlus(table, clusters, rng), options)];
    const last = steps.at(-1)!.labels;
    return known.every((client, row) => labels[client] === last[row]) ? { known, steps } : null;
  }

  /** α between the given clients, head by head, and the cosines behind it. */
  attention(clients: Uint32Array): TracedAttention {
    const { index, temperatures, weigh } = this.server;
    const count = clients.length;
    const weights = new Float32Array(temperatures.length * count * count);
    const placeOf = new Map(Array.from(clients, (client, place) => [client, place]));
    const clusters = new Set(Array.from(clients, (client) => index.clusterOf[client]! - 1));
    for (const cluster of [...clusters].filter((number) => number >= 0)) {
      const block = clients.filter((client) => index.clusterOf[client] === cluster + 1);
      const peers = index.clientsNear(cluster);
      const directions = this.directions(peers); // [peers, items]
      const nothing = zeros(peers.length, 0, 'float32'); // only the weights are asked for
      const asking = block.map((client) => peers.indexOf(client));
      temperatures.forEach((temperature, head) => {
        const alpha = weigh
          ? this.weighed(block, peers, asking, weigh)
          : attendToOthers(directions, nothing, asking, temperature, this.products).weights.data;
        block.forEach((client, row) => {
          const start = (head * count + placeOf.get(client)!) * count;
          peers.forEach((peer, column) => {
            const place = placeOf.get(peer);
            if (place !== undefined) weights[start + place] = alpha[row * peers.length + column]!;
          });
        });
      });
    }
    return { cosines: this.cosines(clients, clients), weights };
  }

  /** Weights of another kind than attention's, [block, peers]. */
  private weighed(
    block: Uint32Array,
    peers: Uint32Array,
    asking: Uint32Array,
    weigh: WeighPeers,
  ): Float32Array {
    const weights = Float32Array.from(this.cosines(block, peers));
    weighRows(weights, asking, weigh);
    return weights;
  }

  /** cos(T_u − m, T_v − m), [clients, others]; 0 where the server has not heard of one of them. */
  private cosines(clients: Uint32Array, others: Uint32Array): Float32Array {
    return matmul(this.directions(clients), transpose(this.directions(others)), this.products)
      .data as Float32Array;
  }

  private get products() {
    return { backend: this.run.setup.loops.matmul };
  }

  /** s, [clients, items]. */
  private directions(clients: Uint32Array): Matrix {
    const { items } = this.run.setup.split.train;
    const rows = new Float32Array(clients.length * items);
    clients.forEach((client, row) => {
      this.server.direction(client, rows.subarray(row * items, (row + 1) * items));
    });
    return matrix(rows, clients.length, items);
  }
}
