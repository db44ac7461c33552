import fc from 'fast-check';
import { add, type Matrix as MathMatrix, matrix as mathMatrix, multiply } from 'mathjs';
import test from 'tape';
import {
  bytesSaved,
  compress,
  compressWithFeedback,
  expand,
  frobeniusNorm,
  type LowRank,
  merge,
  rankOneUpdate,
  truncatedSvd,
} from '../../lib/model/lora.ts';
import { jacobiEigen } from '../../lib/numeric/eigen.ts';
import { mathjsEigen } from '../../lib/numeric/eigen-mathjs.ts';
import { matmul } from '../../lib/numeric/matmul.ts';
import {
  copyOf,
  fromRows,
  type Matrix,
  matrix,
  toRows,
  transpose,
  vector,
  zeros,
} from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { normalMatrix } from '../gradient.ts';
import { asMatrix, closeTo, needs, readReference } from '../reference.ts';

/** a + weight · b. */
function sum(a: Matrix, b: Matrix, weight = 1): Matrix {
  const result = copyOf(a);
  const added = copyOf(b);
  for (let at = 0; at < result.data.length; at++) result.data[at]! += weight * added.data[at]!;
  return result;
}

function difference(a: Matrix, b: Matrix): Matrix {
  return sum(a, b, -1);
}

/** A random matrix whose rank is `rank`. */
function ofRank(rows: number, columns: number, rank: number, seed: number): Matrix {
  const rng = randomStream(seed, 'of-rank');
  return matmul(normalMatrix(rows, rank, rng), normalMatrix(rank, columns, rng));
}

test('the step of one user is the outer product −g [p, 1]', (t) => {
  const update = rankOneUpdate(vector([1, -2, 0]), vector([3, 4]));
  t.deepEqual(toRows(update.left), [[-1], [2], [-0]]);
  t.deepEqual(toRows(update.right), [[3, 4, 1]]);
  t.deepEqual(toRows(expand(update)), [[-3, -4, -1], [6, 8, 2], [0, 0, 0]]); // biome-ignore format: one matrix
  t.end();
});

test('merge adds the product to a table in place, also to a transposed view', (t) => {
  const factors: LowRank = { left: fromRows([[1], [2]]), right: fromRows([[1, 0, 3]]) };
  const table = fromRows([[1, 1, 1], [1, 1, 1]]); // biome-ignore format: one matrix, one line
  merge(table, factors, 10);
  t.deepEqual(toRows(table), [[11, 1, 31], [21, 1, 61]]); // biome-ignore format: one matrix, one line
  const turned = zeros(3, 2);
  merge(transpose(turned), factors, -1);
  t.deepEqual(toRows(turned), [[-1, -2], [0, 0], [-3, -6]]); // biome-ignore format: one matrix, one line
  t.end();
});

test('merging agrees with the product and sum of mathjs', (t) => {
  const rng = randomStream(1, 'merge');
  const [base, left, right] = [normalMatrix(5, 4, rng), normalMatrix(5, 2, rng), normalMatrix(2, 4, rng)];
  const product = multiply(mathMatrix(toRows(left)), mathMatrix(toRows(right)));
  const wanted = add(mathMatrix(toRows(base)), multiply(product, -0.7)) as MathMatrix;
  merge(base, { left, right }, -0.7);
  closeTo(t, base, (wanted.toArray() as number[][]).flat(), 'Q − .7 B A', 1e-14);
  t.end();
});

test('a diagonal matrix keeps its largest entries', (t) => {
  const { left, singularValues, right } = truncatedSvd(fromRows([[2, 0], [0, 5], [0, 0]]), 1); // biome-ignore format: one matrix
  t.deepEqual([...singularValues], [5]);
  t.deepEqual(toRows(left), [[0], [1], [0]]);
  t.deepEqual(toRows(right), [[0, 1]]);
  t.deepEqual(toRows(expand(compress(fromRows([[2, 0], [0, 5], [0, 0]]), 1))), [[0, 0], [0, 5], [0, 0]]); // biome-ignore format: one matrix
  t.end();
});

for (const name of ['truncated-svd', 'truncated-svd-wide']) {
  test(
    `${name}: values, approximation and projectors are those of torch`,
    needs(`reference/${name}.json`),
    (t) => {
      const { config, inputs, outputs } = readReference(name);
      const input = asMatrix(inputs.M);
      const all = truncatedSvd(input, Math.min(...inputs.M!.shape));
      closeTo(t, all.singularValues, outputs.singular_values!, 'all singular values');
      for (const eigen of [undefined, mathjsEigen]) {
        const solver = eigen ? 'with mathjs' : 'with Jacobi';
        const { left, right } = truncatedSvd(input, config.rank, { eigen });
        closeTo(t, matmul(left, transpose(left)), outputs.left_projector!, `U Uᵀ ${solver}`);
        closeTo(t, matmul(transpose(right), right), outputs.right_projector!, `V Vᵀ ${solver}`);
        const approximation = expand(compress(input, config.rank, { eigen }));
        closeTo(t, approximation, outputs.approximation!, `approximation ${solver}`);
        const error = frobeniusNorm(difference(input, approximation));
        closeTo(t, [error], outputs.frobenius_error!, `error ${solver}`);
      }
      t.end();
    },
  );
}

test('a matrix of low rank is kept whole, in any shape, unit and element type', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom(1e-8, 1, 1e8),
      fc.nat(1000),
      (rows, columns, unit, seed) => {
        const rank = Math.min(rows, columns, 2);
        const input = ofRank(rows, columns, rank, seed);
        for (let at = 0; at < input.data.length; at++) input.data[at]! *= unit;
        const exact = compress(input, rank);
        const single = matrix(Float32Array.from(input.data), rows, columns);
        const rounded = compress(single, rank);
        const size = frobeniusNorm(input);
        return (
          frobeniusNorm(difference(expand(exact), input)) <= 1e-13 * size &&
          frobeniusNorm(difference(expand(rounded), single)) <= 1e-6 * size &&
          rounded.left.data instanceof Float32Array
        );
      },
    ),
    { seed: 1, numRuns: 60 },
  );
  t.pass('on 60 matrices');
  t.end();
});

test('no other factors of the same rank come closer', (t) => {
  const rng = randomStream(1, 'closer');
  const input = normalMatrix(8, 5, rng);
  const best = compress(input, 2);
  const error = frobeniusNorm(difference(input, expand(best)));
  for (let attempt = 0; attempt < 20; attempt++) {
    const moved: LowRank = { left: copyOf(best.left), right: copyOf(best.right) };
    merge(moved.left, { left: normalMatrix(8, 2, rng), right: fromRows([[1, 0], [0, 1]]) }, 0.05); // biome-ignore format: one matrix
    merge(moved.right, { left: fromRows([[1, 0], [0, 1]]), right: normalMatrix(2, 5, rng) }, 0.05); // biome-ignore format: one matrix
    if (frobeniusNorm(difference(input, expand(moved))) <= error) t.fail(`attempt ${attempt} came closer`);
  }
  t.ok(error > 0.1, 'there was something to cut off');
  t.end();
});

test('singular vectors are orthonormal, values descend, and what is zero stays zero', (t) => {
  const { left, singularValues, right } = truncatedSvd(ofRank(9, 6, 3, 5), 6);
  t.ok(singularValues[2]! > 1e-3 && singularValues[0]! >= singularValues[1]!, 'three values, descending');
  t.deepEqual([...singularValues.slice(3)], [0, 0, 0], 'rounding noise counts as 0');
  const identity = Array.from({ length: 36 }, (_, at) => (at % 7 === 0 ? 1 : 0));
  closeTo(t, matmul(right, transpose(right)), identity, 'rows of Vᵀ', 1e-13);
  const upTo3 = identity.map((one, at) => (at < 18 ? one : 0));
  closeTo(t, matmul(transpose(left), left), upTo3, 'columns of U', 1e-13);
  t.deepEqual([...truncatedSvd(zeros(4, 2), 2).singularValues], [0, 0]);
  t.deepEqual(
    [...expand(compress(zeros(4, 2), 1)).data],
    new Array(8).fill(0),
    'nothing compresses to nothing',
  );
  t.end();
});

test('the result depends on the numbers only: not on strides, and signs are fixed', (t) => {
  const input = normalMatrix(7, 4, randomStream(3, 'strides'));
  const stored = copyOf(transpose(input));
  t.deepEqual(compress(transpose(stored), 2), compress(input, 2), 'a transposed view');
  const negated = copyOf(input);
  for (let at = 0; at < negated.data.length; at++) negated.data[at]! *= -1;
  t.deepEqual(
    toRows(compress(negated, 2).right),
    toRows(compress(input, 2).right),
    'A has the same sign for −M',
  );
  for (let seed = 0; seed < 5; seed++) {
    const rows = toRows(compress(normalMatrix(6, 4, randomStream(seed, 'signs')), 4).right);
    const isPositive = rows.every((row) => Math.max(...row) > Math.max(...row.map((x) => -x)));
    t.ok(isPositive, `the entry of largest size is positive in each row, seed ${seed}`);
  }
  t.end();
});

test('values descend even where an eigensolver confuses the order', (t) => {
  const input = normalMatrix(5, 3, randomStream(6, 'order'));
  const backwards = (gram: Matrix) => {
    const { values, vectors } = jacobiEigen(gram);
    return { values: values.slice().reverse(), vectors: fromRows(toRows(vectors).reverse()) };
  };
  t.deepEqual(truncatedSvd(input, 3, { eigen: backwards }), truncatedSvd(input, 3));
  t.end();
});

test('a rank above the shorter side adds columns of zeros', (t) => {
  const { left, right } = compress(fromRows([[3, 4]]), 2);
  t.deepEqual(toRows(left), [[5, 0]]);
  closeTo(t, right, [0.6, 0.8, 0, 0], 'A', 1e-15);
  t.end();
});

test('error feedback loses nothing: what was sent and what is carried add up to all updates', (t) => {
  const rng = randomStream(1, 'feedback');
  const carried = zeros(10, 4);
  let arrived = zeros(10, 4);
  let all = zeros(10, 4);
  for (let round = 0; round < 12; round++) {
    const update = normalMatrix(10, 4, rng);
    const toSend = sum(carried, update);
    const { sent, relativeError } = compressWithFeedback(update, carried, 1);
    arrived = sum(arrived, expand(sent));
    all = sum(all, update);
    const share = frobeniusNorm(carried) / frobeniusNorm(toSend);
    if (Math.abs(relativeError - share) > 1e-12) t.fail(`round ${round}: ${relativeError} is not ${share}`);
  }
  closeTo(t, sum(arrived, carried), all.data, 'Σ sent + carried = Σ updates', 1e-14);
  t.end();
});

test('an update that stands still is caught up with', (t) => {
  const carried = zeros(6, 3);
  const update = normalMatrix(6, 3, randomStream(2, 'catch-up'));
  const errors = [update, zeros(6, 3), zeros(6, 3)].map(
    (each) => compressWithFeedback(each, carried, 1).relativeError,
  );
  t.ok(errors[0]! > 0.1 && errors[0]! < 1, 'the first message leaves something behind');
  t.ok(frobeniusNorm(carried) < 1e-14, 'after three messages of rank 1 nothing of a rank-3 matrix is left');
  t.equal(compressWithFeedback(zeros(6, 3), zeros(6, 3), 1).relativeError, 0, 'nothing to send');
  t.end();
});

test('the error carried in float32 includes the rounding of the factors', (t) => {
  const update = matrix(Float32Array.from(normalMatrix(20, 5, randomStream(4, 'f32')).data), 20, 5);
  const carried = zeros(20, 5, 'float32');
  const { sent } = compressWithFeedback(update, carried, 2);
  closeTo(t, sum(expand(sent), carried), update.data, 'sent + carried', 1e-6);
  t.end();
});

test('1682 × 17 numbers as factors of rank 2 take an eighth of the bytes', (t) => {
  t.deepEqual(bytesSaved(1682, 17, 2), { dense: 114_376, lowRank: 13_592, saved: 100_784 });
  t.ok(bytesSaved(4, 4, 3).saved < 0, 'a high rank costs more than the matrix');
  t.end();
});

test('wrong input to the low-rank functions is named', (t) => {
  const factors: LowRank = { left: zeros(3, 2), right: zeros(1, 4) };
  t.throws(() => expand(factors), /RangeError: expand: right must have shape \[2, 4\], got \[1, 4\]/);
  t.throws(() => merge(zeros(2, 2), compress(zeros(3, 2), 1), 1), /merge: base must have shape \[3, 2\]/);
  t.throws(() => compress(zeros(3, 2), 4), /compress: rank must be a whole number between 1 and 3, got 4/);
  t.throws(
    () => truncatedSvd(zeros(3, 2), 3),
    /truncatedSvd: rank must be a whole number between 1 and 2, got 3/,
  );
  t.throws(() => bytesSaved(0, 1, 1), /bytesSaved: rows must be a whole number of at least 1, got 0/);
  const carried = fromRows([[1, 2]]);
  t.throws(
    () => compressWithFeedback(fromRows([[1, Number.NaN]]), carried, 1),
    /update must be finite, got NaN/,
  );
  t.throws(
    () => compressWithFeedback(fromRows([[1, 1]]), carried, 3),
    /rank must be a whole number between 1 and 2/,
  );
  const large = fromRows([[3e38, 3e38]], 'float32');
  const inFloat32 = fromRows([[1, 2]], 'float32');
  t.throws(() => compressWithFeedback(large, inFloat32, 1), /B in float32/);
  t.deepEqual(
    [toRows(carried), toRows(inFloat32)],
    [[[1, 2]], [[1, 2]]],
    'a refused update leaves the carried error alone',
  );
  t.end();
});

test(
  'the rank-one step of torch is reproduced and has one singular value',
  needs('reference/matrix-factorisation.json'),
  (t) => {
    const { inputs, outputs } = readReference('matrix-factorisation');
    const update = rankOneUpdate(vector(outputs.score_gradient!.data), vector(inputs.p!.data));
    const dense = expand(update);
    closeTo(t, dense, outputs.dQ!, 'ΔQ');
    const { singularValues } = truncatedSvd(dense, 6);
    closeTo(t, [singularValues[0]!], [outputs.dQ_singular_values!.data[0]!], 'the first');
    t.deepEqual([...singularValues.slice(1)], [0, 0, 0, 0, 0], 'the others');
    t.end();
  },
);
