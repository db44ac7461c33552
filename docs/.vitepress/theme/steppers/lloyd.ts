// Lesson 5: Lloyd's algorithm on twelve points, from different starts; the points and two of the starts are those of
// examples/04-lloyd.ts.
import { points } from '../../../../examples/clients.ts';
import { type KmeansStep, kmeansPlusPlus, lloyd } from '../../../../lib/model/kmeans.ts';
import { fromRows, type Matrix, toRows } from '../../../../lib/numeric/matrix.ts';
import { randomStream } from '../../../../lib/numeric/rng.ts';

export const clients = toRows(points) as [number, number][];

/** Where the three centroids begin. */
export const starts = ['in one corner', 'two in one group', 'k-means++'] as const;
export type Start = (typeof starts)[number];

export interface LloydPath {
  readonly start: [number, number][];
  readonly steps: readonly KmeansStep[];
}

export function lloydFrom(start: Start): LloydPath {
  const centroids = startOf(start);
  return { start: toRows(centroids) as [number, number][], steps: [...lloyd(points, centroids)] };
}

function startOf(start: Start): Matrix {
  switch (start) {
    case 'in one corner':
      return fromRows(clients.slice(0, 3));
    case 'two in one group':
      return fromRows([clients[0]!, clients[4]!, clients[5]!]);
    case 'k-means++':
      return kmeansPlusPlus(points, 3, randomStream(1, 'example', 0));
  }
}
