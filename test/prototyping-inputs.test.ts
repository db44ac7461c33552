// Matrices as people have them: every kind gives the same numbers, results convert back, and what is no matrix is named.
import { matrix as mathMatrix, sparse } from 'mathjs';
import ndarray from 'ndarray';
import test from 'tape';
import * as library from '../lib/index.ts';
import { multiHeadAttention as anyHeads, encoderBlockParameters, lloydStep } from '../lib/index.ts';
import { multiHeadAttentionBackward } from '../lib/model/attention-backward.ts';
import * as plainKmeans from '../lib/model/kmeans.ts';
import { fromRows, matrix, toRows, transpose } from '../lib/numeric/matrix.ts';
import { asMatrix, type MatrixLike } from '../lib/numeric/matrix-like.ts';
import { randomStream } from '../lib/numeric/rng.ts';
import { centralDifferences, normalMatrix, weightedSum } from './gradient.ts';

const rows = [[0, 0], [0, 1], [9, 9], [8, 9]]; // biome-ignore format: points
const flat = rows.flat();
const kinds: Record<string, MatrixLike> = {
  'rows of numbers': rows,
  'rows of Float64Array': rows.map((row) => Float64Array.from(row)),
  'rows of Uint8Array': rows.map((row) => Uint8Array.from(row)),
  'a typed array with a shape': { data: Float64Array.from(flat), shape: [4, 2] },
  'integers with a shape': { data: Int16Array.from(flat), shape: [4, 2] },
  'a list with a shape': { data: flat, shape: [4, 2] },
  'our matrix': fromRows(rows),
  'a transposed view': transpose(fromRows([0, 1].map((column) => rows.map((row) => row[column]!)))),
  'an ndarray of integers': ndarray(Int32Array.from(flat), [4, 2]) as unknown as MatrixLike,
  'an ndarray of an array': ndarray(flat, [4, 2]) as unknown as MatrixLike,
  'a matrix of mathjs': mathMatrix(rows) as unknown as MatrixLike,
  'a sparse matrix of mathjs': sparse(rows) as unknown as MatrixLike,
};

test('every kind of matrix gives the same numbers, and those of ours', (t) => {
  const { kmeans, compress, expand, truncatedSvd, softmaxRows, frobeniusNorm, silhouette } = library;
  const { scaledDotProductAttention, multiHeadAttention, attentionParameters } = library;
  const { layerNorm, layerNormParameters, encoderBlock, loraLinear, loraForward } = library;
  const calls: Record<string, (points: MatrixLike) => unknown> = {
    kmeans: (points) => kmeans(points, { clusters: 2, seed: 1 }),
    compress: (points) => expand(compress(points, 1)),
    truncatedSvd: (points) => truncatedSvd(points, 2),
    frobeniusNorm,
    softmaxRows: (points) => softmaxRows(points),
    silhouette: (points) => silhouette(points, [0, 0, 1, 1]),
    attention: (points) => scaledDotProductAttention({ queries: points, keys: points, values: points }),
    multiHeadAttention: (points) =>
      multiHeadAttention(attentionParameters(2, 1), points, { heads: 2 }).output,
    encoderBlock: (points) => encoderBlock(encoderBlockParameters(2, 4, 1), points, { heads: 1 }).output,
    layerNorm: (points) => layerNorm(layerNormParameters(2), points),
    loraForward: (points) => loraForward(loraLinear([[1, 2], [3, 4]], { rank: 1 }), points), // biome-ignore format: one line
  };
  for (const [name, call] of Object.entries(calls)) {
    const wanted = JSON.stringify(call(fromRows(rows)));
    for (const [kind, points] of Object.entries(kinds))
      t.equal(JSON.stringify(call(points)), wanted, `${name}: ${kind}`);
  }
  t.end();
});

test('kmeans starts where it is told, in lists as well, and not anew with each restart', (t) => {
  const square = [[0, 0], [0, 1], [4, 0], [4, 1]]; // biome-ignore format: points
  const from = (start: MatrixLike) =>
    toRows(library.kmeans(square, { clusters: 2, start, restarts: 9 }).centroids);
  t.deepEqual(from([[2, 0], [2, 1]]), [[2, 0], [2, 1]], 'a place that Lloyd’s steps do not leave'); // biome-ignore format: points
  t.deepEqual(from(fromRows([[0, 0], [3, 0]])), [[0, 0.5], [4, 0.5]]); // biome-ignore format: points
  t.end();
});

test('a matrix of ours is taken as it is, and float32 stays float32', (t) => {
  const own = fromRows(rows);
  t.equal(asMatrix('test', 'values', own), own);
  const shaped = { data: Float32Array.from(flat), shape: [4, 2] };
  t.equal(asMatrix('test', 'values', shaped).data, shaped.data, 'nothing is copied');
  t.ok(
    asMatrix(
      'test',
      'values',
      rows.map((row) => Float32Array.from(row)),
    ).data instanceof Float32Array,
  );
  t.deepEqual(toRows(library.compress(shaped, 2).left).length, 4);
  t.end();
});

test('a number is a seed wherever a stream is taken', (t) => {
  const { kmeans, kmeansPlusPlus, attentionParameters, lloyd } = library;
  const start = kmeansPlusPlus(rows, 2, 7);
  t.deepEqual(toRows(start), toRows(kmeansPlusPlus(rows, 2, randomStream(7, 'kmeans'))));
  const last = [...lloyd(rows, start)].at(-1)!;
  t.deepEqual([...kmeans(rows, { clusters: 2, seed: 7 }).labels], [...last.labels]);
  const plain = plainKmeans.kmeans(fromRows(rows), { clusters: 2, rng: randomStream(7, 'kmeans') });
  t.deepEqual(kmeans(rows, { clusters: 2, seed: 7 }), plain, 'the plain module computes it');
  t.deepEqual(kmeans(rows, { clusters: 2, rng: randomStream(7, 'kmeans') }), plain);
  t.notDeepEqual(attentionParameters(3, 1), attentionParameters(3, 2));
  t.deepEqual(attentionParameters(3, 1), attentionParameters(3, randomStream(1, 'attention')));
  t.end();
});

test('restarts keep the start with the lowest inertia', (t) => {
  const rng = randomStream(3, 'points');
  const points = Array.from({ length: 60 }, (_, at) => [
    10 * (at % 6) + rng.normal(),
    7 * (at % 5) + rng.normal(),
  ]);
  const stream = randomStream(2, 'kmeans');
  const each = Array.from({ length: 8 }, () => library.kmeans(points, { clusters: 12, rng: stream }).inertia);
  const best = library.kmeans(points, { clusters: 12, seed: 2, restarts: 8 });
  t.equal(best.inertia, Math.min(...each));
  t.ok(best.inertia < each[0]!, 'which is not the first here');
  t.deepEqual([...library.predictClusters(points, best)], [...best.labels], 'and points go where they are');
  t.equal(
    library.kmeans(points, { clusters: 12, start: points.slice(0, 12), restarts: 5 }).iterations > 0,
    true,
  );
  t.end();
});

test('the silhouette of a small case is what a hand finds', (t) => {
  const { mean, points } = library.silhouette([[0], [2], [10]], [5, 5, 9]);
  t.deepEqual([...points], [(10 - 2) / 10, (8 - 2) / 8, 0]);
  t.ok(Math.abs(mean - (0.8 + 0.75) / 3) < 1e-15);
  t.ok(library.silhouette([[0], [1], [0.5]], [0, 0, 1]).mean < 0, 'below 0 where points sit badly');
  t.throws(
    () => library.silhouette([[0], [1]], [0, 0]),
    /^RangeError: silhouette: labels must name two clusters or more, got 1/,
  );
  t.end();
});

test('a reconstruction error is the share of the size that is lost', (t) => {
  const values = [[3, 0], [0, 4]]; // biome-ignore format: one line
  t.ok(Math.abs(library.reconstructionError(values, library.compress(values, 1)) - 3 / 5) < 1e-15);
  t.ok(library.reconstructionError(values, library.compress(values, 2)) < 1e-15);
  t.equal(library.reconstructionError([[0]], { left: [[0]], right: [[1]] }), 0);
  t.end();
});

test('masks are free, and others can be looked at', (t) => {
  const rng = randomStream(1, 'cross');
  const [clients, others, slope] = [
    normalMatrix(3, 4, rng),
    normalMatrix(5, 4, rng),
    normalMatrix(3, 4, rng),
  ];
  const parameters = library.attentionParameters(4, 1);
  const mask = [[1, 0, 1, 1, 0], [0, 0, 0, 0, 1], [true, true, true, true, true]]; // biome-ignore format: rows
  const { weights } = anyHeads(parameters, clients, { heads: 2, others, mask });
  for (const head of weights)
    mask.forEach((row, query) => {
      row.forEach((allowed, key) => {
        t.equal(head.get(query, key) > 0, Boolean(allowed), `${query}, ${key}`);
      });
    });
  const run = () => anyHeads(parameters, clients, { heads: 2, others, mask });
  const loss = () => weightedSum(run().output, slope);
  const gradient = multiHeadAttentionBackward(parameters, clients, run().cache, slope);
  for (const [values, slopes] of [
    [clients, gradient.clients],
    [others, gradient.others!],
    [parameters.key.weight, gradient.parameters.key.weight],
  ] as const) {
    // biome-ignore format: pairs
    const numeric = centralDifferences(loss, values.data);
    t.ok(
      numeric.every((value, at) => Math.abs(value - slopes.data[at]!) < 1e-8),
      'central differences',
    );
  }
  const self = anyHeads(parameters, clients, { heads: 2 });
  t.deepEqual(
    toRows(anyHeads(parameters, clients, { heads: 2, others: clients }).output),
    toRows(self.output),
  );
  const present = anyHeads(parameters, clients, { heads: 2, others, keyMask: Uint8Array.of(1, 0, 0, 1, 1) });
  t.ok(present.weights.every((head) => head.get(0, 1) === 0 && head.get(2, 3) > 0));
  const wrong: [object, RegExp][] = [
    [{ mask: [[1, 0]] }, /^RangeError: multiHeadAttention: mask must have shape \[3, 3\], got \[1, 2\]/],
    [{ mask: new Uint8Array(9), noSelf: true }, /mask must stand alone/],
    [{ others, noSelf: true }, /noSelf must not be set where others are looked at/],
    [{ others, keyMask: new Uint8Array(3) }, /keyMask must have one entry per other \(5\), got 3/],
    [{ others: [[1, 2]] }, /others must have shape \[any, 4\], got \[1, 2\]/],
    [{ mask: [[1, 0, 2], [1, 1, 1], [1, 1, 1]] }, /^TypeError: multiHeadAttention: mask must hold 0 and 1, or true and false, got 2 at position 2/],
  ]; // biome-ignore format: a case a line
  for (const [options, message] of wrong)
    t.throws(() => anyHeads(parameters, clients, { heads: 2, ...options }), message);
  t.end();
});

test('what is no matrix is told with the way out', (t) => {
  const kmeans = library.kmeans as (points: unknown, options: unknown) => unknown;
  const cases: [unknown, RegExp][] = [
    [undefined, /^TypeError: kmeans: points must be a matrix: rows of numbers .* got undefined$/],
    ['points', /^TypeError: kmeans: points must be a matrix: .* got 'points'$/],
    [[1, 2, 3], /^TypeError: kmeans: points must be a matrix: .* got an array of numbers, of which \[array\] makes one row$/],
    [[[1, 2], [3]], /^RangeError: kmeans: every row of points must have 2 columns like row 0, got 1 in row 1$/],
    [[[1, 'x']], /^TypeError: kmeans: points\[0\]\[1\] must be a number, got 'x'$/],
    [[[1], null], /^TypeError: kmeans: points\[1\] must be a row of numbers, got null$/],
    [{ data: [1, 2, 3], shape: [2, 2] }, /^RangeError: kmeans: points.shape must be \[rows, columns\] of 3 elements, got \[2, 2\]$/],
    [ndarray(new Float64Array(8), [2, 2, 2]), /^RangeError: kmeans: points must have two dimensions, \[rows, columns\], got shape \[2, 2, 2\]$/],
    [[], /^RangeError: kmeans: points must have at least one row and column, got shape \[0, 0\]$/],
    [[[Number.NaN]], /^RangeError: kmeans: points must be finite, got NaN at position 0$/],
  ]; // biome-ignore format: a case a line
  for (const [points, message] of cases) t.throws(() => kmeans(points, { clusters: 1 }), message);
  t.throws(
    () => kmeans(rows, undefined),
    /^TypeError: kmeans: options must be an object such as \{ clusters: 2, seed: 1 \}, got undefined$/,
  );
  t.throws(
    () => kmeans(rows, { clusters: 2, seed: 'x' }),
    /^TypeError: kmeans: seed must be a whole number or a randomStream\(…\), got 'x'$/,
  );
  t.throws(
    () => kmeans(rows, { clusters: 2, seed: -1 }),
    /^RangeError: kmeans: seed must be a whole number of at least 0, got -1$/,
  );
  t.equal(lloydStep(matrix(Float64Array.of(1, 5), 2, 1), [[1], [4]]).labels[1], 1);
  t.end();
});

test('the shape of flat data has two whole numbers, from 0 on, whose product is how many there are', (t) => {
  const given = (shape: number[], data: ArrayLike<number>) =>
    asMatrix('f', 'x', { data, shape } as unknown as MatrixLike).shape;
  for (const [shape, length] of [
    [[0, 3], 0],
    [[3, 0], 0],
    [[0, 0], 0],
    [[2, 3], 6],
    [[1, 1], 1],
  ] as const) {
    // biome-ignore format: pairs
    t.deepEqual(given([...shape], new Float32Array(length)), shape, 'floats');
    t.deepEqual(given([...shape], Array(length).fill(1)), shape, 'a list');
  }
  for (const [
    shape,
    length,
  ] of [[[-1, -3], 3], [[-1, 0], 0], [[0, -1], 0], [[1.5, 2], 3], [[2, 1.5], 3], [[3], 3], [[1, 3, 1], 3], [[2, 2], 3]] as const) // biome-ignore format: pairs
    t.throws(
      () => given([...shape], new Float64Array(length)),
      (error: Error) =>
        String(error) ===
        `RangeError: f: x.shape must be [rows, columns] of ${length} elements, got [${shape.join(', ')}]`,
      String(shape),
    );
  t.end();
});
