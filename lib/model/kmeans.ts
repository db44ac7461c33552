// K-means groups points so that each is near the mean of its group: assign all points to the nearest centroid, move
// each centroid to the mean of its points, repeat. Here the points are clients, one direction each.
// In: points [points, dims]; out: a cluster per point and the centroids [clusters, dims], after each step or at the end.
// Lloyd (1982), with the k-means++ start of Arthur & Vassilvitskii (2007).
import {
  dimensions,
  expectFinite,
  expectInteger,
  expectShape,
  type Matrix,
  matrix,
  rowMajorData,
} from '../numeric/ndarrays.ts';
import type { RandomStream } from '../numeric/rng.ts';
import { scaledBy, squaredDistance, squaringScale } from '../numeric/squaring-scale.ts';
import { kmeansPlusPlus } from './kmeans-start.ts';

export { kmeansPlusPlus } from './kmeans-start.ts';
export { nearestClusters } from './nearest-clusters.ts';

/** Who belongs to which cluster. */
export interface Assignment {
  /** The cluster of each point, [points]. */
  readonly labels: Int32Array;
  /** The squared distance of each point to its centroid, [points]. */
  readonly distances: Float64Array;
}

// #region iteration
/**
 * The nearest centroid of each point; of equally near ones the lowest number. Takes O(points · clusters · dims).
 *
 * @param points [points, dims]; their squares must be float64 numbers: `lloyd` scales them first
 * @param centroids [clusters, dims]
 * @throws RangeError if the shapes do not fit
 */
export function assignPoints(points: Matrix, centroids: Matrix): Assignment {
  const [count, dims] = dimensions('assignPoints', points);
  expectShape('assignPoints', 'centroids', centroids, [null, dims]);
  const [values, means] = [rowMajorData(points), rowMajorData(centroids)];
  const clusters = centroids.shape[0]!;
  const labels = new Int32Array(count);
  const distances = new Float64Array(count).fill(Infinity);
  for (let point = 0; point < count; point++) {
    for (let cluster = 0; cluster < clusters; cluster++) {
      const distance = squaredDistance(values, point * dims, means, cluster * dims, dims);
      if (distance < distances[point]!) {
        distances[point] = distance;
        labels[point] = cluster;
      }
    }
  }
  return { labels, distances };
}

/**
 * The mean of each cluster's points, [clusters, dims]; where it has none, its centroid stays where it is.
 *
 * @param points [points, dims]
 * @param labels the cluster of each point, [points]
 * @param centroids where they are now, [clusters, dims]
 * @throws RangeError if the shapes do not fit
 */
export function moveCentroids(points: Matrix, labels: Int32Array, centroids: Matrix): Matrix {
  const [clusters, dims] = dimensions('moveCentroids', centroids);
  expectShape('moveCentroids', 'points', points, [labels.length, dims]);
  const values = rowMajorData(points);
  const means = new Float64Array(clusters * dims); // sums at first
  labels.forEach((label, point) => {
    for (let dim = 0; dim < dims; dim++) means[label * dims + dim]! += values[point * dims + dim]!;
  });
  clusterSizes(labels, clusters).forEach((size, cluster) => {
    for (let dim = 0; dim < dims; dim++) {
      const at = cluster * dims + dim;
      means[at] = size > 0 ? means[at]! / size : centroids.get(cluster, dim);
    }
  });
  return matrix(means, clusters, dims);
}
// #endregion iteration

/** The two halves of an iteration over one set of points. */
export interface KmeansLoops {
  /** As `assignPoints`; the arrays that it returns are the caller's. */
  assign(centroids: Matrix): Assignment;
  /** As `moveCentroids`, from the centroids of the last `assign`. */
  move(labels: Int32Array, centroids: Matrix): Matrix;
}

/** The halves as they are written above. */
export function plainKmeansLoops(points: Matrix): KmeansLoops {
  return {
    assign: (centroids) => assignPoints(points, centroids),
    move: (labels, centroids) => moveCentroids(points, labels, centroids),
  };
}

/**
 * One iteration of Lloyd's algorithm: assign, give a point to each cluster that has become empty, move.
 *
 * @param points [points, dims]
 * @param centroids [clusters, dims]
 * @param loops what runs the halves. Default: the two functions above.
 * @returns the assignment; the clusters that were given a point; the centroids after they moved [clusters, dims]
 */
export function lloydStep(points: Matrix, centroids: Matrix, loops: KmeansLoops = plainKmeansLoops(points)) {
  const { labels, distances } = loops.assign(centroids);
  const reseeded = fillEmptyClusters(labels, distances, centroids.shape[0]!);
  return { labels, distances, reseeded, centroids: loops.move(labels, centroids) };
}

/** Gives each empty cluster the point farthest from its own centroid; returns the clusters that got one. */
function fillEmptyClusters(labels: Int32Array, distances: Float64Array, clusters: number): number[] {
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

function clusterSizes(labels: Int32Array, clusters: number): Uint32Array {
  const sizes = new Uint32Array(clusters);
  for (let point = 0; point < labels.length; point++) sizes[labels[point]!]!++;
  return sizes;
}

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
  /** Maximum number of iterations. Default: 300. */
  readonly maxIterations?: number;
  /** Stops when no centroid moved farther than this. Default: 0, which leaves it to the labels. */
  readonly tolerance?: number;
  /** What runs the two halves of an iteration. Default: `plainKmeansLoops`. */
  readonly loops?: (points: Matrix, clusters: number) => KmeansLoops;
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
  const { maxIterations = 300, tolerance = 0, loops = plainKmeansLoops } = options;
  expectInteger('lloyd', 'maxIterations', maxIterations, 1);
  if (!(tolerance >= 0)) throw new RangeError(`lloyd: tolerance must be at least 0, got ${tolerance}`);
  const [clusters] = dimensions('lloyd', start);
  expectProblem('lloyd', points, clusters, start);
  const [count, dims] = dimensions('lloyd', points);
  const [values, first] = [rowMajorData(points), rowMajorData(start)];
  expectFinite('lloyd', 'points', values);
  expectFinite('lloyd', 'start', first);

  const scale = squaringScale(values, first);
  const own = matrix(scale === 1 ? values.slice() : scaledBy(scale, values), count, dims);
  const halves = loops(own, clusters);
  let centroids = matrix(scaledBy(scale, first), clusters, dims);
  let before: Int32Array = new Int32Array(count).fill(-1);
  for (let iteration = 1; ; iteration++) {
    const step = lloydStep(own, centroids, halves);
    const moved = step.labels.filter((label, point) => label !== before[point]).length;
    const shift = longestMove(centroids, step.centroids) / scale;
    const stop =
      moved === 0
        ? 'labels-unchanged'
        : tolerance > 0 && shift <= tolerance
          ? 'centroids-settled'
          : iteration === maxIterations
            ? 'iteration-cap'
            : null;
    yield Object.freeze({
      iteration,
      labels: step.labels.slice(),
      centroids: matrix(scaledBy(1 / scale, step.centroids.data), clusters, dims),
      inertia: step.distances.reduce((sum, distance) => sum + distance, 0) / scale / scale,
      moved,
      reseeded: Object.freeze(step.reseeded),
      shift,
      stop,
    });
    if (stop) return;
    centroids = step.centroids;
    before = step.labels;
  }
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
  expectProblem('kmeans', points, clusters, options.start);
  const start = options.start ?? kmeansPlusPlus(points, clusters, rng);
  let last: KmeansStep | undefined;
  for (const step of lloyd(points, start, options)) last = step;
  return { ...last!, iterations: last!.iteration };
}

/** The longest way from a centroid to where it moved. */
function longestMove(before: Matrix, after: Matrix): number {
  const [clusters, dims] = before.shape as [number, number];
  let longest = 0;
  for (let cluster = 0; cluster < clusters; cluster++) {
    const at = cluster * dims;
    longest = Math.max(longest, squaredDistance(before.data, at, after.data, at, dims));
  }
  return Math.sqrt(longest);
}

function expectProblem(caller: string, points: Matrix, clusters: number, start?: Matrix): void {
  const [count, dims] = dimensions(caller, points);
  if (count === 0 || dims === 0) {
    throw new RangeError(
      `${caller}: points must have at least one row and column, got shape [${count}, ${dims}]`,
    );
  }
  if (!Number.isInteger(clusters) || clusters < 1 || clusters > count) {
    throw new RangeError(
      `${caller}: clusters must be between 1 and the number of points (${count}), got ${clusters}`,
    );
  }
  if (start) expectShape(caller, 'start', start, [clusters, dims]);
}
