// A letter that a third party carries and cannot read or change: AES-GCM under a key that two have agreed on.
// In: bytes, a key, and what the letter is about; out: bytes that are 16 longer, and back. NIST SP 800-38D, by WebCrypto.

/** Bytes that a letter is longer than what it says. */
export const SEAL_BYTES = 16;

/**
 * Seals bytes. A key seals one letter only, so the nonce may be 0.
 *
 * @param about what both ends know of the letter, such as who writes to whom in which round; it does not open with anything else
 */
export async function sealLetter(key: Uint8Array, plain: Uint8Array, about: string): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey('raw', key.slice(), 'AES-GCM', false, ['encrypt']);
  return new Uint8Array(await crypto.subtle.encrypt(asked(about), imported, plain.slice()));
}

/** Opens a letter; null if it was sealed with another key, is about something else, or was changed on its way. */
export async function openLetter(
  key: Uint8Array,
  sealed: Uint8Array,
  about: string,
): Promise<Uint8Array | null> {
  const imported = await crypto.subtle.importKey('raw', key.slice(), 'AES-GCM', false, ['decrypt']);
  return crypto.subtle.decrypt(asked(about), imported, sealed.slice()).then(
    (plain) => new Uint8Array(plain),
    () => null,
  );
}

function asked(about: string) {
  return { name: 'AES-GCM', iv: new Uint8Array(12), additionalData: new TextEncoder().encode(about) };
}
