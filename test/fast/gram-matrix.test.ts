// The Gram matrix in blocks of four rows against the plain one, alone and behind the low-rank approximation.
import fc from 'fast-check';
import test from 'tape';
import { gramMatrixByFours } from '../../lib/fast/gram-matrix.ts';
import { compress, expand } from '../../lib/model/lora.ts';
import { toRows } from '../../lib/numeric/matrix.ts';
import { randomStream } from '../../lib/numeric/rng.ts';
import { gramMatrix } from '../../lib/numeric/svd.ts';
import { normalMatrix } from '../gradient.ts';

const TOLERANCE = 1e-13; // relative to the sizes of the numbers that are added up

test('four rows at a time give the Gram matrix of the definition, on odd shapes', (t) => {
  const shapes = fc.record({
    rows: fc.integer({ min: 1, max: 40 }),
    columns: fc.integer({ min: 1, max: 20 }),
    seed: fc.nat(),
  });
  const property = fc.property(shapes, ({ rows, columns, seed }) => {
    const values = normalMatrix(rows, columns, randomStream(seed, 'gram'));
    const [plain, fast] = [gramMatrix(values), gramMatrixByFours(values)];
    return toRows(plain).every((row, i) =>
      row.every((value, j) => {
        const size = Math.sqrt(plain.get(i, i) * plain.get(j, j));
        return Math.abs(value - fast.get(i, j)) <= TOLERANCE * size;
      }),
    );
  });
  t.doesNotThrow(() => fc.assert(property, { seed: 1, numRuns: 150 }));
  t.end();
});

test('so does the approximation of low rank that is made from it', (t) => {
  for (const [rows, columns, rank] of [
    [83, 17, 2],
    [5, 31, 3],
    [1, 1, 1],
    [9, 4, 4],
  ] as const) {
    const values = normalMatrix(rows, columns, randomStream(rows, 'low-rank'));
    const plain = toRows(expand(compress(values, rank))).flat();
    const fast = toRows(expand(compress(values, rank, { gram: gramMatrixByFours }))).flat();
    const difference = Math.max(...plain.map((value, at) => Math.abs(value - fast[at]!)));
    t.ok(difference < 1e-10, `${rows} × ${columns}, rank ${rank}: ${difference}`);
  }
  t.end();
});
