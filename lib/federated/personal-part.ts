// What carries the opinion of others to a client: one number per item, of unit size, in a message of its own.
import { codecs } from './wire/codecs.ts';
import { type Codec, encode } from './wire.ts';

/** Divides by the root mean square, in place, so that β weighs all clients alike (Eq. 12); zeros stay zeros. */
export function toUnitRootMeanSquare(values: Float32Array): void {
  let squares = 0;
  for (let item = 0; item < values.length; item++) squares += values[item]! * values[item]!;
  if (squares === 0) return;
  const scale = Math.sqrt(values.length / squares);
  for (let item = 0; item < values.length; item++) values[item]! *= scale;
}

/** δ of one client as it arrives: rounded as the codec says, in place. Unlike a step, nothing of it is carried on. */
export function roundPersonalPart(part: Float32Array, codec: Codec): void {
  const numbers = codecs[codec].part;
  if (!numbers.isExact) part.set(numbers.restore(numbers.round(part, 1)));
}

/** The length of a message that carries `width` numbers per item to one client. */
export function bytesOfPersonalPart(items: number, round: number, codec: Codec, width = 1): number {
  const rows = Uint32Array.from({ length: items }, (_, item) => item);
  const [left, nothing] = [new Float32Array(items * width), new Float32Array(0)];
  const part = { client: 0, round, rows, rank: 0, dims: width, left, right: nothing, extra: nothing };
  return encode(part, items, codec, 'part').length;
}
