// CoLR: in each round all clients share a random factor A [rank, D], drawn from the round's seed, and a client sends
// only its half B_u [rows, rank] of the update B_u A. Every client's A is the same, so updates of low rank add up to an
// update of low rank: the server sends Σ B_u down just as small, and never needs to see a single B_u (secure sums).
// Nguyen et al. (2024), Correlated Low-rank Structure, arXiv 2401.03748. Simplified: one gradient step on B from 0, and
// the server scales each item's step by that item's usual size, because Adam's moments do not survive a change of A.

import { FactorizationClient } from '../federated/client.ts';
import { federation } from '../federated/federation.ts';
import type { ClientTask, LocalModel, SharedModel } from '../federated/local-model.ts';
import type { Loops } from '../federated/loops.ts';
import type { Memory } from '../federated/memory.ts';
import type { Recipe, Setup } from '../federated/recipe.ts';
import { type Downlink, decodeStep, type ServerOptimizer, sendToAll } from '../federated/server.ts';
import type { Settings } from '../federated/settings.ts';
import { addRows } from '../federated/update-sum.ts';
import { coOccurrenceWindows } from '../federated/windows/co-occurrence-windows.ts';
import { codecOfServer, type Update } from '../federated/wire.ts';
import { type RandomStream, randomStream } from '../numeric/rng.ts';
import { withEveryRow } from '../privacy/noise.ts';

const summary = 'one random factor shared by all clients each round, so that low-rank updates add up';
const reference = 'Nguyen et al. (2024), arXiv 2401.03748';
/** Windows, and rounding by chance, are ours: on request. */
const defaults: Partial<Settings> = { serverLearningRate: 0.05, windows: 'off', rounding: 'nearest' };

export const colr: Recipe = {
  name: 'colr',
  summary,
  reference,
  defaults,
  create: (setup) => federation(setup, { ...correlatedLowRank(setup), windows: coOccurrenceWindows(setup) }),
};

/** For secure sums: a message names every item, so that not even its rows tell who touched what. */
export const colrAllRows: Recipe = {
  name: 'colr-all-rows',
  summary: `${summary}; a row for every item, as secure sums need`,
  reference,
  defaults,
  create: (setup) => {
    const { items } = setup.split.train;
    return federation(setup, {
      ...correlatedLowRank(setup),
      uplink: (update) => withEveryRow(update, items),
    });
  },
};

/** The parts of the recipe. */
export function correlatedLowRank(setup: Setup) {
  const { settings, memory, split, loops } = setup;
  const { items } = split.train;
  const localModel = new CorrelatedClient(items, settings, loops);
  return {
    localModel,
    messageDims: settings.rank,
    optimizer: rowScaled(items, memory, settings),
    downlink: sharedFactorDownlink(items, localModel.dims, memory, settings),
  };
}

/** The factor A [rank, D] of a round: random orthogonal rows of length √(D / rank), so that E[Aᵀ A] = 1. */
export function sharedFactor(seed: number, round: number, rank: number, dims: number): Float32Array {
  const rng = randomStream(seed, 'shared-factor', round);
  const factor = new Float32Array(rank * dims);
  for (let row = 0; row < rank; row++) {
    const own = factor.subarray(row * dims, (row + 1) * dims);
    drawDirection(own, rng);
    for (let before = 0; before < row; before++) {
      const other = factor.subarray(before * dims, (before + 1) * dims);
      const overlap = dot(own, other);
      for (let k = 0; k < dims; k++) own[k]! -= overlap * other[k]!;
    }
    const length = Math.sqrt(dot(own, own));
    for (let k = 0; k < dims; k++) own[k]! /= length;
  }
  const scale = Math.sqrt(dims / rank);
  for (let index = 0; index < factor.length; index++) factor[index]! *= scale;
  return factor;
}

/** Matrix factorization whose update is seen through the round's factor: B_u = ΔQ_u Aᵀ. */
export class CorrelatedClient implements LocalModel {
  readonly dims: number;
  readonly extra = 0;
  readonly stateLength: number;
  private readonly inner: FactorizationClient;
  private readonly settings: Settings;

  constructor(items: number, settings: Settings, loops: Loops) {
    this.inner = new FactorizationClient(items, settings, loops);
    this.settings = settings;
    this.dims = this.inner.dims;
    this.stateLength = this.inner.stateLength;
  }

  initialize(state: Float32Array, rng: RandomStream): void {
    this.inner.initialize(state, rng);
  }

  initializeShared(shared: SharedModel, rng: RandomStream): void {
    this.inner.initializeShared(shared, rng);
  }

  train(task: ClientTask, state: Float32Array): { update: Update; loss: number } {
    const { rank, seed } = this.settings;
    const { update, loss } = this.inner.train(task, state); // ΔQ_u = −g [p, 1]
    const factor = sharedFactor(seed, task.round, rank, this.dims);
    const left = new Float32Array(update.rows.length * rank); // B_u [rows, rank]
    for (let r = 0; r < rank; r++) {
      const seen = dot(update.right, factor.subarray(r * this.dims, (r + 1) * this.dims));
      for (let row = 0; row < update.rows.length; row++) left[row * rank + r] = update.left[row]! * seen;
    }
    return { update: { ...update, rank: 0, dims: rank, left, right: new Float32Array(0) }, loss };
  }

  userVector(state: Float32Array): Float32Array {
    return this.inner.userVector(state);
  }

  score(state: Float32Array, shared: SharedModel, scores: Float32Array): void {
    this.inner.score(state, shared, scores);
  }
}

/** Each item's row of Σ B_u, divided by the running root mean square of that item's rows, times the learning rate. */
function rowScaled(items: number, memory: Memory, settings: Settings): ServerOptimizer {
  const squares = memory.float32AtServer('rowSquares', items);
  const steps = memory.uint32AtServer('serverSteps', 1);
  const decay = 0.99;
  return {
    step(sum, step) {
      const { rank } = settings;
      const correction = 1 - decay ** ++steps[0]!;
      for (let item = 0; item < items; item++) {
        const row = sum.items.subarray(item * rank, (item + 1) * rank);
        squares[item] = decay * squares[item]! + (1 - decay) * (dot(row, row) / rank);
        const size = Math.sqrt(squares[item]! / correction) + 1e-8;
        for (let r = 0; r < rank; r++) step[item * rank + r] = (settings.serverLearningRate * row[r]!) / size;
      }
    },
  };
}

/**
 * Sends B [items, rank]; everybody knows A and applies Q ← Q + B A. What rounding cuts off is carried on, as a matrix c of Q's
 * shape, because the next round has another A: of c, a message takes what that A lets through.
 */
function sharedFactorDownlink(items: number, dims: number, memory: Memory, settings: Settings): Downlink {
  const { rank, seed } = settings;
  const codec = codecOfServer(settings);
  const carried = codec === 'float32' ? null : memory.float32AtServer('downlinkError', items * dims);
  return {
    receive(message, shared, round) {
      const received = decodeStep(message, { items, dims: rank, extra: shared.extra.length, round });
      addRows(shared.itemTable, { ...received, rank, dims, right: sharedFactor(seed, round, rank, dims) });
    },
    send(step, extra, shared, round) {
      const factor = sharedFactor(seed, round, rank, dims);
      const left =
        carried === null ? step : step.map((value, at) => value + seenThrough(factor, carried, at, rank));
      const change = { round, rank: 0, dims: rank, left, right: new Float32Array(0), extra };
      const { message, received } = sendToAll(change, items, codec);
      const applied = { ...received, rank, dims, right: factor };
      addRows(shared.itemTable, applied);
      if (carried !== null) {
        addRows(carried, { ...applied, left: step });
        addRows(carried, { ...applied, left: received.left.map((value) => -value) });
      }
      return { message, cutOff: 0 };
    },
  };
}

/** Entry `at` of c Aᵀ (A Aᵀ)⁻¹ [items, rank]: A's rows are orthogonal and of length √(D / rank). */
function seenThrough(factor: Float32Array, carried: Float32Array, at: number, rank: number): number {
  const dims = factor.length / rank;
  const [item, r] = [Math.floor(at / rank), at % rank];
  const along = dot(
    carried.subarray(item * dims, (item + 1) * dims),
    factor.subarray(r * dims, (r + 1) * dims),
  );
  return (along * rank) / dims;
}

function drawDirection(into: Float32Array, rng: RandomStream): void {
  for (let k = 0; k < into.length; k++) into[k] = rng.normal();
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
