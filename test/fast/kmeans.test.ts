// K-means with bounds and SIMD against the plain functions: every step is the same, inertia and shift but for rounding.
import fc from 'fast-check';
import test from 'tape';
import { fastKmeansLoops } from '../../lib/fast/kmeans.ts';
import { squaredDistanceByFours } from '../../lib/fast/squared-distance.ts';
import { type KmeansStep, lloyd, plainKmeansLoops } from '../../lib/model/kmeans.ts';
import { type Matrix, matrix, toRows } from '../../lib/numeric/matrix.ts';
import { type RandomStream, randomStream } from '../../lib/numeric/rng.ts';
import { squaredDistance } from '../../lib/numeric/squares.ts';
import { normalMatrix } from '../gradient.ts';

const TOLERANCE = 1e-12; // of inertia and shift, relative

const withoutSimd = (points: Matrix, clusters: number) => fastKmeansLoops(points, clusters, false);

interface Problem {
  readonly points: Matrix;
  readonly start: Matrix;
}

/** Points and a start that leaves clusters empty now and then; on a grid, where ties abound, or not. */
function problem(count: number, dims: number, clusters: number, onGrid: boolean, seed: number): Problem {
  const rng = randomStream(seed, 'fast-kmeans');
  const draw = (rows: number, scale: number) =>
    matrix(
      Float64Array.from({ length: rows * dims }, () => (onGrid ? rng.integer(4) : scale * rng.normal())),
      rows,
      dims,
    );
  return { points: draw(count, 1), start: draw(clusters, 2) };
}

function difference({ points, start }: Problem, loops = fastKmeansLoops): string | null {
  const plain = [...lloyd(points, start, { loops: plainKmeansLoops })];
  const fast = [...lloyd(points, start, { loops })];
  if (plain.length !== fast.length) return `${plain.length} steps, fast ${fast.length}`;
  for (const [at, step] of plain.entries()) {
    const other = fast[at]!;
    const exact = ({ inertia, shift, centroids, ...rest }: KmeansStep) =>
      JSON.stringify({ ...rest, rows: toRows(centroids) });
    if (exact(step) !== exact(other)) return `step ${at + 1}`;
    for (const name of ['inertia', 'shift'] as const) {
      if (!(Math.abs(step[name] - other[name]) <= TOLERANCE * (1 + step[name])))
        return `${name} of step ${at + 1}`;
    }
  }
  return null;
}

test('the fast loops take the steps of the plain ones, on odd shapes, with ties and with empty clusters', (t) => {
  const shapes = fc.record({
    count: fc.integer({ min: 1, max: 90 }),
    dims: fc.integer({ min: 1, max: 19 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    onGrid: fc.boolean(),
    seed: fc.nat(),
  });
  const property = fc.property(shapes, ({ count, dims, share, onGrid, seed }) => {
    const clusters = 1 + Math.floor(share * (count - 1));
    return difference(problem(count, dims, clusters, onGrid, seed)) === null;
  });
  t.doesNotThrow(() => fc.assert(property, { seed: 1, numRuns: 150 }));
  t.equal(difference(problem(2003, 5, 9, false, 1)), null, 'also where there is enough work for SIMD');
  t.equal(difference(problem(997, 16, 7, true, 2)), null);
  t.equal(difference(problem(997, 16, 7, false, 2), withoutSimd), null, 'and without WebAssembly');
  t.end();
});

test('bounds hold for any centroids, not only for means', (t) => {
  const points = normalMatrix(1201, 3, randomStream(1, 'points'));
  const [plain, fast] = [plainKmeansLoops(points), fastKmeansLoops(points, 5)];
  for (let time = 0; time < 20; time++) {
    const centroids = normalMatrix(5, 3, randomStream(time, 'anywhere'));
    const [one, other] = [plain.assign(centroids), fast.assign(centroids)];
    t.deepEqual(other.labels, one.labels, `labels ${time}`);
    one.labels[time] = other.labels[time] = (one.labels[time]! + 1) % 5; // as when an empty cluster takes a point over
    t.deepEqual(toRows(fast.move(other.labels, centroids)), toRows(plain.move(one.labels, centroids)));
  }
  t.end();
});

test('squared distances in four sums are those in one, but for rounding', (t) => {
  const numbers = (rng: RandomStream) => Float64Array.from({ length: 40 }, () => rng.normal());
  for (let dims = 0; dims <= 33; dims++) {
    const [a, b] = [numbers(randomStream(dims, 'a')), numbers(randomStream(dims, 'b'))];
    const one = squaredDistance(a, 3, b, 5, dims);
    t.ok(Math.abs(squaredDistanceByFours(a, 3, b, 5, dims) - one) <= 1e-14 * one, `${dims} numbers`);
  }
  t.end();
});
