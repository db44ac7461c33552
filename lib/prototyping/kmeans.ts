// K-means for whoever calls it: points of any kind, a number as seed, several starts. Here everything is converted once; what is
// computed, and how, is lib/model/kmeans.ts. Its parts, one by one: lloyd.ts.
// In: rows of numbers, typed arrays with a shape, ndarrays, mathjs matrices; out: what the plain module returns.
import * as model from '../model/kmeans.ts';
import type { KmeansResult, LloydOptions } from '../model/kmeans-step.ts';
import { inTheNameOf } from '../numeric/arguments.ts';
import { asMatrix, asStream, expectObject, type MatrixLike, type Seed } from '../numeric/matrix-like.ts';
import { expectInteger } from '../numeric/ndarrays.ts';

export { plainKmeansLoops } from '../model/kmeans.ts';
export type * from '../model/kmeans-step.ts';
export type { Silhouette } from '../model/silhouette.ts';
export { toRows } from '../numeric/matrix.ts';
export type { MatrixLike, Seed } from '../numeric/matrix-like.ts';
export * from './lloyd.ts';

/** What `kmeans` is asked for. */
export interface KmeansSettings extends LloydOptions {
  /** How many clusters, at most the number of points. */
  readonly clusters: number;
  /** Where the start is drawn from: a number or a stream. Default: 1. */
  readonly seed?: Seed;
  /** The same, as a stream. */
  readonly rng?: Seed;
  /** How many starts are drawn; the result with the lowest inertia is returned. Default: 1. */
  readonly restarts?: number;
  /** Centroids to start from, [clusters, dims], instead of the k-means++ draw. */
  readonly start?: MatrixLike;
}

/**
 * K-means from a k-means++ start. Takes O(points · clusters · dims) per iteration.
 *
 * @param points [points, dims]
 * @param options `clusters` and, if wanted, `seed`, `restarts`, `start`, `maxIterations`, `tolerance`
 * @returns labels [points], centroids [clusters, dims], inertia, and how many iterations it took
 * @throws RangeError if a number is out of its range or not finite, TypeError if an argument is of another kind
 * @example
 * const { labels, centroids } = kmeans([[0, 0], [0, 1], [9, 9]], { clusters: 2, seed: 1 });
 * labels[0] === labels[1] && labels[0] !== labels[2]; // true
 * toRows(centroids).length; // 2
 */
export function kmeans(points: MatrixLike, options: KmeansSettings): KmeansResult {
  const values = asMatrix('kmeans', 'points', points);
  expectObject('kmeans', 'options', options, '{ clusters: 2, seed: 1 }');
  const { clusters, restarts = 1, seed = options.rng ?? 1, start } = options;
  expectInteger('kmeans', 'restarts', restarts, 1, 10_000);
  const settings = {
    ...options,
    rng: asStream('kmeans', 'seed', seed, 'kmeans'),
    start: start === undefined ? undefined : asMatrix('kmeans', 'start', start),
  };
  let best = inTheNameOf('kmeans', () => model.kmeans(values, { ...settings, clusters }));
  for (let restart = 1; restart < restarts && !start; restart++) {
    const other = model.kmeans(values, settings);
    if (other.inertia < best.inertia) best = other;
  }
  return best;
}
