// Lesson 4: a small message byte by byte, and what the server says to it, whole or with one bit flipped on its way.
import { type Codec, codecNames, decode, encode, type Update } from '../../../../lib/federated/wire.ts';
import { flagInput, type Inputs } from './inputs.ts';
import { fixed } from './words.ts';

export const films = ['Moon', 'Mars', 'Rose', 'Waltz'];
export const inputs = {
  codec: { label: 'B as', choices: codecNames.map((name) => [name, name] as const), usual: 'float32' },
  flip: flagInput('flip a bit here', 'no'),
} as const satisfies Inputs;
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

/** What the server knows: client 7's connection, in round 3. */
const expected = { client: 7, round: 3, items: catalogue, dims: 4, extra: 0 };

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
    const { rows } = decode(bytes, expected);
    return `accepted, ${rows.length} rows`;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What stands below the bytes at a field, whole or with one bit flipped there. */
export function wireCaption({ bytes, fields }: Message, place: number, isFlipped: boolean): string {
  const { name, from, to, meaning } = fields[place]!;
  if (isFlipped)
    return `One bit of ${name} is flipped on its way. The server says: ${answerTo(flipped(bytes, from))}.`;
  const where = to - from === 1 ? `Byte ${from}` : `Bytes ${from} to ${to - 1}`;
  return `${where}, ${name}: ${meaning}.`;
}

function fieldsOf(bytes: Uint8Array, codec: Codec): Field[] {
  const fields: Field[] = [];
  const add = (name: string, length: number, meaning: string) => {
    const from = fields.at(-1)?.to ?? 0;
    fields.push({ name, from, to: from + length, meaning });
  };
  const { rows, left, right } = decode(bytes, expected);
  const list = (values: Iterable<number>) => Array.from(values, (value) => fixed(value, 2)).join(', ');
  const largest = (values: Float32Array) =>
    values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const bits = codec === 'float32' ? 32 : Number(codec.slice(3));
  add('version and kind', 1, `version ${bytes[0]! & 15} of the format, and ${bytes[0]! >> 4}: an update`);
  add('client', 1, `client ${bytes[1]}; numbers above 127 take a second byte`);
  add('round', 1, `round ${bytes[2]}`);
  add('codec', 1, `B travels as ${codec}; the highest bit says that A ends with 1`);
  add('rank', 1, `rank ${bytes[4]}`);
  add('dims', 1, `A has ${bytes[5]} numbers, with the 1 that is not sent`);
  add('extra', 1, 'no weights besides');
  add('rows', 1, `${bytes[7]} items follow`);
  if (bits < 32)
    add(
      'scale of A',
      2,
      `the largest size in A, ${largest(update.right.subarray(0, -1)).toFixed(3)}, as a 16-bit float`,
    );
  add('A', bits < 32 ? 3 : 12, `A = [p, 1] = [${list(right)}], ${bits < 32 ? 'a byte' : 'four bytes'} each`);
  const scaleBytes = bits < 32 ? 2 : 0;
  const valueBytes = Math.ceil((bits * left.length) / 8);
  const itemBytes = bytes.length - fields.at(-1)!.to - scaleBytes - valueBytes - 2;
  add('items', itemBytes, `the items ${[...rows].join(', ')}, ${bits < 32 ? 'as gaps' : 'two bytes each'}`);
  if (bits < 32)
    add(
      'scale of B',
      scaleBytes,
      `the largest size in B, ${largest(update.left).toFixed(3)}, as a 16-bit float`,
    );
  add('B', valueBytes, `B = [${list(left)}], ${bits === 32 ? 'four bytes' : `${bits} bits`} each`);
  add('checksum', 2, 'two sums over all other bytes');
  return fields;
}
