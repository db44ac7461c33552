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
 * The items left out before each one, g, in a Rice code: ⌊g / 2ᵏ⌋ ones and a zero, then the k lowest bits of g (Eq. 37).
 * The k of the message stands before them in 5 bits.
 */
export const riceGaps: RowCodec = {
  write(writer, rows) {
    const low = parameterFor(rows);
    const mask = 2 ** low - 1;
    writer.write(low, 5);
    for (let row = 0, next = 0; row < rows.length; row++) {
      const item = rows[row]!;
      const gap = item - next;
      next = item + 1;
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
    const right = parameterFor(into);
    if (low !== right) reject(`its gaps are written with k = ${low}, not with the k of their mean, ${right}`);
  },
};

/** k: the largest with 2ᵏ ≤ mean gap + ½. For gaps as coin tosses make them, it is the best one (Kiely 2004). */
function parameterFor(rows: ArrayLike<number>): number {
  const count = rows.length;
  if (count === 0) return 0;
  const leftOut = rows[count - 1]! + 1 - count; // the sum of the gaps
  let low = 0;
  while (low < 31 && count * 2 ** (low + 1) <= leftOut + count / 2) low++;
  return low;
}
