// Lesson 5: Lloyd's algorithm on twelve points, from different starts; the points and two of the starts are those of
// examples/04-lloyd.ts.
import { points } from '../../../../examples/clients.ts';
import { type KmeansStep, kmeansPlusPlus, lloyd } from '../../../../lib/model/kmeans.ts';
import { fromRows, type Matrix, toRows } from '../../../../lib/numeric/matrix.ts';
import { randomStream } from '../../../../lib/numeric/rng.ts';
import type { Inputs } from './inputs.ts';
import { plural } from './words.ts';

export const clients = toRows(points) as [number, number][];

/** Where the three centroids begin. */
export const starts = ['corner', 'two-in-one', 'drawn'] as const;
export type Start = (typeof starts)[number];
const startNames: Readonly<Record<Start, string>> = {
  corner: 'in one corner',
  'two-in-one': 'two in one group',
  drawn: 'at points drawn by k-means++',
};
export const inputs = {
  start: {
    label: 'Centroids start',
    choices: starts.map((start) => [start, startNames[start]] as const),
    usual: 'corner',
    restarts: true,
  },
} as const satisfies Inputs;

/** Half an iteration: points choose centroids, or centroids move to the mean of their points. */
export interface LloydFrame {
  readonly half: 'start' | 'assign' | 'move';
  /** 0 for the start. */
  readonly iteration: number;
  /** The cluster of each client; null before the first assignment. */
  readonly labels: Int32Array | null;
  /** Where the centroids stand. */
  readonly centroids: readonly [number, number][];
  /** Σ of the squared distances from the clients to the centroids of their clusters; null before there are any. */
  readonly sum: number | null;
  readonly caption: string;
}

/** All halves of all iterations, from a start. */
export function lloydFrames(start: Start): LloydFrame[] {
  const first = startOf(start);
  let centroids = toRows(first) as [number, number][];
  const caption = `Three centroids start ${startNames[start]}. No client has a cluster yet.`;
  const frames: LloydFrame[] = [{ half: 'start', iteration: 0, labels: null, centroids, sum: null, caption }];
  for (const step of lloyd(points, first)) {
    const { iteration, labels, moved } = step;
    const assigned = sumOfSquares(labels, centroids);
    frames.push({
      half: 'assign',
      iteration,
      labels,
      centroids,
      sum: assigned,
      caption: assignCaption(step, assigned),
    });
    if (moved === 0) break; // the means are where they were
    centroids = toRows(step.centroids) as [number, number][];
    const after = sumOfSquares(labels, centroids);
    frames.push({
      half: 'move',
      iteration,
      labels,
      centroids,
      sum: after,
      caption: `Move: each centroid goes to the mean of its clients, the farthest by ${step.shift.toFixed(2)}. The sum falls from ${assigned.toFixed(1)} to ${after.toFixed(1)}.`,
    });
  }
  return frames;
}

function assignCaption({ iteration, moved }: KmeansStep, sum: number): string {
  const ends = moved === 0 ? ' So the means stay, too: this is the end.' : '';
  const what =
    iteration === 1
      ? 'each client goes to its nearest centroid'
      : `${plural(moved, 'client')} changed cluster`;
  return `Assign: ${what}. The sum of squared distances is ${sum.toFixed(1)}.${ends}`;
}

/** Σ ‖x_u − c_k(u)‖² (Eq. 10), by hand. */
function sumOfSquares(labels: Int32Array, centroids: readonly [number, number][]): number {
  return clients.reduce((sum, [x, y], client) => {
    const [cx, cy] = centroids[labels[client]!]!;
    return sum + (x - cx) ** 2 + (y - cy) ** 2;
  }, 0);
}

function startOf(start: Start): Matrix {
  switch (start) {
    case 'corner':
      return fromRows(clients.slice(0, 3));
    case 'two-in-one':
      return fromRows([clients[0]!, clients[4]!, clients[5]!]);
    case 'drawn':
      return kmeansPlusPlus(points, 3, randomStream(1, 'example', 0));
  }
}
