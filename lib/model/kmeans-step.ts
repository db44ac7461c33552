// What is said about a run of K-means: which points belong together, what each iteration did, why the last one was the last.
// Here too: what a run is asked, and the seam behind which other loops may run its two halves. Types only.
import type { Matrix } from '../numeric/ndarrays.ts';
import type { RandomStream } from '../numeric/rng.ts';

/** Who belongs to which cluster. */
export interface Assignment {
  /** The cluster of each point, [points]. */
  readonly labels: Int32Array;
  /** The squared distance of each point to its centroid, [points]. */
  readonly distances: Float64Array;
}

/** An iteration: the assignment, after empty clusters were given a point, and what follows from it. */
export interface LloydStep extends Assignment {
  /** The clusters that had become empty and were given a point. */
  readonly reseeded: readonly number[];
  /** After they moved, [clusters, dims]. */
  readonly centroids: Matrix;
}

/** The two halves of an iteration over one set of points. */
export interface KmeansLoops {
  /** As `assignPoints`; the arrays that it returns are the caller's. */
  assign(centroids: Matrix): Assignment;
  /** As `moveCentroids`, from the centroids of the last `assign`. */
  move(labels: Int32Array, centroids: Matrix): Matrix;
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
  /** The largest distance that a centroid moved. */
  readonly shift: number;
  /** Why this is the last step; null if it is not. */
  readonly stop: KmeansStop | null;
}

/** Lloyd's algorithm at work, one iteration per `next()`. */
export type KmeansSteps = Generator<KmeansStep, void>;

export interface LloydOptions {
  /** Maximum number of iterations. Default: 300. */
  readonly maxIterations?: number;
  /** Stops when no centroid moved farther than this. Default: 0, which leaves it to the labels. */
  readonly tolerance?: number;
  /** What runs the two halves of an iteration. Default: `plainKmeansLoops`. */
  readonly loops?: (points: Matrix, clusters: number) => KmeansLoops;
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
