// What travels between the judge and the student's code: numbers, lists, typed arrays, ndarrays, streams of random draws
// and results of earlier calls, as JSON. NaN, the infinities and −0 keep their values. Nothing that comes back is trusted:
// it is copied, its depth and size are bounded, and an ndarray must lie inside its data.
import ndarray, { type NdArray } from 'ndarray';
import { type RandomStream, randomStream } from '../../lib/numeric/rng.ts';

/** A random stream that the child opens: the same draws as `randomStream(seed, ...key)`. */
export function keyedStream(seed: number, ...key: (string | number)[]): unknown {
  return { $: 'keyed', seed, key };
}

/** A stream whose draws are written down, for cases worked by hand. A draw beyond them throws. */
export function scriptedStream(draws: {
  readonly uniform?: readonly number[];
  readonly integer?: readonly number[];
  readonly normal?: readonly number[];
}): unknown {
  return { $: 'scripted', ...draws };
}

/** What an earlier call of the same case returned, or a part of it: `resultOf(0, 'centroids')`. */
export function resultOf(call: number, ...path: (string | number)[]): unknown {
  return { $: 'result', call, path };
}

/** Argument `place` of an earlier call, the same object, to pass state on that was changed in place. */
export function argumentOf(call: number, place: number, ...path: (string | number)[]): unknown {
  return { $: 'argument', call, place, path };
}

/** Something of the given module by name, such as a function that is passed on. */
export function given(name: string): unknown {
  return { $: 'given', name };
}

/** A function of a whole number whose values are written down, from that of 0 on. */
export function writtenFunction(...values: readonly number[]): unknown {
  return { $: 'written', values };
}

/** A function that takes matrices, `{ left, right }`, and returns new ones whose numbers are rounded to multiples of `step`. */
export function roundingTo(step: number): unknown {
  return { $: 'rounding', step };
}

const arrayTypes = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
};
type ArrayName = keyof typeof arrayTypes;
type NumberArray = InstanceType<(typeof arrayTypes)[ArrayName]>;

const MOST_ENTRIES = 1_000_000;
const MOST_DEPTH = 10;
const LONGEST_TEXT = 10_000;
/** What lies around a view that begins inside its buffer, so that a reader outside the view is noticed. */
const AROUND = 0x5a;

/** Copies a value into JSON. Throws a RangeError if it is too large, and whatever a getter of it throws. */
export function encode(value: unknown): unknown {
  let entries = 0;
  const above: unknown[] = [];
  const count = (added: number) => {
    entries += added;
    if (entries > MOST_ENTRIES) throw new RangeError(`more than ${MOST_ENTRIES} numbers`);
  };
  return visit(value);

  function visit(item: unknown): unknown {
    count(1);
    if (typeof item === 'number') return number(item);
    if (item === null || typeof item === 'boolean') return item;
    if (typeof item === 'string') {
      return item.length <= LONGEST_TEXT ? item : `${item.slice(0, LONGEST_TEXT)}…`;
    }
    if (typeof item === 'bigint') return { $: 'bigint', is: String(item) };
    if (typeof item !== 'object') return { $: typeof item }; // undefined, function, symbol
    if (above.includes(item)) return { $: 'circle' };
    if (above.length >= MOST_DEPTH) return { $: 'deeper' };
    above.push(item);
    const result = copied(item);
    above.pop();
    return result;
  }

  function copied(item: object): unknown {
    const name = Object.prototype.toString.call(item).slice(8, -1);
    if (Object.hasOwn(arrayTypes, name) && ArrayBuffer.isView(item)) {
      return typedArray(name as ArrayName, item as NumberArray);
    }
    if (Array.isArray(item)) {
      count(item.length);
      return Array.from(item, visit);
    }
    if (item instanceof Drawing) return { $: 'stream', drawn: item.drawn };
    if (item instanceof Map) return { $: 'Map', entries: visit([...item]) };
    if (item instanceof Set) return { $: 'Set', entries: visit([...item]) };
    if (item instanceof Promise || typeof (item as { then?: unknown }).then === 'function') {
      return { $: 'promise' };
    }
    if (isNdarray(item)) {
      const { data, shape, stride, offset } = item;
      return {
        $: 'ndarray',
        data: visit(data),
        shape: visit([...shape]),
        stride: visit([...stride]),
        offset: visit(offset),
      };
    }
    if (name === 'Generator') return { $: 'generator', items: collect(item as Generator) };
    const result: Record<string, unknown> = {};
    for (const key of Object.keys(item)) {
      const copy = visit((item as Record<string, unknown>)[key]);
      Object.defineProperty(result, key === '$' ? '$$' : key, { value: copy, enumerable: true });
    }
    return result;
  }

  function typedArray(name: ArrayName, array: NumberArray): unknown {
    count(array.length);
    const values = Array.from(array, number);
    const isWhole = array.byteOffset === 0 && array.byteLength === array.buffer.byteLength;
    if (isWhole) return { $: name, values };
    return { $: name, values, offset: array.byteOffset, room: array.buffer.byteLength };
  }

  function collect(items: Iterable<unknown>): unknown[] {
    const list: unknown[] = [];
    for (const item of items) {
      list.push(visit(item));
      if (list.length >= 10_000) break;
    }
    return list;
  }
}

function number(value: number): unknown {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Where references of a message lead: the child has them, the judge has none. */
export interface References {
  result(call: number): unknown;
  argument(call: number, place: number): unknown;
  given(name: string): unknown;
}

/** Makes values of JSON again. The strings 'NaN', 'Infinity', '-Infinity' and '-0' stand for numbers. */
export function decode(json: unknown, references?: References): unknown {
  if (typeof json === 'string') return numberWords.has(json) ? Number(json) : json;
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map((item) => decode(item, references));
  const fields = json as Record<string, unknown>;
  if (typeof fields.$ === 'string') return decodeTagged(fields.$, fields, references);
  const plain: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(fields)) {
    const value = decode(item, references);
    Object.defineProperty(plain, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return plain;
}

const numberWords = new Set(['NaN', 'Infinity', '-Infinity', '-0']);

function decodeTagged(tag: string, fields: Record<string, unknown>, references?: References): unknown {
  if (Object.hasOwn(arrayTypes, tag)) return decodeArray(tag as ArrayName, fields);
  switch (tag) {
    case 'undefined':
      return undefined;
    case 'bigint':
      return BigInt(String(fields.is));
    case 'ndarray':
      return decodeNdarray(fields, references);
    case 'Map':
      return new Map(decode(fields.entries, references) as [unknown, unknown][]);
    case 'Set':
      return new Set(decode(fields.entries, references) as unknown[]);
    case 'generator':
      return decode(fields.items, references);
    case 'keyed':
      return new Drawing(randomStream(fields.seed as number, ...(fields.key as string[])));
    case 'written': {
      const values = (fields.values as (number | string)[]).map(Number);
      return (place: number) => values[place];
    }
    case 'rounding':
      return rounding(fields.step as number);
    case 'scripted':
      return new Drawing(scripted(fields as Script));
  }
  if (!references) return Object.assign(new Foreign(), fields);
  if (tag === 'result') return follow(references.result(fields.call as number), fields.path as string[]);
  if (tag === 'argument') {
    return follow(
      references.argument(fields.call as number, fields.place as number),
      fields.path as string[],
    );
  }
  if (tag === 'given') return references.given(fields.name as string);
  throw new TypeError(`decode: unknown tag ${tag}`);
}

/** What has no copy: a function, a promise, a stream, something that contains itself. */
export class Foreign {
  readonly $: string = '';
}

function follow(start: unknown, path: readonly (string | number)[]): unknown {
  let value = start;
  for (const step of path) value = (value as Record<string, unknown> | null | undefined)?.[step];
  return value;
}

function decodeArray(name: ArrayName, fields: Record<string, unknown>): NumberArray {
  const values = (fields.values as (number | string)[]).map(Number);
  const type = arrayTypes[name];
  if (fields.room === undefined) return type.from(values);
  const buffer = new ArrayBuffer(Math.min(Number(fields.room), 8 * MOST_ENTRIES));
  new Uint8Array(buffer).fill(AROUND);
  const view = new type(buffer, Number(fields.offset), values.length);
  view.set(values);
  return view;
}

function decodeNdarray(fields: Record<string, unknown>, references?: References): unknown {
  const data = decode(fields.data, references) as NumberArray;
  const [shape, stride] = [decode(fields.shape) as number[], decode(fields.stride) as number[]];
  const offset = decode(fields.offset) as number;
  const isWhole = [...shape, ...stride, offset].every(Number.isInteger) && shape.every((size) => size >= 0);
  const reach = (sign: 1 | -1) =>
    shape.reduce((at, size, axis) => at + Math.max(0, sign * (size - 1) * stride[axis]!) * sign, offset);
  const isEmpty = shape.includes(0);
  if (
    !isWhole ||
    stride.length !== shape.length ||
    (!isEmpty && (reach(-1) < 0 || reach(1) >= data.length))
  ) {
    return Object.assign(new Foreign(), { $: 'an ndarray that reaches outside its data' });
  }
  return ndarray(data, shape, stride, offset);
}

/** Whether a value is an ndarray, of whichever copy of the package. */
export function isNdarray(value: unknown): value is NdArray<Float64Array> {
  const fields = value as Partial<NdArray> | null;
  return (
    typeof fields === 'object' &&
    fields !== null &&
    Array.isArray(fields.shape) &&
    Array.isArray(fields.stride) &&
    typeof fields.offset === 'number' &&
    typeof fields.get === 'function' &&
    typeof fields.data === 'object'
  );
}

function rounding(step: number) {
  return (matrices: Record<string, NdArray<Float64Array>>) =>
    Object.fromEntries(
      Object.entries(matrices).map(([name, values]) => {
        const [rows, columns] = values.shape as [number, number];
        const rounded = Float64Array.from({ length: rows * columns }, (_, at) => {
          return step * Math.round(values.get(Math.floor(at / columns), at % columns) / step);
        });
        return [name, ndarray(rounded, [rows, columns])];
      }),
    );
}

type Script = { uniform?: number[]; integer?: number[]; normal?: number[] };

function scripted(script: Script): RandomStream {
  const next = { uniform: 0, integer: 0, normal: 0 };
  const draw = (kind: keyof typeof next): number => {
    const value = script[kind]?.[next[kind]++];
    if (value === undefined)
      throw new RangeError(
        `the stream was asked for draw ${next[kind]} of ${kind}(), which the case does not have`,
      );
    return value;
  };
  const integer = (bound: number) => {
    const value = draw('integer');
    if (value >= bound)
      throw new RangeError(`the stream was asked for integer(${bound}), where the case draws ${value}`);
    return value;
  };
  return {
    uniform: () => draw('uniform'),
    integer,
    integers: (bound, out) => {
      for (let at = 0; at < out.length; at++) out[at] = integer(bound);
    },
    normal: () => draw('normal'),
    nextUint32: () => draw('integer'),
    laplace: () => draw('normal'),
  };
}

/** A stream that counts what was drawn from it. */
class Drawing implements RandomStream {
  drawn = 0;
  readonly #stream: RandomStream;

  constructor(stream: RandomStream) {
    this.#stream = stream;
  }

  nextUint32(): number {
    this.drawn++;
    return this.#stream.nextUint32();
  }

  uniform(): number {
    this.drawn++;
    return this.#stream.uniform();
  }

  integer(bound: number): number {
    this.drawn++;
    return this.#stream.integer(bound);
  }

  integers(bound: number, out: Uint32Array): void {
    this.drawn += out.length;
    this.#stream.integers(bound, out);
  }

  normal(): number {
    this.drawn++;
    return this.#stream.normal();
  }

  laplace(scale: number): number {
    this.drawn++;
    return this.#stream.laplace(scale);
  }
}
