// K-means with fewer comparisons: most points stay where they are once the clusters take shape, and a bound proves it for
// them. If the second nearest centroid was at least s away and no centroid has moved by more than m since, all others are
// still at least s − m away. Only points that may be nearer to another centroid are compared with all of them.
// In: points, then centroids again and again; out: labels, distances and means, those of `plainKmeansLoops` but for the
// rounding of distances. Hamerly (2010), "Making k-means even faster".
import type { Assignment, KmeansLoops } from '../model/kmeans.ts';
import { type Matrix, matrix, rowMajorData } from '../numeric/ndarrays.ts';
import { type BoundedLoops, boundedLoops } from './kmeans-loops.ts';
import { squaredDistanceByFours } from './squared-distance.ts';

/** Bounds are taken this much (relatively) too small, which is far more than rounding can amount to. */
const CAUTION = 1e-9;

/**
 * The fast twin of `plainKmeansLoops`, for the option `loops` of `kmeans` and `lloyd`: bounds, and SIMD where it is there
 * and worth it.
 *
 * @param points [points, dims]; copied
 * @param clusters how many centroids there will be
 * @param usesSimd whether SIMD may be used. Default: true.
 */
export function fastKmeansLoops(points: Matrix, clusters: number, usesSimd = true): KmeansLoops {
  return new HamerlyLoops(points, clusters, usesSimd);
}

/** Remembers, between the iterations, what is needed to leave out comparisons. */
class HamerlyLoops implements KmeansLoops {
  private readonly loops: BoundedLoops;
  private before: Float64Array | undefined; // the centroids of the last assignment, [clusters, dims]

  constructor(points: Matrix, clusters: number, usesSimd: boolean) {
    const [count, dims] = points.shape as [number, number];
    this.loops = boundedLoops(count, dims, clusters, usesSimd);
    this.loops.setPoints(rowMajorData(points));
  }

  /** Takes O(points · dims), and O(clusters · dims) more per doubtful point. */
  assign(centroids: Matrix): Assignment {
    const { loops } = this;
    const after = new Float64Array(rowMajorData(centroids));
    if (this.before) lowerBounds(loops, distancesMoved(this.before, after, centroids.shape[1]!));
    this.before = after;
    loops.assign(after, CAUTION);
    return { labels: loops.labels.slice(), distances: loops.distances.slice() };
  }

  move(labels: Int32Array, centroids: Matrix): Matrix {
    const { loops } = this;
    const [clusters, dims] = centroids.shape as [number, number];
    const sizes = new Uint32Array(clusters);
    for (let point = 0; point < labels.length; point++) {
      const label = labels[point]!;
      sizes[label]!++;
      if (label === loops.labels[point]) continue;
      loops.labels[point] = label; // an empty cluster took the point over: no bound holds any more
      loops.bounds[point] = 0;
    }
    const means = loops.sums();
    for (let at = 0; at < means.length; at++) {
      const cluster = Math.floor(at / dims);
      const size = sizes[cluster]!;
      means[at] = size > 0 ? means[at]! / size : centroids.get(cluster, at % dims);
    }
    return matrix(means, clusters, dims);
  }
}

/** Makes the bounds hold again after each centroid moved as far as `moves` says, [clusters]. */
function lowerBounds({ labels, bounds }: BoundedLoops, moves: Float64Array): void {
  let farthest = 0;
  for (let cluster = 1; cluster < moves.length; cluster++) {
    if (moves[cluster]! > moves[farthest]!) farthest = cluster;
  }
  const longest = (1 + CAUTION) * moves[farthest]!;
  const longestOfOthers = (1 + CAUTION) * largestBut(moves, farthest);
  for (let point = 0; point < bounds.length; point++) {
    bounds[point]! -= labels[point] === farthest ? longestOfOthers : longest;
  }
}

/** How far each centroid moved, [clusters]. */
function distancesMoved(before: Float64Array, after: Float64Array, dims: number): Float64Array {
  return Float64Array.from({ length: before.length / dims }, (_, cluster) =>
    Math.sqrt(squaredDistanceByFours(before, cluster * dims, after, cluster * dims, dims)),
  );
}

/** The largest value but for one position; 0 if there is no other. */
function largestBut(values: Float64Array, position: number): number {
  let largest = 0;
  for (let index = 0; index < values.length; index++) {
    if (index !== position && values[index]! > largest) largest = values[index]!;
  }
  return largest;
}
