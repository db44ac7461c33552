// Results that are written into an array of the caller: do they lie where an operand is still to be read?
// In: views or flat arrays; out: whether they may share memory, so that the caller works on a copy or refuses.
import type { FloatArray, Matrix } from './ndarrays.ts';

/** A part of an array, in its elements: from the lowest that is used to behind the highest. */
interface Stretch {
  readonly data: FloatArray;
  readonly begin: number;
  readonly end: number;
}

/**
 * Whether two arrays or views may use the same memory. What lies between the lowest and the highest element of a view
 * counts as used, so the answer may be a false yes (even and odd columns of one matrix), never a false no.
 */
export function mayOverlap(one: Matrix | FloatArray, other: Matrix | FloatArray): boolean {
  if (ArrayBuffer.isView(one) && ArrayBuffer.isView(other)) return areArraysShared(one, other);
  const [a, b] = [stretchOf(one), stretchOf(other)];
  if (a.data.buffer !== b.data.buffer || a.begin === a.end || b.begin === b.end) return false;
  const byteAt = ({ data }: Stretch, index: number) => data.byteOffset + index * data.BYTES_PER_ELEMENT;
  return byteAt(a, a.begin) < byteAt(b, b.end) && byteAt(b, b.begin) < byteAt(a, a.end);
}

/** The same for two flat arrays, which optimisers ask at every step. */
function areArraysShared(a: FloatArray, b: FloatArray): boolean {
  if (a.buffer !== b.buffer || a.length === 0 || b.length === 0) return false;
  return a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength;
}

/**
 * Checks that a result can be written into a view [rows, columns]: inside its array, each element in a place of its own.
 *
 * @throws RangeError naming the caller and the argument
 */
export function expectWritable(caller: string, name: string, out: Matrix): void {
  const { data, begin, end } = stretchOf(out);
  if (begin < 0 || end > data.length) {
    throw new RangeError(
      `${caller}: ${name} must lie inside its array of ${data.length} elements, got elements ${begin} to ${end - 1}`,
    );
  }
  const [rows, columns] = out.shape as [number, number];
  const [rowStride, columnStride] = out.stride.map(Math.abs) as [number, number];
  // The nearest two elements in one place are columnStride / d rows and rowStride / d columns apart.
  const divisor = greatestCommonDivisor(rowStride, columnStride);
  const sharesPlaces =
    divisor === 0 ? out.size > 1 : columnStride / divisor < rows && rowStride / divisor < columns;
  if (out.size > 1 && sharesPlaces) {
    throw new RangeError(
      `${caller}: every element of ${name} must have a place of its own, got shape [${out.shape}] with strides [${out.stride}]`,
    );
  }
}

function stretchOf(values: Matrix | FloatArray): Stretch {
  if (ArrayBuffer.isView(values)) return { data: values, begin: 0, end: values.length };
  const { data, offset, shape, stride } = values;
  if (values.size === 0) return { data, begin: 0, end: 0 };
  let [lowest, highest] = [offset, offset];
  shape.forEach((length, axis) => {
    const way = (length - 1) * stride[axis]!;
    lowest += Math.min(way, 0);
    highest += Math.max(way, 0);
  });
  return { data, begin: lowest, end: highest + 1 };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
