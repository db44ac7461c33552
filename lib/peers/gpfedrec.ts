// GPFedRec: the server finds out which clients are alike from the item tables they send, and gives every client an item
// table of its own: the mean of its neighbours' tables. Two clients are neighbours if their tables are more alike
// (cosine) than the client's average pair. Here a client's table is the broadcast plus its last update, and what all
// tables share, the broadcast, tells nobody apart: the graph compares updates.
// Zhang et al. (2024), GPFedRec: Graph-Guided Personalization for Federated Recommendation, KDD (arXiv 2305.07866).
// Simplified: one pass of messages over the graph; the client adds its table's opinion when it scores, with a weight
// chosen on validation, in place of a pull towards that table in each local step; score functions are linear.

import type { Aggregator } from '../federated/aggregator.ts';
import { FactorizationClient } from '../federated/client.ts';
import { consecutiveBlocks } from '../federated/client-index.ts';
import { denseDownlink, itemMean } from '../federated/dense-server.ts';
import type { RoundEvent } from '../federated/events.ts';
import { federation } from '../federated/federation.ts';
import type { Memory } from '../federated/memory.ts';
import { bytesOfPersonalPart, toUnitRootMeanSquare } from '../federated/personal-part.ts';
import type { Recipe } from '../federated/recipe.ts';
import type { Settings } from '../federated/settings.ts';
import { type Codec, codecOfServer, expandUpdate, type Update } from '../federated/wire.ts';
import { matmul } from '../numeric/matmul.ts';
import { matrix, transpose } from '../numeric/ndarrays.ts';
import type { MatmulBackend } from '../numeric/product.ts';

export interface GpfedrecOptions {
  /** A neighbour's similarity is above this many times the mean similarity. */
  readonly threshold?: number;
}

/** GPFedRec with its constant chosen. */
export function gpfedrecWith(options: GpfedrecOptions = {}): Recipe {
  return {
    name: 'gpfedrec',
    summary: 'an item table for each client: the mean of the tables of clients with similar ones',
    reference: 'Zhang et al. (2024), doi 10.1145/3637528.3671702',
    defaults: { serverLearningRate: 1, rounding: 'nearest' },
    create: (setup) => {
      const { split, settings, memory, loops } = setup;
      const { users, items } = split.train;
      const localModel = new FactorizationClient(items, settings, loops);
      const sizes = { users, items, dims: localModel.dims };
      return federation(setup, {
        localModel,
        uplink: expandUpdate,
        optimizer: itemMean(settings),
        downlink: denseDownlink(items, localModel.dims, memory, settings),
        aggregator: new SimilarTables(sizes, memory, settings, loops.matmul, options.threshold ?? 1),
      });
    },
  };
}

export const gpfedrec: Recipe = gpfedrecWith();

/**
 * The graph of clients. An update of this loss has rank one, so the server keeps its two factors, ΔQ_u = b aᵀ with
 * a_D = 1: the same numbers as the rows that were sent, in 1/D of the memory.
 */
export class SimilarTables implements Aggregator {
  private readonly users: number;
  private readonly items: number;
  private readonly dims: number;
  private readonly threshold: number;
  private readonly codec: Codec; // of the server's messages
  private readonly backend: MatmulBackend;
  private readonly known: Uint8Array; // 1 where the server has heard from a client [users]
  private readonly left: Float32Array; // b [users, items]
  private readonly right: Float32Array; // a [users, D]
  private readonly norms: Float32Array; // |ΔQ_u| = |b| |a| [users]

  constructor(
    sizes: { users: number; items: number; dims: number },
    memory: Memory,
    settings: Pick<Settings, 'codec' | 'codecDown'>,
    backend: MatmulBackend,
    threshold: number,
  ) {
    this.codec = codecOfServer(settings);
    this.users = sizes.users;
    this.items = sizes.items;
    this.dims = sizes.dims;
    this.threshold = threshold;
    this.backend = backend;
    this.known = memory.rows('uint8', 'tableKnown', this.users, 1);
    this.left = memory.rows('float32', 'tableLeft', this.users, this.items);
    this.right = memory.rows('float32', 'tableRight', this.users, this.dims);
    this.norms = memory.rows('float32', 'tableNorm', this.users, 1);
  }

  receive({ client, rows, left }: Update): void {
    const { items, dims } = this;
    const ownLeft = this.left.subarray(client * items, (client + 1) * items).fill(0);
    const ownRight = this.right.subarray(client * dims, (client + 1) * dims);
    const sums = new Float64Array(dims); // Σ b_i (b_i a), so that a is the best one for rounded rows too
    rows.forEach((item, row) => {
      const last = left[(row + 1) * dims - 1]!; // b_i
      ownLeft[item] = last;
      for (let k = 0; k < dims; k++) sums[k]! += last * left[row * dims + k]!;
    });
    const squares = sums[dims - 1]!; // Σ b_i²
    for (let k = 0; k < dims; k++) ownRight[k] = squares > 0 ? sums[k]! / squares : 0;
    this.norms[client] = Math.sqrt(squareSum(ownLeft) * squareSum(ownRight));
    this.known[client] = 1;
  }

  *refresh(round: number): Iterable<RoundEvent> {
    const { users, items, dims } = this;
    const peers = this.known.reduce((sum, isKnown) => sum + isKnown, 0);
    const bytesDown = bytesOfPersonalPart(items, round, this.codec, dims); // a personal table, as long as the broadcast
    yield { type: 'attention-computed', round, peers, probes: users, bytesDown };
  }

  blocks(size: number): Uint32Array[] {
    return consecutiveBlocks(this.users, size);
  }

  /** What a client's personal table would change in its scores: Σ_v w_uv b_v (a_v · a_u), to unit size. */
  personalParts(block: Uint32Array, out: Float32Array): void {
    const { users, items, dims, backend } = this;
    const lefts = matrix(this.left, users, items);
    const queryLefts = matrix(gather(this.left, block, items), block.length, items);
    const queryRights = matrix(gather(this.right, block, dims), block.length, dims);
    const byLeft = matmul(queryLefts, transpose(lefts), { backend }).data; // b_u · b_v [block, users]
    const byRight = matmul(queryRights, transpose(matrix(this.right, users, dims)), { backend }).data;
    const weights = new Float32Array(block.length * users);
    block.forEach((client, row) => {
      const start = row * users;
      const ofBlock = weights.subarray(start, start + users);
      const products = byLeft.subarray(start, start + users); // becomes ΔQ_u · ΔQ_v
      for (let peer = 0; peer < users; peer++) products[peer]! *= byRight[start + peer]!;
      this.neighbourWeights(client, products, ofBlock);
      for (let peer = 0; peer < users; peer++) ofBlock[peer]! *= byRight[start + peer]!;
    });
    const mixed = matrix(out.subarray(0, block.length * items), block.length, items);
    matmul(matrix(weights, block.length, users), lefts, { backend, out: mixed });
    for (let row = 0; row < block.length; row++) {
      toUnitRootMeanSquare(out.subarray(row * items, (row + 1) * items));
    }
  }

  /** Equal weights on the client itself and its neighbours; nothing where nobody is alike. */
  private neighbourWeights(client: number, products: ArrayLike<number>, weights: Float32Array): void {
    const { users, norms } = this;
    if (norms[client] === 0) return;
    let total = 0;
    let others = 0;
    for (let peer = 0; peer < users; peer++) {
      if (peer === client || norms[peer] === 0) continue; // unheard of, or nothing to say
      weights[peer] = products[peer]! / norms[client]! / norms[peer]!; // the cosine, for now
      total += weights[peer]!;
      others++;
    }
    const least = (this.threshold * total) / others;
    let neighbours = 0;
    for (let peer = 0; peer < users; peer++) {
      const isNeighbour = peer === client || (norms[peer]! > 0 && weights[peer]! > least);
      weights[peer] = isNeighbour ? 1 : 0;
      if (isNeighbour) neighbours++;
    }
    for (let peer = 0; peer < users; peer++) weights[peer]! /= neighbours;
  }
}

function gather(rows: Float32Array, block: Uint32Array, width: number): Float32Array {
  const gathered = new Float32Array(block.length * width);
  block.forEach((client, row) => {
    gathered.set(rows.subarray(client * width, (client + 1) * width), row * width);
  });
  return gathered;
}

function squareSum(values: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]! * values[index]!;
  return sum;
}
