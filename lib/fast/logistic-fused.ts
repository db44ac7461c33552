// The logistic loss of a sample in one pass over the item rows that it touches: score, gradient and curvature of a row
// while it is in the cache. Same inputs and outputs as lib/federated/logistic-loss.ts; lib/fast/logistic-simd.ts does the
// same four rows at a time (Eq. 1–4).
import type { LogisticLoss, RankOneFactors } from '../federated/logistic-loss.ts';

/** One row after the other. */
export class FusedLogisticLoss implements LogisticLoss {
  private readonly factors: number;
  private itemTable = new Float32Array(0);
  private rows = new Uint32Array(0);
  private weights: ArrayLike<number> = [];
  private labels: ArrayLike<number> = [];
  private readonly scoreGradients: Float32Array; // g [rows]
  private readonly curvatures: Float64Array; // W σ (1 − σ) [rows]
  private readonly factorsOfUpdate: RankOneFactors;
  private readonly gradient: Float64Array; // with respect to p [factors]

  constructor(items: number, factors: number) {
    this.factors = factors;
    this.scoreGradients = new Float32Array(items);
    this.curvatures = new Float64Array(items);
    this.gradient = new Float64Array(factors);
    this.factorsOfUpdate = { left: new Float32Array(items), right: new Float32Array(factors + 1) };
  }

  setTable(itemTable: Float32Array): void {
    this.itemTable = itemTable as Float32Array<ArrayBuffer>;
  }

  setSample(rows: Uint32Array, weights: ArrayLike<number>, labels: ArrayLike<number>): void {
    this.rows = rows as Uint32Array<ArrayBuffer>;
    this.weights = weights;
    this.labels = labels;
  }

  scoreGradient(vector: ArrayLike<number>): Float32Array {
    const { factors, itemTable, rows, scoreGradients, gradient } = this;
    gradient.fill(0);
    for (let row = 0; row < rows.length; row++) {
      const start = rows[row]! * (factors + 1);
      const score = this.scoreAt(vector, start);
      const decay = Math.exp(-Math.abs(score)); // never overflows
      const probability = score >= 0 ? 1 / (1 + decay) : decay / (1 + decay);
      const derivative = this.weights[row]! * (probability - this.labels[row]!);
      scoreGradients[row] = derivative;
      this.curvatures[row] = this.weights[row]! * probability * (1 - probability);
      for (let k = 0; k < factors; k++) gradient[k]! += derivative * itemTable[start + k]!;
    }
    return scoreGradients.subarray(0, rows.length);
  }

  loss(): number {
    return lossFrom(this.scoreGradients, this.weights, this.rows.length);
  }

  userGradient(): Float64Array {
    return this.gradient;
  }

  rankOneUpdate(userVector: Float32Array): RankOneFactors {
    return rankOneInto(this.factorsOfUpdate, this.scoreGradients, this.rows.length, userVector);
  }

  scoreAll(vector: ArrayLike<number>, out: Float32Array): void {
    for (let item = 0; item < out.length; item++) out[item] = this.scoreAt(vector, item * (this.factors + 1));
  }

  private scoreAt(vector: ArrayLike<number>, start: number): number {
    const { factors, itemTable } = this;
    let score = itemTable[start + factors]!;
    for (let k = 0; k < factors; k++) score += vector[k]! * itemTable[start + k]!;
    return score;
  }

  userHessian(): Float64Array {
    const { factors, itemTable, rows } = this;
    const hessian = new Float64Array(factors * factors);
    for (let row = 0; row < rows.length; row++) {
      const start = rows[row]! * (factors + 1);
      for (let k = 0; k < factors; k++) {
        const scaled = this.curvatures[row]! * itemTable[start + k]!;
        for (let l = 0; l <= k; l++) hessian[k * factors + l]! += scaled * itemTable[start + l]!;
      }
    }
    return hessian;
  }
}

/** −g [rows] and [p, 1], written over the factors of the last update; returned as views of them. */
export function rankOneInto(
  { left, right }: RankOneFactors,
  scoreGradient: Float32Array,
  rows: number,
  userVector: Float32Array,
): RankOneFactors {
  for (let row = 0; row < rows; row++) left[row] = -scoreGradient[row]!;
  right.set(userVector);
  right[userVector.length] = 1;
  return { left: left.subarray(0, rows), right };
}

/**
 * Σ W · (−log P(y)), read off g: |g| / W is how far σ(s) is from the label (Eq. 2). Logarithms are slow, so probabilities
 * are multiplied first, as long as their product stays far from the smallest number there is.
 *
 * @param weights whole numbers
 */
export function lossFrom(scoreGradient: Float32Array, weights: ArrayLike<number>, rows: number): number {
  let sum = 0;
  let product = 1;
  for (let row = 0; row < rows; row++) {
    const count = weights[row]!;
    const probability = Math.max(1e-7, 1 - Math.abs(scoreGradient[row]!) / count);
    for (let time = 0; time < count; time++) {
      product *= probability;
      if (product > 1e-100) continue;
      sum -= Math.log(product);
      product = 1;
    }
  }
  return sum - Math.log(product);
}
