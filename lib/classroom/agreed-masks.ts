// Masks from agreed keys in place of the simulator's: a stream for each pair of participants, and one for each alone. They are made
// before they are needed, because WebCrypto takes its time. In: secrets; out: the streams, drawn from their beginning each time.
import { derivedBytes } from '../privacy/derive-key.ts';
import { sharedSecret } from '../privacy/key-agreement.ts';
import { keyStreamWords, streamOf } from '../privacy/key-stream.ts';
import type { MaskSeeds, MaskStream } from '../privacy/secure-sum.ts';

export class AgreedMasks implements MaskSeeds {
  private readonly length: number;
  private readonly words = new Map<string, Uint32Array>();

  /** @param length words of a mask */
  constructor(length: number) {
    this.length = length;
  }

  /** A client's own mask. */
  async addOwn(client: number, seed: Uint8Array): Promise<void> {
    const key = await derivedBytes(seed, 32, 'own mask');
    this.words.set(String(client), await keyStreamWords(key, this.length));
  }

  /** The mask of a pair, from the private key of one and the public key of the other. */
  async addPair(a: number, b: number, privateKey: Uint8Array, publicKey: Uint8Array): Promise<void> {
    const key = await derivedBytes(await sharedSecret(privateKey, publicKey), 32, 'mask of a pair');
    this.words.set(nameOf(a, b), await keyStreamWords(key, this.length));
  }

  pair(a: number, b: number): MaskStream {
    return this.stream(nameOf(a, b));
  }

  own(client: number): MaskStream {
    return this.stream(String(client));
  }

  private stream(name: string): MaskStream {
    const words = this.words.get(name);
    if (!words) throw new RangeError(`AgreedMasks: the mask of ${name} was not made`);
    return streamOf(words);
  }
}

function nameOf(a: number, b: number): string {
  return `${Math.min(a, b)} and ${Math.max(a, b)}`;
}
