// The frame of every message: what it is and whose, at the beginning; a checksum at the end. In between, each kind has its own.
// In: a kind, a client and a round; out: a writer to go on with, or a reader that stands behind the header.
//
//   version u4 · kind u4 · client varint · round varint · … · checksum u16
//
// Four to eleven bytes in all. The checksum tells damage, not lies: whoever means to lie can compute it, too.
import { BitReader, BitWriter, reject } from './bits.ts';

/** What a message is: a new kind is one more name, and a module beside wire.ts that says what follows the header. */
export const messageKinds = [
  'update',
  'step',
  'part',
  'windows',
  'masked',
  'nearness',
  // Between machines (lib/classroom/announcement.ts, messages.ts).
  'round',
  'model',
  'presence',
  'figures',
  'refusal',
  // Secure sums between machines (lib/classroom/mask-messages.ts).
  'keys',
  'shares',
  'survivors',
  'revealed',
] as const;
export type MessageKind = (typeof messageKinds)[number];

export const WIRE_VERSION = 2;
export const CHECKSUM_BYTES = 2;
/** Kind and version, two numbers of up to five bytes, checksum, and what a writer needs to write its last bits. */
export const MOST_FRAME_BYTES = 16;
/** Messages of version 1 began with these four letters. */
export const FIRST_MAGIC = [0x46, 0x54, 0x4c, 0x52]; // 'FTLR'

/** Whose message of which round it must be. */
export interface Sender {
  /** Whose connection it came over; 0 for what the server sends to all. */
  readonly client: number;
  readonly round: number;
}

/**
 * Begins a message.
 *
 * @param capacity bytes that will probably follow the header
 */
export function beginMessage(kind: MessageKind, { client, round }: Sender, capacity = 256): BitWriter {
  const writer = new BitWriter(capacity + MOST_FRAME_BYTES);
  writer.write(WIRE_VERSION | (messageKinds.indexOf(kind) << 4), 8);
  writer.writeVarint(client);
  writer.writeVarint(round);
  return writer;
}

/** The bytes of the message, with their checksum. */
export function sealMessage(writer: BitWriter): Uint8Array {
  writer.write(checksum(writer.finish()), 16);
  return writer.finish();
}

/** What a message says it is, before anything is done with it. */
export interface Header {
  readonly kind: MessageKind;
  readonly client: number;
  readonly round: number;
}

/**
 * Checks the frame of a message and reads its header.
 *
 * @throws WireError saying which rule the message breaks
 */
export function readHeader(message: Uint8Array): Header {
  return readFrame(message).header;
}

/**
 * Checks frame and header of a message; what its kind has in between is read from the reader, whose `finish` comes last.
 *
 * @throws WireError saying which rule the message breaks
 */
export function openMessage(message: Uint8Array, kind: MessageKind, sender: Sender): BitReader {
  const { header, reader } = readFrame(message);
  if (header.kind !== kind) reject(`it is of kind ${header.kind}, not ${kind}`);
  if (header.client !== sender.client)
    reject(`it says client ${header.client}, but client ${sender.client} sent it`);
  if (header.round !== sender.round) reject(`it belongs to round ${header.round}, not ${sender.round}`);
  return reader;
}

/** Checks version and checksum, and reads the header; the reader stands behind it. */
function readFrame(message: Uint8Array): { header: Header; reader: BitReader } {
  if (FIRST_MAGIC.every((byte, at) => message[at] === byte)) {
    reject(`it is of version 1, which nobody reads any more; its sender must be updated to ${WIRE_VERSION}`);
  }
  if (message.length <= CHECKSUM_BYTES) reject(`${message.length} bytes are too few for a message`);
  const version = message[0]! & 15;
  if (version !== WIRE_VERSION) reject(`version ${version} is not ${WIRE_VERSION}`);
  const end = message.length - CHECKSUM_BYTES;
  const sum = message[end]! | (message[end + 1]! << 8);
  if (checksum(message.subarray(0, end)) !== sum) reject('the checksum does not fit');

  const reader = new BitReader(message, end);
  const kind = messageKinds[reader.read(8) >> 4] ?? reject(`kind ${message[0]! >> 4} is unknown`);
  const client = reader.readVarint('the client');
  const round = reader.readVarint('the round');
  return { header: { kind, client, round }, reader };
}

/**
 * Two sums in a byte each: of the bytes, from 1 on, and of these sums as they grow, which tells where a byte stands; both modulo 251, the
 * first one in the lower byte (Fletcher 1982). Every
 * single wrong bit is noticed, and of damage at random all but one in 63,001. Every byte of every message passes here, so they
 * are taken eight at a time.
 */
export function checksum(bytes: Uint8Array): number {
  const modulus = 251; // a prime below 256, so that equal errors in two places do not cancel
  const bytesAtATime = 4000; // more might bring a sum of sums beyond 32 bits
  let sum = 1;
  let sumOfSums = 0;
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + bytesAtATime);
    for (; at + 8 <= end; at += 8) {
      const b0 = bytes[at]!;
      const b1 = bytes[at + 1]!;
      const b2 = bytes[at + 2]!;
      const b3 = bytes[at + 3]!;
      const b4 = bytes[at + 4]!;
      const b5 = bytes[at + 5]!;
      const b6 = bytes[at + 6]!;
      const b7 = bytes[at + 7]!;
      sumOfSums += 8 * sum + 8 * b0 + 7 * b1 + 6 * b2 + 5 * b3 + 4 * b4 + 3 * b5 + 2 * b6 + b7;
      sum += b0 + b1 + b2 + b3 + b4 + b5 + b6 + b7;
    }
    for (; at < end; at++) {
      sum += bytes[at]!;
      sumOfSums += sum;
    }
    sum %= modulus;
    sumOfSums %= modulus;
  }
  return sum | (sumOfSums << 8);
}
