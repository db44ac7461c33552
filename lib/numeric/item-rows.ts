// Opens the SIMD module with the loops over item rows (kernels/item-rows.ts), and lays out its memory.
// In: how many floats each array needs; out: views that both sides see. Used by logistic-simd.ts and row-sum-simd.ts.
import { itemRowsKernel } from './item-rows-kernel.generated.ts';

/** The module's functions; arguments are byte addresses and counts. */
export interface ItemRowsKernel {
  readonly memory: WebAssembly.Memory;
  readonly pass: (...addresses: number[]) => void;
  readonly hessian: (...addresses: number[]) => void;
  readonly score: (...addresses: number[]) => void;
  readonly addRankOne: (...addresses: number[]) => void;
}

const bytesPerPage = 65_536;

/** A new instance with a memory of its own, or null where the engine has no WebAssembly SIMD. */
export function itemRows(): ItemRowsKernel | null {
  try {
    const bytes = Uint8Array.from(atob(itemRowsKernel), (character) => character.charCodeAt(0));
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as ItemRowsKernel;
  } catch {
    return null; // no WebAssembly, no SIMD, or a page that forbids it
  }
}

/** Float arrays of the given lengths in the module's memory, one after the other, each at a multiple of 16 bytes. */
export function reserve(kernel: ItemRowsKernel, lengths: readonly number[]): Float32Array<ArrayBuffer>[] {
  const floats = lengths.reduce((sum, length) => sum + roundUp(length), 0);
  const missing = Math.ceil((4 * floats - kernel.memory.buffer.byteLength) / bytesPerPage);
  if (missing > 0) kernel.memory.grow(missing);
  let at = 0;
  return lengths.map((length) => {
    const placed = new Float32Array(kernel.memory.buffer as ArrayBuffer, 4 * at, length);
    at += roundUp(length);
    return placed;
  });
}

/** The next multiple of four: a SIMD vector holds four floats. */
export function roundUp(count: number): number {
  return (count + 3) & ~3;
}
