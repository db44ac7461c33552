// The two loops of a K-means iteration in SIMD against the scalar ones: every number must be the same, to the last bit.
import test from 'tape';
import { ScalarBoundedLoops } from '../../lib/fast/kmeans-loops.ts';
import { createKmeansSimd } from '../../lib/fast/kmeans-simd.ts';
import { randomStream } from '../../lib/numeric/rng.ts';

function randomNumbers(count: number, seed: number): Float64Array {
  const rng = randomStream(seed, 'kmeans-loops');
  return Float64Array.from({ length: count }, () => rng.normal());
}

test('scalar and SIMD loops give the same bits, at every width and number of clusters, with bounds and without', (t) => {
  const failures: string[] = [];
  for (const dims of [1, 2, 3, 4, 5, 7, 8, 16, 33]) {
    for (const clusters of [1, 2, 3, 4, 5, 9]) {
      const points = randomNumbers(101 * dims, dims);
      const scalar = new ScalarBoundedLoops(101, dims, clusters);
      const simd = createKmeansSimd(101, dims, clusters)!;
      for (const loops of [scalar, simd]) loops.setPoints(points);
      for (const iteration of [1, 2, 3]) {
        const centroids = randomNumbers(clusters * dims, 100 * iteration + clusters);
        for (const loops of [scalar, simd]) {
          loops.assign(centroids, 1e-9);
          if (iteration === 1) for (let at = 0; at < 101; at += 2) loops.bounds[at] = 0;
        }
        const isSame =
          isEqual(scalar.labels, simd.labels) &&
          isEqual(scalar.distances, simd.distances) &&
          isEqual(scalar.bounds, simd.bounds) &&
          isEqual(scalar.sums(), simd.sums());
        if (!isSame) failures.push(`${dims} dims, ${clusters} clusters, iteration ${iteration}`);
      }
    }
  }
  t.deepEqual(failures, []);
  t.end();
});

test('of equally near centroids the lowest number wins in SIMD, too, and padding is never chosen', (t) => {
  const simd = createKmeansSimd(2, 1, 5)!;
  simd.setPoints(Float64Array.of(0, 1e200));
  simd.assign(Float64Array.of(3, 1, -1, 1, 1), 0);
  t.equal(simd.labels[0], 1, 'the first of four at distance 1');
  t.equal(simd.distances[0], 1);
  t.equal(simd.bounds[0], 1, 'the second nearest is as near');
  t.equal(simd.labels[1], 0, 'where every distance is too large for a number, the first');
  t.end();
});

function isEqual(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.from(a).every((value, index) => Object.is(value, b[index]));
}
