// Where K-means starts decides where it ends. k-means++ draws the first centroid from all points, and each next one
// with a probability in proportion to its squared distance from the centroids so far, so that they spread out.
// In: points; out: as many of them as there are clusters. Here too: where a cluster that became empty starts again.
// Arthur & Vassilvitskii (2007).
import {
  dimensions,
  expectFinite,
  expectInteger,
  type Matrix,
  matrix,
  rowMajorData,
} from '../numeric/ndarrays.ts';
import type { RandomStream } from '../numeric/rng.ts';
import { scaledBy, squaredDistance, squaringScale } from '../numeric/squares.ts';

/**
 * Draws the start of K-means: different points where there are enough of them. Takes O(points · clusters · dims).
 *
 * @param points [points, dims]
 * @param clusters how many, at most the number of points
 * @param rng gives the first centroid by `integer(points)`, each next one by `drawInProportion`
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

/**
 * An index drawn with probability weight / Σ weights: the one in whose part of [0, Σ weights) the point `uniform() · Σ weights`
 * falls, parts in order. Any index if all weights are 0, by `integer(weights)`.
 */
export function drawInProportion(weights: Float64Array, rng: RandomStream): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return rng.integer(weights.length);
  let remaining = rng.uniform() * total;
  const drawn = weights.findIndex((weight) => {
    remaining -= weight;
    return remaining < 0;
  });
  return drawn >= 0 ? drawn : weights.findLastIndex((weight) => weight > 0); // rounding may leave a little
}

/**
 * Gives each empty cluster the point that is farthest from its own centroid (the first of equals), among clusters with
 * other points left; lower clusters choose first. Where no point has any distance, because there are fewer different
 * points than clusters, the cluster stays empty.
 *
 * @param labels the cluster of each point, [points]; changed in place
 * @param distances squared, of each point to its centroid, [points]; changed in place
 * @returns the clusters that got a point
 */
export function fillEmptyClusters(labels: Int32Array, distances: Float64Array, clusters: number): number[] {
  const sizes = clusterSizes(labels, clusters);
  const reseeded: number[] = [];
  for (let cluster = 0; cluster < clusters; cluster++) {
    if (sizes[cluster]! > 0) continue;
    let farthest = -1;
    for (let point = 0; point < labels.length; point++) {
      const mayLeave = sizes[labels[point]!]! > 1 && distances[point]! > 0;
      if (mayLeave && (farthest < 0 || distances[point]! > distances[farthest]!)) farthest = point;
    }
    if (farthest < 0) break;
    sizes[labels[farthest]!]!--;
    sizes[cluster] = 1;
    labels[farthest] = cluster;
    distances[farthest] = 0;
    reseeded.push(cluster);
  }
  return reseeded;
}

/** How many points each cluster has, [clusters]. */
export function clusterSizes(labels: Int32Array, clusters: number): Uint32Array {
  const sizes = new Uint32Array(clusters);
  for (let point = 0; point < labels.length; point++) sizes[labels[point]!]!++;
  return sizes;
}
