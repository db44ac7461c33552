// Lesson 4: a small message byte by byte, and what the server says to it, whole or with one bit flipped on its way.
import { type Codec, decode, encode, type Update } from '../../../../lib/federated/wire.ts';

export const films = ['Moon', 'Mars', 'Rose', 'Waltz'];
const catalogue = 100;
const update: Update = {
  client: 7,
  round: 3,
  rows: Uint32Array.of(2, 11, 42, 97),
  rank: 1,
  dims: 4,
  left: Float32Array.of(0.4, 0.7, -0.2, -0.3), // B [rows, 1]
  right: Float32Array.of(0.8, -0.5, 0.1, 1), // A [1, dims] = [p, 1]
  extra: new Float32Array(0),
};

/** A part of the message: bytes [from, to). */
export interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly meaning: string;
}

export interface Message {
  readonly bytes: Uint8Array;
  readonly fields: readonly Field[];
  /** What the server says to it as it was sent. */
  readonly answer: string;
}

/** The message in a codec. */
export function messageIn(codec: Codec): Message {
  const bytes = encode(update, catalogue, codec);
  return { bytes, fields: fieldsOf(bytes, codec), answer: answerTo(bytes) };
}

/** The message with one bit of one byte flipped. */
export function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at]! ^= 4;
  return copy;
}

/** What the server says to bytes that came over client 7's connection in round 3. */
export function answerTo(bytes: Uint8Array): string {
  try {
    const { rows } = decode(bytes, { client: 7, round: 3, items: catalogue, dims: 4, extra: 0 });
    return `accepted, ${rows.length} rows`;
  } catch (error) {
    return (error as Error).message;
  }
}

function fieldsOf(bytes: Uint8Array, codec: Codec): Field[] {
  const view = new DataView(bytes.buffer);
  const { rows, left, right } = update;
  const fields: Field[] = [
    { name: 'magic', from: 0, to: 4, meaning: 'FTLR: this is one of our messages' },
    { name: 'version', from: 4, to: 5, meaning: `version ${view.getUint8(4)} of the format` },
    { name: 'codec', from: 5, to: 6, meaning: `B travels as ${codec}` },
    { name: 'rank', from: 6, to: 8, meaning: `rank ${view.getUint16(6, true)}` },
    { name: 'client', from: 8, to: 12, meaning: `client ${view.getUint32(8, true)}` },
    { name: 'round', from: 12, to: 16, meaning: `round ${view.getUint32(12, true)}` },
    { name: 'rows', from: 16, to: 20, meaning: `${view.getUint32(16, true)} items follow` },
    { name: 'dims', from: 20, to: 24, meaning: `A has ${view.getUint32(20, true)} numbers` },
    { name: 'extra', from: 24, to: 28, meaning: 'no weights besides' },
    { name: 'checksum', from: 28, to: 32, meaning: 'a sum over all other bytes' },
  ];
  let at = 32;
  const add = (name: string, length: number, meaning: string) => {
    fields.push({ name, from: at, to: at + length, meaning });
    at += length;
  };
  add(
    'A',
    4 * right.length,
    `A = [p, 1] = [${[...right].map((value) => value.toFixed(1)).join(', ')}], four bytes each`,
  );
  if (codec === 'int8') add('scale', 4, `one step of B is ${view.getFloat32(at, true).toFixed(5)}`);
  const width = codec === 'int8' ? 1 : 4;
  add(
    'B',
    width * left.length,
    `B = [${[...left].map((value) => value.toFixed(1)).join(', ')}], ${width === 1 ? 'one byte' : 'four bytes'} each`,
  );
  add('items', 2 * rows.length, `the items ${[...rows].join(', ')}, two bytes each`);
  return fields;
}
