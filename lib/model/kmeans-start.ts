// Where K-means starts decides where it ends. k-means++ draws the first centroid from all points, and each next one
// with a probability in proportion to its squared distance from the centroids so far, so that they spread out.
// In: points; out: as many of them as there are clusters. Arthur & Vassilvitskii (2007).
import {
  dimensions,
  expectFinite,
  expectInteger,
  type Matrix,
  matrix,
  rowMajorData,
} from '../numeric/ndarrays.ts';
import type { RandomStream } from '../numeric/rng.ts';
import { scaledBy, squaredDistance, squaringScale } from '../numeric/squaring-scale.ts';

/**
 * Draws the start of K-means: different points where there are enough of them. Takes O(points · clusters · dims).
 *
 * @param points [points, dims]
 * @param clusters how many, at most the number of points
 * @returns centroids [clusters, dims], float64
 * @throws RangeError if the points are not finite or clusters is out of its range
 */
export function kmeansPlusPlus(points: Matrix, clusters: number, rng: RandomStream): Matrix {
  const [count, dims] = dimensions('kmeansPlusPlus', points);
  expectInteger('kmeansPlusPlus', 'clusters', clusters, 1, count);
  const given = rowMajorData(points);
  expectFinite('kmeansPlusPlus', 'points', given);
  const scale = squaringScale(given);
  const values = scaledBy(scale, given); // [points, dims]
  const centroids = new Float64Array(clusters * dims);
  const distances = new Float64Array(count).fill(Infinity); // squared, to the nearest centroid so far
  let chosen = rng.integer(count);
  for (let cluster = 0; cluster < clusters; cluster++) {
    if (cluster > 0) chosen = drawInProportion(distances, rng);
    centroids.set(values.subarray(chosen * dims, (chosen + 1) * dims), cluster * dims);
    for (let point = 0; point < count; point++) {
      const distance = squaredDistance(values, point * dims, centroids, cluster * dims, dims);
      if (distance < distances[point]!) distances[point] = distance;
    }
  }
  return matrix(scaledBy(1 / scale, centroids), clusters, dims);
}

/** An index drawn with probability weight / Σ weights; any index if all weights are 0. */
function drawInProportion(weights: Float64Array, rng: RandomStream): number {
  let total = 0;
  for (let index = 0; index < weights.length; index++) total += weights[index]!;
  if (total === 0) return rng.integer(weights.length);
  let remaining = rng.uniform() * total;
  let last = 0; // of those with a weight: rounding may leave a little of `remaining` after all of them
  for (let index = 0; index < weights.length; index++) {
    if (weights[index] === 0) continue;
    last = index;
    remaining -= weights[index]!;
    if (remaining < 0) break;
  }
  return last;
}
