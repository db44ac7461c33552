// A private step that costs no byte: before scoring, the client re-fits its vector to its recent past (Eq. 13).
// In: the client's positives, oldest first, its trained vector and the item table; out: another vector for scoring.
// The trained vector does not change, nothing is sent, and only training positives and their order are used.
// The loss is the training loss with positives weighted by age, minimised by Newton's method: d is small, so the
// d × d Hessian is cheap and two steps are enough.
import { NegativeSampler, type Sample } from '../data/negatives.ts';
import { solvePositiveDefinite } from '../numeric/cholesky.ts';
import { randomStream } from '../numeric/rng.ts';

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
  private readonly seed: number;
  private readonly trainingNegatives: number;
  private readonly sampler: NegativeSampler;
  private readonly positiveWeights: Float64Array; // [items], valid for the client's positives only

  /** @param trainingNegatives negatives per positive in training, which sets the balance of the two labels */
  constructor(items: number, seed: number, trainingNegatives: number) {
    this.seed = seed;
    this.trainingNegatives = trainingNegatives;
    this.sampler = new NegativeSampler(items);
    this.positiveWeights = new Float64Array(items);
  }

  /**
   * @param positives the client's training items, oldest first, at least one
   * @param trained p_u [factors]
   * @param itemTable Q [items, factors + 1]
   * @param tau age, in later positives of the same user, at which a positive's weight has fallen to 1/e
   * @returns the vector for scoring, [factors]
   */
  refit(
    client: number,
    positives: Uint32Array,
    trained: Float32Array,
    itemTable: Float32Array,
    tau: number,
  ): Float32Array {
    const rng = randomStream(this.seed, 'recency', client);
    const sample = this.sampler.draw(positives, NEGATIVES * positives.length, rng);
    const weights = this.weigh(sample, positives, tau); // [rows]
    const vector = Float64Array.from(trained);
    const gradient = new Float64Array(vector.length);
    const hessian = new Float64Array(vector.length ** 2); // lower half
    for (let step = 0; step < NEWTON_STEPS; step++) {
      differentiate(sample, weights, vector, itemTable, gradient, hessian);
      for (let k = 0; k < vector.length; k++) {
        gradient[k]! += TOWARDS_ZERO * vector[k]! + TOWARDS_TRAINED * (vector[k]! - trained[k]!);
        hessian[k * vector.length + k]! += TOWARDS_ZERO + TOWARDS_TRAINED;
      }
      solvePositiveDefinite(hessian, gradient);
      for (let k = 0; k < vector.length; k++) vector[k]! -= gradient[k]!;
    }
    return Float32Array.from(vector);
  }

  /** A weight per row of the sample; all weights add up to 1, shared between the labels as in training. */
  private weigh(sample: Sample, positives: Uint32Array, tau: number): Float64Array {
    let total = 0;
    positives.forEach((item, place) => {
      const age = positives.length - 1 - place;
      this.positiveWeights[item] = Math.exp(-age / tau);
      total += this.positiveWeights[item]!;
    });
    const ofPositives = 1 / (1 + this.trainingNegatives) / total;
    const drawn = sample.size - positives.length;
    const ofNegatives = drawn > 0 ? this.trainingNegatives / (1 + this.trainingNegatives) / drawn : 0;
    return Float64Array.from(sample.rows, (item, row) =>
      sample.labels[row] === 1
        ? this.positiveWeights[item]! * ofPositives
        : sample.counts[row]! * ofNegatives,
    );
  }
}

/** Rows below this weight cannot move the vector: positives of long ago. */
const NEGLIGIBLE = 1e-7;

/** Gradient and Hessian of the weighted cross-entropy by the user vector: Σ w (σ − y) q and Σ w σ (1 − σ) q qᵀ. */
function differentiate(
  sample: Sample,
  weights: Float64Array,
  vector: Float64Array,
  itemTable: Float32Array,
  gradient: Float64Array,
  hessian: Float64Array,
): void {
  const factors = vector.length;
  gradient.fill(0);
  hessian.fill(0);
  for (let row = 0; row < sample.rows.length; row++) {
    const weight = weights[row]!;
    if (weight < NEGLIGIBLE) continue;
    const start = sample.rows[row]! * (factors + 1);
    let score = itemTable[start + factors]!;
    for (let k = 0; k < factors; k++) score += vector[k]! * itemTable[start + k]!;
    const probability = 1 / (1 + Math.exp(-score));
    const error = weight * (probability - sample.labels[row]!);
    const curvature = weight * probability * (1 - probability);
    for (let k = 0; k < factors; k++) {
      const factor = itemTable[start + k]!;
      gradient[k]! += error * factor;
      const scaled = curvature * factor;
      for (let l = 0; l <= k; l++) hessian[k * factors + l]! += scaled * itemTable[start + l]!;
    }
  }
}
