// Key agreement: two participants who have told each other one public number each know a secret that nobody else does, not even
// whoever carried the numbers. In: a private key, 32 random bytes; out: its public key, and the secret shared with the owner of another.
// X25519, Diffie and Hellman (1976) on Bernstein's curve (2006): RFC 7748, by the WebCrypto of browsers and Node.

/** Bytes of a private key, a public key, and a shared secret. */
export const KEY_BYTES = 32;

/** What stands before the 32 bytes of a private key in PKCS #8, the form in which WebCrypto takes it (RFC 8410). */
const PRIVATE_KEY_FRAME = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 110, 4, 34, 4, 32);
/** The point that every public key is a multiple of: u = 9. */
const BASE_POINT = Uint8Array.from({ length: KEY_BYTES }, (_, at) => (at === 0 ? 9 : 0));

/** The public key of a private one: any 32 bytes are a private key. */
export function publicKeyOf(privateKey: Uint8Array): Promise<Uint8Array> {
  return sharedSecret(privateKey, BASE_POINT);
}

/**
 * What the owner of a private key and the owner of a public key both can compute.
 *
 * @throws RangeError unless both keys have 32 bytes; or if the secret would be 0, which only a public key does that was made for it
 */
export async function sharedSecret(privateKey: Uint8Array, publicKey: Uint8Array): Promise<Uint8Array> {
  for (const { length } of [privateKey, publicKey]) {
    if (length !== KEY_BYTES)
      throw new RangeError(`sharedSecret: a key must have ${KEY_BYTES} bytes, got ${length}`);
  }
  const framed = new Uint8Array([...PRIVATE_KEY_FRAME, ...privateKey]);
  const mine = await subtle().importKey('pkcs8', framed, 'X25519', false, ['deriveBits']);
  const theirs = await subtle().importKey('raw', publicKey.slice(), 'X25519', false, []);
  const secret = await subtle()
    .deriveBits({ name: 'X25519', public: theirs }, mine, 8 * KEY_BYTES)
    .catch(() => new ArrayBuffer(KEY_BYTES)); // some refuse the secret 0, others give it
  const bytes = new Uint8Array(secret);
  if (bytes.every((byte) => byte === 0))
    throw new RangeError('sharedSecret: the public key is of small order and makes no secret');
  return bytes;
}

/** Why keys cannot be agreed here, with the way out; null where they can. */
export async function whyNoKeyAgreement(): Promise<string | null> {
  if (!globalThis.crypto?.subtle)
    return 'a browser agrees on keys only on pages that came by https, or from this machine: the class needs --cert and --key, or a proxy that speaks https';
  try {
    await publicKeyOf(new Uint8Array(KEY_BYTES).fill(1));
    return null;
  } catch {
    return 'this browser knows no X25519; Chrome has it from 133, Firefox from 130, Safari from 17 and Node from 20 on';
  }
}

function subtle(): SubtleCrypto {
  return globalThis.crypto.subtle;
}
