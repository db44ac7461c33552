// The parts of K-means for whoever calls them one by one: start, iterations and their halves, new points, silhouette. Points of any
// kind, a number as seed; converted once, then computed by lib/model/kmeans.ts and silhouette.ts.
import * as model from '../model/kmeans.ts';
import type {
  Assignment,
  KmeansLoops,
  KmeansResult,
  KmeansSteps,
  LloydOptions,
} from '../model/kmeans-step.ts';
import * as judged from '../model/silhouette.ts';
import { inTheNameOf } from '../numeric/arguments.ts';
import {
  asMatrix,
  asStream,
  expectObject,
  inWords,
  type MatrixLike,
  type Seed,
} from '../numeric/matrix-like.ts';
import { expectInteger, type Matrix } from '../numeric/ndarrays.ts';

/**
 * The cluster of each of many points: the nearest centroid, of equally near ones the lowest number.
 *
 * @param points [points, dims]
 * @param centroids [clusters, dims], or a result of `kmeans`
 * @returns [points]
 * @throws RangeError if the shapes do not fit, TypeError if an argument is of another kind
 * @example
 * [...predictClusters([[1, 0], [8, 8]], [[0, 0], [9, 9]])]; // [0, 1]
 */
export function predictClusters(points: MatrixLike, centroids: MatrixLike | KmeansResult): Int32Array {
  const means = isResult(centroids) ? centroids.centroids : centroids;
  const values = asMatrix('predictClusters', 'points', points);
  const given = asMatrix('predictClusters', 'centroids', means);
  return inTheNameOf('predictClusters', () => model.assignPoints(values, given).labels);
}

/**
 * How well points sit in their clusters, from −1 to 1: see `Silhouette`. Takes O(points² · dims).
 *
 * @param points [points, dims]
 * @param labels the cluster of each point, [points]
 * @throws RangeError if there is not a label for each point or only one cluster, TypeError if an argument is of another kind
 * @example
 * silhouette([[0], [1], [9], [10]], [0, 0, 1, 1]).mean > 0.8; // true
 */
export function silhouette(points: MatrixLike, labels: ArrayLike<number>): judged.Silhouette {
  return judged.silhouette(asMatrix('silhouette', 'points', points), asLabels('silhouette', labels));
}

/**
 * Draws the start of K-means: different points where there are enough of them.
 *
 * @param points [points, dims]
 * @param clusters how many, at most the number of points
 * @param seed a number or a stream
 * @returns centroids [clusters, dims], float64
 * @throws RangeError if the points are not finite or clusters is out of its range, TypeError if an argument is of another kind
 * @example
 * kmeansPlusPlus([[0], [5], [9]], 2, 1).shape; // [2, 1]
 */
export function kmeansPlusPlus(points: MatrixLike, clusters: number, seed: Seed): Matrix {
  const values = asMatrix('kmeansPlusPlus', 'points', points);
  return model.kmeansPlusPlus(values, clusters, asStream('kmeansPlusPlus', 'seed', seed, 'kmeans'));
}

/**
 * Lloyd's algorithm, one iteration per `next()`; when it ends and what becomes of empty clusters: lib/model/kmeans.ts.
 *
 * @param points [points, dims]; copied, so later changes have no effect
 * @param start centroids [clusters, dims]
 * @throws RangeError if a number is out of its range or the shapes do not fit, TypeError if an argument is of another kind
 * @example
 * for (const { iteration, inertia } of lloyd([[0], [1], [9]], [[0], [1]])) console.log(iteration, inertia);
 */
export function lloyd(points: MatrixLike, start: MatrixLike, options: LloydOptions = {}): KmeansSteps {
  expectObject('lloyd', 'options', options, '{ maxIterations: 10 }');
  expectLoops('lloyd', options);
  return model.lloyd(asMatrix('lloyd', 'points', points), asMatrix('lloyd', 'start', start), options);
}

/**
 * The nearest centroid of each point, and how far it is.
 *
 * @param points [points, dims]
 * @param centroids [clusters, dims]
 * @throws RangeError if the shapes do not fit, TypeError if an argument is of another kind
 */
export function assignPoints(points: MatrixLike, centroids: MatrixLike): Assignment {
  return model.assignPoints(
    asMatrix('assignPoints', 'points', points),
    asMatrix('assignPoints', 'centroids', centroids),
  );
}

/**
 * The mean of each cluster's points, [clusters, dims]; where it has none, its centroid stays where it is.
 *
 * @param points [points, dims]
 * @param labels the cluster of each point, [points]
 * @param centroids where they are now, [clusters, dims]
 * @throws RangeError if the shapes do not fit or a label is no cluster, TypeError if an argument is of another kind
 */
export function moveCentroids(points: MatrixLike, labels: ArrayLike<number>, centroids: MatrixLike): Matrix {
  const [values, means] = [
    asMatrix('moveCentroids', 'points', points),
    asMatrix('moveCentroids', 'centroids', centroids),
  ];
  const known = asLabels('moveCentroids', labels);
  const outside = known.find((label) => label < 0 || label >= means.shape[0]!);
  if (outside !== undefined)
    throw new RangeError(
      `moveCentroids: labels must be below the number of centroids (${means.shape[0]}), got ${outside}`,
    );
  return model.moveCentroids(values, known, means);
}

/**
 * One iteration of Lloyd's algorithm: assign, give a point to each cluster that has become empty, move.
 *
 * @param points [points, dims]
 * @param centroids [clusters, dims]
 * @param loops what runs the halves. Default: the plain ones.
 * @throws RangeError if the shapes do not fit, TypeError if an argument is of another kind
 */
export function lloydStep(points: MatrixLike, centroids: MatrixLike, loops?: KmeansLoops) {
  const [values, means] = [
    asMatrix('lloydStep', 'points', points),
    asMatrix('lloydStep', 'centroids', centroids),
  ];
  if (loops !== undefined) expectObject('lloydStep', 'loops', loops, 'plainKmeansLoops(points)');
  return inTheNameOf('lloydStep', () => model.lloydStep(values, means, loops));
}

function isResult(value: MatrixLike | KmeansResult): value is KmeansResult {
  return typeof value === 'object' && value !== null && 'centroids' in value;
}

function expectLoops(caller: string, { loops, maxIterations = 1, tolerance = 0 }: LloydOptions): void {
  expectInteger(caller, 'maxIterations', maxIterations, 1);
  if (!(typeof tolerance === 'number' && tolerance >= 0))
    throw new RangeError(`${caller}: tolerance must be at least 0, got ${inWords(tolerance)}`);
  if (loops !== undefined && typeof loops !== 'function')
    throw new TypeError(
      `${caller}: loops must be a function such as plainKmeansLoops, got ${inWords(loops)}`,
    );
}

function asLabels(caller: string, labels: ArrayLike<number>): Int32Array {
  const isList = Array.isArray(labels) || ArrayBuffer.isView(labels);
  if (!isList)
    throw new TypeError(`${caller}: labels must be an array of whole numbers, got ${inWords(labels)}`);
  const list = Array.from(labels as ArrayLike<number>);
  const wrong = list.findIndex((label) => !Number.isInteger(label));
  if (wrong >= 0)
    throw new TypeError(`${caller}: labels[${wrong}] must be a whole number, got ${inWords(list[wrong])}`);
  return labels instanceof Int32Array ? labels : Int32Array.from(list);
}
