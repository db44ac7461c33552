// How well points sit in their clusters: each is compared with its own cluster and with the nearest other one.
// In: points and a cluster for each; out: a number between −1 and 1 per point and their mean, to choose the number of clusters by.
// Rousseeuw (1987).
import { dimensions, expectFinite, type Matrix, rowMajorData } from '../numeric/ndarrays.ts';
import { squaredDistance } from '../numeric/squares.ts';

export interface Silhouette {
  /** The mean over all points: near 1, clusters are far apart; near 0, they touch; below 0, points sit in the wrong one. */
  readonly mean: number;
  /** (b − a) / max(a, b) of each point, [points]; 0 for a point that is alone in its cluster. */
  readonly points: Float64Array;
}

/**
 * The silhouette of a clustering: with a the mean distance of a point to the others of its cluster and b that to the points of the
 * nearest other cluster, (b − a) / max(a, b). Takes O(points² · dims).
 *
 * @param points [points, dims]
 * @param labels the cluster of each point, [points]
 * @throws RangeError if there is not a label for each point, all points are in one cluster, or a number is not finite
 */
export function silhouette(points: Matrix, labels: ArrayLike<number>): Silhouette {
  const [count, dims] = dimensions('silhouette', points, 'points');
  const values = rowMajorData(points);
  expectFinite('silhouette', 'points', values);
  if (labels?.length !== count) {
    throw new RangeError(
      `silhouette: labels must have one entry per point (${count}), got ${labels?.length}`,
    );
  }
  const names = [...new Set(Array.from(labels))];
  if (names.length < 2)
    throw new RangeError(`silhouette: labels must name two clusters or more, got ${names.length}`);
  const clusterOf = Uint32Array.from(labels, (label) => names.indexOf(label));
  const sizes = new Uint32Array(names.length);
  for (const cluster of clusterOf) sizes[cluster]!++;
  const widths = new Float64Array(count);
  for (let point = 0; point < count; point++) {
    const sums = new Float64Array(names.length); // of the distances to the points of each cluster
    for (let other = 0; other < count; other++) {
      const squared = squaredDistance(values, point * dims, values, other * dims, dims);
      sums[clusterOf[other]!]! += Math.sqrt(squared);
    }
    const own = clusterOf[point]!;
    if (sizes[own] === 1) continue;
    const inside = sums[own]! / (sizes[own]! - 1);
    const outside = sums.reduce(
      (least, sum, cluster) => (cluster === own ? least : Math.min(least, sum / sizes[cluster]!)),
      Infinity,
    );
    const larger = Math.max(inside, outside);
    widths[point] = larger === 0 ? 0 : (outside - inside) / larger;
  }
  return { mean: widths.reduce((sum, width) => sum + width, 0) / count, points: widths };
}
