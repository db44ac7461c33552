// K-means groups points so that each is near the mean of its group: assign all points to the nearest centroid, move
// each centroid to the mean of its points, repeat. Here the points are clients, one direction each.
// In: points [points, dims]; out: a cluster per point and the centroids [clusters, dims], after each step or at the end.
// Lloyd (1982), with the k-means++ start of Arthur & Vassilvitskii (2007).

import { NearestCentroids } from '../fast/kmeans-assignment.ts';
import { squaredDistance } from '../fast/nearest-centroids.ts';
import {
  dimensions,
  expectFinite,
  expectInteger,
  expectShape,
  type Matrix,
  matrix,
  rowMajorData,
} from '../numeric/matrix.ts';
import type { RandomStream } from '../numeric/rng.ts';
import { scaledBy, squaringScale } from '../numeric/squaring-scale.ts';
import { kmeansPlusPlus } from './kmeans-start.ts';

export { nearestClusters } from '../fast/nearest-centroids.ts';
export { kmeansPlusPlus } from './kmeans-start.ts';

/** Why Lloyd's algorithm ended. */
export type KmeansStop = 'labels-unchanged' | 'centroids-settled' | 'iteration-cap';

/** What one iteration did. Each step has its own copies, so that they can be kept and compared. */
export interface KmeansStep {
  /** 1 for the first. */
  readonly iteration: number;
  /** The cluster of each point, [points]. */
  readonly labels: Int32Array;
  /** The means of the clusters, after they moved, [clusters, dims]. */
  readonly centroids: Matrix;
  /** Σ of the squared distances from the points to the centroids they were assigned to, before these moved (Eq. 10). */
  readonly inertia: number;
  /** How many points changed their cluster; in the first iteration, all. */
  readonly moved: number;
  /** The clusters that had become empty and were given a new point. */
  readonly reseeded: readonly number[];
  /** The longest way that a centroid moved. */
  readonly shift: number;
  /** Why this is the last step; null if it is not. */
  readonly stop: KmeansStop | null;
}

export interface LloydOptions {
  /** At most this many iterations; 300 unless told. */
  readonly maxIterations?: number;
  /** Stops when no centroid moved farther than this; 0, unless told, leaves it to the labels. */
  readonly tolerance?: number;
}

export interface KmeansOptions extends LloydOptions {
  /** How many clusters, at most the number of points. */
  readonly clusters: number;
  /** Where the start is drawn from. */
  readonly rng: RandomStream;
  /** Centroids to start from, [clusters, dims], instead of the k-means++ draw. */
  readonly start?: Matrix;
}

/** The last step of Lloyd's algorithm, and how many there were. */
export interface KmeansResult extends KmeansStep {
  readonly iterations: number;
}

/**
 * K-means from a k-means++ start. Takes O(points · clusters · dims) per iteration.
 *
 * @param points [points, dims]
 * @throws RangeError if a number is out of its range, the points are not finite, or the start has another shape
 */
export function kmeans(points: Matrix, options: KmeansOptions): KmeansResult {
  const { clusters, rng } = options;
  const [count, dims] = expectPoints('kmeans', points);
  expectClusters('kmeans', clusters, count);
  if (options.start) expectShape('kmeans', 'start', options.start, [clusters, dims]);
  let last: KmeansStep | undefined;
  for (const step of lloyd(points, options.start ?? kmeansPlusPlus(points, clusters, rng), options))
    last = step;
  return { ...last!, iterations: last!.iteration };
}

/**
 * Lloyd's algorithm, one iteration per `next()`. It ends after the first iteration that changes no label (which is
 * counted), when the centroids have settled, or at the cap.
 *
 * A point between two equally near centroids goes to the lower number. A cluster without points takes over the point
 * that is farthest from its own centroid (the first of equals), among clusters with other points left; lower clusters
 * choose first. Where no point has any distance, because there are fewer different points than clusters, the cluster
 * stays empty and its centroid stays where it is.
 *
 * Numbers of any size will do: very large and very small ones are scaled before they are squared. Only `inertia`, a sum
 * of squares, becomes Infinity or 0 where it is no float64 number.
 *
 * @param points [points, dims]; copied, so later changes have no effect
 * @param start centroids [clusters, dims]
 * @throws RangeError if a number is out of its range or the shapes do not fit
 */
export function* lloyd(
  points: Matrix,
  start: Matrix,
  options: LloydOptions = {},
): Generator<KmeansStep, void> {
  const { maxIterations = 300, tolerance = 0 } = options;
  const [count, dims] = expectPoints('lloyd', points);
  const [clusters] = dimensions('lloyd', start);
  expectClusters('lloyd', clusters, count);
  expectShape('lloyd', 'start', start, [clusters, dims]);
  expectInteger('lloyd', 'maxIterations', maxIterations, 1);
  if (!(tolerance >= 0)) throw new RangeError(`lloyd: tolerance must be at least 0, got ${tolerance}`);

  const given = rowMajorData(points);
  expectFinite('lloyd', 'points', given);
  const first = rowMajorData(start);
  expectFinite('lloyd', 'start', first);
  const scale = squaringScale(given, first);
  const values = scale === 1 ? given : scaledBy(scale, given); // [points, dims]
  let centroids = scaledBy(scale, first); // [clusters, dims]
  const nearest = new NearestCentroids(values, dims, clusters);
  let before = new Int32Array(count).fill(-1);
  for (let iteration = 1; ; iteration++) {
    nearest.assign(centroids);
    const reseeded = reseedEmptyClusters(nearest);
    const labels = nearest.labels.slice();
    const moved = countDifferences(labels, before);
    const means = clusterMeans(nearest, centroids);
    const moves = distancesMoved(centroids, means, dims);
    const shift = moves.reduce((longest, move) => Math.max(longest, move), 0);
    const stop =
      moved === 0
        ? 'labels-unchanged'
        : tolerance > 0 && shift <= tolerance * scale
          ? 'centroids-settled'
          : iteration === maxIterations
            ? 'iteration-cap'
            : null;
    yield Object.freeze({
      iteration,
      labels: labels.slice(),
      centroids: matrix(scaledBy(1 / scale, means), clusters, dims),
      inertia: sumOf(nearest.distances) / scale / scale,
      moved,
      reseeded: Object.freeze(reseeded),
      shift: shift / scale,
      stop,
    });
    if (stop) return;
    nearest.centroidsMoved(moves);
    centroids = means;
    before = labels;
  }
}

/** Gives each empty cluster the farthest point; returns the clusters that got one. */
function reseedEmptyClusters(nearest: NearestCentroids): number[] {
  const { labels, distances } = nearest;
  const sizes = nearest.sizes();
  const reseeded: number[] = [];
  for (let cluster = 0; cluster < sizes.length; cluster++) {
    if (sizes[cluster]! > 0) continue;
    let farthest = -1;
    for (let point = 0; point < labels.length; point++) {
      const mayLeave = sizes[labels[point]!]! > 1 && distances[point]! > 0;
      if (mayLeave && (farthest < 0 || distances[point]! > distances[farthest]!)) farthest = point;
    }
    if (farthest < 0) break;
    sizes[labels[farthest]!]!--;
    sizes[cluster] = 1;
    nearest.moveTo(farthest, cluster);
    reseeded.push(cluster);
  }
  return reseeded;
}

/** The mean of each cluster's points, [clusters, dims]; the old centroid where there is none. */
function clusterMeans(nearest: NearestCentroids, centroids: Float64Array): Float64Array<ArrayBuffer> {
  const means = nearest.sums();
  const sizes = nearest.sizes();
  const dims = means.length / sizes.length;
  for (let cluster = 0; cluster < sizes.length; cluster++) {
    const size = sizes[cluster]!;
    for (let at = cluster * dims; at < (cluster + 1) * dims; at++) {
      means[at] = size > 0 ? means[at]! / size : centroids[at]!;
    }
  }
  return means;
}

/** How far each centroid moved, [clusters]. */
function distancesMoved(before: Float64Array, after: Float64Array, dims: number): Float64Array {
  return Float64Array.from({ length: before.length / dims }, (_, cluster) =>
    Math.sqrt(squaredDistance(before, cluster * dims, after, cluster * dims, dims)),
  );
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]!;
  return sum;
}

function countDifferences(a: Int32Array, b: Int32Array): number {
  let count = 0;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) count++;
  return count;
}

function expectPoints(caller: string, points: Matrix): [count: number, dims: number] {
  const [count, dims] = dimensions(caller, points);
  if (count === 0 || dims === 0) {
    throw new RangeError(
      `${caller}: points must have at least one row and column, got shape [${count}, ${dims}]`,
    );
  }
  return [count, dims];
}

function expectClusters(caller: string, clusters: number, count: number): void {
  if (!Number.isInteger(clusters) || clusters < 1 || clusters > count) {
    throw new RangeError(
      `${caller}: clusters must be between 1 and the number of points (${count}), got ${clusters}`,
    );
  }
}
