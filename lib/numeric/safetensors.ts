// Named arrays as one file, in the safetensors layout, so that a trained model can be opened from Python as well.
// In: typed arrays with shapes; out: bytes, and back. Nothing is trusted on the way back: every length is checked.
// The layout: header length u64 · header, JSON: {name: {dtype, shape, data_offsets}} · the arrays, without gaps.
// Little-endian, as are typed arrays on every machine that Node and browsers run on.
// https://huggingface.co/docs/safetensors/index#format

export type TensorData = Float32Array | Float64Array | Uint32Array | Int32Array | Uint8Array;

export interface Tensor {
  /** Row-major sizes; their product is the number of elements. */
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** What a file holds. */
export interface TensorFile {
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Free text by name; the layout calls it `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes that are no safetensors file; `message` says why. */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';
}

const METADATA = '__metadata__';
const LENGTH_BYTES = 8;
/** The limit that the layout's own reader sets. */
const MOST_HEADER_BYTES = 100_000_000;

const arrayTypes = {
  F32: Float32Array,
  F64: Float64Array,
  U32: Uint32Array,
  I32: Int32Array,
  U8: Uint8Array,
} as const;

type Dtype = keyof typeof arrayTypes;

interface Entry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [begin: number, end: number];
}

/**
 * Encodes named arrays. Wide element types come first, so that every array begins at a multiple of its element size.
 *
 * @throws RangeError if a shape does not fit its data, or if an array is called `__metadata__`
 */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array {
  const names = Object.keys(tensors).sort(
    (a, b) => widthOf(tensors[b]!) - widthOf(tensors[a]!) || (a < b ? -1 : 1),
  );
  const header: Record<string, unknown> = { [METADATA]: metadata };
  let end = 0;
  for (const name of names) {
    const tensor = tensors[name]!;
    if (name === METADATA) throw new RangeError(`encodeSafetensors: an array must not be called ${METADATA}`);
    expectShapeFits(name, tensor);
    const begin = end;
    end += tensor.data.byteLength;
    header[name] = { dtype: dtypeOf(tensor.data), shape: tensor.shape, data_offsets: [begin, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / LENGTH_BYTES) * LENGTH_BYTES; // spaces, so that the arrays are aligned
  const bytes = new Uint8Array(LENGTH_BYTES + padded + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(text, LENGTH_BYTES);
  bytes.fill(0x20, LENGTH_BYTES + text.length, LENGTH_BYTES + padded);
  let at = LENGTH_BYTES + padded;
  for (const name of names) {
    const { data } = tensors[name]!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Decodes a file; the arrays are copies.
 *
 * @throws SafetensorsError with the reason: cut off, no JSON header, an unknown element type, a shape that does not fit
 * its bytes, arrays that overlap, leave gaps or lie outside the file
 */
export function decodeSafetensors(bytes: Uint8Array): TensorFile {
  const { header, start } = readHeader(bytes);
  const tensors: Record<string, Tensor> = {};
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
    tensors[name] = { shape, data: new arrayTypes[dtype](copy.buffer) };
    at = end;
  }
  if (start + at !== bytes.length) fail(`the arrays end at byte ${start + at}, the file at ${bytes.length}`);
  return { tensors, metadata: checkMetadata(header[METADATA]) };
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
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, start));
    const header: unknown = JSON.parse(text);
    if (isRecord(header)) return { header, start };
  } catch {
    // told below, together with JSON that is no object
  }
  return fail('the header must be a JSON object');
}

function checkEntry(name: string, entry: unknown): Entry {
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
  return { dtype: dtype as Dtype, shape, data_offsets: [begin, end] };
}

function checkMetadata(metadata: unknown): Record<string, string> {
  if (metadata === undefined) return {};
  if (!isRecord(metadata) || Object.values(metadata).some((text) => typeof text !== 'string')) {
    return fail(`${METADATA} must be an object of strings`);
  }
  return metadata as Record<string, string>;
}

function expectShapeFits(name: string, { shape, data }: Tensor): void {
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements !== data.length) {
    const got = `${data.length} elements`;
    throw new RangeError(
      `encodeSafetensors: ${name} must have the shape of its data, got [${shape}] for ${got}`,
    );
  }
}

function dtypeOf(data: TensorData): Dtype {
  const dtypes = Object.keys(arrayTypes) as Dtype[];
  return dtypes.find((dtype) => data instanceof arrayTypes[dtype])!;
}

function widthOf({ data }: Tensor): number {
  return data.BYTES_PER_ELEMENT;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

function fail(reason: string): never {
  throw new SafetensorsError(reason);
}
