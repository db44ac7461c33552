import fc from 'fast-check';
import test from 'tape';
import { jacobiEigen } from '../../lib/numeric/eigen.ts';
import { mathjsEigen } from '../../lib/numeric/eigen-mathjs.ts';
import { matmul } from '../../lib/numeric/matmul.ts';
import { fromRows, type Matrix, toArray, toRows, transpose, zeros } from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { normalMatrix } from '../gradient.ts';
import { closeTo } from '../reference.ts';

const solvers = [
  { name: 'jacobiEigen', solve: jacobiEigen },
  { name: 'mathjsEigen', solve: mathjsEigen },
];

/** Mᵀ M of a random M: symmetric, with no negative eigenvalue. */
function randomGram(size: number, seed: number): Matrix {
  const m = normalMatrix(size + 2, size, randomStream(seed, 'gram'));
  return matmul(transpose(m), m);
}

for (const { name, solve } of solvers) {
  test(`${name}: [[2, 1], [1, 2]] stretches the diagonal by 3 and the other diagonal by 1`, (t) => {
    const { values, vectors } = solve(fromRows([[2, 1], [1, 2]])); // biome-ignore format: one matrix, one line
    closeTo(t, values, [3, 1], 'values', 1e-15);
    const [along, across] = toRows(vectors) as [number[], number[]];
    closeTo(t, [Math.abs(along[0]! + along[1]!)], [Math.SQRT2], 'the first vector is (1, 1) / √2', 1e-15);
    closeTo(t, [Math.abs(across[0]! - across[1]!)], [Math.SQRT2], 'the second is (1, −1) / √2', 1e-15);
    t.end();
  });

  test(`${name}: the eigenpairs put the matrix together again, whatever its unit`, (t) => {
    for (const unit of [1, 1e-20, 1e20]) {
      const gram = randomGram(7, 1);
      for (let at = 0; at < gram.data.length; at++) gram.data[at]! *= unit;
      const { values, vectors } = solve(gram);
      const scaled = zeros(7, 7);
      for (let j = 0; j < 7; j++)
        for (let k = 0; k < 7; k++) scaled.set(j, k, values[j]! * vectors.get(j, k));
      closeTo(t, matmul(transpose(vectors), scaled), gram.data, `Σ λ v vᵀ in units of ${unit}`, 1e-13);
      const identity = Array.from({ length: 49 }, (_, at) => (at % 8 === 0 ? 1 : 0));
      closeTo(t, matmul(vectors, transpose(vectors)), identity, 'unit vectors, at right angles', 1e-13);
    }
    t.end();
  });
}

test('eigenvalues agree with mathjs and come largest first, also negative ones', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(1000), (size, seed) => {
      const half = normalMatrix(size, size, randomStream(seed, 'symmetric'));
      const symmetric = zeros(size, size);
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) symmetric.set(i, j, half.get(i, j) + half.get(j, i));
      }
      const got = jacobiEigen(symmetric).values;
      const wanted = mathjsEigen(symmetric).values;
      return got.every(
        (value, j) => Math.abs(value - wanted[j]!) < 1e-11 && (j === 0 || value <= got[j - 1]!),
      );
    }),
    { seed: 1, numRuns: 30 },
  );
  t.pass('on 30 matrices');
  t.end();
});

test('only the upper triangle is read, and the input is not changed', (t) => {
  const input = fromRows([[2, 1], [99, 2]]); // biome-ignore format: one matrix, one line
  closeTo(t, jacobiEigen(input).values, [3, 1], 'values', 1e-15);
  t.deepEqual(toArray(input.pick(1, null)), [99, 2]);
  t.end();
});

test('a zero matrix has zero eigenvalues, and wrong input is named', (t) => {
  t.deepEqual([...jacobiEigen(zeros(3, 3)).values], [0, 0, 0]);
  t.deepEqual([...mathjsEigen(zeros(3, 3)).values], [0, 0, 0]);
  t.throws(() => jacobiEigen(zeros(2, 3)), /RangeError: jacobiEigen: symmetric must have shape \[2, 2\]/);
  t.throws(() => jacobiEigen(fromRows([[Number.NaN]])), /jacobiEigen: symmetric must be finite, got NaN/);
  t.end();
});
