import fc from 'fast-check';
import * as math from 'mathjs';
import test from 'tape';
import { Int16Rows } from '../../lib/fast/int16-rows.ts';
import { randomStream } from '../../lib/numeric/rng.ts';

const loops = [
  ['SIMD', true],
  ['plain', false],
] as const;

/** Random rows of length 1. */
function unitRows(rows: number, columns: number, seed: number): Float32Array[] {
  const rng = randomStream(seed, 'rows');
  return Array.from({ length: rows }, () => {
    const row = Float32Array.from({ length: columns }, () => rng.normal());
    const length = Math.hypot(...row);
    return row.map((value) => value / length);
  });
}

function keep(rows: Float32Array[], usesSimd: boolean, largestCount = 16): Int16Rows {
  const kept = new Int16Rows(rows[0]!.length, largestCount, usesSimd);
  kept.reset(rows.length);
  rows.forEach((row, at) => {
    kept.setRow(at, row);
  });
  return kept;
}

function compare(kept: Int16Rows, which: Uint32Array, rows: number): Float32Array {
  const out = new Float32Array(which.length * rows);
  kept.compare(which, out);
  return out;
}

function mix(kept: Int16Rows, weights: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array((weights.length / rows) * columns);
  kept.mix(weights, out);
  return out;
}

/** The largest difference of two lists. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (value, at) => Math.abs(value - b[at]!)));
}

test('SIMD and plain loops over 16-bit rows give the same bits, whatever the sizes', (t) => {
  const cases = fc.record({
    rows: fc.integer({ min: 1, max: 300 }),
    columns: fc.integer({ min: 1, max: 300 }),
    count: fc.integer({ min: 1, max: 16 }),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(cases, ({ rows, columns, count, seed }) => {
      const values = unitRows(rows, columns, seed);
      const rng = randomStream(seed, 'weights');
      const which = Uint32Array.from({ length: count }, () => rng.integer(rows));
      const weights = Float32Array.from({ length: count * rows }, () => rng.normal() ** 3);
      const [simd, plain] = [keep(values, true), keep(values, false)];
      t.deepEqual(compare(simd, which, rows), compare(plain, which, rows));
      t.deepEqual(mix(simd, weights, rows, columns), mix(plain, weights, rows, columns));
    }),
    { numRuns: 40, seed: 5 },
  );
  t.end();
});

test('products of 16-bit rows are those of real numbers to four digits, mixtures to three', (t) => {
  const [rows, columns] = [310, 530];
  const values = unitRows(rows, columns, 1);
  const rng = randomStream(1, 'weights');
  const weights = Float32Array.from({ length: 3 * rows }, () => rng.uniform());
  const which = Uint32Array.of(0, 7, 309);
  const table = values.map((row) => Array.from(row));
  const products = math.multiply(
    Array.from(which, (row) => table[row]!),
    math.transpose(table),
  );
  const weightRows = [0, 1, 2].map((row) => Array.from(weights.subarray(row * rows, (row + 1) * rows)));
  const mixtures = math.multiply(weightRows, table);
  for (const [name, usesSimd] of loops) {
    const kept = keep(values, usesSimd);
    t.ok(distance(compare(kept, which, rows), products.flat()) < 5e-5, `${name}: products`);
    const largest = Math.max(...mixtures.flat().map(Math.abs));
    t.ok(distance(mix(kept, weights, rows, columns), mixtures.flat()) < 1e-3 * largest, `${name}: mixtures`);
  }
  t.end();
});

test('no sum overflows where it is as large as it can be', (t) => {
  const [rows, columns] = [700, 9];
  const pole = Float32Array.from({ length: columns }, (_, column) => (column === 3 ? -1 : 0));
  const alike = Array.from({ length: rows }, () => pole);
  for (const [name, usesSimd] of loops) {
    const kept = keep(alike, usesSimd);
    t.ok(
      distance(compare(kept, Uint32Array.of(5), rows), new Float32Array(rows).fill(1)) < 1e-6,
      'one and all',
    );
    for (const spread of [1, 256, 700]) {
      const weights = Float32Array.from({ length: rows }, (_, row) => (row < spread ? 1 / spread : 0));
      t.ok(distance(mix(kept, weights, rows, columns), pole) < 3e-3, `${name}: ${spread} equal weights`);
    }
  }
  t.end();
});

test('rows and weights of zero give zeros, and fewer rows leave nothing of more behind', (t) => {
  for (const [, usesSimd] of loops) {
    const kept = keep(unitRows(40, 21, 3), usesSimd);
    t.deepEqual(mix(kept, new Float32Array(40), 40, 21), new Float32Array(21), 'no weights');
    const few = unitRows(3, 21, 4);
    kept.reset(3);
    [...few.slice(0, 2), new Float32Array(21)].forEach((row, at) => {
      kept.setRow(at, row);
    });
    const products = compare(kept, Uint32Array.of(0, 2), 3);
    t.ok(Math.abs(products[0]! - 1) < 1e-4);
    t.deepEqual(products.subarray(3), new Float32Array(3), 'a row of zeros');
    const fresh = keep([...few.slice(0, 2), new Float32Array(21)], usesSimd);
    const weights = Float32Array.of(0.2, 0.5, 0.3);
    t.deepEqual(mix(kept, weights, 3, 21), mix(fresh, weights, 3, 21));
  }
  t.end();
});
