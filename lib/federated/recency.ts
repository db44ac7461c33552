// A private step that costs no byte: before scoring, the client re-fits its vector to its recent past (Eq. 13).
// In: the client's positives, oldest first, its trained vector and the item table; out: another vector for scoring.
// The trained vector does not change, nothing is sent, and only training positives and their order are used.
import { NegativeSampler } from '../data/negatives.ts';
import { adamState, adamStep } from '../model/optimizer.ts';
import { randomStream } from '../numeric/rng.ts';
import type { Settings } from './settings.ts';

const STEPS = 60;
const LEARNING_RATE = 0.05;

/** Re-fits user vectors; keeps memory for one client at a time, so make one per thread. */
export class RecencyRefit {
  private readonly settings: Settings;
  private readonly sampler: NegativeSampler;
  private readonly weightOf: Float32Array; // [items], 0 where not a positive

  constructor(items: number, settings: Settings) {
    this.settings = settings;
    this.sampler = new NegativeSampler(items);
    this.weightOf = new Float32Array(items);
  }

  refit(
    client: number,
    positives: Uint32Array,
    userVector: Float32Array,
    itemTable: Float32Array,
    tau: number,
  ): Float32Array {
    const { settings } = this;
    const factors = userVector.length;
    const dims = factors + 1;
    const vector = userVector.slice();
    const rng = randomStream(settings.seed, 'recency', client);
    const sample = this.sampler.draw(positives, settings.negatives * positives.length, rng);
    let total = 0;
    for (let index = 0; index < positives.length; index++) {
      const age = positives.length - 1 - index;
      const weight = Math.exp(-age / tau);
      this.weightOf[positives[index]!] = weight;
      total += weight;
    }
    const rescale = positives.length / total;
    const gradient = new Float64Array(factors);
    const adam = adamState(factors);
    for (let step = 0; step < STEPS; step++) {
      gradient.fill(0);
      for (let row = 0; row < sample.rows.length; row++) {
        const item = sample.rows[row]!;
        const start = item * dims;
        let score = itemTable[start + factors]!;
        for (let k = 0; k < factors; k++) score += vector[k]! * itemTable[start + k]!;
        const label = sample.labels[row]!;
        const weight = label === 1 ? this.weightOf[item]! * rescale : sample.counts[row]!;
        const error = weight * (1 / (1 + Math.exp(-score)) - label);
        for (let k = 0; k < factors; k++) gradient[k]! += error * itemTable[start + k]!;
      }
      for (let k = 0; k < factors; k++) {
        gradient[k] = gradient[k]! / sample.size + settings.regularization * vector[k]!;
      }
      adamStep(vector, gradient, adam, { learningRate: LEARNING_RATE, beta1: 0.9, beta2: 0.99 });
    }
    return vector;
  }
}
