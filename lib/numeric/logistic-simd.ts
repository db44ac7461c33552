// The client's inner loop in WebAssembly SIMD (kernels/logistic.ts): the item table and one sample lie in the module's
// memory, where three passes and a Hessian read them. lib/model/logistic.ts is the plain version of the same loop.
// In and out: as there. Numbers are float32 inside; sums have a fixed order, so every machine gets the same bits.
import { logisticKernel } from './logistic-kernel.generated.ts';

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly pass: (...addresses: number[]) => void;
  readonly hessian: (...addresses: number[]) => void;
}

const bytesPerPage = 65_536;

/** The SIMD loop, or null where the engine has no WebAssembly SIMD. */
export function createLogisticSimd(items: number, factors: number): LogisticSimd | null {
  try {
    const bytes = Uint8Array.from(atob(logisticKernel), (character) => character.charCodeAt(0));
    const kernel = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as Kernel;
    return new LogisticSimd(kernel, items, factors);
  } catch {
    return null; // no WebAssembly, no SIMD, or a page that forbids it
  }
}

export class LogisticSimd {
  private readonly kernel: Kernel;
  private readonly factors: number;
  private readonly width: number; // factors, rounded up to whole vectors
  private readonly table: Float32Array;
  private readonly rows: Uint32Array;
  private readonly weights: Float32Array;
  private readonly labels: Float32Array;
  private readonly vector: Float32Array;
  private readonly errors: Float32Array;
  private readonly gradient: Float32Array;
  private readonly curvatures: Float32Array;
  private readonly hessian: Float32Array;
  private count = 0; // rows, rounded up to whole vectors

  constructor(kernel: Kernel, items: number, factors: number) {
    this.kernel = kernel;
    this.factors = factors;
    this.width = roundUp(factors);
    const mostRows = roundUp(items);
    // The kernel reads up to a vector beyond the last item row.
    const sizes = [
      items * (factors + 1) + 4,
      ...Array(5).fill(mostRows),
      this.width,
      this.width,
      this.width ** 2,
    ];
    const floats = sizes.reduce((sum: number, size: number) => sum + roundUp(size), 0);
    const missing = Math.ceil((4 * floats - kernel.memory.buffer.byteLength) / bytesPerPage);
    if (missing > 0) kernel.memory.grow(missing);
    let at = 0;
    const place = (size: number): Float32Array => {
      const placed = new Float32Array(kernel.memory.buffer, 4 * at, size);
      at += roundUp(size);
      return placed;
    };
    this.table = place(items * (factors + 1) + 4);
    const rows = place(mostRows);
    this.rows = new Uint32Array(rows.buffer, rows.byteOffset, mostRows);
    this.weights = place(mostRows);
    this.labels = place(mostRows);
    this.errors = place(mostRows);
    this.curvatures = place(mostRows);
    this.vector = place(this.width);
    this.gradient = place(this.width);
    this.hessian = place(this.width ** 2);
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
      for (let l = 0; l <= k; l++) hessian[k * this.factors + l] = this.hessian[k * this.width + l]!;
    }
  }
}

/** The next multiple of four: a SIMD vector holds four floats. */
function roundUp(count: number): number {
  return (count + 3) & ~3;
}
