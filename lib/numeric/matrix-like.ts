// What people have becomes what the library computes with: rows of numbers, typed arrays with a shape, matrices of mathjs or of
// other packages, any ndarray. In: one of these, and who asks; out: a matrix on float64 or float32, a view where nothing had
// to be converted. It stands at the public door, once; inner modules know matrices only.
import { expectKind, inWords, isList } from './arguments.ts';
import { type FloatArray, type Matrix, matrix } from './ndarrays.ts';
import { type RandomStream, randomStream } from './rng.ts';

export { inWords } from './arguments.ts';

/** A typed array, or any list of numbers, with its shape. */
export interface ShapedArray {
  readonly data: ArrayLike<number>;
  /** [rows, columns]; the data lie row after row. */
  readonly shape: readonly number[];
}

/** A matrix of mathjs: only these two of its methods are asked. */
export interface MathjsMatrix {
  size(): number[];
  toArray(): unknown;
}

/** A matrix as people have it. */
export type MatrixLike = Matrix | readonly ArrayLike<number>[] | ShapedArray | MathjsMatrix;

/** A stream, or the number that one is opened with. */
export type Seed = number | RandomStream;

/**
 * A matrix out of whatever is one.
 *
 * @param caller who asks, for the error
 * @param name what the argument is called, for the error
 * @throws TypeError if it is none; RangeError if its rows differ in length or its shape does not fit
 */
export function asMatrix(caller: string, name: string, values: MatrixLike): Matrix {
  const given: unknown = values;
  if (isNdarray(given)) return fromNdarray(caller, name, given);
  if (isMathjs(given)) return fromNested(caller, name, given.toArray());
  if (isShaped(given)) return fromShaped(caller, name, given);
  return fromNested(caller, name, given);
}

/**
 * A stream out of a stream or a seed.
 *
 * @param key what the draws are for, so that one seed gives different functions different numbers
 * @throws RangeError if the seed is no whole number of at least 0, TypeError if it is neither number nor stream
 */
export function asStream(caller: string, name: string, seed: Seed, key: string): RandomStream {
  if (typeof seed === 'number') {
    if (Number.isSafeInteger(seed) && seed >= 0) return randomStream(seed, key);
    throw new RangeError(`${caller}: ${name} must be a whole number of at least 0, got ${seed}`);
  }
  if (typeof seed === 'object' && seed !== null && typeof seed.nextUint32 === 'function') return seed;
  throw new TypeError(`${caller}: ${name} must be a whole number or a randomStream(…), got ${inWords(seed)}`);
}

/** Checks an argument that is a set of named values; throws a TypeError that names what it should look like. */
export function expectObject(caller: string, name: string, value: unknown, example: string): void {
  expectKind(caller, name, value, 'object', example);
}

/** Checks that a matrix has elements. @throws RangeError if it has no row or no column */
export function expectSize(caller: string, values: Matrix, name = 'values'): void {
  if (values.size === 0)
    throw new RangeError(
      `${caller}: ${name} must have at least one row and column, got shape [${values.shape.join(', ')}]`,
    );
}

const ways =
  'rows of numbers [[1, 2], [3, 4]], { data, shape: [rows, columns] }, an ndarray or a mathjs matrix';

interface AnyNdarray extends ShapedArray {
  readonly dimension: number;
  readonly stride: readonly number[];
  readonly offset: number;
  get(row: number, column: number): number;
}

function isNdarray(values: unknown): values is AnyNdarray {
  const { data, shape, stride, get } = (values ?? {}) as Partial<AnyNdarray>;
  return isList(data) && Array.isArray(shape) && Array.isArray(stride) && typeof get === 'function';
}

function isMathjs(values: unknown): values is MathjsMatrix {
  const { size, toArray } = (values ?? {}) as Partial<MathjsMatrix>;
  return typeof size === 'function' && typeof toArray === 'function' && !ArrayBuffer.isView(values);
}

function isShaped(values: unknown): values is ShapedArray {
  const { data, shape } = (values ?? {}) as Partial<ShapedArray>;
  return isList(data) && isList(shape);
}

function fromNdarray(caller: string, name: string, values: AnyNdarray): Matrix {
  if (values.shape.length !== 2) {
    throw new RangeError(
      `${caller}: ${name} must have two dimensions, [rows, columns], got shape [${values.shape.join(', ')}]`,
    );
  }
  if (values.data instanceof Float32Array || values.data instanceof Float64Array)
    return values as unknown as Matrix;
  const [rows, columns] = values.shape as [number, number];
  return filled(caller, name, rows, columns, (row, column) => values.get(row, column));
}

function fromShaped(caller: string, name: string, { data, shape }: ShapedArray): Matrix {
  const [rows, columns] = [Number(shape[0]), Number(shape[1])];
  const fits = shape.length === 2 && Number.isInteger(rows) && rows >= 0 && rows * columns === data.length;
  if (!fits || !Number.isInteger(columns) || columns < 0) {
    throw new RangeError(
      `${caller}: ${name}.shape must be [rows, columns] of ${data.length} elements, got [${Array.from(shape, String).join(', ')}]`,
    );
  }
  if (data instanceof Float32Array || data instanceof Float64Array) return matrix(data, rows, columns);
  return filled(caller, name, rows, columns, (row, column) => data[row * columns + column]);
}

function fromNested(caller: string, name: string, values: unknown): Matrix {
  if (!Array.isArray(values))
    throw new TypeError(`${caller}: ${name} must be a matrix: ${ways}; got ${inWords(values)}`);
  const columns = isList(values[0]) ? values[0].length : 0;
  values.forEach((row: unknown, at) => {
    if (typeof row === 'number')
      throw new TypeError(
        `${caller}: ${name} must be a matrix: ${ways}; got an array of numbers, of which [array] makes one row`,
      );
    if (!isList(row))
      throw new TypeError(`${caller}: ${name}[${at}] must be a row of numbers, got ${inWords(row)}`);
    if (row.length !== columns)
      throw new RangeError(
        `${caller}: every row of ${name} must have ${columns} columns like row 0, got ${row.length} in row ${at}`,
      );
  });
  const rows = values as ArrayLike<number>[];
  const isFloat32 = rows.length > 0 && rows.every((row) => row instanceof Float32Array);
  return filled(caller, name, rows.length, columns, (row, column) => rows[row]![column], isFloat32);
}

/** Numbers one by one; what is none is an error that says where. */
function filled(
  caller: string,
  name: string,
  rows: number,
  columns: number,
  valueAt: (row: number, column: number) => unknown,
  isFloat32 = false,
): Matrix {
  const data: FloatArray = new (isFloat32 ? Float32Array : Float64Array)(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = valueAt(row, column);
      if (typeof value !== 'number')
        throw new TypeError(`${caller}: ${name}[${row}][${column}] must be a number, got ${inWords(value)}`);
      data[row * columns + column] = value;
    }
  }
  return matrix(data, rows, columns);
}
