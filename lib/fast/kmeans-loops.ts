// The two loops of a K-means iteration with bounds, in JavaScript: which centroid is nearest to each point, and the sum of
// each cluster's points. In: points, then centroids again and again; out: a label, a squared distance and a bound per point.
// lib/fast/kmeans-simd.ts does the same with WebAssembly SIMD, and a test holds the two equal to the last bit.

import type { FloatArray } from '../numeric/ndarrays.ts';
import { createKmeansSimd } from './kmeans-simd.ts';
import { squaredDistanceByFours } from './squared-distance.ts';

/** Holds one set of points. The arrays are the loops' own; callers may change them between calls. */
export interface BoundedLoops {
  /** The nearest centroid of each point, the lowest number of equals, [points]. */
  readonly labels: Int32Array;
  /** Its squared distance, [points]. */
  readonly distances: Float64Array;
  /** No other centroid is nearer than this, [points]; 0 promises nothing. */
  readonly bounds: Float64Array;
  /** Copies the points in, [points, dims]. */
  setPoints(points: FloatArray): void;
  /** Brings the three arrays up to date with the centroids [clusters, dims]; bounds are taken `caution` too small. */
  assign(centroids: Float64Array, caution: number): void;
  /** Σ of each cluster's points, in their order, [clusters, dims]. */
  sums(): Float64Array<ArrayBuffer>;
}

/** Below this many comparisons of numbers, starting the SIMD module would take longer than it saves. */
const FEWEST_FOR_SIMD = 2 ** 14;

/** The loops for points [points, dims] and this many clusters: SIMD where it is there and worth it, else scalar. */
export function boundedLoops(
  points: number,
  dims: number,
  clusters: number,
  usesSimd: boolean,
): BoundedLoops {
  const isWorthIt = usesSimd && points * dims * clusters >= FEWEST_FOR_SIMD;
  const simd = isWorthIt ? createKmeansSimd(points, dims, clusters) : null;
  return simd ?? new ScalarBoundedLoops(points, dims, clusters);
}

/** One point after the other. */
export class ScalarBoundedLoops implements BoundedLoops {
  readonly labels: Int32Array;
  readonly distances: Float64Array;
  readonly bounds: Float64Array;
  private readonly points: Float64Array; // [points, dims]
  private readonly dims: number;
  private readonly clusters: number;

  constructor(points: number, dims: number, clusters: number) {
    this.labels = new Int32Array(points);
    this.distances = new Float64Array(points);
    this.bounds = new Float64Array(points);
    this.points = new Float64Array(points * dims);
    this.dims = dims;
    this.clusters = clusters;
  }

  setPoints(points: FloatArray): void {
    this.points.set(points);
  }

  assign(centroids: Float64Array, caution: number): void {
    const { points, dims, labels, distances, bounds } = this;
    for (let point = 0; point < labels.length; point++) {
      const bound = bounds[point]!;
      if (bound > 0) {
        distances[point] = squaredDistanceByFours(
          points,
          point * dims,
          centroids,
          labels[point]! * dims,
          dims,
        );
        if (distances[point]! < bound * bound) continue;
      }
      const runnerUp = this.compareWithAll(point, centroids);
      bounds[point] = (1 - caution) * Math.sqrt(runnerUp);
    }
  }

  sums(): Float64Array<ArrayBuffer> {
    const { points, dims, labels } = this;
    const sums = new Float64Array(this.clusters * dims);
    for (let point = 0; point < labels.length; point++) {
      const from = point * dims;
      const to = labels[point]! * dims;
      for (let dim = 0; dim < dims; dim++) sums[to + dim] = sums[to + dim]! + points[from + dim]!;
    }
    return sums;
  }

  /** Finds the nearest centroid of a point; returns the squared distance of the second nearest. */
  private compareWithAll(point: number, centroids: Float64Array): number {
    const { points, dims, clusters } = this;
    let nearest = 0;
    let smallest = Infinity;
    let runnerUp = Infinity;
    for (let cluster = 0; cluster < clusters; cluster++) {
      const distance = squaredDistanceByFours(points, point * dims, centroids, cluster * dims, dims);
      if (distance < smallest) {
        runnerUp = smallest;
        smallest = distance;
        nearest = cluster;
      } else if (distance < runnerUp) runnerUp = distance;
    }
    this.labels[point] = nearest;
    this.distances[point] = smallest;
    return runnerUp;
  }
}
