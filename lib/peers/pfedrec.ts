// PFedRec: no user embedding; each client has a score function of its own, and a copy of the item table that it tunes at
// home. All score functions start equal and stay private; the server averages the rows that clients moved.
// Zhang et al. (2023), Dual Personalization on Federated Recommendation, IJCAI (arXiv 2301.08143).
// Simplified: the score function is linear, s = θ·[q, 1] as in its experiments, its item-independent part is the item
// bias; steps are over the whole sample in place of minibatches; a row is averaged over the clients that moved it, and
// the tuned table is not stored: the client tunes the last broadcast again when it scores. Tuning moves an unseen item
// only if it was drawn as a negative, so without the leak of held-out items it cannot be expected to help a ranking.

import { FactorizationClient } from '../federated/client.ts';
import { denseDownlink, itemMean } from '../federated/dense-server.ts';
import { federation } from '../federated/federation.ts';
import type { ClientTask, LocalModel, SharedModel } from '../federated/local-model.ts';
import type { Loops } from '../federated/loops.ts';
import type { Recipe } from '../federated/recipe.ts';
import type { Settings } from '../federated/settings.ts';
import { addRows } from '../federated/update-sum.ts';
import type { Update } from '../federated/wire.ts';
import { type RandomStream, randomStream } from '../numeric/rng.ts';

export interface PfedrecOptions {
  /** How often a round alternates between the score function and the item rows. */
  readonly alternations?: number;
  /** Step size of the client's own item rows. */
  readonly itemLearningRate?: number;
}

/** PFedRec with its constants chosen. */
export function pfedrecWith(options: PfedrecOptions = {}): Recipe {
  return {
    name: 'pfedrec',
    summary: 'private score functions and item tables tuned at home, moved rows averaged',
    reference: 'Zhang et al. (2023), doi 10.24963/ijcai.2023/507',
    defaults: { serverLearningRate: 5, rounding: 'nearest' },
    create: (setup) => {
      const { items } = setup.split.train;
      const localModel = new DualPersonalClient(items, setup.settings, setup.loops, options);
      return federation(setup, {
        localModel,
        optimizer: itemMean(setup.settings),
        downlink: denseDownlink(items, localModel.dims, setup.memory, setup.settings),
      });
    },
  };
}

export const pfedrec: Recipe = pfedrecWith();

/** State: the score function θ and Adam's moments. The tuned rows live as long as a call. */
export class DualPersonalClient implements LocalModel {
  readonly dims: number;
  readonly extra = 0;
  readonly isPulledBack: boolean;
  readonly stateLength: number;
  private readonly inner: FactorizationClient;
  private readonly settings: Settings;
  private readonly alternations: number;
  private readonly itemLearningRate: number;
  private readonly ownTable: Float32Array; // [items, D]; valid in the rows of the present client's sample

  constructor(items: number, settings: Settings, loops: Loops, options: PfedrecOptions) {
    this.inner = new FactorizationClient(items, settings, loops);
    this.settings = settings;
    this.dims = this.inner.dims;
    this.stateLength = this.inner.stateLength;
    this.alternations = options.alternations ?? 1;
    this.isPulledBack = this.alternations > 1; // the first step starts where it would be pulled back to
    this.itemLearningRate = options.itemLearningRate ?? 0.1;
    this.ownTable = new Float32Array(items * this.dims);
  }

  initialize(state: Float32Array): void {
    this.inner.initialize(state, randomStream(this.settings.seed, 'score-function')); // the same one for everybody
  }

  initializeShared(shared: SharedModel, rng: RandomStream): void {
    this.inner.initializeShared(shared, rng);
  }

  train(task: ClientTask, state: Float32Array): { update: Update; loss: number } {
    const { rows } = task.sample;
    const { dims, ownTable } = this;
    const loss = this.tune(task, state);
    const left = new Float32Array(rows.length * dims); // moved rows − broadcast rows
    for (let index = 0; index < left.length; index++) {
      const at = rows[Math.floor(index / dims)]! * dims + (index % dims);
      left[index] = ownTable[at]! - task.shared.itemTable[at]!;
    }
    const { client, round } = task;
    const none = new Float32Array(0);
    return { update: { client, round, rows, rank: 0, dims, left, right: none, extra: none }, loss };
  }

  adaptAtHome(task: ClientTask, state: Float32Array): { state: Float32Array; shared: SharedModel } {
    const tuned = state.slice();
    this.ownTable.set(task.shared.itemTable);
    this.tune(task, tuned);
    return { state: tuned, shared: { itemTable: this.ownTable, extra: task.shared.extra } };
  }

  userVector(state: Float32Array): Float32Array {
    return this.inner.userVector(state);
  }

  score(state: Float32Array, shared: SharedModel, scores: Float32Array): void {
    this.inner.score(state, shared, scores);
  }

  /** Score function, item rows, score function, item rows, …; returns the mean loss before the last item step. */
  private tune(task: ClientTask, state: Float32Array): number {
    const { dims, ownTable } = this;
    for (const item of task.sample.rows) {
      ownTable.set(task.shared.itemTable.subarray(item * dims, (item + 1) * dims), item * dims);
    }
    const own = { itemTable: ownTable, extra: task.shared.extra };
    let last = 0;
    for (let step = 0; step < this.alternations; step++) {
      const { update, loss } = this.inner.train({ ...task, shared: own }, state);
      for (let row = 0; row < update.left.length; row++) update.left[row]! *= this.itemLearningRate;
      if (step > 0) this.pullBack(task);
      addRows(ownTable, update);
      last = loss;
    }
    return last;
  }

  /** q ← q − η μ (q − q₀), with `proximal` μ: FedProx, Li et al. (2020). */
  private pullBack({ sample, shared }: ClientTask): void {
    const share = this.itemLearningRate * this.settings.proximal;
    if (share === 0) return;
    for (const item of sample.rows) {
      for (let at = item * this.dims; at < (item + 1) * this.dims; at++) {
        this.ownTable[at]! -= share * (this.ownTable[at]! - shared.itemTable[at]!);
      }
    }
  }
}
