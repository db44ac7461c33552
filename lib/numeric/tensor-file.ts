// What a file of named arrays may hold, and the checks before one is written: exactly what can be read again.
// In: anything that claims to be a `TensorFile`; out: its entries, or a RangeError that names what is wrong.

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

export const METADATA = '__metadata__';

export const arrayTypes = {
  F32: Float32Array,
  F64: Float64Array,
  U32: Uint32Array,
  I32: Int32Array,
  U8: Uint8Array,
} as const;

export type Dtype = keyof typeof arrayTypes;

/** The arrays to write, by name, each checked. */
export function expectTensors(tensors: TensorFile['tensors']): [name: string, tensor: Tensor][] {
  const entries = entriesOf('tensors', tensors);
  for (const [name, tensor] of entries) expectTensor(name, tensor);
  return entries;
}

/** The metadata to write: an object of well-formed strings. */
export function expectTexts(metadata: unknown): Record<string, string> {
  const entries = entriesOf('metadata', metadata as Record<string, string>);
  const wrong = entries.find(([, text]) => !isText(text));
  if (wrong) refuse(`metadata must be well-formed text, got ${typeof wrong[1]} for ${wrong[0]}`);
  return Object.fromEntries(entries);
}

/** The entries of a plain object whose keys are well-formed text: what JSON can hold. */
function entriesOf<T>(what: string, values: Readonly<Record<string, T>>): [name: string, value: T][] {
  const kind = isRecord(values) ? Object.getPrototypeOf(values) : undefined;
  if (kind === undefined || (kind !== null && Object.getPrototypeOf(kind) !== null)) {
    refuse(`${what} must be a plain object, got ${kindOf(values)}`);
  }
  const entries = Object.entries(values);
  const wrong = entries.find(([name]) => !isText(name));
  if (wrong) refuse(`every name must be well-formed text, got ${JSON.stringify(wrong[0])}`);
  return entries;
}

function expectTensor(name: string, tensor: Tensor): void {
  if (name === METADATA) refuse(`an array must not be called ${METADATA}`);
  if (!isRecord(tensor)) refuse(`${name} must be an object with shape and data, got ${tensor}`);
  const { shape, data } = tensor;
  if (dtypeOf(data) === undefined) {
    const known = Object.values(arrayTypes).map((type) => type.name);
    refuse(`${name} must lie in one of ${known.join(', ')}, got ${kindOf(data)}`);
  }
  if (!isCounts(shape)) refuse(`${name} must have a shape of whole numbers, got [${shape}]`);
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements !== data.length) {
    refuse(`${name} must have the shape of its data, got [${shape}] for ${data.length} elements`);
  }
}

/** The layout's name for the element type, if there is one; a Buffer counts as the bytes that it is. */
export function dtypeOf(data: TensorData): Dtype | undefined {
  return (Object.keys(arrayTypes) as Dtype[]).find((dtype) => arrayTypes[dtype].name === kindOf(data));
}

function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && !/\p{Surrogate}/u.test(value);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isCounts(value: unknown): value is number[] {
  // `from`, because `every` passes over holes
  return (
    Array.isArray(value) && Array.from(value).every((count) => Number.isSafeInteger(count) && count >= 0)
  );
}

export function refuse(reason: string): never {
  throw new RangeError(`encodeSafetensors: ${reason}`);
}
