// What is drawn of a value: a word, a grid of cells, or fields with values of their own. A picture is a copy, so that it shows
// what was there when it was taken; long and deep values are cut, and say so. In: any value; out: plain data.
import { isNdarray } from '../kit/values.ts';

export type Picture = Word | Grid | Fields;

/** A number, a text, a truth value, or the kind of what has no parts to show. */
export interface Word {
  readonly is: 'word';
  readonly text: string;
}

/** Lists and matrices. Every cell is the full text of its value; '' where a ragged row has none. */
export interface Grid {
  readonly is: 'grid';
  /** Such as 'Float64Array', 'matrix', 'array'. */
  readonly type: string;
  /** Of the whole value, of which no more than the first rows and columns are here. */
  readonly shape: readonly number[];
  readonly rows: readonly (readonly string[])[];
}

export interface Fields {
  readonly is: 'fields';
  readonly type: string;
  readonly fields: readonly (readonly [name: string, value: Picture])[];
  /** Fields that are not here. */
  readonly more: number;
}

const MOST_ROWS = 40;
const MOST_COLUMNS = 40;
const LONGEST_LIST = 200;
const MOST_FIELDS = 30;
const MOST_DEPTH = 3;
const LONGEST_TEXT = 80;

export function pictureOf(value: unknown, depth = 0): Picture {
  if (typeof value !== 'object' || value === null) return { is: 'word', text: textOf(value) };
  if (isNdarray(value)) return ndarrayGrid(value);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return listGrid(kindOf(value), value as unknown as ArrayLike<unknown>);
  }
  if (Array.isArray(value) && value.every(isPlain)) return listGrid('array', value);
  if (Array.isArray(value) && value.every(isRow)) return rowsGrid(value);
  if (depth >= MOST_DEPTH) return { is: 'word', text: textOf(value) };
  if (Array.isArray(value)) return fieldsOf('array', value.entries(), value.length, depth);
  if (value instanceof Map) return fieldsOf('Map', value, value.size, depth);
  if (value instanceof Set) return listGrid('Set', [...value].map(textOf), true);
  if (typeof (value as { uniform?: unknown }).uniform === 'function') return streamWord(value);
  const fields = Object.entries(value).filter(([, field]) => typeof field !== 'function');
  if (fields.length === 0) return { is: 'word', text: textOf(value) };
  return fieldsOf(kindOf(value), fields, fields.length, depth);
}

/** A value in one line, whole numbers and others with all their digits. */
export function textOf(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'string') return JSON.stringify(shortened(value));
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return value.name ? `function ${value.name}` : 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Error) return shortened(`${value.name}: ${value.message}`);
  if (isNdarray(value)) return `ndarray [${value.shape.join(', ')}]`;
  if (ArrayBuffer.isView(value) || Array.isArray(value))
    return `${kindOf(value)} of ${(value as unknown[]).length}`;
  if (value instanceof Map || value instanceof Set) return `${kindOf(value)} of ${value.size}`;
  return kindOf(value) === 'object' && Object.keys(value).length === 0 ? '{}' : kindOf(value);
}

function shortened(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`;
}

function kindOf(value: object): string {
  const name = value.constructor?.name;
  return name === undefined || name === 'Object' || name === ''
    ? 'object'
    : name === 'Array'
      ? 'array'
      : name;
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function isRow(value: unknown): boolean {
  if (ArrayBuffer.isView(value)) return !(value instanceof DataView);
  return Array.isArray(value) && value.every(isPlain);
}

function listGrid(type: string, values: ArrayLike<unknown>, areTexts = false): Grid {
  const cells = Array.from({ length: Math.min(values.length, LONGEST_LIST) }, (_, at) =>
    areTexts ? String(values[at]) : textOf(values[at]),
  );
  return { is: 'grid', type, shape: [values.length], rows: [cells] };
}

function rowsGrid(values: readonly ArrayLike<unknown>[]): Grid {
  const columns = Math.max(0, ...values.map(({ length }) => length));
  const rows = values.slice(0, MOST_ROWS).map((row) => {
    const cells = Array.from({ length: Math.min(columns, MOST_COLUMNS) }, (_, at) =>
      at < row.length ? textOf(row[at]) : '',
    );
    return cells;
  });
  return { is: 'grid', type: 'array of arrays', shape: [values.length, columns], rows };
}

/** Of more than two axes, the last is a row and all others one after the other. */
function ndarrayGrid(value: { shape: number[]; get(...at: number[]): number }): Grid {
  const { shape } = value;
  if (shape.length <= 1) {
    const length = shape[0] ?? 1;
    const cells = Array.from({ length: Math.min(length, LONGEST_LIST) }, (_, at) => textOf(value.get(at)));
    return { is: 'grid', type: 'vector', shape: [...shape], rows: [cells] };
  }
  const columns = shape.at(-1)!;
  const count = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const rows = Array.from({ length: Math.min(count, MOST_ROWS) }, (_, row) => {
    const place: number[] = [];
    let rest = row;
    for (const size of shape.slice(0, -1).reverse()) {
      place.unshift(rest % size);
      rest = Math.floor(rest / size);
    }
    const width = Math.min(columns, MOST_COLUMNS);
    return Array.from({ length: width }, (_, column) => textOf(value.get(...place, column)));
  });
  return { is: 'grid', type: shape.length === 2 ? 'matrix' : 'ndarray', shape: [...shape], rows };
}

function fieldsOf(
  type: string,
  entries: Iterable<readonly [unknown, unknown]>,
  count: number,
  depth: number,
): Fields {
  const fields: [string, Picture][] = [];
  for (const [key, value] of entries) {
    if (fields.length >= MOST_FIELDS) break;
    fields.push([typeof key === 'string' ? key : textOf(key), pictureOf(value, depth + 1)]);
  }
  return { is: 'fields', type, fields, more: count - fields.length };
}

/** Of a random stream one sees how much was drawn, where it counts. */
function streamWord(value: object): Word {
  const { drawn } = value as { drawn?: unknown };
  return { is: 'word', text: `a random stream${typeof drawn === 'number' ? `, ${drawn} drawn` : ''}` };
}
