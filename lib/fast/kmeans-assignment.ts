// The costly half of a K-means iteration: which centroid is nearest to each point. Most points stay where they are once
// the clusters take shape, and a bound proves it for them: if the second nearest centroid was at least s away and no
// centroid has moved by more than m since, all others are still at least s − m away. Only points that may be nearer to
// another centroid are compared with all of them. In: points, then centroids again and again; out: labels and squared
// distances, the same as without the bound. Hamerly (2010), "Making k-means even faster".
import type { FloatArray } from '../numeric/matrix.ts';
import { type KmeansLoops, kmeansLoops } from './kmeans-loops.ts';

/** Bounds are taken this much (relatively) too small, which is far more than rounding can amount to. */
const CAUTION = 1e-9;

/** Remembers, between the iterations, what is needed to leave out comparisons. */
export class NearestCentroids {
  /** The nearest centroid of each point, the lowest number of equals, [points]. */
  readonly labels: Int32Array;
  /** Its squared distance, [points]. */
  readonly distances: Float64Array;
  private readonly loops: KmeansLoops;
  private readonly clusters: number;

  /**
   * @param points [points, dims], flat; copied
   * @param dims numbers per point, at least 1
   * @param clusters how many centroids there will be
   */
  constructor(points: FloatArray, dims: number, clusters: number) {
    this.loops = kmeansLoops(points.length / dims, dims, clusters);
    this.loops.setPoints(points);
    this.clusters = clusters;
    this.labels = this.loops.labels;
    this.distances = this.loops.distances;
  }

  /**
   * Brings `labels` and `distances` up to date. Takes O(points · dims), and O(clusters · dims) more per doubtful point.
   *
   * @param centroids [clusters, dims], flat; where they were at the last call, but for the moves told since
   */
  assign(centroids: Float64Array): void {
    this.loops.assign(centroids, CAUTION);
  }

  /** Tells how far each centroid has moved since `assign`, [clusters]. */
  centroidsMoved(moves: Float64Array): void {
    const { labels } = this;
    const { bounds } = this.loops;
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

  /** Puts a point into a cluster whose centroid is about to move onto it. */
  moveTo(point: number, cluster: number): void {
    this.labels[point] = cluster;
    this.distances[point] = 0;
    this.loops.bounds[point] = 0;
  }

  /** How many points each cluster has, [clusters]. */
  sizes(): Uint32Array {
    const sizes = new Uint32Array(this.clusters);
    for (let point = 0; point < this.labels.length; point++) sizes[this.labels[point]!]!++;
    return sizes;
  }

  /** Σ of each cluster's points, [clusters, dims]. */
  sums(): Float64Array<ArrayBuffer> {
    return this.loops.sums();
  }
}

/** The largest value but for one position; 0 if there is no other. */
function largestBut(values: Float64Array, position: number): number {
  let largest = 0;
  for (let index = 0; index < values.length; index++) {
    if (index !== position && values[index]! > largest) largest = values[index]!;
  }
  return largest;
}
