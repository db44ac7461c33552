// Number codecs: how the numbers of a matrix become bits. Exactly, as float32; or rounded to one of a few levels, times a
// scale (Eq. 20): to the nearest, or to one of the two beside it by chance, so that a sum over many clients is right in the
// mean. In: a matrix [rows, columns] and how many rows share a scale; out: bits, and the matrix that the receiver makes of
// them. Rounded numbers come back the same if they are encoded once more.
import type { RandomStream } from '../../numeric/rng.ts';
import { type BitReader, type BitWriter, reject } from './bits.ts';
import { largestOf, readScale, writeScale } from './scale.ts';

/** A matrix as it travels: exact numbers without scales, or whole levels with the scales of their blocks. */
export interface Rounded {
  /** [rows, columns] row-major. */
  readonly levels: Float32Array | Int8Array;
  readonly columns: number;
  /** How many rows share a scale; each column has scales of its own. */
  readonly block: number;
  /** The largest size in each block of each column, [blocks, columns]. */
  readonly scales: readonly number[];
}

export interface NumberCodec {
  readonly isExact: boolean;
  /** Bits a number, scales not counted. */
  readonly bits: number;
  /**
   * @param values [rows, columns] row-major
   * @param block how many rows share a scale, if the codec is not to choose
   * @param chance decides between the two levels beside a number, where levels are even. Default: the nearest
   */
  round(values: Float32Array, columns: number, block?: number, chance?: RandomStream): Rounded;
  /** The numbers that the receiver goes on with, [rows, columns]. */
  restore(rounded: Rounded): Float32Array;
  write(writer: BitWriter, rounded: Rounded): void;
  /**
   * Fills `into` [rows, columns] with restored numbers.
   *
   * @throws WireError if there are too few bits, or numbers that `round` does not make
   */
  read(reader: BitReader, into: Float32Array, columns: number, name: string, block?: number): void;
}

/** Four bytes a number, little-endian, as it is. */
export const float32: NumberCodec = {
  isExact: true,
  bits: 32,
  round: (levels, columns) => ({ levels, columns, block: Infinity, scales: [] }),
  restore: ({ levels }) => Float32Array.from(levels),
  write(writer, { levels }) {
    const { buffer, byteOffset, byteLength } = levels as Float32Array;
    writer.writeBytes(new Uint8Array(buffer, byteOffset, byteLength));
  },
  read: (reader, into, _columns, name) => readFloats(reader, into, name),
};

/**
 * Fills an array with the next floats of a message, four bytes each, little-endian.
 *
 * @param name what they are called, for the error
 * @throws WireError if too few bytes are left, or a number is not finite
 */
export function readFloats(reader: BitReader, into: Float32Array, name: string): void {
  reader.readBytes(into, `${into.length} numbers of ${name}`);
  for (let at = 0; at < into.length; at++) {
    if (!Number.isFinite(into[at]!)) reject(`${name} holds ${into[at]}`);
  }
}

/** The whole number that is nearest, of −top … top; half-way ones go up. */
export function nearestLevel(size: number, top: number): number {
  return Math.max(-top, Math.min(top, Math.floor(size + 0.5)));
}

/**
 * One of the two whole numbers beside it, of −top … top; over many draws, the mean is the number itself.
 *
 * @param size −top … top, but for the last digits of a scale in 16 bits, which are 1 part in 256: so close to ±top, it is ±top
 */
export function levelByChance(size: number, top: number, chance: RandomStream): number {
  const level = Math.floor(size + chance.nextUint32() / 2 ** 32);
  if (Math.abs(size) >= top * (1 - 2 ** -8)) return Math.sign(size) * top;
  return level;
}

/** How numbers are rounded. */
export interface Levels {
  /** A level is one of the 2ᵇ − 1 whole numbers around 0: up to ±127, ±7, ±3 or ±1. */
  readonly bits: 8 | 4 | 3 | 2;
  /** What level q of n stands for: q/n of the scale, or the square of q/n, which is finer near 0. */
  readonly spacing: 'even' | 'squared';
  /** How many rows share a scale. Default: all of them. */
  readonly block?: number;
}

/** Block by block and column by column: the largest size as a 16-bit float, and the levels of a few bits each. */
export class LevelCodec implements NumberCodec {
  readonly isExact = false;
  readonly bits: number;
  private readonly top: number; // n
  private readonly block: number;
  private readonly isSquared: boolean;
  private readonly shares: Float64Array; // what the levels −n … n stand for, as shares of the scale

  constructor({ bits, spacing, block = Infinity }: Levels) {
    const top = 2 ** (bits - 1) - 1;
    this.bits = bits;
    this.top = top;
    this.block = block;
    this.isSquared = spacing === 'squared';
    this.shares = Float64Array.from({ length: 2 * top + 1 }, (_, at) => {
      const share = (at - top) / top;
      return this.isSquared ? share * Math.abs(share) : share;
    });
  }

  round(values: Float32Array, columns: number, block = this.block, chance?: RandomStream): Rounded {
    const { top, isSquared } = this;
    const levels = new Int8Array(values.length);
    const scales: number[] = [];
    for (const { from, to } of stretches(values.length, columns, block)) {
      const scale = largestOf(values, from, to, columns);
      const factor = scale === 0 ? 0 : top / scale;
      for (let at = from; at < to; at += columns) {
        const size = factor * values[at]!;
        if (isSquared) levels[at] = nearestLevel(rootOf(size * top), top);
        else levels[at] = chance ? levelByChance(size, top, chance) : nearestLevel(size, top);
      }
      scales.push(scale);
    }
    return { levels, columns, block, scales };
  }

  restore({ levels, columns, block, scales }: Rounded): Float32Array {
    const values = new Float32Array(levels.length);
    stretches(values.length, columns, block).forEach(({ from, to }, place) => {
      for (let at = from; at < to; at += columns) {
        values[at] = scales[place]! * this.shares[levels[at]! + this.top]!;
      }
    });
    return values;
  }

  write(writer: BitWriter, { levels, columns, block, scales }: Rounded): void {
    const { bits, top } = this;
    writer.align();
    stretches(levels.length, columns, block).forEach(({ from, to }, place) => {
      writeScale(writer, scales[place]!);
      for (let at = from; at < to; at += columns) writer.write(levels[at]! + top, bits);
    });
  }

  read(reader: BitReader, into: Float32Array, columns: number, name: string, block = this.block): void {
    const { bits, top, shares } = this;
    reader.align();
    reader.expectBits(bits * into.length, `${into.length} numbers of ${name}`);
    for (const { from, to } of stretches(into.length, columns, block)) {
      const scale = readScale(reader, name);
      let [lowest, highest] = [top, top];
      for (let at = from; at < to; at += columns) {
        const code = reader.read(bits); // a level from 0 on, not from −n
        if (code > highest) highest = code;
        if (code < lowest) lowest = code;
        into[at] = scale * shares[code]!;
      }
      if (highest > 2 * top) reject(`${name} holds level ${highest - top}, above ${top}`);
      const reached = Math.max(highest - top, top - lowest);
      if (reached !== (scale === 0 ? 0 : top))
        reject(`${name} has scale ${scale}, but levels up to ${reached}`);
    }
  }
}

/** The root of a square, with its sign; half-way between q² and (q + 1)², which is (q + ½)² + ¼, it is q + ½. */
function rootOf(square: number): number {
  return Math.sign(square) * Math.sqrt(Math.max(0, Math.abs(square) - 0.25));
}

/**
 * Where the numbers of each scale stand in a matrix of so many numbers: at `from`, and at every further multiple of `columns`
 * below `to`. In the order of the scales, [blocks, columns].
 */
function stretches(length: number, columns: number, block: number): { from: number; to: number }[] {
  const blockLength = Math.min(length, columns * block);
  const found = [];
  for (let start = 0; start < length; start += blockLength) {
    const to = Math.min(length, start + blockLength);
    for (let column = 0; column < columns; column++) found.push({ from: start + column, to });
  }
  return found;
}
