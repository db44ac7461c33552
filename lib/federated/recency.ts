// A private step that costs no byte: before scoring, the client re-fits its vector to its recent past (Eq. 13).
// In: the client's positives, oldest first, its trained vector and the item table; out: another vector for scoring.
// The trained vector does not change, nothing is sent, and only training positives and their order are used.
// The loss is the training loss with positives weighted by age, minimised by Newton's method: d is small, so the
// d × d Hessian is cheap and two steps are enough.
import { NegativeSampler, type Sample } from '../data/negatives.ts';
import { type LogisticLoss, logisticLoss } from '../model/logistic.ts';
import { solvePositiveDefinite } from '../numeric/cholesky.ts';
import { randomStream } from '../numeric/rng.ts';
import type { SharedModel } from './local-model.ts';
import type { Settings } from './settings.ts';

/** Chosen on validation, MovieLens-100K and MovieLens-1M; see bench/search. */
const NEWTON_STEPS = 2;
/** Negatives per positive; their weights are scaled to the same total as in training. */
const NEGATIVES = 8;
/** Pull of the re-fitted vector towards 0. */
const TOWARDS_ZERO = 0.02;
/** Pull towards the trained vector. */
const TOWARDS_TRAINED = 0.02;

/** Re-fits user vectors; keeps memory for one client at a time, so make one per thread. */
export class RecencyRefit {
  private readonly settings: Settings;
  private readonly sampler: NegativeSampler;
  private readonly logistic: LogisticLoss;
  private readonly errors: Float32Array; // [rows]
  private readonly weights: Float32Array; // [rows]
  private readonly positiveWeights: Float64Array; // [items], valid for the client's positives only
  private loadedVersion = -1;

  /** @param backend name of the matrix product's backend; 'simd' makes the inner loop use SIMD as well */
  constructor(items: number, settings: Settings, backend = 'tiled') {
    this.settings = settings;
    this.sampler = new NegativeSampler(items);
    this.logistic = logisticLoss(backend, items, settings.factors);
    this.errors = new Float32Array(items);
    this.weights = new Float32Array(items);
    this.positiveWeights = new Float64Array(items);
  }

  /**
   * @param positives the client's training items, oldest first, at least one
   * @param trained p_u [factors]
   * @param shared the item table Q [items, factors + 1]
   * @param tau age, in later positives of the same user, at which a positive's weight has fallen to 1/e
   * @returns the vector for scoring, [factors]
   */
  refit(
    client: number,
    positives: Uint32Array,
    trained: Float32Array,
    shared: SharedModel,
    tau: number,
  ): Float32Array {
    if (shared.version === undefined || shared.version !== this.loadedVersion) {
      this.logistic.setTable(shared.itemTable);
      this.loadedVersion = shared.version ?? -1;
    }
    const rng = randomStream(this.settings.seed, 'recency', client);
    const sample = this.sampler.draw(positives, NEGATIVES * positives.length, rng);
    this.logistic.setSample(sample.rows, this.weigh(sample, positives, tau), sample.labels);
    const vector = Float64Array.from(trained);
    const gradient = new Float64Array(vector.length);
    const hessian = new Float64Array(vector.length ** 2); // lower half
    for (let step = 0; step < NEWTON_STEPS; step++) {
      this.logistic.differentiate(vector, gradient, this.errors);
      this.logistic.curve(hessian);
      for (let k = 0; k < vector.length; k++) {
        gradient[k]! += TOWARDS_ZERO * vector[k]! + TOWARDS_TRAINED * (vector[k]! - trained[k]!);
        hessian[k * vector.length + k]! += TOWARDS_ZERO + TOWARDS_TRAINED;
      }
      solvePositiveDefinite(hessian, gradient);
      for (let k = 0; k < vector.length; k++) vector[k]! -= gradient[k]!;
    }
    return Float32Array.from(vector);
  }

  /** Writes the scores of all items by the re-fitted vector, [items]. */
  score(
    client: number,
    positives: Uint32Array,
    trained: Float32Array,
    shared: SharedModel,
    tau: number,
    scores: Float32Array,
  ): void {
    this.logistic.score(this.refit(client, positives, trained, shared, tau), scores);
  }

  /** A weight per row of the sample; all weights add up to 1, shared between the labels as in training. */
  private weigh(sample: Sample, positives: Uint32Array, tau: number): Float32Array {
    const { negatives } = this.settings;
    let total = 0;
    positives.forEach((item, place) => {
      const age = positives.length - 1 - place;
      this.positiveWeights[item] = Math.exp(-age / tau);
      total += this.positiveWeights[item]!;
    });
    const ofPositives = 1 / (1 + negatives) / total;
    const drawn = sample.size - positives.length;
    const ofNegatives = drawn > 0 ? negatives / (1 + negatives) / drawn : 0;
    for (let row = 0; row < sample.rows.length; row++) {
      this.weights[row] =
        sample.labels[row] === 1
          ? this.positiveWeights[sample.rows[row]!]! * ofPositives
          : sample.counts[row]! * ofNegatives;
    }
    return this.weights.subarray(0, sample.rows.length);
  }
}
