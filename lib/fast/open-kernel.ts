// Opens one of the WebAssembly SIMD modules that kernels/build.mjs makes, and lays arrays out in its memory.
// In: the module as base64 text; out: its functions and views that both sides see.

/** What every module has beside its functions. */
export interface WithMemory {
  readonly memory: WebAssembly.Memory;
}

const bytesPerPage = 65_536;

/**
 * A new instance with a memory of its own, or null where the engine has no WebAssembly SIMD. Compiled at once: at less
 * than 4 KB every browser allows that on the page's main thread.
 */
export function openKernel<Kernel extends WithMemory>(code: string): Kernel | null {
  try {
    const bytes = Uint8Array.from(atob(code), (character) => character.charCodeAt(0));
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as Kernel;
  } catch {
    return null; // no WebAssembly, no SIMD, or a page that forbids it
  }
}

/** Makes the memory at least `bytes` long. This invalidates views handed out earlier. */
export function growTo({ memory }: WithMemory, bytes: number): void {
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / bytesPerPage);
  if (missing > 0) memory.grow(missing);
}

/** Float arrays of the given lengths in the module's memory, one after the other, each at a multiple of 16 bytes. */
export function reserve(kernel: WithMemory, lengths: readonly number[]): Float32Array<ArrayBuffer>[] {
  const floats = lengths.reduce((sum, length) => sum + roundUp(length), 0);
  growTo(kernel, 4 * floats);
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
