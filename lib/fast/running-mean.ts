// A running mean of rows that are mostly zeros: mean ← past · mean + (1 − past) · row.
// In: the mean, and the row's entries that have a value; out: the mean, changed in place. The plain loop and the SIMD loop
// (kernels/item-rows.ts) round every product and sum to float32, so they give the same bits.
import { type ItemRowsKernel, itemRows } from './item-rows.ts';
import { reserve, roundUp } from './open-kernel.ts';

export interface RunningMean {
  /**
   * @param mean [items], changed in place
   * @param past what the mean counts from now on, in [0, 1]
   * @param rows items that have a value, each once
   * @param values their values [rows]
   */
  update(mean: Float32Array, past: number, rows: Uint32Array, values: Float32Array): void;
}

/** @param backend name of the matrix product's backend: SIMD with 'simd' where the engine has it, else plain */
export function runningMean(items: number, backend: string): RunningMean {
  const kernel = backend === 'simd' ? itemRows() : null;
  return kernel ? new SimdRunningMean(kernel, items) : { update: plainUpdate };
}

function plainUpdate(mean: Float32Array, past: number, rows: Uint32Array, values: Float32Array): void {
  const [kept, share] = [Math.fround(past), Math.fround(1 - past)];
  for (let item = 0; item < mean.length; item++) mean[item]! *= kept;
  for (let row = 0; row < rows.length; row++) mean[rows[row]!]! += Math.fround(share * values[row]!);
}

class SimdRunningMean implements RunningMean {
  private readonly kernel: ItemRowsKernel;
  private readonly mean: Float32Array;
  private readonly rows: Uint32Array;
  private readonly values: Float32Array;

  constructor(kernel: ItemRowsKernel, items: number) {
    this.kernel = kernel;
    const [mean, rows, values] = reserve(kernel, [items, items, items]) as [
      Float32Array<ArrayBuffer>,
      Float32Array<ArrayBuffer>,
      Float32Array<ArrayBuffer>,
    ];
    this.mean = mean;
    this.rows = new Uint32Array(rows.buffer, rows.byteOffset, items);
    this.values = values;
  }

  update(mean: Float32Array, past: number, rows: Uint32Array, values: Float32Array): void {
    this.mean.set(mean);
    this.rows.set(rows);
    this.values.set(values);
    this.kernel.updateMean(
      this.mean.byteOffset,
      roundUp(mean.length),
      past,
      this.rows.byteOffset,
      rows.length,
      this.values.byteOffset,
      1 - past,
    );
    mean.set(this.mean);
  }
}
