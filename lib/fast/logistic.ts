// Weighted logistic regression of a user vector on the items it touched: the inner loop of every client.
// In: the item table Q, a sample (rows, weights W, labels y) and a vector p; out: the errors g = W (σ(s) − y) of the
// scores s_i = [p, 1]·q_i, the gradient Σ g q by p, and its Hessian (Eq. 1–4). This is the plain version;
// lib/fast/logistic-simd.ts does the same four rows at a time, and a test holds the two equal.
import { createLogisticSimd } from './logistic-simd.ts';

/** Holds one table and one sample at a time, so make one per thread. */
export interface LogisticLoss {
  /** Uses Q [items, factors + 1] from now on; the caller says so again whenever its contents change. */
  setTable(itemTable: Float32Array): void;
  /** Uses a sample from now on: item numbers, weights W and labels y, [rows] each. */
  setSample(rows: Uint32Array, weights: ArrayLike<number>, labels: ArrayLike<number>): void;
  /**
   * Writes Σ g q into `gradient` [factors] and g into `errors` [rows].
   *
   * @param vector p [factors]
   */
  differentiate(vector: ArrayLike<number>, gradient: Float64Array, errors: Float32Array): void;
  /** Writes the scores [p, 1]·q of all items, [items]. */
  score(vector: ArrayLike<number>, scores: Float32Array): void;
  /** Writes Σ W σ (1 − σ) q qᵀ at the last `differentiate`, lower half, into `hessian` [factors, factors]. */
  curve(hessian: Float64Array): void;
}

/** The loop for a backend's name: SIMD where that is what the backend uses, else plain. */
export function logisticLoss(backend: string, items: number, factors: number): LogisticLoss {
  const simd = backend === 'simd' ? createLogisticSimd(items, factors) : null;
  return simd ?? new PlainLogisticLoss(items, factors);
}

/** One row after the other. */
export class PlainLogisticLoss implements LogisticLoss {
  private readonly factors: number;
  private itemTable = new Float32Array(0);
  private rows = new Uint32Array(0);
  private weights: ArrayLike<number> = [];
  private labels: ArrayLike<number> = [];
  private readonly curvatures: Float64Array; // W σ (1 − σ) [rows]

  constructor(items: number, factors: number) {
    this.factors = factors;
    this.curvatures = new Float64Array(items);
  }

  setTable(itemTable: Float32Array): void {
    this.itemTable = itemTable as Float32Array<ArrayBuffer>;
  }

  setSample(rows: Uint32Array, weights: ArrayLike<number>, labels: ArrayLike<number>): void {
    this.rows = rows as Uint32Array<ArrayBuffer>;
    this.weights = weights;
    this.labels = labels;
  }

  differentiate(vector: ArrayLike<number>, gradient: Float64Array, errors: Float32Array): void {
    const { factors, itemTable, rows } = this;
    gradient.fill(0);
    for (let row = 0; row < rows.length; row++) {
      const start = rows[row]! * (factors + 1);
      let score = itemTable[start + factors]!;
      for (let k = 0; k < factors; k++) score += vector[k]! * itemTable[start + k]!;
      const decay = Math.exp(-Math.abs(score)); // never overflows
      const probability = score >= 0 ? 1 / (1 + decay) : decay / (1 + decay);
      const error = this.weights[row]! * (probability - this.labels[row]!);
      errors[row] = error;
      this.curvatures[row] = this.weights[row]! * probability * (1 - probability);
      for (let k = 0; k < factors; k++) gradient[k]! += error * itemTable[start + k]!;
    }
  }

  score(vector: ArrayLike<number>, scores: Float32Array): void {
    const { factors, itemTable } = this;
    for (let item = 0; item < scores.length; item++) {
      const start = item * (factors + 1);
      let score = itemTable[start + factors]!;
      for (let k = 0; k < factors; k++) score += vector[k]! * itemTable[start + k]!;
      scores[item] = score;
    }
  }

  curve(hessian: Float64Array): void {
    const { factors, itemTable, rows } = this;
    hessian.fill(0);
    for (let row = 0; row < rows.length; row++) {
      const start = rows[row]! * (factors + 1);
      for (let k = 0; k < factors; k++) {
        const scaled = this.curvatures[row]! * itemTable[start + k]!;
        for (let l = 0; l <= k; l++) hessian[k * factors + l]! += scaled * itemTable[start + l]!;
      }
    }
  }
}
