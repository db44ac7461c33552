// Row codecs: how the numbers of the items that a message names become bits. In: item numbers in increasing order; out: bits.
// Plainly, two or four bytes each; or as gaps in a Rice code, whose length comes close to what any code could reach.
// Golomb (1966), Rice & Plaunt (1971).
import { type BitReader, type BitWriter, reject } from './bits.ts';

export interface RowCodec {
  /** @param rows item numbers below `items`, in increasing order */
  write(writer: BitWriter, rows: ArrayLike<number>, items: number): void;
  /**
   * Fills `into`.
   *
   * @throws WireError if there are too few bits, or numbers that `write` does not write
   */
  read(reader: BitReader, into: Uint32Array, items: number): void;
}

/** Two bytes each where there are at most 65,536 items, else four. */
export const plainRows: RowCodec = {
  write(writer, rows, items) {
    const plain = items <= 0x10000 ? new Uint16Array(rows) : new Uint32Array(rows);
    writer.writeBytes(new Uint8Array(plain.buffer));
  },
  read(reader, into, items) {
    const numbers = items <= 0x10000 ? new Uint16Array(into.length) : new Uint32Array(into.length);
    reader.readBytes(numbers, `${into.length} item numbers`);
    for (let row = 0; row < into.length; row++) {
      const item = numbers[row]!;
      if (item >= items) reject(`item ${item} is not below ${items}`);
      if (row > 0 && item <= into[row - 1]!) reject(`item ${item} comes after item ${into[row - 1]}`);
      into[row] = item;
    }
  },
};

/**
 * The items left out before each one, g, in a Rice code: ⌊g / 2ᵏ⌋ ones and a zero, then the k lowest bits of g (Eq. 35).
 * The k of the message stands before them in 5 bits.
 */
export const riceGaps: RowCodec = {
  write(writer, rows) {
    const low = shortestParameter(rows);
    const mask = 2 ** low - 1;
    writer.write(low, 5);
    for (let row = 0, next = 0; row < rows.length; row++) {
      const gap = rows[row]! - next;
      next = rows[row]! + 1;
      let ones = gap >>> low;
      for (; ones > 15; ones -= 15) writer.write(0x7fff, 15);
      writer.write((1 << ones) - 1, ones + 1);
      if (low > 0) writer.write(gap & mask, low);
    }
  },
  read(reader, into, items) {
    const low = reader.read(5);
    reader.expectBits(into.length * (1 + low), `${into.length} item numbers`);
    const most = Math.floor(items / 2 ** low); // ones that one gap can have
    for (let row = 0, next = 0; row < into.length; row++) {
      let item = next + reader.readOnes(most) * 2 ** low;
      if (low > 0) item += reader.read(low);
      if (item >= items) reject(`item ${item} is not below ${items}`);
      into[row] = item;
      next = item + 1;
    }
    const shortest = shortestParameter(into);
    if (low !== shortest)
      reject(`its items are written with k = ${low}, not k = ${shortest}, which is shorter`);
  },
};

/** k: of the three whole numbers around log₂(mean gap) the one that makes the code shortest, the smallest of equals. */
function shortestParameter(rows: ArrayLike<number>): number {
  if (rows.length === 0) return 0;
  const leftOut = rows[rows.length - 1]! + 1 - rows.length;
  const middle = Math.min(30, Math.max(1, Math.floor(Math.log2(leftOut / rows.length))));
  let [under, at, over] = [0, 0, 0]; // ones, with middle − 1, middle, middle + 1 low bits
  for (let row = 0, next = 0; row < rows.length; row++) {
    const gap = rows[row]! - next;
    next = rows[row]! + 1;
    under += gap >>> (middle - 1);
    at += gap >>> middle;
    over += gap >>> (middle + 1);
  }
  if (under <= at + rows.length && under <= over + 2 * rows.length) return middle - 1;
  return at <= over + rows.length ? middle : middle + 1;
}
