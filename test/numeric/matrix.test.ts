// Matrices are views on flat arrays: what shares memory, what copies, and what the shape checks say.
import test from 'tape';
import {
  copyOf,
  dimensions,
  expectFinite,
  expectInteger,
  expectShape,
  fromRows,
  isRowMajor,
  type Matrix,
  matrix,
  rowMajorData,
  rowOf,
  toArray,
  toRows,
  transpose,
  vector,
  zeros,
  zeroVector,
} from '../../lib/numeric/matrix.ts';

test('a matrix views its data row after row', (t) => {
  const data = Float32Array.of(1, 2, 3, 4, 5, 6);
  const values = matrix(data, 2, 3);
  t.deepEqual(toRows(values), [[1, 2, 3], [4, 5, 6]]); // biome-ignore format: as it looks
  data[4] = 50;
  t.equal(values.get(1, 1), 50, 'nothing was copied');
  t.deepEqual(dimensions('test', values), [2, 3]);
  t.end();
});

test('zeros have the type that was asked for, float64 by default', (t) => {
  t.ok(zeros(2, 2).data instanceof Float64Array);
  t.ok(zeros(2, 2, 'float32').data instanceof Float32Array);
  t.ok(zeroVector(2).data instanceof Float64Array);
  t.ok(zeroVector(2, 'float32').data instanceof Float32Array);
  t.deepEqual(toRows(zeros(2, 2)), [[0, 0], [0, 0]]); // biome-ignore format: as it looks
  t.deepEqual(zeros(0, 3).shape, [0, 3], 'an axis may be empty');
  t.end();
});

test('a vector views a typed array and copies a plain one', (t) => {
  const data = Float64Array.of(1, 2);
  t.equal(vector(data).data, data);
  t.deepEqual(toArray(vector([3, 4])), [3, 4]);
  t.end();
});

test('rows and transposes are views: writing to them writes to the matrix', (t) => {
  const values = fromRows([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: as it looks
  rowOf(values, 1).set(0, 40);
  transpose(values).set(2, 0, 30);
  t.deepEqual(toRows(values), [[1, 2, 30], [40, 5, 6]]); // biome-ignore format: as it looks
  t.deepEqual(toRows(transpose(values)), [[1, 40], [2, 5], [30, 6]]); // biome-ignore format: as it looks
  t.deepEqual(toArray(rowOf(transpose(values), 2)), [30, 6], 'a row of a transpose is a column');
  t.end();
});

test('a copy is row-major, keeps the type, and shares nothing', (t) => {
  const values = fromRows([[1, 2, 3], [4, 5, 6]], 'float32'); // biome-ignore format: as it looks
  const copy = copyOf(transpose(values));
  t.deepEqual(toRows(copy), [[1, 4], [2, 5], [3, 6]]); // biome-ignore format: as it looks
  t.ok(copy.data instanceof Float32Array);
  t.ok(isRowMajor(copy));
  values.set(0, 0, 100);
  t.equal(copy.get(0, 0), 1);
  t.end();
});

test('row-major data is a view where the rows already lie in order, else a copy', (t) => {
  const data = Float64Array.from({ length: 12 }, (_, index) => index);
  const values = matrix(data, 4, 3);
  const middle = values.lo(1, 0).hi(2, 3);
  t.equal(rowMajorData(middle).buffer, data.buffer, 'whole rows: a view');
  t.deepEqual([...rowMajorData(middle)], [3, 4, 5, 6, 7, 8]);
  const columns = values.lo(0, 1).hi(4, 2);
  t.notEqual(rowMajorData(columns).buffer, data.buffer, 'some columns: a copy');
  t.deepEqual([...rowMajorData(columns)], [1, 2, 4, 5, 7, 8, 10, 11]);
  t.deepEqual([...rowMajorData(transpose(values))], [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
  t.deepEqual([...rowMajorData(values.step(-2, 1))], [9, 10, 11, 3, 4, 5], 'every other row, backwards');
  t.end();
});

test('one row and one column are row-major however they came about', (t) => {
  const values = matrix(new Float64Array(12), 4, 3);
  const oneColumn = values.lo(0, 1).hi(4, 1);
  t.notOk(isRowMajor(oneColumn), 'a column of a wider matrix has gaps');
  t.ok(isRowMajor(oneColumn.hi(1, 1)), 'one number has none');
  t.ok(isRowMajor(values.lo(2, 0).hi(1, 3)), 'one row has none');
  t.ok(isRowMajor(values.lo(2, 1).hi(1, 2)), 'nor has a part of one row');
  t.end();
});

test('wrong lengths and shapes are refused, naming the rule and what was received', (t) => {
  t.throws(
    () => matrix(new Float64Array(5), 2, 3),
    /^RangeError: matrix: data must have rows × columns \(2 × 3 = 6\) elements, got 5$/,
  );
  t.throws(
    () => fromRows([[1, 2], [3]]),
    /^RangeError: fromRows: every row must have 2 columns like row 0, got 1 in row 1$/,
  );
  const cube = zeros(2, 2).pick(null, 0) as unknown as Matrix;
  t.throws(() => dimensions('fit', cube), /^RangeError: fit: a matrix .* is needed, got shape \[2\]$/);
  t.throws(
    () => expectShape('fit', 'weights', zeros(2, 3), [2, 4]),
    /^RangeError: fit: weights must have shape \[2, 4\], got \[2, 3\]$/,
  );
  t.throws(
    () => expectShape('fit', 'weights', zeros(2, 3), [null, 4]),
    /weights must have shape \[any, 4\], got \[2, 3\]$/,
  );
  t.throws(() => expectShape('fit', 'bias', zeroVector(3), [3, 1]), /got \[3\]$/, 'another dimension');
  t.doesNotThrow(() => expectShape('fit', 'weights', zeros(2, 3), [null, 3]), 'null fits any length');
  t.end();
});

test('counts and numbers are checked with their range', (t) => {
  t.doesNotThrow(() => expectInteger('kmeans', 'clusters', 3, 1, 3));
  t.throws(
    () => expectInteger('kmeans', 'clusters', 4, 1, 3),
    /^RangeError: kmeans: clusters must be a whole number between 1 and 3, got 4$/,
  );
  t.throws(() => expectInteger('kmeans', 'clusters', 0, 1), /a whole number of at least 1, got 0$/);
  t.throws(() => expectInteger('kmeans', 'clusters', 1.5, 1), /got 1.5$/);
  t.throws(() => expectInteger('kmeans', 'clusters', Number.NaN, 1), /got NaN$/);
  t.doesNotThrow(() => expectFinite('decode', 'values', [0, -1e300]));
  t.throws(
    () => expectFinite('decode', 'values', [0, 1, Infinity]),
    /^RangeError: decode: values must be finite, got Infinity at position 2$/,
  );
  t.throws(() => expectFinite('decode', 'values', [Number.NaN]), /got NaN at position 0$/);
  t.end();
});
