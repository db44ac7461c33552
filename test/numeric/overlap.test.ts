// Results written over their own operands: one array, and views of it that cross in every way. What must come out is what
// comes out where the operands are copied first.
import fc from 'fast-check';
import ndarray from 'ndarray';
import test from 'tape';
import { chooseLoops, loopNames } from '../../lib/fast/choose-loops.ts';
import { scoreAll } from '../../lib/model/factorization.ts';
import { kmeans } from '../../lib/model/kmeans.ts';
import { compressWithFeedback, frobeniusNorm, merge, truncatedSvd } from '../../lib/model/lora.ts';
import { adamState, adamStep, sgdStep } from '../../lib/model/optimizer.ts';
import { softmaxRows } from '../../lib/model/softmax.ts';
import { matmul } from '../../lib/numeric/matmul.ts';
import {
  copyOf,
  type FloatArray,
  fromRows,
  type Matrix,
  matrix,
  rowOf,
  toArray,
  toRows,
  transpose,
  vector,
  zeros,
} from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';

const backends = loopNames.map((name) => chooseLoops(name).matmul);
const LENGTH = 400;

test('the square of a matrix can be written over the matrix', (t) => {
  for (const backend of backends) {
    const a = fromRows([[1, 2], [3, 4]]); // biome-ignore format: as it looks
    matmul(a, a, { out: a, backend });
    t.deepEqual(toRows(a), [[7, 10], [15, 22]], `${backend.name}, by hand`); // biome-ignore format: as it looks
  }
  t.end();
});

test('a product written into any view of its operands’ memory is the product, or is refused', (t) => {
  for (const backend of backends) {
    for (const Type of [Float32Array, Float64Array]) {
      let refused = 0;
      const property = fc.property(sizes, views, (shape, [one, two, three]) => {
        const memory = new Type(LENGTH).map((_, index) => Math.sin(index + 1));
        const [rows, inner, columns] = shape;
        const a = viewOf(memory, rows, inner, one);
        const b = viewOf(memory, inner, columns, two);
        const out = viewOf(memory, rows, columns, three);
        const expected = toRows(matmul(copyOf(a), copyOf(b), { backend }));
        try {
          matmul(a, b, { out, backend });
        } catch (error) {
          refused++;
          return /^matmul: every element of out must have a place of its own/.test((error as Error).message);
        }
        return JSON.stringify(toRows(out)) === JSON.stringify(expected);
      });
      t.doesNotThrow(() => fc.assert(property, { seed: 1, numRuns: 300 }), `${backend.name}, ${Type.name}`);
      t.ok(refused < 150, 'and most are not refused');
    }
  }
  t.end();
});

test('views of one buffer with other element types overlap as well', (t) => {
  const memory = new ArrayBuffer(64);
  const single = new Float32Array(memory, 0, 4).fill(2);
  const double = new Float64Array(memory, 8, 4);
  const a = ndarray<FloatArray>(single, [2, 2]);
  const out = ndarray<FloatArray>(double, [2, 2]);
  for (const backend of backends) {
    single.fill(2);
    matmul(a, a, { out, backend });
    t.deepEqual(toRows(out), [[8, 8], [8, 8]], backend.name); // biome-ignore format: as it looks
  }
  t.end();
});

test('a result that would leave its array is refused, and nothing is written', (t) => {
  const a = fromRows([[1, 2], [3, 4]]); // biome-ignore format: as it looks
  const data = new Float64Array(3);
  const out = ndarray<FloatArray>(data, [2, 2]);
  t.throws(() => matmul(a, a, { out }), /^RangeError: matmul: out must lie inside its array of 3 elements/);
  t.deepEqual([...data], [0, 0, 0]);
  t.end();
});

test('scores are right where they are written over the table or the vector', (t) => {
  const rows = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]; // biome-ignore format: as it looks
  const user = [2, -1];
  const expected = rows.map(([x, y, bias]) => 2 * x! - y! + bias!);
  for (const start of [0, 1, 2, 4, 6]) {
    const table = fromRows(rows);
    const out = (table.data as Float64Array).subarray(start, start + 3);
    t.deepEqual([...scoreAll(vector(user), table, out)], expected, `over the table, from ${start}`);
  }
  const shared = Float64Array.of(2, -1, 0);
  t.deepEqual(
    [...scoreAll(vector(shared.subarray(0, 2)), fromRows(rows), shared)],
    expected,
    'over the vector',
  );
  t.end();
});

test('factors are added rightly where they are parts of the table they are added to', (t) => {
  const expectedFor = (base: Matrix, left: Matrix, right: Matrix) => {
    const copy = copyOf(base);
    merge(copy, { left: copyOf(left), right: copyOf(right) }, 2);
    return toRows(copy);
  };
  for (const isTurned of [false, true]) {
    const table = fromRows([[1, 2, 3], [4, 5, 6], [7, 8, 9]]); // biome-ignore format: as it looks
    const base = isTurned ? transpose(table) : table;
    const left = table.hi(3, 1);
    const right = table.lo(1, 0).hi(1, 3);
    const expected = expectedFor(base, left, right);
    merge(base, { left, right }, 2);
    t.deepEqual(toRows(base), expected);
  }
  t.end();
});

test('what was left out is carried on rightly where it shares memory with the update', (t) => {
  const rows = [[1, 2], [3, 4]]; // biome-ignore format: as it looks
  const whole = fromRows(rows);
  const { sent } = compressWithFeedback(transpose(whole), whole, 1);
  const apart = fromRows(rows);
  const expected = compressWithFeedback(transpose(fromRows(rows)), apart, 1);
  t.deepEqual(toRows(whole), toRows(apart), 'what stays behind');
  t.deepEqual(toRows(sent.left), toRows(expected.sent.left), 'what is sent');
  t.end();
});

test('a step of an optimiser reads its gradient before it writes over it', (t) => {
  const start = [1, 2, 3, 4, 5];
  const parameters = () => Float64Array.from(start);
  for (const shift of [0, 1]) {
    const expected = start.slice(1).map((value, index) => value - start[index + shift]!);
    const all = parameters();
    sgdStep(all.subarray(1), all.subarray(shift, shift + 4), { learningRate: 1 });
    t.deepEqual(
      [...all.subarray(1)],
      expected,
      `gradient descent, ${1 - shift} places before the parameters`,
    );
    const moved = parameters();
    adamStep(moved.subarray(1), moved.subarray(shift, shift + 4), adamState(4), { learningRate: 0.1 });
    const apart = parameters();
    adamStep(apart.subarray(1), apart.slice(shift, shift + 4), adamState(4), { learningRate: 0.1 });
    t.deepEqual([...moved], [...apart], `Adam, ${1 - shift} places before the parameters`);
  }
  const all = parameters();
  const state = { firstMoment: all, secondMoment: new Float64Array(5), step: 0 };
  t.throws(
    () => adamStep(all, parameters(), state, { learningRate: 1 }),
    /^RangeError: adamStep: parameters, firstMoment and secondMoment must not share memory/,
  );
  t.deepEqual([...all, state.step], [...start, 0], 'and nothing has changed');
  t.end();
});

test('an ordinary array inside an ndarray is refused with one and the same line', (t) => {
  const plain = ndarray([1, 2, 3, 4], [2, 2]) as unknown as Matrix;
  const line = (caller: string, name: string, got = 'Array') =>
    `${caller}: ${name} must lie in a Float32Array or Float64Array, got ${got}; Float64Array.from(data) makes one`;
  const proper = zeros(2, 2);
  const cases: [expected: string, action: () => unknown][] = [
    [line('matmul', 'a matrix'), () => matmul(plain, proper)],
    [line('matmul', 'a matrix'), () => matmul(proper, plain)],
    [line('matmul', 'out'), () => matmul(proper, proper, { out: plain })],
    [line('toRows', 'a matrix'), () => toRows(plain)],
    [line('copyOf', 'a matrix'), () => copyOf(plain)],
    [line('kmeans', 'a matrix'), () => kmeans(plain, { clusters: 1, rng: randomStream(1) })],
    [line('softmaxRows', 'a matrix'), () => softmaxRows(plain)],
    [line('truncatedSvd', 'a matrix'), () => truncatedSvd(plain, 1)],
    [line('toArray', 'values'), () => toArray(rowOf(plain, 0))],
    [line('matrix', 'data'), () => matrix([1, 2] as unknown as FloatArray, 1, 2)],
    [line('frobeniusNorm', 'a matrix'), () => frobeniusNorm(plain)],
    [line('scoreAll', 'userVector'), () => scoreAll(rowOf(plain, 0), zeros(1, 3), new Float64Array(1))],
    [line('merge', 'base'), () => merge(plain, { left: zeros(2, 1), right: zeros(1, 2) }, 1)],
    [
      line('copyOf', 'a matrix', 'Int32Array'),
      () => copyOf(ndarray(Int32Array.of(1), [1, 1]) as unknown as Matrix),
    ],
  ];
  for (const [expected, action] of cases) {
    try {
      t.fail(`${JSON.stringify(action())} instead of ${expected}`);
    } catch (error) {
      t.equal(String(error), `RangeError: ${expected}`);
    }
  }
  t.end();
});

const size = fc.integer({ min: 1, max: 9 });
const sizes = fc.tuple(size, size, size);
/** Where a view begins, its strides, and whether it goes backwards. */
const view = fc.record({
  start: fc.integer({ min: 0, max: 30 }),
  rowStride: fc.integer({ min: 0, max: 20 }),
  columnStride: fc.integer({ min: 0, max: 20 }),
  isBackwards: fc.boolean(),
});
const packed = fc.record({ start: fc.integer({ min: 0, max: 30 }), isTurned: fc.boolean() });
const views = fc.tuple(fc.oneof(view, packed), fc.oneof(view, packed), fc.oneof(view, packed));

type View =
  | { start: number; rowStride: number; columnStride: number; isBackwards: boolean }
  | { start: number; isTurned: boolean };

function viewOf(memory: FloatArray, rows: number, columns: number, how: View): Matrix {
  if ('isTurned' in how) {
    const stride = how.isTurned ? [1, rows] : [columns, 1];
    return ndarray(memory, [rows, columns], stride, how.start);
  }
  const { rowStride, columnStride, isBackwards, start } = how;
  const stride = isBackwards ? [-rowStride, -columnStride] : [rowStride, columnStride];
  return ndarray(memory, [rows, columns], stride, isBackwards ? LENGTH - 1 - start : start);
}
