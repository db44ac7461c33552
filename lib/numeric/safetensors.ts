// Named arrays as one file, in the safetensors layout, so that a trained model can be opened from Python as well.
// In: typed arrays with shapes; out: bytes, and back. Nothing is trusted on the way back: every length is checked.
// What can be written is exactly what can be read again; the rest is refused before a byte is made.
// The layout: header length u64 · header, JSON: {name: {dtype, shape, data_offsets}} · the arrays, without gaps.
// Little-endian, as are typed arrays on every machine that Node and browsers run on.
// https://huggingface.co/docs/safetensors/index#format

import { repeatedKey } from './repeated-key.ts';
import {
  arrayTypes,
  type Dtype,
  dtypeOf,
  expectTensors,
  expectTexts,
  isCounts,
  isRecord,
  isText,
  METADATA,
  refuse,
  type Tensor,
  type TensorFile,
} from './tensor-file.ts';

export type { Tensor, TensorData, TensorFile } from './tensor-file.ts';

/** Bytes that are no safetensors file; `message` says why. */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';
}

const LENGTH_BYTES = 8;
/** The limit that the layout's own reader sets. */
const MOST_HEADER_BYTES = 100_000_000;

interface Entry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [begin: number, end: number];
}

/**
 * Encodes named arrays. Wide element types come first, so that every array begins at a multiple of its element size.
 *
 * @throws RangeError if an array is called `__metadata__` or is of no type that the layout's reader here knows, if a shape
 *   does not fit its data, if a name or the metadata are no well-formed text, or if the header would exceed 100 MB
 */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array {
  const named = expectTensors(tensors).sort(
    ([a, one], [b, other]) => widthOf(other) - widthOf(one) || (a < b ? -1 : 1),
  );
  const header: [name: string, value: unknown][] = [[METADATA, expectTexts(metadata)]];
  let end = 0;
  for (const [name, tensor] of named) {
    const begin = end;
    end += tensor.data.byteLength;
    header.push([name, { dtype: dtypeOf(tensor.data), shape: tensor.shape, data_offsets: [begin, end] }]);
  }
  // `fromEntries` makes `__proto__` a name like any other.
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const padded = Math.ceil(text.length / LENGTH_BYTES) * LENGTH_BYTES; // spaces, so that the arrays are aligned
  if (padded > MOST_HEADER_BYTES) {
    refuse(`names and metadata must take at most ${MOST_HEADER_BYTES} bytes, got ${padded}`);
  }
  const bytes = new Uint8Array(LENGTH_BYTES + padded + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(text, LENGTH_BYTES);
  bytes.fill(0x20, LENGTH_BYTES + text.length, LENGTH_BYTES + padded);
  let at = LENGTH_BYTES + padded;
  for (const [, { data }] of named) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Decodes a file; the arrays are copies.
 *
 * @throws SafetensorsError with the reason: cut off, no JSON header, a name that stands twice, an unknown element type, a
 * shape that does not fit its bytes, arrays that overlap, leave gaps or lie outside the file
 */
export function decodeSafetensors(bytes: Uint8Array): TensorFile {
  const { header, start } = readHeader(bytes);
  const tensors: [name: string, tensor: Tensor][] = [];
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, entry]) => [name, checkEntry(name, entry)] as const)
    .sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]);
  let at = 0;
  for (const [name, { dtype, shape, data_offsets }] of entries) {
    const [begin, end] = data_offsets;
    if (begin !== at) fail(`array ${name} must begin at byte ${at} of the data, got ${begin}`);
    if (start + end > bytes.length) {
      fail(
        `array ${name} must end inside the file (${bytes.length} bytes), got ${start + end}: it is cut off`,
      );
    }
    const copy = new Uint8Array(end - begin); // not `slice`: that of Node's Buffer is a view, aligned to nothing
    copy.set(bytes.subarray(start + begin, start + end));
    tensors.push([name, { shape, data: new arrayTypes[dtype](copy.buffer) }]);
    at = end;
  }
  if (start + at !== bytes.length) fail(`the arrays end at byte ${start + at}, the file at ${bytes.length}`);
  return { tensors: Object.fromEntries(tensors), metadata: checkMetadata(header[METADATA]) };
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (bytes.length < LENGTH_BYTES) fail(`the file must have at least 8 bytes, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > MOST_HEADER_BYTES)
    fail(`the header must have at most ${MOST_HEADER_BYTES} bytes, got ${length}`);
  if (LENGTH_BYTES + length > bytes.length) {
    fail(`the header must end inside the file (${bytes.length} bytes), got ${LENGTH_BYTES + length}`);
  }
  const start = LENGTH_BYTES + length;
  const { text, header } = parseObject(bytes.subarray(LENGTH_BYTES, start));
  const twice = repeatedKey(text);
  if (twice !== null) fail(`every name must stand once in the header, got ${JSON.stringify(twice)} twice`);
  return { header, start };
}

function parseObject(bytes: Uint8Array): { text: string; header: Record<string, unknown> } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const header: unknown = JSON.parse(text);
    if (isRecord(header) && text.startsWith('{')) return { text, header };
  } catch {
    // told below, together with JSON that is no object
  }
  return fail('the header must be a JSON object');
}

function checkEntry(name: string, entry: unknown): Entry {
  if (!isText(name)) return fail(`every name must be well-formed text, got ${JSON.stringify(name)}`);
  if (!isRecord(entry)) return fail(`array ${name} must be described by an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string' || !Object.hasOwn(arrayTypes, dtype)) {
    return fail(`array ${name} must have one of the types ${Object.keys(arrayTypes)}, got ${dtype}`);
  }
  if (!isCounts(shape)) return fail(`array ${name} must have a shape of whole numbers`);
  if (!isCounts(offsets) || offsets.length !== 2) return fail(`array ${name} must have two data_offsets`);
  const [begin, end] = offsets as [number, number];
  const needed =
    shape.reduce((product, size) => product * size, 1) * arrayTypes[dtype as Dtype].BYTES_PER_ELEMENT;
  if (end - begin !== needed) {
    return fail(`array ${name} of shape [${shape.join(', ')}] needs ${needed} bytes, got ${end - begin}`);
  }
  const sizes = shape.map((size) => size + 0); // JSON knows −0, a shape does not
  return { dtype: dtype as Dtype, shape: sizes, data_offsets: [begin, end] };
}

function checkMetadata(metadata: unknown): Record<string, string> {
  if (metadata === undefined) return {};
  if (!isRecord(metadata) || !Object.entries(metadata).flat().every(isText)) {
    return fail(`${METADATA} must be an object of strings`);
  }
  return metadata as Record<string, string>;
}

function widthOf({ data }: Tensor): number {
  return data.BYTES_PER_ELEMENT;
}

function fail(reason: string): never {
  throw new SafetensorsError(reason);
}
