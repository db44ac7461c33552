// The logistic loss of one client's sample, as `Loops` offer it: scores, their gradient g, the gradient with respect to
// the user vector, and its Hessian. In: the item table Q, a sample (rows, weights W, labels y) and a vector p; the plain
// version takes the sample's rows out of Q and asks the functions of lib/model/factorization.ts.

import { scoreAll, scoreGradient, userGradient, userHessian, weightedLoss } from '../model/factorization.ts';
import { rankOneUpdate } from '../model/low-rank.ts';
import { type FloatArray, type Matrix, matrix, vector } from '../numeric/ndarrays.ts';

/** Holds one table and one sample at a time, so make one per thread. */
export interface LogisticLoss {
  /** Uses Q [items, factors + 1] from now on; the caller says so again whenever its contents change. */
  setTable(itemTable: Float32Array): void;
  /** Uses a sample from now on: item numbers, weights W and labels y, [rows] each. */
  setSample(rows: Uint32Array, weights: ArrayLike<number>, labels: ArrayLike<number>): void;
  /** g = W (σ(s) − y) of the sample's scores s = Q [p, 1], [rows]. Results here and below are valid until the next call. */
  scoreGradient(userVector: FloatArray): FloatArray;
  /** Σ W · BCE(s, y) at the last `scoreGradient`. */
  loss(): number;
  /** Σ g q, the gradient with respect to p at the last `scoreGradient`, [factors]. */
  userGradient(): Float64Array;
  /** Σ W σ (1 − σ) q qᵀ at the last `scoreGradient`, the lower half of [factors, factors]. */
  userHessian(): Float64Array;
  /** ΔQ = −g [p, 1]ᵀ = B A at the last `scoreGradient` (Eq. 6): B = −g [rows] and A = [p, 1] [factors + 1]. */
  rankOneUpdate(userVector: Float32Array): RankOneFactors;
  /** Writes the scores [p, 1]·q of all items, [items]. */
  scoreAll(userVector: FloatArray, out: Float32Array): void;
}

/** An update of rank one as flat arrays. */
export interface RankOneFactors {
  /** B [rows]. */
  readonly left: Float32Array;
  /** A [factors + 1]. */
  readonly right: Float32Array;
}

/** One function a formula. */
export class PlainLogisticLoss implements LogisticLoss {
  private readonly dims: number; // factors + 1
  private itemTable: Float32Array = new Float32Array(0);
  private sampled: Matrix = matrix(new Float32Array(0), 0, 0); // the sample's rows of Q [rows, dims]
  protected sample: { counts: ArrayLike<number>; labels: ArrayLike<number> } = { counts: [], labels: [] };
  protected scores: Float64Array = new Float64Array(0); // s [rows]
  protected gradient: Float64Array = new Float64Array(0); // g [rows]

  constructor(factors: number) {
    this.dims = factors + 1;
  }

  setTable(itemTable: Float32Array): void {
    this.itemTable = itemTable;
  }

  setSample(rows: Uint32Array, weights: ArrayLike<number>, labels: ArrayLike<number>): void {
    const { dims, itemTable } = this;
    const sampled = new Float32Array(rows.length * dims);
    for (let row = 0; row < rows.length; row++) {
      const start = rows[row]! * dims;
      for (let k = 0; k < dims; k++) sampled[row * dims + k] = itemTable[start + k]!;
    }
    this.sampled = matrix(sampled, rows.length, dims);
    this.sample = { counts: weights, labels };
    this.scores = new Float64Array(rows.length);
  }

  scoreGradient(userVector: FloatArray): Float64Array {
    scoreAll(vector(userVector), this.sampled, this.scores);
    this.gradient = scoreGradient(this.scores, this.sample);
    return this.gradient;
  }

  loss(): number {
    return weightedLoss(this.scores, this.sample);
  }

  userGradient(): Float64Array {
    return userGradient(this.sampled, this.gradient);
  }

  userHessian(): Float64Array {
    return userHessian(this.sampled, this.scores, this.sample.counts);
  }

  rankOneUpdate(userVector: Float32Array): RankOneFactors {
    const { left, right } = rankOneUpdate(vector(this.gradient), vector(userVector));
    return { left: new Float32Array(left.data), right: new Float32Array(right.data) };
  }

  scoreAll(userVector: FloatArray, out: Float32Array): void {
    scoreAll(vector(userVector), matrix(this.itemTable, out.length, this.dims), out);
  }
}
