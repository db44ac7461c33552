// Many keys from one secret: HKDF, an HMAC that is told what each key is for, so that knowing one tells nothing about another.
// In: a secret and a purpose; out: as many bytes as are asked for. Krawczyk (2010), RFC 5869, with SHA-256, by WebCrypto.

/** The most bytes that one purpose can have: 255 blocks of SHA-256. */
export const MOST_DERIVED_BYTES = 255 * 32;

/**
 * Derives bytes for a purpose.
 *
 * @param secret bytes that cannot be guessed
 * @param purpose words and numbers that say what the bytes are for; 'a', 'b' is another purpose than 'ab'
 * @throws RangeError if more than 8,160 bytes are asked for
 */
export function derivedBytes(
  secret: Uint8Array,
  length: number,
  ...purpose: readonly (string | number)[]
): Promise<Uint8Array> {
  if (!(length >= 1 && length <= MOST_DERIVED_BYTES))
    throw new RangeError(`derivedBytes: length must be between 1 and ${MOST_DERIVED_BYTES}, got ${length}`);
  return hkdf(secret, new Uint8Array(0), new TextEncoder().encode(JSON.stringify(purpose)), length);
}

/** HKDF-SHA-256 as in RFC 5869: extract with the salt, expand with the info. */
export async function hkdf(
  secret: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array,
  length: number,
): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', secret.slice(), 'HKDF', false, ['deriveBits']);
  const asked = { name: 'HKDF', hash: 'SHA-256', salt: salt.slice(), info: info.slice() };
  return new Uint8Array(await crypto.subtle.deriveBits(asked, key, 8 * length));
}
