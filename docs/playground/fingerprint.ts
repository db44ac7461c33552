// A short name for a set of weights: equal weights have equal names. Not for security: any page may be asked to compute
// it, also where a browser offers no SHA-256 because the page came over plain http. FNV-1a, Fowler, Noll & Vo (1991).
import type { StateArrays } from '../../lib/federated/memory.ts';

/** Eight hexadecimal digits for all arrays, in the order of their names. */
export function fingerprint(arrays: StateArrays): string {
  let hash = 0x811c9dc5;
  for (const name of Object.keys(arrays).sort()) {
    const { buffer, byteOffset, byteLength } = arrays[name]!;
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength))
      hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
