// The wire format of secure sums: words that mean nothing alone, so that all the server can check is what they are for.
// In: masked words; out: bytes, and back. A message that breaks a rule is rejected like any other; its sender then
// counts as absent. Between header and checksum: how many words, as a varint, and the words, u32.
import { reject } from '../federated/wire/bits.ts';
import { beginMessage, openMessage, sealMessage } from '../federated/wire/header.ts';

/** Encodes masked words. */
export function encodeMasked(words: Uint32Array, client: number, round: number): Uint8Array {
  const writer = beginMessage('masked', { client, round }, 4 * words.length);
  writer.writeVarint(words.length);
  writer.writeBytes(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
  return sealMessage(writer);
}

/**
 * Decodes masked words, or rejects them.
 *
 * @throws WireError saying which rule the message breaks
 */
export function decodeMasked(
  message: Uint8Array,
  client: number,
  round: number,
  length: number,
): Uint32Array {
  const reader = openMessage(message, 'masked', { client, round });
  const words = reader.readVarint('the number of words');
  if (words !== length) reject(`it has ${words} words, not ${length}`);
  const masked = new Uint32Array(length);
  reader.readBytes(masked, `${length} words`);
  reader.finish();
  return masked;
}
