// The client's inner loop in WebAssembly SIMD (kernels/item-rows.ts): the item table and one sample lie in the module's
// memory, where three passes and a Hessian read them. lib/fast/logistic.ts is the plain version of the same loop.
// In and out: as there. Numbers are float32 inside; sums have a fixed order, so every machine gets the same bits.
import { type ItemRowsKernel, itemRows } from './item-rows.ts';
import { reserve, roundUp } from './open-kernel.ts';

/** The SIMD loop, or null where the engine has no WebAssembly SIMD. */
export function createLogisticSimd(items: number, factors: number): LogisticSimd | null {
  const kernel = itemRows();
  return kernel && new LogisticSimd(kernel, items, factors);
}

export class LogisticSimd {
  private readonly kernel: ItemRowsKernel;
  private readonly factors: number;
  private readonly width: number; // factors, rounded up to whole vectors
  private readonly hessianWidth: number; // and to pairs of them
  private readonly table: Float32Array;
  private readonly rows: Uint32Array;
  private readonly weights: Float32Array;
  private readonly labels: Float32Array;
  private readonly vector: Float32Array;
  private readonly errors: Float32Array;
  private readonly gradient: Float32Array;
  private readonly curvatures: Float32Array;
  private readonly scores: Float32Array;
  private readonly hessian: Float32Array;
  private count = 0; // rows, rounded up to whole vectors

  constructor(kernel: ItemRowsKernel, items: number, factors: number) {
    this.kernel = kernel;
    this.factors = factors;
    this.width = roundUp(factors);
    this.hessianWidth = 2 * roundUp(this.width / 2);
    const mostRows = roundUp(items);
    // The kernel reads up to four item rows at a time, and two vectors beyond the last.
    const tableSize = mostRows * (factors + 1) + 8;
    const sizes = [
      tableSize,
      mostRows,
      mostRows,
      mostRows,
      mostRows,
      mostRows,
      mostRows,
      this.width,
      this.width,
    ];
    const places = reserve(kernel, [...sizes, this.width * this.hessianWidth]);
    const [table, rows, weights, labels, errors, curvatures, scores, vector, gradient, hessian] =
      places as Ten;
    this.table = table;
    this.rows = new Uint32Array(rows.buffer, rows.byteOffset, mostRows);
    this.weights = weights;
    this.labels = labels;
    this.errors = errors;
    this.curvatures = curvatures;
    this.scores = scores;
    this.vector = vector;
    this.gradient = gradient;
    this.hessian = hessian;
  }

  setTable(itemTable: Float32Array): void {
    this.table.set(itemTable);
  }

  setSample(rows: Uint32Array, weights: ArrayLike<number>, labels: ArrayLike<number>): void {
    this.count = roundUp(rows.length);
    this.rows.set(rows);
    this.weights.set(weights);
    this.labels.set(labels);
    for (let row = rows.length; row < this.count; row++) {
      this.rows[row] = 0;
      this.weights[row] = 0; // counts for nothing
    }
  }

  differentiate(vector: ArrayLike<number>, gradient: Float64Array, errors: Float32Array): void {
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
      this.errors.byteOffset,
      this.gradient.byteOffset,
      this.curvatures.byteOffset,
    );
    for (let k = 0; k < this.factors; k++) gradient[k] = this.gradient[k]!;
    errors.set(this.errors.subarray(0, Math.min(this.count, errors.length)));
  }

  score(vector: ArrayLike<number>, scores: Float32Array): void {
    this.vector.set(vector);
    this.kernel.score(
      this.table.byteOffset,
      this.factors + 1,
      this.width,
      scores.length,
      this.vector.byteOffset,
      this.scores.byteOffset,
    );
    scores.set(this.scores.subarray(0, scores.length));
  }

  curve(hessian: Float64Array): void {
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
      for (let l = 0; l <= k; l++) hessian[k * this.factors + l] = this.hessian[k * this.hessianWidth + l]!;
    }
  }
}

type Floats = Float32Array<ArrayBuffer>;
type Ten = [Floats, Floats, Floats, Floats, Floats, Floats, Floats, Floats, Floats, Floats];
