// The wire format of secure sums: words that mean nothing alone, so that all the server can check is what they are for.
// In: masked words; out: bytes, and back. A message that breaks a rule is rejected like any other; its sender then
// counts as absent.
//
//   0 magic 'FTLM' · 4 client u32 · 8 round u32 · 12 words u32 · 16 the words, u32
import { WireError } from '../federated/wire.ts';

const HEADER_BYTES = 16;
const MAGIC = 0x4d4c5446; // 'FTLM'

/** Encodes masked words. */
export function encodeMasked(words: Uint32Array, client: number, round: number): Uint8Array {
  const message = new Uint8Array(HEADER_BYTES + 4 * words.length);
  const view = new DataView(message.buffer);
  [MAGIC, client, round, words.length].forEach((value, place) => {
    view.setUint32(4 * place, value, true);
  });
  new Uint32Array(message.buffer, HEADER_BYTES).set(words);
  return message;
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
  const wanted = HEADER_BYTES + 4 * length;
  if (message.length !== wanted) reject(`it has ${message.length} bytes, not ${wanted}`);
  const copy = message.slice().buffer;
  const view = new DataView(copy);
  const [magic, sender, of, words] = [0, 4, 8, 12].map((at) => view.getUint32(at, true));
  if (magic !== MAGIC) reject('it does not begin with FTLM');
  if (sender !== client) reject(`it says client ${sender}, but client ${client} sent it`);
  if (of !== round) reject(`it belongs to round ${of}, not ${round}`);
  if (words !== length) reject(`it has ${words} words, not ${length}`);
  return new Uint32Array(copy, HEADER_BYTES);
}

function reject(reason: string): never {
  throw new WireError(`masked message rejected: ${reason}`);
}
