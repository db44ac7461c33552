// A participant's secrets in one attempt at a round: a key for masks that cancel, one for letters, the seed of its own mask. All follow
// from one secret that never leaves home, so that a reload or a crash changes nothing. In: that secret; out: public keys, what shares are
// made with, sealed letters.
import { derivedBytes } from '../privacy/derive-key.ts';
import { publicKeyOf, sharedSecret } from '../privacy/key-agreement.ts';
import { keyStream } from '../privacy/key-stream.ts';
import { openLetter, sealLetter } from '../privacy/sealed-box.ts';
import { COEFFICIENT_BYTES, splitSecret } from '../privacy/shamir.ts';
import { digestOfBytes, fromHexadecimal } from './bytes-in-hex.ts';
import type { PublicKeys } from './mask-messages.ts';
import type { MaskingRecord } from './masking-record.ts';

/** Whose secrets of which round they are. */
export interface SecretsOf extends Pick<MaskingRecord, 'round' | 'attempt'> {
  readonly run: string;
  readonly client: number;
}

export class RoundSecrets {
  readonly maskKey: Uint8Array;
  /** Of its own mask. */
  readonly seed: Uint8Array;
  private readonly letterKey: Uint8Array;
  private readonly of: SecretsOf;
  private readonly derived: (what: string) => Promise<Uint8Array>;
  private readonly agreed = new Map<number, Promise<Uint8Array>>(); // secrets of letters, by the other end

  private constructor(
    of: SecretsOf,
    keys: readonly [maskKey: Uint8Array, letterKey: Uint8Array, seed: Uint8Array],
    derived: (what: string) => Promise<Uint8Array>,
  ) {
    this.of = of;
    [this.maskKey, this.letterKey, this.seed] = keys;
    this.derived = derived;
  }

  /** @param secret from which all follow, in hexadecimal */
  static async derive(secret: string, of: SecretsOf): Promise<RoundSecrets> {
    const { run, client, round, attempt } = of;
    const derived = (what: string) =>
      derivedBytes(fromHexadecimal(secret), 32, run, client, round, attempt, what);
    const keys = [await derived('mask key'), await derived('letter key'), await derived('own seed')] as const;
    return new RoundSecrets(of, keys, derived);
  }

  async publicKeys(): Promise<PublicKeys> {
    return {
      client: this.of.client,
      maskKey: await publicKeyOf(this.maskKey),
      letterKey: await publicKeyOf(this.letterKey),
      seedDigest: await digestOfBytes(this.seed),
    };
  }

  /** Shares of the mask key and of the own seed, one pair a place. */
  async shares(places: readonly number[], threshold: number): Promise<Uint8Array[]> {
    const split = async (secret: Uint8Array, what: string) => {
      const stream = keyStream(await this.derived(`shares of ${what}`), COEFFICIENT_BYTES * (threshold - 1));
      return splitSecret(secret, places, threshold, await stream);
    };
    const [ofKey, ofSeed] = [await split(this.maskKey, 'mask key'), await split(this.seed, 'own seed')];
    return ofKey.map(({ value }, at) => new Uint8Array([...value, ...ofSeed[at]!.value]));
  }

  async sealed(shares: Uint8Array, to: number, publicKey: Uint8Array): Promise<Uint8Array> {
    const { client } = this.of;
    return sealLetter(await this.keyOfLetter(client, to, publicKey), shares, this.about(client, to));
  }

  /** null if the letter was changed, or is for another */
  async opened(letter: Uint8Array, from: number, publicKey: Uint8Array): Promise<Uint8Array | null> {
    const { client } = this.of;
    return openLetter(await this.keyOfLetter(from, client, publicKey), letter, this.about(from, client));
  }

  private async keyOfLetter(from: number, to: number, publicKey: Uint8Array): Promise<Uint8Array> {
    const other = from === this.of.client ? to : from;
    const secret = this.agreed.get(other) ?? sharedSecret(this.letterKey, publicKey);
    this.agreed.set(other, secret);
    return derivedBytes(await secret, 32, 'letter', from, to);
  }

  private about(from: number, to: number): string {
    const { run, round, attempt } = this.of;
    return JSON.stringify([run, round, attempt, from, to]);
  }
}
