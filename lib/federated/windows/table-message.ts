// Rows of the nearness table on their way to every client: all of them the first time, later those that have changed.
// In: rows; out: bytes, and back. A client checks what it receives as a server does.
//
//   header · rows varint · their items as gaps · for each row its scale in 16 bits, its length in 8, its neighbours as gaps, their
//   levels in 4 bits each · checksum
import { type BitReader, reject } from '../wire/bits.ts';
import { beginMessage, openMessage, sealMessage } from '../wire/header.ts';
import { riceGaps } from '../wire/rows.ts';
import type { NearnessRow } from './nearness-table.ts';

const SCALE_BITS = 16;
const LENGTH_BITS = 8;
const LEVEL_BITS = 4;

/** Encodes rows, in increasing order of their items. */
export function encodeTable(rows: readonly NearnessRow[], round: number, items: number): Uint8Array {
  const numbers = rows.reduce((sum, { neighbours }) => sum + 4 + neighbours.length, 0);
  const writer = beginMessage('nearness', { client: 0, round }, 2 * numbers);
  writer.writeVarint(rows.length);
  const named = rows.map(({ item }) => item);
  riceGaps.write(writer, named, items);
  for (const { scale, neighbours, levels } of rows) {
    writer.write(scale, SCALE_BITS);
    writer.write(neighbours.length, LENGTH_BITS);
    if (neighbours.length > 0) riceGaps.write(writer, neighbours, items);
    for (const level of levels) writer.write(level, LEVEL_BITS);
  }
  return sealMessage(writer);
}

/**
 * Decodes rows, or rejects them.
 *
 * @param most neighbours that a row may have
 * @throws WireError saying which rule the message breaks
 */
export function decodeTable(message: Uint8Array, round: number, items: number, most: number): NearnessRow[] {
  const reader = openMessage(message, 'nearness', { client: 0, round });
  const count = reader.readVarint('the number of rows');
  if (count > items) reject(`${count} rows are more than the ${items} items`);
  const named = new Uint32Array(count);
  riceGaps.read(reader, named, items);
  const rows = Array.from(named, (item) => readRow(reader, item, items, most));
  reader.finish();
  return rows;
}

function readRow(reader: BitReader, item: number, items: number, most: number): NearnessRow {
  const scale = reader.read(SCALE_BITS);
  const length = reader.read(LENGTH_BITS);
  if (length > most) reject(`item ${item} has ${length} neighbours, more than ${most}`);
  const neighbours = new Uint32Array(length);
  if (length > 0) riceGaps.read(reader, neighbours, items);
  const levels = Uint8Array.from(neighbours, () => reader.read(LEVEL_BITS));
  if (levels.includes(0)) reject(`a neighbour of item ${item} has level 0`);
  if ((scale === 0) !== (length === 0)) reject(`item ${item} has scale ${scale} and ${length} neighbours`);
  return { item, scale, neighbours, levels };
}
