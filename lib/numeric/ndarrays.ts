// Matrices as ndarray views: one flat typed array, a shape and strides, so that a transpose or a row costs nothing.
// In: shapes or flat data; out: `NdArray`s that every module of this library takes and returns.
// Here too: the checks that stand at each public entry. lib/numeric/matrix.ts adds what people write and print.
import ndarray, { type NdArray } from 'ndarray';

export type FloatArray = Float32Array | Float64Array;
export type FloatType = 'float32' | 'float64';

/** A two-dimensional ndarray, [rows, columns]. */
export type Matrix = NdArray<FloatArray>;
/** A one-dimensional ndarray, [length]. */
export type Vector = NdArray<FloatArray>;

/** What a typed array may have here. */
const MOST_ELEMENTS = 2 ** 32;

/** A matrix of zeros, [rows, columns], row-major. */
export function zeros(rows: number, columns: number, type: FloatType = 'float64'): Matrix {
  expectInteger('zeros', 'rows', rows, 0, MOST_ELEMENTS);
  expectInteger('zeros', 'columns', columns, 0, Math.floor(MOST_ELEMENTS / Math.max(1, rows)));
  return matrix(allocate(rows * columns, type), rows, columns);
}

/** A vector of zeros, [length]. */
export function zeroVector(length: number, type: FloatType = 'float64'): Vector {
  return ndarray(allocate(length, type), [length]);
}

/**
 * Views flat row-major data as a matrix [rows, columns]; nothing is copied.
 *
 * @throws RangeError if the data does not have rows × columns elements, or is no Float32Array or Float64Array
 */
export function matrix(data: FloatArray, rows: number, columns: number): Matrix {
  expectFloats('matrix', 'data', data);
  if (data.length !== rows * columns) {
    throw new RangeError(
      `matrix: data must have rows × columns (${rows} × ${columns} = ${rows * columns}) elements, got ${data.length}`,
    );
  }
  return ndarray(data, [rows, columns]);
}

/** Views a flat array as a vector [length]; nothing is copied. */
export function vector(data: FloatArray | readonly number[]): Vector {
  if (!Array.isArray(data)) expectFloats('vector', 'data', data);
  const values =
    data instanceof Float32Array || data instanceof Float64Array ? data : Float64Array.from(data);
  return ndarray(values, [values.length]);
}

/** A view with rows and columns exchanged, [columns, rows]; nothing is copied. */
export function transpose(values: Matrix): Matrix {
  dimensions('transpose', values);
  return values.transpose(1, 0);
}

/** A row-major copy with the same element type. */
export function copyOf(values: Matrix): Matrix {
  const [rows, columns] = dimensions('copyOf', values);
  const result = zeros(rows, columns, floatType(values.data));
  const { data, offset } = values;
  const [rowStride, columnStride] = values.stride as [number, number];
  let written = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result.data[written++] = data[offset + row * rowStride + column * columnStride]!;
    }
  }
  return result;
}

/** Whether the elements lie row after row without gaps, so that `.data` from `.offset` on can be read in order. */
export function isRowMajor(values: Matrix): boolean {
  const columns = values.shape[1] ?? 0;
  return (
    (values.stride[1] === 1 || columns <= 1) && (values.stride[0] === columns || (values.shape[0] ?? 0) <= 1)
  );
}

/** The elements in row-major order: a view where they already lie so, else a copy. */
export function rowMajorData(values: Matrix): FloatArray {
  expectFloats('rowMajorData', 'values', values.data);
  const source = isRowMajor(values) ? values : copyOf(values);
  return source.data.subarray(source.offset, source.offset + source.size);
}

/**
 * The shape of a matrix.
 *
 * @throws RangeError if `values` is not two-dimensional, or lies in no Float32Array or Float64Array; TypeError if it is none
 */
export function dimensions(caller: string, values: Matrix, name = 'values'): [rows: number, columns: number] {
  expectNdarray(caller, name, values);
  if (values.dimension !== 2) {
    throw new RangeError(
      `${caller}: a matrix [rows, columns] is needed, got shape [${values.shape.join(', ')}]`,
    );
  }
  expectFloats(caller, 'a matrix', values.data);
  return [values.shape[0]!, values.shape[1]!];
}

/**
 * Checks a shape; `null` stands for any size on that axis.
 *
 * @throws RangeError naming the caller, the argument, the shape that is needed and the shape it got; or what the numbers
 *   lie in, if it is no Float32Array or Float64Array
 */
export function expectShape(
  caller: string,
  name: string,
  values: NdArray<FloatArray>,
  shape: readonly (number | null)[],
): void {
  expectNdarray(caller, name, values);
  const fits =
    values.dimension === shape.length &&
    shape.every((length, axis) => length === null || values.shape[axis] === length);
  expectFloats(caller, name, values.data);
  if (!fits) {
    const wanted = shape.map((length) => length ?? 'any').join(', ');
    throw new RangeError(`${caller}: ${name} must have shape [${wanted}], got [${values.shape.join(', ')}]`);
  }
}

function expectNdarray(caller: string, name: string, values: unknown): void {
  if (Array.isArray((values as Matrix | null | undefined)?.shape)) return;
  const got = Array.isArray(values) ? 'an array' : typeof values;
  throw new TypeError(
    `${caller}: ${name} must be an ndarray, got ${got}; fromRows([[1, 2], [3, 4]]) makes one`,
  );
}

/**
 * Checks a count, such as a number of clusters.
 *
 * @throws RangeError unless `value` is a whole number in the range
 */
export function expectInteger(caller: string, name: string, value: number, from: number, to = Infinity) {
  if (!Number.isInteger(value) || value < from || value > to) {
    const range = to === Infinity ? `of at least ${from}` : `between ${from} and ${to}`;
    throw new RangeError(`${caller}: ${name} must be a whole number ${range}, got ${String(value)}`);
  }
}

/**
 * Checks that every element is finite.
 *
 * @throws RangeError naming the first element that is not
 */
export function expectFinite(caller: string, name: string, values: ArrayLike<number>): void {
  for (let index = 0; index < values.length; index++) {
    if (!Number.isFinite(values[index])) {
      throw new RangeError(`${caller}: ${name} must be finite, got ${values[index]} at position ${index}`);
    }
  }
}

/** An ndarray may view any array; the loops of this library read and write only these two types. */
export function expectFloats(caller: string, name: string, data: unknown): void {
  if (data instanceof Float32Array || data instanceof Float64Array) return;
  const got = (data as object | null | undefined)?.constructor?.name ?? String(data);
  throw new RangeError(
    `${caller}: ${name} must lie in a Float32Array or Float64Array, got ${got}; Float64Array.from(data) makes one`,
  );
}

/** The element type of an array. */
export function floatType(data: FloatArray): FloatType {
  return data instanceof Float32Array ? 'float32' : 'float64';
}

function allocate(length: number, type: FloatType): FloatArray {
  return type === 'float32' ? new Float32Array(length) : new Float64Array(length);
}
