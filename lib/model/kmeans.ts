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
import { scaledBy, squaredDistance, squaringScale } from '../numeric/squares.ts';
import { clusterSizes, fillEmptyClusters, kmeansPlusPlus } from './kmeans-start.ts';
import type {
  Assignment,
  KmeansLoops,
  KmeansOptions,
  KmeansResult,
  KmeansStep,
  KmeansSteps,
  LloydOptions,
  LloydStep,
} from './kmeans-step.ts';

export { kmeansPlusPlus } from './kmeans-start.ts';
export type * from './kmeans-step.ts';
export { nearestClusters } from './nearest-clusters.ts';

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
  const labels = new Int32Array(count);
  const distances = new Float64Array(count).fill(Infinity);
  for (let point = 0; point < count; point++) {
    for (let cluster = 0; cluster < centroids.shape[0]!; cluster++) {
      const distance = squaredDistance(values, point * dims, means, cluster * dims, dims);
      if (!(distance < distances[point]!)) continue;
      distances[point] = distance;
      labels[point] = cluster;
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
 */
export function lloydStep(
  points: Matrix,
  centroids: Matrix,
  loops: KmeansLoops = plainKmeansLoops(points),
): LloydStep {
  const { labels, distances } = loops.assign(centroids);
  const reseeded = fillEmptyClusters(labels, distances, centroids.shape[0]!);
  return { labels, distances, reseeded, centroids: loops.move(labels, centroids) };
}

/**
 * Lloyd's algorithm, one iteration per `next()`: none makes the inertia larger (Eq. 10). It ends after the first iteration that changes no label (which is
 * counted), when the centroids have settled, or at the cap.
 *
 * A point between two equally near centroids goes to the lower number. A cluster that has lost all its points gets a new
 * one: see `fillEmptyClusters`. Numbers of any size will do: very large and very small ones are scaled before they are
 * squared. Only `inertia`, a sum of squares, becomes Infinity or 0 where it is no float64 number.
 *
 * @param points [points, dims]; copied, so later changes have no effect
 * @param start centroids [clusters, dims]
 * @throws RangeError if a number is out of its range or the shapes do not fit
 */
export function* lloyd(points: Matrix, start: Matrix, options: LloydOptions = {}): KmeansSteps {
  const { maxIterations = 300, tolerance = 0, loops = plainKmeansLoops } = options;
  expectInteger('lloyd', 'maxIterations', maxIterations, 1);
  if (!(typeof tolerance === 'number' && tolerance >= 0))
    throw new RangeError(
      `lloyd: tolerance must be at least 0, got ${typeof tolerance === 'number' ? tolerance : typeof tolerance}`,
    );
  if (typeof loops !== 'function')
    throw new TypeError(`lloyd: loops must be a function such as plainKmeansLoops, got ${typeof loops}`);
  const [clusters, dims] = dimensions('lloyd', start);
  expectProblem('lloyd', points, clusters, start);
  const [values, first] = [rowMajorData(points), rowMajorData(start)];
  const scale = squaringScale(values, first);
  const own = matrix(scaledBy(scale, values), values.length / dims, dims);
  const halves = loops(own, clusters);
  let centroids = matrix(scaledBy(scale, first), clusters, dims);
  let labels: Int32Array = new Int32Array(values.length / dims).fill(-1);
  for (let iteration = 1; ; iteration++) {
    const step = lloydStep(own, centroids, halves);
    const moved = step.labels.filter((label, point) => label !== labels[point]).length;
    const shift = longestMove(centroids, step.centroids) / scale;
    let stop: KmeansStep['stop'] = iteration === maxIterations ? 'iteration-cap' : null;
    if (tolerance > 0 && shift <= tolerance) stop = 'centroids-settled';
    if (moved === 0) stop = 'labels-unchanged';
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
    ({ labels, centroids } = step);
  }
}

/**
 * K-means from a k-means++ start. Takes O(points · clusters · dims) per iteration.
 *
 * @param points [points, dims]
 * @throws RangeError if a number is out of its range, the points are not finite, or the start has another shape
 */
export function kmeans(points: Matrix, options: KmeansOptions): KmeansResult {
  const { clusters, rng, start } = options;
  expectProblem('kmeans', points, clusters, start);
  let last: KmeansStep | undefined;
  for (const step of lloyd(points, start ?? kmeansPlusPlus(points, clusters, rng), options)) last = step;
  return { ...last!, iterations: last!.iteration };
}

/** The largest distance that a centroid moved. */
function longestMove(before: Matrix, after: Matrix): number {
  const [clusters, dims] = before.shape as [number, number];
  const squares = Float64Array.from({ length: clusters }, (_, cluster) =>
    squaredDistance(before.data, cluster * dims, after.data, cluster * dims, dims),
  );
  return Math.sqrt(squares.reduce((longest, square) => Math.max(longest, square)));
}

function expectProblem(caller: string, points: Matrix, clusters: number, start?: Matrix): void {
  const [count, dims] = dimensions(caller, points);
  if (points.size === 0) {
    throw new RangeError(
      `${caller}: points must have at least one row and column, got shape [${count}, ${dims}]`,
    );
  }
  expectInteger(caller, 'clusters', clusters, 1, count);
  expectFinite(caller, 'points', rowMajorData(points));
  if (!start) return;
  expectShape(caller, 'start', start, [clusters, dims]);
  expectFinite(caller, 'start', rowMajorData(start));
}
