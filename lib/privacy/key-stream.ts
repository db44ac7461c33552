// A stream of words that only those can make who have the key, and that nobody else can tell from chance: AES in counter mode, which
// encrypts 0, 1, 2, … In: a key of 32 bytes; out: words of 32 bits. NIST SP 800-38A, section 6.5, by WebCrypto.
import type { MaskStream } from './secure-sum.ts';

const BLOCK_BYTES = 16;

/** The first bytes of a key's stream. A key has one stream only: use it for one purpose. */
export async function keyStream(key: Uint8Array, length: number): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey('raw', key.slice(), 'AES-CTR', false, ['encrypt']);
  const asked = { name: 'AES-CTR', counter: new Uint8Array(BLOCK_BYTES), length: 64 };
  return new Uint8Array(await crypto.subtle.encrypt(asked, imported, new Uint8Array(length))); // 0 ⊕ stream
}

/** The first words of a key's stream. */
export async function keyStreamWords(key: Uint8Array, length: number): Promise<Uint32Array> {
  return new Uint32Array((await keyStream(key, 4 * length)).buffer);
}

/** Reads words that are there, one after the other. @throws RangeError at their end */
export function streamOf(words: Uint32Array): MaskStream {
  let at = 0;
  return {
    nextUint32() {
      if (at >= words.length) throw new RangeError(`streamOf: all ${words.length} words have been drawn`);
      return words[at++]!;
    },
  };
}
