import fc from 'fast-check';
import { inv } from 'mathjs';
import test from 'tape';
import { chooseLoops } from '../../lib/fast/choose-loops.ts';
import { invertPositiveDefinite } from '../../lib/numeric/inverse.ts';
import { matmul } from '../../lib/numeric/matmul.ts';
import { fromRows, type Matrix, matrix, toRows, transpose } from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { normalMatrix } from '../gradient.ts';
import { closeTo } from '../reference.ts';

/** A Aᵀ + I of a random A. */
function positiveDefinite(size: number, seed: number): Matrix {
  const root = normalMatrix(size, size, randomStream(seed, 'inverse'));
  const product = matmul(root, transpose(root));
  for (let row = 0; row < size; row++) product.set(row, row, product.get(row, row) + 1);
  return product;
}

test('the inverse of [[2, 1], [1, 2]] is [[2, -1], [-1, 2]] / 3', (t) => {
  for (const blockSize of [1, 2, 5]) {
    const inverse = invertPositiveDefinite(
      fromRows([
        [2, 1],
        [1, 2],
      ]),
      { blockSize },
    );
    closeTo(t, inverse, [2 / 3, -1 / 3, -1 / 3, 2 / 3], `blocks of ${blockSize}`, 1e-15);
  }
  t.end();
});

test('the inverse agrees with mathjs for any size and block', (t) => {
  const property = fc.property(
    fc.integer({ min: 1, max: 24 }),
    fc.integer({ min: 1, max: 9 }),
    (size, block) => {
      const symmetric = positiveDefinite(size, size);
      const inverse = invertPositiveDefinite(symmetric, { blockSize: block });
      closeTo(
        t,
        inverse,
        (inv(toRows(symmetric)) as number[][]).flat(),
        `${size} in blocks of ${block}`,
        1e-9,
      );
    },
  );
  fc.assert(property, { seed: 4, numRuns: 12 });
  t.end();
});

test('float32 with the fastest backend is the same inverse to float32 precision', (t) => {
  const size = 130;
  const symmetric = positiveDefinite(size, 2);
  for (let row = 0; row < size; row++) symmetric.set(row, row, symmetric.get(row, row) + 20);
  const single = matrix(Float32Array.from(symmetric.data), size, size);
  const exact = invertPositiveDefinite(symmetric, { backend: chooseLoops('tiled').matmul });
  const got = invertPositiveDefinite(single, { backend: chooseLoops().matmul, blockSize: 32 });
  t.ok(got.data instanceof Float32Array, 'the element type is kept');
  closeTo(t, got, exact.data, 'float32', 1e-4);
  t.end();
});

test('the matrix itself does not change', (t) => {
  const symmetric = positiveDefinite(5, 3);
  const before = Array.from(symmetric.data);
  invertPositiveDefinite(symmetric, { blockSize: 2 });
  t.deepEqual(Array.from(symmetric.data), before);
  t.end();
});

test('matrices that are not square or not positive definite are refused', (t) => {
  t.throws(
    () => invertPositiveDefinite(fromRows([[1, 2]])),
    /symmetric must have shape \[1, 1\], got \[1, 2\]/,
  );
  const indefinite = fromRows([
    [1, 2],
    [2, 1],
  ]);
  t.throws(() => invertPositiveDefinite(indefinite), /positive definite, got pivot -3 in row 1/);
  t.throws(
    () => invertPositiveDefinite(indefinite, { blockSize: 1 }),
    /pivot -3 in row 1/,
    'across blocks too',
  );
  t.end();
});
