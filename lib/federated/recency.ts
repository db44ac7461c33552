// A private step that costs no byte: before scoring, the client re-fits its vector to its recent past (Eq. 13).
// In: the client's positives, oldest first, its trained vector and the item table; out: another vector for scoring.
// The trained vector does not change, nothing is sent, and only training positives and their order are used.
// The loss is the training loss with positives weighted by age and every unseen item as a negative. One step of
// Newton's method from the trained vector is taken: d is small, so the d × d Hessian is cheap, and on validation one
// step is better than the minimum itself, which forgets more of what training had learned.
// The very last items count once more: an item gets a bonus for pointing where they point.
import type { NegativeSampler } from '../data/negatives.ts';
import { solvePositiveDefinite } from '../numeric/cholesky.ts';
import { randomStream } from '../numeric/rng.ts';
import type { SharedModel } from './local-model.ts';
import type { LogisticLoss } from './logistic-loss.ts';
import type { Loops } from './loops.ts';
import type { Settings } from './settings.ts';

/** A larger catalogue is sampled: what is sought is the direction of the loss, not its last digit. */
const LARGEST_WHOLE_CATALOGUE = 5000;
/** Negatives per positive where the catalogue is sampled. */
const NEGATIVES_PER_POSITIVE = 16;
/** Pull of the re-fitted vector towards 0. Both chosen on validation, MovieLens-100K. */
const TOWARDS_ZERO = 0.02;
/** Pull towards the trained vector. */
const TOWARDS_TRAINED = 0.02;

/** The bonus has weight n / (n + 10) for a client with n positives, since a short past points nowhere in particular. */
const HALF_WEIGHT_POSITIVES = 10;
/** How much faster than τ the past fades in the bonus. */
const FADES_FASTER = 4;

/** Re-fits user vectors; keeps memory for one client at a time, so make one per thread. */
export class RecencyRefit {
  private readonly items: number;
  private readonly settings: Settings;
  private readonly sampler: NegativeSampler;
  private readonly logistic: LogisticLoss;
  private readonly everyItem: Uint32Array; // in order [items]
  private readonly weights: Float32Array; // of one client's positives and negatives [items]
  private readonly labels: Uint8Array; // [items]
  private readonly nearness: Float32Array; // [items]
  private readonly inverseLengths: Float32Array; // 1 / |q_i| without the bias [items]
  private loadedVersion = -1;

  constructor(items: number, settings: Settings, loops: Loops) {
    this.items = items;
    this.settings = settings;
    this.sampler = loops.negativeSampler(items);
    this.logistic = loops.logisticLoss(items, settings.factors);
    this.everyItem = Uint32Array.from({ length: items }, (_, item) => item);
    this.weights = new Float32Array(items);
    this.labels = new Uint8Array(items);
    this.nearness = new Float32Array(items);
    this.inverseLengths = new Float32Array(items);
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
    this.load(shared);
    const { rows, weights, labels } = this.sampleOf(client, positives, tau);
    this.logistic.setSample(rows, weights, labels);
    this.logistic.scoreGradient(trained);
    const gradient = this.logistic.userGradient();
    const hessian = this.logistic.userHessian(); // lower half
    for (let k = 0; k < trained.length; k++) {
      gradient[k]! += TOWARDS_ZERO * trained[k]!; // the pull towards p_u itself is 0 at p_u
      hessian[k * trained.length + k]! += TOWARDS_ZERO + TOWARDS_TRAINED;
    }
    solvePositiveDefinite(hessian, gradient); // gradient becomes the Newton step
    return trained.map((value, k) => value - gradient[k]!);
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
    this.logistic.scoreAll(this.refit(client, positives, trained, shared, tau), scores);
    this.addNearness(positives, shared, tau / FADES_FASTER, scores);
  }

  /**
   * What the re-fit trains on. All weights add up to 1, shared between the labels as in training, n negatives for each
   * positive: positives by age, negatives alike.
   */
  private sampleOf(client: number, positives: Uint32Array, tau: number): WeightedRows {
    const { items } = this;
    const { negatives, seed } = this.settings;
    const { fading, total } = weightsByAge(positives.length, tau);
    const weightAt = (place: number) => fading[positives.length - 1 - place]! / total / (1 + negatives);
    const shareOfNegatives = negatives / (1 + negatives);
    if (items > LARGEST_WHOLE_CATALOGUE) {
      const draws = NEGATIVES_PER_POSITIVE * positives.length;
      const sample = this.sampler.draw(positives, draws, randomStream(seed, 'recency', client));
      const perDraw = shareOfNegatives / Math.max(1, sample.size - positives.length);
      const placeOf = new Map(Array.from(positives, (item, place) => [item, place]));
      const weights = Float32Array.from(sample.rows, (item, row) =>
        sample.labels[row] === 1 ? weightAt(placeOf.get(item)!) : sample.counts[row]! * perDraw,
      );
      return { rows: sample.rows, weights, labels: sample.labels };
    }
    const weights = this.weights.fill(shareOfNegatives / Math.max(1, items - positives.length));
    const labels = this.labels.fill(0);
    for (let place = 0; place < positives.length; place++) {
      weights[positives[place]!] = weightAt(place);
      labels[positives[place]!] = 1;
    }
    return { rows: this.everyItem, weights, labels };
  }

  /** scores += n / (n + 10) · cos(q_i, q_j), averaged over the n positives j with weights e^(−age / τ). */
  private addNearness(positives: Uint32Array, shared: SharedModel, tau: number, scores: Float32Array): void {
    const { itemTable } = shared;
    const { factors } = this.settings;
    const count = positives.length;
    const { fading, total } = weightsByAge(count, tau);
    const recent = new Float64Array(factors); // Σ w_j q_j / |q_j|
    for (let age = 0; age < count; age++) {
      const item = positives[count - 1 - age]!;
      const scaled = fading[age]! * this.inverseLengths[item]!;
      for (let k = 0; k < factors; k++) recent[k]! += scaled * itemTable[item * (factors + 1) + k]!;
    }
    const scale = count / (count + HALF_WEIGHT_POSITIVES) / total;
    const { nearness } = this;
    this.logistic.scoreAll(recent, nearness); // [recent, 1]·q_i: the bias is taken off below
    for (let item = 0; item < scores.length; item++) {
      const product = nearness[item]! - itemTable[item * (factors + 1) + factors]!;
      scores[item]! += scale * product * this.inverseLengths[item]!;
    }
  }

  private load(shared: SharedModel): void {
    if (shared.version !== undefined && shared.version === this.loadedVersion) return;
    const { itemTable } = shared;
    const { factors } = this.settings;
    this.logistic.setTable(itemTable);
    for (let item = 0; item < this.items; item++) {
      let squares = 0;
      for (let k = 0; k < factors; k++) squares += itemTable[item * (factors + 1) + k]! ** 2;
      this.inverseLengths[item] = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    }
    this.loadedVersion = shared.version ?? -1;
  }
}

/** Items with weights and labels, [rows] each. */
interface WeightedRows {
  readonly rows: Uint32Array;
  readonly weights: Float32Array;
  readonly labels: Uint8Array;
}

/** e^(−age / τ) for the ages 0, 1, …, [count], and their sum. */
function weightsByAge(count: number, tau: number): { fading: Float64Array; total: number } {
  const fading = new Float64Array(count);
  let total = 0;
  for (let age = 0; age < count; age++) {
    fading[age] = Math.exp(-age / tau);
    total += fading[age]!;
  }
  return { fading, total };
}
