// The costly half of a K-means iteration: which centroid is nearest to each point. Most points stay where they are once
// the clusters take shape, and a bound proves it for them: if the second nearest centroid was at least s away and no
// centroid has moved by more than m since, all others are still at least s − m away. Only points that may be nearer to
// another centroid are compared with all of them. In: points, then centroids again and again; out: labels and squared
// distances, the same as without the bound. Hamerly (2010), "Making k-means even faster".
import { squaredDistance } from './nearest-centroids.ts';

/** Bounds are taken this much (relatively) too small, which is far more than rounding can amount to. */
const CAUTION = 1e-9;

/** Remembers, between the iterations, what is needed to leave out comparisons. */
export class NearestCentroids {
  /** The nearest centroid of each point, the lowest number of equals, [points]. */
  readonly labels: Int32Array;
  /** Its squared distance, [points]. */
  readonly distances: Float64Array;
  private readonly points: Float64Array; // [points, dims]
  private readonly dims: number;
  private readonly boundOfOthers: Float64Array; // no other centroid is nearer than this [points]
  private readonly doubtful: Uint32Array; // the points to be compared with all centroids

  /**
   * @param points [points, dims], flat
   * @param dims numbers per point, at least 1
   */
  constructor(points: Float64Array, dims: number) {
    const count = points.length / dims;
    this.points = points;
    this.dims = dims;
    this.labels = new Int32Array(count);
    this.distances = new Float64Array(count);
    this.boundOfOthers = new Float64Array(count); // 0 promises nothing
    this.doubtful = new Uint32Array(count);
  }

  /**
   * Brings `labels` and `distances` up to date. Takes O(points · dims), and O(clusters · dims) more per doubtful point.
   *
   * @param centroids [clusters, dims], flat; where they were at the last call, but for the moves told since
   */
  assign(centroids: Float64Array): void {
    const { points, dims, labels, distances, boundOfOthers, doubtful } = this;
    let count = 0;
    for (let point = 0; point < labels.length; point++) {
      const bound = boundOfOthers[point]!;
      if (bound > 0) {
        const own = squaredDistance(points, point * dims, centroids, labels[point]! * dims, dims);
        distances[point] = own;
        if (own < bound * bound) continue;
      }
      doubtful[count++] = point;
    }
    this.compareWithAll(doubtful.subarray(0, count), centroids);
  }

  /** Tells how far each centroid has moved since `assign`, [clusters]. */
  centroidsMoved(moves: Float64Array): void {
    const { labels, boundOfOthers } = this;
    let farthest = 0;
    for (let cluster = 1; cluster < moves.length; cluster++) {
      if (moves[cluster]! > moves[farthest]!) farthest = cluster;
    }
    const longest = (1 + CAUTION) * moves[farthest]!;
    const longestOfOthers = (1 + CAUTION) * largestBut(moves, farthest);
    for (let point = 0; point < boundOfOthers.length; point++) {
      boundOfOthers[point]! -= labels[point] === farthest ? longestOfOthers : longest;
    }
  }

  /** Puts a point into a cluster whose centroid is about to move onto it. */
  moveTo(point: number, cluster: number): void {
    this.labels[point] = cluster;
    this.distances[point] = 0;
    this.boundOfOthers[point] = 0;
  }

  private compareWithAll(chosen: Uint32Array, centroids: Float64Array): void {
    const clusters = centroids.length / this.dims;
    const padded = new Float64Array(4 * Math.ceil(clusters / 4) * this.dims).fill(Infinity);
    padded.set(centroids);
    const toFirst = new Float64Array(padded.length / this.dims);
    const toSecond = new Float64Array(padded.length / this.dims);
    for (let index = 0; index < chosen.length; index += 2) {
      const first = chosen[index]!;
      const second = chosen[Math.min(index + 1, chosen.length - 1)]!;
      distancesOfPair(
        this.points,
        first * this.dims,
        second * this.dims,
        padded,
        this.dims,
        toFirst,
        toSecond,
      );
      this.chooseNearest(first, toFirst);
      this.chooseNearest(second, toSecond);
    }
  }

  private chooseNearest(point: number, squaredDistances: Float64Array): void {
    let nearest = 0;
    let smallest = squaredDistances[0]!;
    let runnerUp = Infinity;
    for (let cluster = 1; cluster < squaredDistances.length; cluster++) {
      const distance = squaredDistances[cluster]!;
      if (distance < smallest) {
        runnerUp = smallest;
        smallest = distance;
        nearest = cluster;
      } else if (distance < runnerUp) runnerUp = distance;
    }
    this.labels[point] = nearest;
    this.distances[point] = smallest;
    this.boundOfOthers[point] = (1 - CAUTION) * Math.sqrt(runnerUp);
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

/**
 * Squared distances of two points to all centroids, in tiles of two by four: each number is read once for several sums,
 * and the sums do not wait for one another. All add up in the same order, so ties stay ties.
 *
 * @param centroids [clusters, dims], flat; the number of clusters is a multiple of 4
 * @param toFirst [clusters], written
 * @param toSecond [clusters], written
 */
function distancesOfPair(
  points: Float64Array,
  first: number,
  second: number,
  centroids: Float64Array,
  dims: number,
  toFirst: Float64Array,
  toSecond: Float64Array,
): void {
  for (let cluster = 0; cluster < toFirst.length; cluster += 4) {
    const a = cluster * dims;
    const b = a + dims;
    const c = b + dims;
    const d = c + dims;
    let firstA = 0;
    let firstB = 0;
    let firstC = 0;
    let firstD = 0;
    let secondA = 0;
    let secondB = 0;
    let secondC = 0;
    let secondD = 0;
    for (let dim = 0; dim < dims; dim++) {
      const x = points[first + dim]!;
      const y = points[second + dim]!;
      const atA = centroids[a + dim]!;
      const atB = centroids[b + dim]!;
      const atC = centroids[c + dim]!;
      const atD = centroids[d + dim]!;
      firstA += (x - atA) * (x - atA);
      firstB += (x - atB) * (x - atB);
      firstC += (x - atC) * (x - atC);
      firstD += (x - atD) * (x - atD);
      secondA += (y - atA) * (y - atA);
      secondB += (y - atB) * (y - atB);
      secondC += (y - atC) * (y - atC);
      secondD += (y - atD) * (y - atD);
    }
    toFirst[cluster] = firstA;
    toFirst[cluster + 1] = firstB;
    toFirst[cluster + 2] = firstC;
    toFirst[cluster + 3] = firstD;
    toSecond[cluster] = secondA;
    toSecond[cluster + 1] = secondB;
    toSecond[cluster + 2] = secondC;
    toSecond[cluster + 3] = secondD;
  }
}
