// One client, one round: the user vector is trained at home, the item gradient leaves as a rank-one update.
// In: the client's sample, its private vector p_u and the item table Q; out: B_u A_u for the wire.
// The loss is binary cross-entropy on the scores s_i = [p_u, 1]·q_i (Eq. 1–5); see lib/model/factorization.ts for
// the same mathematics on matrices, one function a formula; lib/fast/logistic.ts has the loop over the touched rows.
import type { Sample } from '../data/negatives.ts';
import { type LogisticLoss, logisticLoss } from '../fast/logistic.ts';
import { type AdamSettings, adamStep } from '../model/optimizer.ts';
import type { RandomStream } from '../numeric/rng.ts';
import type { ClientTask, LocalModel, SharedModel } from './local-model.ts';
import type { Settings } from './settings.ts';
import type { Update } from './wire.ts';

const nothing = new Float32Array(0);

/**
 * Matrix factorization with a private user vector.
 * State: p_u, Adam's two moments [factors each] and its step count.
 */
export class FactorizationClient implements LocalModel {
  readonly dims: number;
  readonly extra = 0;
  readonly stateLength: number;
  private readonly factors: number;
  private readonly settings: Settings;
  private readonly adam: AdamSettings;
  private readonly logistic: LogisticLoss;
  private readonly errors: Float32Array; // g [rows]
  private readonly direction: Float32Array; // [p, 1] as it was sent last [D]
  private readonly gradient: Float64Array; // of p [factors]
  private loadedVersion = -1;

  /** @param backend name of the matrix product's backend; 'simd' makes the inner loop use SIMD as well */
  constructor(items: number, settings: Settings, backend = 'tiled') {
    this.factors = settings.factors;
    this.dims = settings.factors + 1;
    this.stateLength = 3 * settings.factors + 1;
    this.settings = settings;
    this.adam = { learningRate: settings.clientLearningRate, beta1: 0.9, beta2: 0.99 };
    this.logistic = logisticLoss(backend, items, settings.factors);
    this.errors = new Float32Array(items);
    this.direction = new Float32Array(settings.factors + 1).fill(1);
    this.gradient = new Float64Array(settings.factors);
  }

  initialize(state: Float32Array, rng: RandomStream): void {
    for (let k = 0; k < this.factors; k++) state[k] = this.settings.userScale * rng.normal();
  }

  initializeShared(shared: SharedModel, rng: RandomStream): void {
    const { itemTable } = shared;
    for (let at = 0; at < itemTable.length; at++) {
      const isBias = at % this.dims === this.factors;
      itemTable[at] = isBias ? 0 : this.settings.itemScale * rng.normal();
    }
  }

  train(task: ClientTask, state: Float32Array): { update: Update; loss: number } {
    const { sample, shared } = task;
    this.load(shared);
    this.logistic.setSample(sample.rows, sample.counts, sample.labels);
    const userVector = this.userVector(state);
    for (let step = 0; step < this.settings.localSteps; step++) {
      this.logistic.differentiate(userVector, this.gradient, this.errors);
      this.stepUserVector(sample, state);
    }
    this.logistic.differentiate(userVector, this.gradient, this.errors);
    const update = this.rankOneUpdate(task, userVector);
    this.stepUserVector(sample, state);
    return { update, loss: meanLoss(sample, this.errors) };
  }

  userVector(state: Float32Array): Float32Array {
    return state.subarray(0, this.factors);
  }

  score(state: Float32Array, shared: SharedModel, scores: Float32Array): void {
    this.load(shared);
    this.logistic.score(this.userVector(state), scores);
  }

  private load(shared: SharedModel): void {
    if (shared.version !== undefined && shared.version === this.loadedVersion) return;
    this.logistic.setTable(shared.itemTable);
    this.loadedVersion = shared.version ?? -1;
  }

  /**
   * ΔQ_u = −g [p, 1]ᵀ = B A with B = −g [rows, 1] and A = [p, 1] [1, D]: nothing is lost (Eq. 6). Both are views, valid
   * until the next client's turn.
   */
  private rankOneUpdate({ client, round, sample }: ClientTask, userVector: Float32Array): Update {
    const { errors, direction, dims } = this;
    const { rows } = sample;
    const left = errors.subarray(0, rows.length);
    for (let row = 0; row < left.length; row++) left[row] = -left[row]!;
    direction.set(userVector);
    return { client, round, rows, rank: 1, dims, left, right: direction, extra: nothing };
  }

  /** p ← Adam(p, Qᵀg / N + λ p). */
  private stepUserVector(sample: Sample, state: Float32Array): void {
    const { factors, gradient } = this;
    for (let k = 0; k < factors; k++) {
      gradient[k] = gradient[k]! / sample.size + this.settings.regularization * state[k]!;
    }
    const moments = {
      firstMoment: state.subarray(factors, 2 * factors),
      secondMoment: state.subarray(2 * factors, 3 * factors),
      step: state[3 * factors]!,
    };
    adamStep(state.subarray(0, factors), gradient, moments, this.adam);
    state[3 * factors] = moments.step;
  }
}

/**
 * The mean of −log P(label), read off the errors: |g| / W is how far σ(s) is from the label. Logarithms are slow, so
 * probabilities are multiplied first, as long as their product stays far from the smallest number there is.
 */
function meanLoss(sample: Sample, errors: Float32Array): number {
  let sum = 0;
  let product = 1;
  for (let row = 0; row < sample.rows.length; row++) {
    const count = sample.counts[row]!;
    const probability = Math.max(1e-7, 1 - Math.abs(errors[row]!) / count);
    for (let time = 0; time < count; time++) {
      product *= probability;
      if (product > 1e-100) continue;
      sum -= Math.log(product);
      product = 1;
    }
  }
  return (sum - Math.log(product)) / sample.size;
}

/** s_i = [p, 1]·q_i for every item (Eq. 1). */
export function scoreItems(userVector: Float32Array, itemTable: Float32Array, scores: Float32Array): void {
  const factors = userVector.length;
  const dims = factors + 1;
  for (let item = 0; item < scores.length; item++) {
    const start = item * dims;
    let score = itemTable[start + factors]!;
    for (let k = 0; k < factors; k++) score += userVector[k]! * itemTable[start + k]!;
    scores[item] = score;
  }
}
