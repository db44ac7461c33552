// Scales (Eq. 20): the largest size in a block of numbers, sent before their levels as a bfloat16. That is the upper half of a float32:
// numbers of all its sizes, within 1 part in 256.
import { type BitReader, type BitWriter, reject } from './bits.ts';

/** The smallest normal float: below it, floats lose digits, so smaller blocks are sent as zeros. */
const SMALLEST = 2 ** -126;
const LARGEST = 2 ** 128 - 2 ** 120;

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The largest size among values[from], values[from + step], … before `to`, as a bfloat16; NaN if one is not finite. */
export function largestOf(values: Float32Array, from: number, to: number, step: number): number {
  let largest = 0;
  for (let at = from; at < to; at += step) largest = Math.max(largest, Math.abs(values[at]!)); // keeps NaN
  if (largest < SMALLEST) return 0;
  if (!Number.isFinite(largest)) return Number.NaN;
  float[0] = largest;
  bits[0] = (bits[0]! + 0x8000) & 0xffff0000; // to the nearest upper half
  return Math.min(LARGEST, float[0]!);
}

export function writeScale(writer: BitWriter, scale: number): void {
  float[0] = scale;
  writer.write(bits[0]! >>> 16, 16);
}

export function readScale(reader: BitReader, name: string): number {
  bits[0] = reader.read(16) << 16;
  const scale = float[0]!;
  if (bits[0]! !== 0 && !(scale >= SMALLEST && scale <= LARGEST)) reject(`the scale of ${name} is ${scale}`);
  return scale;
}
