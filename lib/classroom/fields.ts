// Fields that several messages of a class have: lists of numbers, and bytes of a known length. In: values; out: the same after a journey,
// or why they cannot be what was sent.
import { type BitReader, type BitWriter, reject } from '../federated/wire/bits.ts';

const MOST_FIGURES = 4096;

export function writeFloats(writer: BitWriter, values: ArrayLike<number>): void {
  writer.writeVarint(values.length);
  writer.writeBytes(bytesOf(Float64Array.from(values)));
}

export function readFloats(reader: BitReader): Float64Array {
  const count = reader.readVarint('the number of figures');
  if (count > MOST_FIGURES) reject(`${count} figures are more than ${MOST_FIGURES}`);
  reader.align();
  reader.expectBits(64 * count, `${count} figures`); // before there is room for them
  const values = new Float64Array(count);
  for (let at = 0; at < count; at++) values[at] = reader.readFloat64('a figure');
  return values;
}

export function readBytes(reader: BitReader, length: number): Uint8Array {
  reader.expectBits(8 * length, `${length} bytes`);
  const bytes = new Uint8Array(length);
  reader.readBytes(bytes, `${length} bytes`);
  return bytes;
}

export function bytesOf(values: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
