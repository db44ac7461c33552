// The running mean of a token in WebAssembly SIMD (kernels/item-rows.ts). Same inputs and outputs as `runningMean` in
// lib/federated/tokens.ts; both round every product and sum to float32, so they give the same bits.
import type { RunningMean } from '../federated/tokens.ts';
import { itemRows } from './item-rows.ts';
import { reserve, roundUp } from './open-kernel.ts';

/** The SIMD loop for means of `items` numbers, or null where the engine has no WebAssembly SIMD. */
export function runningMeanSimd(items: number): RunningMean | null {
  const kernel = itemRows();
  if (!kernel) return null;
  const [ownMean, rowFloats, ownValues] = reserve(kernel, [items, items, items]) as [
    Float32Array<ArrayBuffer>,
    Float32Array<ArrayBuffer>,
    Float32Array<ArrayBuffer>,
  ];
  const ownRows = new Uint32Array(rowFloats.buffer, rowFloats.byteOffset, items);
  return (mean, past, rows, values) => {
    ownMean.set(mean);
    ownRows.set(rows);
    ownValues.set(values);
    kernel.updateMean(
      ownMean.byteOffset,
      roundUp(mean.length),
      past,
      ownRows.byteOffset,
      rows.length,
      ownValues.byteOffset,
      1 - past,
    );
    mean.set(ownMean);
  };
}
