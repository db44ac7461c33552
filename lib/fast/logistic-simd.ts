// The client's inner loop in WebAssembly SIMD (kernels/item-rows.ts): the item table and one sample lie in the module's
// memory, where three passes and a Hessian read them. Same inputs and outputs as lib/fast/logistic-fused.ts. Numbers are
// float32 inside; sums have a fixed order, so every machine gets the same bits.
import type { LogisticLoss, RankOneFactors } from '../federated/logistic-loss.ts';
import { type ItemRowsKernel, itemRows } from './item-rows.ts';
import { lossFrom, rankOneInto } from './logistic-fused.ts';
import { reserve, roundUp } from './open-kernel.ts';

/** The SIMD loop, or null where the engine has no WebAssembly SIMD. */
export function createLogisticSimd(items: number, factors: number): LogisticSimd | null {
  const kernel = itemRows();
  return kernel && new LogisticSimd(kernel, items, factors);
}

export class LogisticSimd implements LogisticLoss {
  private readonly kernel: ItemRowsKernel;
  private readonly factors: number;
  private readonly width: number; // factors, rounded up to whole vectors
  private readonly hessianWidth: number; // and to pairs of them
  private readonly table: Float32Array;
  private readonly rows: Uint32Array;
  private readonly weights: Float32Array;
  private readonly labels: Float32Array;
  private readonly vector: Float32Array;
  private readonly scoreGradients: Float32Array;
  private readonly gradient: Float32Array;
  private readonly curvatures: Float32Array;
  private readonly scores: Float32Array;
  private readonly hessian: Float32Array;
  private readonly userGradients: Float64Array; // results outside the module's memory [factors]
  private readonly hessians: Float64Array; // [factors, factors]
  private readonly factorsOfUpdate: RankOneFactors;
  private rowCount = 0;
  private ofSample: Float32Array = new Float32Array(0); // g, the first rows of `scoreGradients`
  private count = 0; // rows, rounded up to whole vectors

  constructor(kernel: ItemRowsKernel, items: number, factors: number) {
    this.kernel = kernel;
    this.factors = factors;
    this.width = roundUp(factors);
    this.hessianWidth = 2 * roundUp(this.width / 2);
    const mostRows = roundUp(items);
    // The kernel reads up to four item rows at a time, and two vectors beyond the last.
    const tableLength = mostRows * (factors + 1) + 8;
    const lengths = [tableLength, ...new Array<number>(6).fill(mostRows), this.width, this.width];
    const places = reserve(kernel, [...lengths, this.width * this.hessianWidth]).values();
    const next = () => places.next().value!;
    this.table = next();
    const rows = next();
    this.rows = new Uint32Array(rows.buffer, rows.byteOffset, mostRows);
    this.weights = next();
    this.labels = next();
    this.scoreGradients = next();
    this.curvatures = next();
    this.scores = next();
    this.vector = next();
    this.gradient = next();
    this.hessian = next();
    this.userGradients = new Float64Array(factors);
    this.hessians = new Float64Array(factors ** 2);
    this.factorsOfUpdate = { left: new Float32Array(items), right: new Float32Array(factors + 1) };
  }

  setTable(itemTable: Float32Array): void {
    this.table.set(itemTable);
  }

  setSample(rows: Uint32Array, weights: ArrayLike<number>, labels: ArrayLike<number>): void {
    this.rowCount = rows.length;
    this.ofSample = this.scoreGradients.subarray(0, rows.length);
    this.count = roundUp(rows.length);
    this.rows.set(rows);
    this.weights.set(weights);
    this.labels.set(labels);
    for (let row = rows.length; row < this.count; row++) {
      this.rows[row] = 0;
      this.weights[row] = 0; // counts for nothing
    }
  }

  scoreGradient(vector: ArrayLike<number>): Float32Array {
    this.vector.set(vector);
    this.kernel.pass(
      this.table.byteOffset,
      this.factors + 1,
      this.width,
      this.rows.byteOffset,
      this.count,
      this.weights.byteOffset,
      this.labels.byteOffset,
      this.vector.byteOffset,
      this.scoreGradients.byteOffset,
      this.gradient.byteOffset,
      this.curvatures.byteOffset,
    );
    return this.ofSample;
  }

  loss(): number {
    return lossFrom(this.scoreGradients, this.weights, this.rowCount);
  }

  userGradient(): Float64Array {
    const { gradient, userGradients } = this;
    for (let k = 0; k < userGradients.length; k++) userGradients[k] = gradient[k]!;
    return userGradients;
  }

  rankOneUpdate(userVector: Float32Array): RankOneFactors {
    return rankOneInto(this.factorsOfUpdate, this.scoreGradients, this.rowCount, userVector);
  }

  scoreAll(vector: ArrayLike<number>, out: Float32Array): void {
    this.vector.set(vector);
    this.kernel.score(
      this.table.byteOffset,
      this.factors + 1,
      this.width,
      out.length,
      this.vector.byteOffset,
      this.scores.byteOffset,
    );
    out.set(this.scores.subarray(0, out.length));
  }

  userHessian(): Float64Array {
    const { hessians } = this;
    this.kernel.hessian(
      this.table.byteOffset,
      this.factors + 1,
      this.width,
      this.rows.byteOffset,
      this.count,
      this.curvatures.byteOffset,
      this.hessian.byteOffset,
    );
    for (let k = 0; k < this.factors; k++) {
      for (let l = 0; l <= k; l++) hessians[k * this.factors + l] = this.hessian[k * this.hessianWidth + l]!;
    }
    return hessians;
  }
}
