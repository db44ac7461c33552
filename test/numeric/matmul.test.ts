// Matrix products: every backend against the definition, on every shape and layout that has an edge, against mathjs and
// against numpy. The tiled loop must give the definition's bits; what the SIMD module must give is in simd.test.ts.
import fc from 'fast-check';
import { multiply } from 'mathjs';
import test from 'tape';
import { chooseLoops, loopNames } from '../../lib/fast/choose-loops.ts';
import { createTiled } from '../../lib/fast/tiled.ts';
import { matmul } from '../../lib/numeric/matmul.ts';
import {
  type FloatType,
  fromRows,
  type Matrix,
  matrix,
  toRows,
  transpose,
} from '../../lib/numeric/matrix.ts';
import { plainMatmul } from '../../lib/numeric/product.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { asMatrix, needs, type ReferenceArray, readReference } from '../reference.ts';
import { fill, isSame, largestDifference, layouts, randomMatrix, shapes } from './products.ts';

const backends = loopNames.map((name) => chooseLoops(name).matmul);
const floatTypes = ['float32', 'float64'] as const;

test('a product of two small matrices is rows times columns', (t) => {
  const a = fromRows([[1, 2], [3, 4], [5, 6]]); // biome-ignore format: as it looks
  const b = fromRows([[10, 0, 1], [0, 10, 1]]); // biome-ignore format: as it looks
  for (const backend of backends) {
    t.deepEqual(toRows(matmul(a, b, { backend })), [[10, 20, 3], [30, 40, 7], [50, 60, 11]], backend.name); // biome-ignore format: as it looks
  }
  t.deepEqual(toRows(matmul(a, b)), [[10, 20, 3], [30, 40, 7], [50, 60, 11]], 'the definition by default'); // biome-ignore format: as it looks
  t.end();
});

for (const backend of backends) {
  for (const type of floatTypes) {
    test(`${backend.name} agrees with the definition on every shape and layout in ${type}`, (t) => {
      const failures: string[] = [];
      let cases = 0;
      for (const shape of shapes) {
        for (const { a, b, out, layout } of operandsOf(shape, type)) {
          cases++;
          fill(out, randomStream(3, 'what was there before'));
          matmul(a, b, { backend, out });
          const difference = largestDifference(out, matmul(a, b, { backend: plainMatmul }));
          if (difference > tolerance(type, shape[1])) failures.push(`${shape} ${layout}: ${difference}`);
        }
      }
      t.deepEqual(failures, [], `${cases} cases`);
      t.end();
    });
  }
}

test('the tiled loop gives the definition’s result to the last bit, whatever it multiplied before', (t) => {
  const tiled = createTiled();
  const failures: string[] = [];
  for (const type of floatTypes) {
    for (const shape of [...shapes, ...[...shapes].reverse()]) {
      for (const { a, b, layout } of operandsOf(shape, type)) {
        if (!isSame(matmul(a, b, { backend: tiled }), matmul(a, b))) failures.push(`${shape} ${layout}`);
      }
    }
  }
  t.deepEqual(failures, []);
  const rng = randomStream(5, 'wide');
  const a = randomMatrix(5, 700, 'float64', rng);
  const b = randomMatrix(700, 391, 'float64', rng);
  t.ok(isSame(matmul(a, b, { backend: tiled }), matmul(a, b)), 'also where B is packed in several blocks');
  t.end();
});

test('writing into a part of a matrix leaves the rest alone', (t) => {
  const rng = randomStream(6, 'rest');
  for (const backend of backends) {
    for (const type of floatTypes) {
      const whole = randomMatrix(20, 22, type, rng);
      const before = toRows(whole);
      const out = whole.lo(3, 2).hi(13, 17);
      matmul(randomMatrix(13, 9, type, rng), randomMatrix(9, 17, type, rng), { backend, out });
      const changed = toRows(whole).flatMap((row, i) =>
        row.flatMap((value, j) => (value === before[i]![j] ? [] : [[i, j] as const])),
      );
      const isInside = changed.every(([i, j]) => i >= 3 && i < 16 && j >= 2 && j < 19);
      t.ok(isInside && changed.length === 13 * 17, `${backend.name}, ${type}`);
    }
  }
  t.end();
});

test('operands of different types give float64; two float32 operands give float32', (t) => {
  const rng = randomStream(7, 'mixed');
  const single = randomMatrix(9, 10, 'float32', rng);
  const double = randomMatrix(10, 11, 'float64', rng);
  for (const backend of backends) {
    const product = matmul(single, double, { backend });
    t.ok(product.data instanceof Float64Array, `${backend.name}: float64`);
    t.ok(isSame(product, matmul(single, double)), `${backend.name}: with float64 sums`);
    t.ok(
      matmul(single, transpose(single), { backend }).data instanceof Float32Array,
      `${backend.name}: float32`,
    );
    const out = matrix(new Float64Array(81), 9, 9);
    t.ok(
      isSame(
        matmul(single, transpose(single), { backend, out }),
        matmul(single, transpose(single), { out: matrix(new Float64Array(81), 9, 9) }),
      ),
      `${backend.name}: float32 operands into a float64 result have float64 sums`,
    );
  }
  t.end();
});

test('not a number and infinity arrive in the result, and only where they belong', (t) => {
  for (const backend of backends) {
    for (const type of floatTypes) {
      const rng = randomStream(8, 'specials');
      const a = randomMatrix(6, 7, type, rng);
      const b = randomMatrix(7, 9, type, rng);
      a.set(5, 2, Number.NaN);
      b.set(3, 8, Infinity);
      const product = toRows(matmul(a, b, { backend }));
      const isRight = product.every((row, i) =>
        row.every((value, j) =>
          i === 5 ? Number.isNaN(value) : j === 8 ? Math.abs(value) === Infinity : Number.isFinite(value),
        ),
      );
      t.ok(isRight, `${backend.name}, ${type}`);
    }
  }
  t.end();
});

test('(A·B)ᵀ is Bᵀ·Aᵀ and A·(B + C) is A·B + A·C', (t) => {
  const length = fc.integer({ min: 1, max: 40 });
  for (const backend of backends) {
    const property = fc.property(length, length, length, fc.nat(), (rows, inner, columns, seed) => {
      const rng = randomStream(seed, 'laws');
      const a = randomMatrix(rows, inner, 'float32', rng);
      const b = randomMatrix(inner, columns, 'float32', rng);
      const c = randomMatrix(inner, columns, 'float32', rng);
      const sum = matrix(
        Float32Array.from(b.data, (value, index) => value + c.data[index]!),
        inner,
        columns,
      );
      const ab = matmul(a, b, { backend });
      const turned = transpose(matmul(transpose(b), transpose(a), { backend }));
      const parts = matmul(a, c, { backend }).data.map((value, index) => value + ab.data[index]!);
      const whole = matmul(a, sum, { backend });
      return (
        isSame(ab, turned) &&
        largestDifference(whole, matrix(parts, rows, columns)) <= 4 * tolerance('float32', inner)
      );
    });
    t.doesNotThrow(() => fc.assert(property, { seed: 1, numRuns: 40 }), backend.name);
  }
  t.end();
});

test('products agree with mathjs', (t) => {
  const rng = randomStream(9, 'mathjs');
  for (const [rows, inner, columns] of [
    [3, 4, 5],
    [12, 20, 9],
  ] as const) {
    for (const type of floatTypes) {
      const a = randomMatrix(rows, inner, type, rng);
      const b = randomMatrix(inner, columns, type, rng);
      const expected = fromRows(multiply(toRows(a), toRows(b)));
      for (const backend of backends) {
        const difference = largestDifference(matmul(a, b, { backend }), expected);
        t.ok(
          difference <= tolerance(type, inner),
          `${backend.name}, ${rows} × ${inner} × ${columns}, ${type}`,
        );
      }
    }
  }
  t.end();
});

for (const size of ['7x5x3', '17x33x19', '65x3x67']) {
  for (const form of ['nn', 'tn', 'nt']) {
    const name = `matmul-${form}-${size}`;
    test(`products agree with numpy: ${name}`, needs(`reference/${name}.json`), (t) => {
      const { config, inputs, outputs } = readReference(name);
      const expected = asMatrix(outputs.C);
      for (const type of floatTypes) {
        const [storedA, storedB] = [rounded(inputs.A, type), rounded(inputs.B, type)];
        const a = config.transpose_a ? transpose(storedA) : storedA;
        const b = config.transpose_b ? transpose(storedB) : storedB;
        const allowed =
          type === 'float64'
            ? 1e-14 * largest(expected)
            : 1e-6 * config.k * largest(storedA) * largest(storedB);
        for (const backend of backends) {
          const difference = largestDifference(matmul(a, b, { backend }), expected);
          t.ok(difference <= allowed, `${backend.name}, ${type}: ${difference.toExponential(1)}`);
        }
      }
      t.end();
    });
  }
}

test('operands that do not fit are refused with their shapes', (t) => {
  const a = randomMatrix(2, 3, 'float64', randomStream(1));
  for (const backend of backends) {
    t.throws(
      () => matmul(a, a, { backend }),
      /^RangeError: matmul: b must have shape \[3, 3\], got \[2, 3\]$/,
    );
    const out = randomMatrix(3, 2, 'float64', randomStream(1));
    t.throws(
      () => matmul(a, transpose(a), { backend, out }),
      /^RangeError: matmul: out must have shape \[2, 2\], got \[3, 2\]$/,
    );
  }
  t.throws(() => matmul(a.pick(0, null) as unknown as Matrix, a), /a matrix .* is needed, got shape \[3\]/);
  t.end();
});

test('loops are chosen by their name; an unknown name is answered with the known ones', (t) => {
  t.deepEqual(
    loopNames.map((name) => chooseLoops(name).name),
    [...loopNames],
  );
  t.equal(chooseLoops().name, 'simd', 'the fastest one by default');
  t.throws(
    () => chooseLoops('blas'),
    /^RangeError: chooseLoops: the loops must be one of plain, tiled, simd, got 'blas'; did you mean '\w+'\?$/,
  );
  t.end();
});

/** Every layout of A with every layout of B; the result takes turns. */
function operandsOf([rows, inner, columns]: readonly [number, number, number], type: FloatType) {
  const rng = randomStream(2, 'operands', rows, inner, columns);
  const names = Object.keys(layouts);
  return names.flatMap((forA, i) =>
    names.map((forB, j) => {
      const forOut = names[(i + j) % names.length]!;
      return {
        a: fill(layouts[forA]!(rows, inner, type), rng),
        b: fill(layouts[forB]!(inner, columns, type), rng),
        out: layouts[forOut]!(rows, columns, type),
        layout: `A ${forA}, B ${forB}, C ${forOut}`,
      };
    }),
  );
}

/** The rounding that `inner` float32 or float64 additions of numbers in (−1, 1) may leave. */
function tolerance(type: FloatType, inner: number): number {
  return (type === 'float32' ? 1e-6 : 1e-15) * inner;
}

/** The float32 numbers of the file, of which the text has nine digits, as one type or the other. */
function rounded(array: ReferenceArray | undefined, type: FloatType): Matrix {
  const { data, shape } = asMatrix(array);
  const singles = Float32Array.from(data);
  return matrix(type === 'float32' ? singles : Float64Array.from(singles), shape[0]!, shape[1]!);
}

function largest(values: Matrix): number {
  let most = 0;
  for (const value of values.data) most = Math.max(most, Math.abs(value));
  return most;
}
