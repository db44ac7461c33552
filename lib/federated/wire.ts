// The wire: the only way from a client to the server, and back, is through these bytes.
// In: an update ΔQ_u as two factors, B [rows, rank] and A [rank, dims] (rank 0: the rows themselves, [rows, dims]);
// out: a message. The receiver decodes it, checks everything a broken or hostile sender could get wrong, and
// rejects it with a reason. Reported byte counts are the lengths of these messages.
//
//   header (wire/header.ts) · codec u7 · A ends with 1 u1 · rank, dims, extra, rows varint · A · extra · item numbers · B
//
// How numbers travel is the codec's choice (wire/codecs.ts). A message that names every item carries no item numbers. If
// numbers are rounded, rows that became 0 are not sent, unless every item is named. There is one message for an update:
// what `decode` accepts, `encode` writes in the same bytes.
import { expectKind, expectParts, inWords } from '../numeric/arguments.ts';
import { expectInteger } from '../numeric/ndarrays.ts';
import type { RandomStream } from '../numeric/rng.ts';
import { type BitReader, reject } from './wire/bits.ts';
import { type Codec, codecNames, codecs } from './wire/codecs.ts';
import { beginMessage, openMessage, sealMessage } from './wire/header.ts';
import {
  becomesOnes,
  hasOnes,
  hasZeroRow,
  readRight,
  withoutOnes,
  withoutZeroRows,
} from './wire/what-is-sent.ts';

export { WireError } from './wire/bits.ts';
export { type Codec, codecNames, codecOfServer } from './wire/codecs.ts';

/** What one client sends in one round; the server's step on its way down has the same form. */
export interface Update {
  readonly client: number;
  readonly round: number;
  /** Touched items in increasing order, [rows]. */
  readonly rows: Uint32Array;
  /** Rank of the factors; 0 means that `left` holds the rows of ΔQ_u themselves. */
  readonly rank: number;
  /** Width D of the item table. */
  readonly dims: number;
  /** B, [rows, rank] row-major, or [rows, dims] where rank is 0. */
  readonly left: Float32Array;
  /** A, [rank, dims] row-major. */
  readonly right: Float32Array;
  /** Shared weights outside the item table (a score network, say), [extra]. */
  readonly extra: Float32Array;
}

/** A client's update; the server's step to everyone; the personal part of one client, δ_u. */
export type UpdateKind = 'update' | 'step' | 'part';

/** What the receiver knows beforehand and holds every message against. */
export interface Expected {
  /** Whose connection the message came over; 0 for the server's step. */
  readonly client: number;
  readonly items: number;
  readonly dims: number;
  readonly extra: number;
  readonly round: number;
  /** Default: 'update'. */
  readonly kind?: UpdateKind;
}

/**
 * Encodes an update. Numbers are rounded as the codec says; with `float32` they stay as they are.
 *
 * @param chance rounds B up or down by chance, so that it is right in the mean. Default: to the nearest
 */
export function encode(
  update: Update,
  items: number,
  codec: Codec = 'float32',
  kind: UpdateKind = 'update',
  chance?: RandomStream,
): Uint8Array {
  expectParts('encode', 'update', update, 'the update of a client', {
    rows: 'list',
    left: 'list',
    right: 'list',
  });
  expectInteger('encode', 'items', items, 1);
  if (!(codec in codecs))
    throw new RangeError(
      `encode: codec must be one of ${Object.keys(codecs).join(', ')}, got ${inWords(codec)}`,
    );
  const parts = codecs[codec];
  const numbers = kind === 'part' ? parts.part : parts.left;
  const { rank, dims, extra } = update;
  const levels = numbers.round(update.left, rank || dims, undefined, chance);
  const { rows, left } = withoutZeroRows(update.rows, levels, items);
  const endsWithOne = hasOnes(update.right, rank, dims) || becomesOnes(update.right, rank, dims, parts.right);
  const width = endsWithOne ? dims - 1 : dims;
  const right = parts.right.round(endsWithOne ? withoutOnes(update.right, dims) : update.right, 1, width);

  const capacity =
    (numbers.bits * left.levels.length) / 8 + 4 * (right.levels.length + extra.length) + 3 * rows.length;
  const writer = beginMessage(kind, update, capacity);
  writer.write(codecNames.indexOf(codec) | (endsWithOne ? 128 : 0), 8);
  for (const size of [rank, dims, extra.length, rows.length]) writer.writeVarint(size);
  parts.right.write(writer, right);
  parts.extra.write(writer, parts.extra.round(extra, 1));
  if (rows.length < items) parts.rows.write(writer, rows, items);
  numbers.write(writer, left);
  return sealMessage(writer);
}

/**
 * Decodes a message, or rejects it.
 *
 * @throws WireError saying which rule the message breaks
 */
export function decode(message: Uint8Array, expected: Expected): Update {
  expectKind('decode', 'message', message, 'list', 'a Uint8Array');
  expectKind('decode', 'expected', expected, 'object', '{ client, round, items, dims }');
  const { client, round, items, kind = 'update' } = expected;
  const reader = openMessage(message, kind, expected);
  const flags = reader.read(8);
  const parts = codecs[codecNames[flags & 127] ?? reject(`codec ${flags & 127} is unknown`)];
  const { rank, dims, extraCount, rowCount } = readSizes(reader, expected);
  const [numbers, name] = kind === 'part' ? [parts.part, 'δ'] : [parts.left, 'B'];
  const columns = rank || dims;
  reader.expectBits(rowCount * columns * numbers.bits, `${rowCount} rows of ${columns} numbers`);
  reader.expectBits(rank * (dims - 1) * parts.right.bits, `${rank} rows of ${dims} numbers`);

  const memory = new ArrayBuffer(4 * (rowCount + rowCount * columns + rank * dims + extraCount)); // for all arrays at once
  const rows = new Uint32Array(memory, 0, rowCount);
  const left = new Float32Array(memory, 4 * rowCount, rowCount * columns);
  const right = new Float32Array(memory, 4 * (rows.length + left.length), rank * dims);
  const extra = new Float32Array(memory, 4 * (rows.length + left.length + right.length));
  readRight(reader, parts.right, right, rank, dims, flags > 127);
  parts.extra.read(reader, extra, 1, 'an extra weight');
  if (rowCount < items) parts.rows.read(reader, rows, items);
  else for (let item = 0; item < items; item++) rows[item] = item;
  numbers.read(reader, left, columns, name);
  reader.finish();
  if (!numbers.isExact && rowCount < items && hasZeroRow(left, columns))
    reject(`a row of ${name} is 0 and need not be sent`);
  return { client, round, rank, dims, rows, left, right, extra };
}

/** The same update without factors: the rows of B A themselves, [rows, D]. */
export function expandUpdate(update: Update): Update {
  expectParts('expandUpdate', 'update', update, 'decode(message, …)', {
    rows: 'list',
    left: 'list',
    right: 'list',
  });
  const { rows, rank, dims, left, right } = update;
  if (rank === 0) return update;
  const expanded = new Float32Array(rows.length * dims);
  for (let row = 0; row < rows.length; row++) {
    for (let k = 0; k < dims; k++) {
      let sum = 0;
      for (let r = 0; r < rank; r++) sum += left[row * rank + r]! * right[r * dims + k]!;
      expanded[row * dims + k] = sum;
    }
  }
  return { ...update, rank: 0, left: expanded, right: new Float32Array(0) };
}

/** What stands after the codec: rank, dims, extra, rows; held against what the receiver knows. */
function readSizes(
  reader: BitReader,
  expected: Expected,
): { rank: number; dims: number; extraCount: number; rowCount: number } {
  const rank = reader.readVarint('rank');
  const dims = reader.readVarint('dims');
  const extraCount = reader.readVarint('extra');
  const rowCount = reader.readVarint('rows');
  if (rank > 1024) reject(`rank ${rank} is above 1024`); // no client takes that many local steps
  if (dims !== expected.dims) reject(`rows have ${dims} dims, not ${expected.dims}`);
  if (extraCount !== expected.extra) reject(`it has ${extraCount} extra weights, not ${expected.extra}`);
  if (rowCount > expected.items) reject(`${rowCount} rows are more than the ${expected.items} items`);
  return { rank, dims, extraCount, rowCount };
}
