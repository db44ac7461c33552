// The fingerprint of a run: SHA-256 over all parameters. Two runs with the same digest ended in the same bits.
import { NOTE, type StateArrays } from '../federated/memory.ts';

/** SHA-256 of all arrays but notes in the order of their names, as 64 hexadecimal digits. */
export async function digestOf(arrays: StateArrays): Promise<string> {
  const digests: Uint8Array[] = [];
  for (const name of Object.keys(arrays).sort()) {
    if (name.startsWith(NOTE)) continue;
    const values = arrays[name]!;
    const bytes = new Uint8Array(values.byteLength); // a copy: shared memory cannot be hashed in place
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    digests.push(new TextEncoder().encode(`${name}\n`), await sha256(bytes));
  }
  return toHex(await sha256(concatenate(digests)));
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** The parts, one after the other. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
