// The wire: the only way from a client to the server is through these bytes.
// In: an update ΔQ_u as two factors, B [rows, rank] and A [rank, dims] (rank 0: the rows themselves, [rows, dims]);
// out: a message. The server decodes it, checks everything a broken or hostile client could get wrong, and
// rejects it with a reason. Reported byte counts are the lengths of these messages.
//
//   0 magic 'FTLR' · 4 version u8 · 5 codec u8 · 6 rank u16 · 8 client u32 · 12 round u32 · 16 rows u32
//   20 dims u32 · 24 extra u32 · 28 checksum u32 · 32 A f32 [rank, dims] · extra f32 · B · item numbers, increasing
//
// Little-endian; every part padded to 4 bytes. B is float32, or int8 with one float32 scale per message before it
// (Eq. 20). Item numbers are u16 where the catalogue has at most 65,536 items, else u32; a message that names every
// item needs none.

/** How B travels: 4 bytes a number, or 1 byte and a scale for the whole message. */
export type Codec = 'float32' | 'int8';

/** What one client sends in one round. */
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

/** What the server knows beforehand and holds every message against. */
export interface Expected {
  /** Whose connection the message came over. */
  readonly client: number;
  readonly items: number;
  readonly dims: number;
  readonly extra: number;
  readonly round: number;
}

/** A message that breaks a rule of the wire format; `message` says which. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

const HEADER_BYTES = 32;
const MAGIC = 0x524c5446; // 'FTLR'
const VERSION = 1;
const CODECS: readonly Codec[] = ['float32', 'int8'];
/** A rank above this is a broken message: no client takes that many local steps. */
const MOST_RANK = 1024;
/** The smallest normal float32: a scale below it would lose its own digits. */
const SMALLEST_SCALE = 2 ** -126;

/** Encodes an update. Numbers are rounded to float32, or B to 1/127 of its largest value with `int8`. */
export function encode(update: Update, items: number, codec: Codec = 'float32'): Uint8Array {
  const { rows, left, right, extra } = update;
  const layout = layoutOf(rows.length, update.rank, update.dims, extra.length, items, codec);
  const words = new ArrayBuffer(layout.total);
  const view = new DataView(words);
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, VERSION);
  view.setUint8(5, CODECS.indexOf(codec));
  view.setUint16(6, update.rank, true);
  view.setUint32(8, update.client, true);
  view.setUint32(12, update.round, true);
  view.setUint32(16, rows.length, true);
  view.setUint32(20, update.dims, true);
  view.setUint32(24, extra.length, true);
  new Float32Array(words, layout.right, right.length).set(right);
  new Float32Array(words, layout.extra, extra.length).set(extra);
  if (codec === 'int8') quantize(left, words, layout.left);
  else new Float32Array(words, layout.left, left.length).set(left);
  const width = bytesPerRowNumber(rows.length, items);
  if (width === 2) new Uint16Array(words, layout.rows, rows.length).set(rows);
  if (width === 4) new Uint32Array(words, layout.rows, rows.length).set(rows);
  view.setUint32(28, checksum(words), true);
  return new Uint8Array(words);
}

/**
 * Decodes a message, or rejects it.
 *
 * @throws WireError saying which rule the message breaks
 */
export function decode(message: Uint8Array, expected: Expected): Update {
  if (message.length < HEADER_BYTES)
    reject(`${message.length} bytes are fewer than a header's ${HEADER_BYTES}`);
  const words =
    message.byteOffset % 4 === 0 && message.byteLength === message.buffer.byteLength
      ? (message.buffer as ArrayBuffer)
      : message.slice().buffer;
  const view = new DataView(words);
  if (view.getUint32(0, true) !== MAGIC) reject('it does not begin with FTLR');
  if (view.getUint8(4) !== VERSION) reject(`version ${view.getUint8(4)} is not ${VERSION}`);
  const codec = CODECS[view.getUint8(5)] ?? reject(`codec ${view.getUint8(5)} is unknown`);
  const rank = view.getUint16(6, true);
  const client = view.getUint32(8, true);
  const round = view.getUint32(12, true);
  const rowCount = view.getUint32(16, true);
  const dims = view.getUint32(20, true);
  const extraCount = view.getUint32(24, true);
  const sum = view.getUint32(28, true);
  if (client !== expected.client) reject(`it says client ${client}, but client ${expected.client} sent it`);
  if (round !== expected.round) reject(`it belongs to round ${round}, not ${expected.round}`);
  if (rowCount > expected.items) reject(`${rowCount} rows are more than the ${expected.items} items`);
  if (dims !== expected.dims) reject(`rows have ${dims} dims, not ${expected.dims}`);
  if (extraCount !== expected.extra) reject(`it has ${extraCount} extra weights, not ${expected.extra}`);
  if (rank > MOST_RANK) reject(`rank ${rank} is above ${MOST_RANK}`);
  const layout = layoutOf(rowCount, rank, dims, extraCount, expected.items, codec);
  if (message.length !== layout.total) reject(`${message.length} bytes, but its header says ${layout.total}`);
  if (checksum(words) !== sum) reject('the checksum does not fit');

  const leftCount = rowCount * (rank || dims);
  const update: Update = {
    client,
    round,
    rank,
    dims,
    rows: readRows(words, layout.rows, rowCount, expected.items),
    left:
      codec === 'int8'
        ? dequantize(words, layout.left, leftCount)
        : new Float32Array(words, layout.left, leftCount),
    right: new Float32Array(words, layout.right, rank * dims),
    extra: new Float32Array(words, layout.extra, extraCount),
  };
  checkFinite(update.left, 'B');
  checkFinite(update.right, 'A');
  checkFinite(update.extra, 'an extra weight');
  return update;
}

/** The same update without factors: the rows of B A themselves, [rows, D]. */
export function expandUpdate(update: Update): Update {
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

interface Layout {
  right: number;
  extra: number;
  left: number;
  rows: number;
  total: number;
}

function layoutOf(
  rows: number,
  rank: number,
  dims: number,
  extra: number,
  items: number,
  codec: Codec,
): Layout {
  const leftCount = rows * (rank || dims);
  const right = HEADER_BYTES;
  const extraAt = right + 4 * rank * dims;
  const left = extraAt + 4 * extra;
  const rowsAt = left + (codec === 'int8' ? 4 + padded(leftCount) : 4 * leftCount);
  const total = rowsAt + padded(rows * bytesPerRowNumber(rows, items));
  return { right, extra: extraAt, left, rows: rowsAt, total };
}

function bytesPerRowNumber(rows: number, items: number): 0 | 2 | 4 {
  if (rows === items) return 0;
  return items <= 0x10000 ? 2 : 4;
}

function padded(bytes: number): number {
  return (bytes + 3) & ~3;
}

function readRows(words: ArrayBuffer, at: number, count: number, items: number): Uint32Array {
  const width = bytesPerRowNumber(count, items);
  if (width === 0) return Uint32Array.from({ length: items }, (_, item) => item);
  const rows =
    width === 2 ? new Uint32Array(new Uint16Array(words, at, count)) : new Uint32Array(words, at, count);
  for (let row = 0; row < count; row++) {
    if (rows[row]! >= items) reject(`item ${rows[row]} is not below ${items}`);
    if (row > 0 && rows[row]! <= rows[row - 1]!)
      reject(`item ${rows[row]} comes after item ${rows[row - 1]}`);
  }
  return rows;
}

/** FNV-1a over 32-bit words. Each step is a bijection, so a change inside one word is always noticed. */
function checksum(words: ArrayBuffer): number {
  const values = new Int32Array(words);
  let hash = 0x811c9dc5;
  for (let word = 0; word < values.length; word++) {
    if (word !== 7) hash = Math.imul(hash ^ values[word]!, 0x01000193); // word 7 holds the checksum itself
  }
  return hash >>> 0;
}

function quantize(values: Float32Array, words: ArrayBuffer, at: number): void {
  let largest = 0;
  for (let index = 0; index < values.length; index++) largest = Math.max(largest, Math.abs(values[index]!));
  const scale = Math.max(largest / 127, SMALLEST_SCALE);
  new Float32Array(words, at, 1)[0] = scale;
  const bytes = new Int8Array(words, at + 4, values.length);
  for (let index = 0; index < values.length; index++) bytes[index] = Math.round(values[index]! / scale);
}

function dequantize(words: ArrayBuffer, at: number, count: number): Float32Array {
  const scale = new Float32Array(words, at, 1)[0]!;
  if (!(Number.isFinite(scale) && scale > 0)) reject(`the scale of B is ${scale}`);
  const bytes = new Int8Array(words, at + 4, count);
  const values = new Float32Array(count);
  for (let index = 0; index < count; index++) values[index] = bytes[index]! * scale;
  return values;
}

function checkFinite(values: Float32Array, name: string): void {
  for (let index = 0; index < values.length; index++) {
    if (!Number.isFinite(values[index]!)) reject(`${name} holds ${values[index]}`);
  }
}

function reject(reason: string): never {
  throw new WireError(`wire: message rejected: ${reason}`);
}
