// One client, one round: the user vector is trained at home, the item gradient leaves as a rank-one update.
// In: the client's sample, its private vector p_u and the item table Q; out: B_u A_u for the wire.
// The loss is binary cross-entropy on the scores s_i = [p_u, 1]·q_i (Eq. 1–5), computed by the run's loops; the plain ones
// call lib/model/factorization.ts, one function a formula.

import type { Sample } from '../data/negatives.ts';
import { scoreAll } from '../model/factorization.ts';
import { expectParts } from '../numeric/arguments.ts';
import { expectInteger, matrix, vector } from '../numeric/ndarrays.ts';
import type { RandomStream } from '../numeric/rng.ts';
import { type ClientOptimizer, clientOptimizers } from './client-optimizer.ts';
import type { ClientTask, LocalModel, SharedModel } from './local-model.ts';
import type { LogisticLoss } from './logistic-loss.ts';
import type { Loops } from './loops.ts';
import type { Settings } from './settings.ts';
import type { Update } from './wire.ts';

const nothing = new Float32Array(0);

/**
 * Matrix factorization with a private user vector.
 * State: p_u [factors] and what its optimiser remembers.
 */
export class FactorizationClient implements LocalModel {
  readonly dims: number;
  readonly extra = 0;
  readonly stateLength: number;
  private readonly factors: number;
  private readonly settings: Settings;
  private readonly optimizer: ClientOptimizer;
  private readonly logistic: LogisticLoss;
  private loadedVersion = -1;

  constructor(items: number, settings: Settings, loops: Loops) {
    expectInteger('FactorizationClient', 'items', items, 1);
    expectParts('FactorizationClient', 'settings', settings, 'completeSettings()', {
      clientOptimizer: 'text',
    });
    expectParts('FactorizationClient', 'loops', loops, 'plainLoops', { logisticLoss: 'function' });
    this.factors = settings.factors;
    this.dims = settings.factors + 1;
    this.optimizer = clientOptimizers[settings.clientOptimizer]({
      learningRate: settings.clientLearningRate,
    });
    this.stateLength = settings.factors + this.optimizer.stateLength(settings.factors);
    this.settings = settings;
    this.logistic = loops.logisticLoss(items, settings.factors);
  }

  initialize(state: Float32Array, rng: RandomStream): void {
    for (let k = 0; k < this.factors; k++) state[k] = this.settings.userScale * rng.normal();
  }

  initializeShared(shared: SharedModel, rng: RandomStream): void {
    drawItemTable(shared.itemTable, this.settings, rng);
  }

  train(
    { client, round, sample, shared }: ClientTask,
    state: Float32Array,
  ): { update: Update; loss: number } {
    const { logistic, dims } = this;
    this.load(shared);
    logistic.setSample(sample.rows, sample.counts, sample.labels);
    const userVector = this.userVector(state); // p, which each step changes
    const remembered = state.subarray(this.factors);
    for (let step = 0; step < this.settings.localSteps; step++) {
      logistic.scoreGradient(userVector);
      this.stepUserVector(sample, userVector, remembered);
    }
    logistic.scoreGradient(userVector);
    const loss = logistic.loss() / sample.size;
    const { left, right } = logistic.rankOneUpdate(userVector); // ΔQ_u = −g [p, 1]ᵀ = B A: nothing is lost (Eq. 6)
    this.stepUserVector(sample, userVector, remembered);
    return { update: { client, round, rows: sample.rows, rank: 1, dims, left, right, extra: nothing }, loss };
  }

  userVector(state: Float32Array): Float32Array {
    return state.subarray(0, this.factors);
  }

  score(state: Float32Array, shared: SharedModel, scores: Float32Array): void {
    this.load(shared);
    this.logistic.scoreAll(this.userVector(state), scores);
  }

  private load(shared: SharedModel): void {
    if (shared.version !== undefined && shared.version === this.loadedVersion) return;
    this.logistic.setTable(shared.itemTable);
    this.loadedVersion = shared.version ?? -1;
  }

  /** p ← step(p, Qᵀg / N + λ p). */
  private stepUserVector(sample: Sample, userVector: Float32Array, remembered: Float32Array): void {
    const gradient = this.logistic.userGradient();
    for (let k = 0; k < userVector.length; k++) {
      gradient[k] = gradient[k]! / sample.size + this.settings.regularization * userVector[k]!;
    }
    this.optimizer.step(userVector, gradient, remembered);
  }
}

/** Fills a new item table Q [items, D]: small normal numbers, bias 0. */
export function drawItemTable(itemTable: Float32Array, settings: Settings, rng: RandomStream): void {
  const dims = settings.factors + 1;
  for (let at = 0; at < itemTable.length; at++) {
    const isBias = at % dims === settings.factors;
    itemTable[at] = isBias ? 0 : settings.itemScale * rng.normal();
  }
}

/** `scoreAll` on flat arrays: the scores of all items, [items], for p [factors] and Q [items, factors + 1] (Eq. 1). */
export function scoreItems(userVector: Float32Array, itemTable: Float32Array, scores: Float32Array): void {
  scoreAll(vector(userVector), matrix(itemTable, scores.length, userVector.length + 1), scores);
}
