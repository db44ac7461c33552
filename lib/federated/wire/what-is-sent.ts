// What need not be sent: rows whose rounded numbers are 0, and the ones that A ends with, as [p, 1] does.
// In: the factors of an update, and how their numbers travel; out: what goes into the message, and A as it was.
import { type BitReader, reject } from './bits.ts';
import type { NumberCodec, Rounded } from './numbers.ts';

/** What must be sent of rounded numbers: the rows that are not 0; where every item is named, all. */
export function withoutZeroRows(
  rows: Uint32Array,
  left: Rounded,
  items: number,
): { rows: ArrayLike<number>; left: Rounded } {
  const { levels, columns } = left;
  if (levels instanceof Float32Array || rows.length === items) return { rows, left };
  const keptRows = new Uint32Array(rows.length);
  const keptLevels = new Int8Array(levels.length);
  let count = 0;
  for (let row = 0; row < rows.length; row++) {
    let bits = 0; // of all levels of the row
    for (let k = 0; k < columns; k++) {
      const level = levels[row * columns + k]!;
      keptLevels[count * columns + k] = level;
      bits |= level;
    }
    if (bits === 0) continue; // the next row takes its place
    keptRows[count++] = rows[row]!;
  }
  return {
    rows: keptRows.subarray(0, count),
    left: { ...left, levels: keptLevels.subarray(0, count * columns) },
  };
}

/** Whether a row of numbers [rows, columns] is 0. */
export function hasZeroRow(left: Float32Array, columns: number): boolean {
  for (let from = 0; from < left.length; from += columns) {
    let isZero = true;
    for (let at = from; at < from + columns; at++) if (left[at] !== 0) isZero = false;
    if (isZero) return true;
  }
  return false;
}

/** Whether each row of A [rank, dims] ends with 1, as [p, 1] does. */
export function hasOnes(right: Float32Array, rank: number, dims: number): boolean {
  for (let r = 1; r <= rank; r++) if (right[r * dims - 1] !== 1) return false;
  return rank > 0;
}

/** Whether rounding makes it end with 1, which then need not be sent either. */
export function becomesOnes(right: Float32Array, rank: number, dims: number, numbers: NumberCodec): boolean {
  return !numbers.isExact && hasOnes(numbers.restore(numbers.round(right, 1, dims)), rank, dims);
}

/** A [rank, dims] without its last column, [rank, dims − 1]. */
export function withoutOnes(right: Float32Array, dims: number): Float32Array {
  const width = dims - 1;
  const shorter = new Float32Array((right.length / dims) * width);
  for (let at = 0; at < shorter.length; at++) shorter[at] = right[at + Math.floor(at / width)]!;
  return shorter;
}

/** Fills A [rank, dims]; its last column is 1 and was not sent, if `endsWithOne`. */
export function readRight(
  reader: BitReader,
  numbers: NumberCodec,
  right: Float32Array,
  rank: number,
  dims: number,
  endsWithOne: boolean,
): void {
  if (!endsWithOne) {
    numbers.read(reader, right, 1, 'A', dims);
    if (hasOnes(right, rank, dims)) reject('A ends with 1, which need not be sent');
    return;
  }
  if (right.length === 0) reject('there is no A that could end with 1');
  const width = dims - 1;
  const sent = new Float32Array(rank * width);
  numbers.read(reader, sent, 1, 'A', width);
  right.fill(1);
  for (let r = 0; r < rank; r++) right.set(sent.subarray(r * width, (r + 1) * width), r * dims);
}
