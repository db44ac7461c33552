// What students really write, and which check must catch it.
import type { WrongSolution } from '../../kit/task.ts';

const start = 'lib/model/kmeans-start.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'distances are not squared',
    edits: [
      {
        file: start,
        find: 'const distance = squaredDistance(values, point * dims, centroids, cluster * dims, dims);',
        replace:
          'const distance = Math.sqrt(squaredDistance(values, point * dims, centroids, cluster * dims, dims));',
      },
    ],
    caughtBy: 'start-on-a-line',
    says: 'the centroids are wrong',
  },
  {
    name: 'the distance to the last centroid counts, not to the nearest',
    edits: [
      {
        find: 'if (distance < distances[point]!) distances[point] = distance;',
        replace: 'distances[point] = distance;',
      },
    ],
    caughtBy: 'start-on-a-line',
    says: 'the centroids are wrong',
  },
  {
    name: 'all centroids are drawn evenly',
    edits: [
      {
        find: 'if (cluster > 0) chosen = drawInProportion(distances, rng);',
        replace: 'if (cluster > 0) chosen = Math.floor(rng.uniform() * count);',
      },
    ],
    caughtBy: 'start-on-a-line',
    says: 'the centroids are wrong',
  },
  {
    name: 'the farthest point is taken, without drawing',
    edits: [
      {
        find: 'if (cluster > 0) chosen = drawInProportion(distances, rng);',
        replace: 'if (cluster > 0) chosen = distances.indexOf(Math.max(...distances));',
      },
    ],
    caughtBy: 'start-on-a-line',
    says: 'the centroids are wrong',
  },
  {
    name: 'the largest distance counts, not the smallest',
    edits: [
      {
        find: 'new Float64Array(count).fill(Infinity); // squared, to the',
        replace: 'new Float64Array(count); // squared, to the',
      },
      {
        find: 'if (distance < distances[point]!) distances',
        replace: 'if (distance > distances[point]!) distances',
      },
    ],
    caughtBy: 'start-on-a-line',
    says: 'the centroids are wrong',
  },
  {
    name: 'a weight of 0 can be drawn',
    edits: [{ find: 'return remaining < 0;', replace: 'return remaining <= 0;' }],
    caughtBy: 'draw-edges',
    says: 'weight 0',
  },
  {
    name: 'what rounding leaves draws the last index, whatever its weight',
    edits: [
      { find: 'weights.findLastIndex((weight) => weight > 0)', replace: 'weights.length - 1' },
      { find: 'remaining -= weight;', replace: 'remaining -= weight * (1 - 1e-15);' },
    ],
    caughtBy: 'draw-edges',
    says: 'weight 0',
  },
  {
    name: 'weights of 0 draw nothing',
    edits: [{ find: '  if (total === 0) return rng.integer(weights.length);\n', replace: '' }],
    caughtBy: 'draw-edges',
    says: 'any index',
  },
  {
    name: 'a draw is compared with the weight, not with the sum of weights so far',
    edits: [
      { find: 'remaining -= weight;\n    return remaining < 0;', replace: 'return remaining < weight;' },
    ],
    caughtBy: 'draws',
    says: 'share of [0, 1)',
  },
  {
    name: 'a tie goes to the higher number',
    edits: [
      {
        find: 'if (!(distance < distances[point]!)) continue;',
        replace: 'if (!(distance <= distances[point]!)) continue;',
      },
    ],
    caughtBy: 'assign-on-a-line',
    says: 'the labels are wrong',
  },
  {
    name: 'distances are returned as roots',
    edits: [
      {
        find: 'return { labels, distances };',
        replace: 'return { labels, distances: distances.map(Math.sqrt) };',
      },
    ],
    caughtBy: 'assign-on-a-line',
    says: 'the squared distances are wrong',
  },
  {
    name: 'the mean of an empty cluster is 0 / 0',
    edits: [
      {
        find: 'means[at] = size > 0 ? means[at]! / size : centroids.get(cluster, dim);',
        replace: 'means[at] = means[at]! / size;',
      },
    ],
    caughtBy: 'move-on-a-line',
    says: 'finite',
  },
  {
    name: 'an empty cluster moves to the origin',
    edits: [{ find: ': centroids.get(cluster, dim);', replace: ': 0;' }],
    caughtBy: 'move-on-a-line',
    says: 'must stay',
  },
  {
    name: 'sums are divided by the number of all points',
    edits: [{ find: '? means[at]! / size', replace: '? means[at]! / labels.length' }],
    caughtBy: 'move-on-a-line',
    says: 'the means are wrong',
  },
  {
    name: 'the old centroid is averaged in',
    edits: [
      { find: '? means[at]! / size', replace: '? (means[at]! + centroids.get(cluster, dim)) / (size + 1)' },
    ],
    caughtBy: 'move-on-a-line',
    says: 'the means are wrong',
  },
  {
    name: 'the inertia is taken after the move',
    edits: [
      {
        find: 'return { labels, distances, reseeded, centroids: loops.move(labels, centroids) };',
        replace:
          'const moved = loops.move(labels, centroids);\n  return { labels, distances: loops.assign(moved).distances, reseeded, centroids: moved };',
      },
    ],
    caughtBy: 'step-on-a-line',
    says: 'before these moved',
  },
  {
    name: 'empty clusters are never given a point',
    edits: [
      {
        find: 'const reseeded = fillEmptyClusters(labels, distances, centroids.shape[0]!);',
        replace: 'const reseeded: number[] = [];',
      },
    ],
    caughtBy: 'steps',
    says: 'lloydStep',
  },
  {
    name: 'a cluster is emptied to fill another',
    edits: [
      { find: 'sizes[labels[point]!]! > 1 && distances[point]! > 0', replace: 'distances[point]! > 0' },
    ],
    caughtBy: 'empty-clusters',
    says: 'must return an array',
  },
  {
    name: 'a point without distance is given away',
    edits: [
      { find: 'sizes[labels[point]!]! > 1 && distances[point]! > 0', replace: 'sizes[labels[point]!]! > 1' },
    ],
    caughtBy: 'empty-clusters',
    says: 'must return an array',
  },
  {
    name: 'the last of equally far points is given away',
    edits: [
      {
        find: 'distances[point]! > distances[farthest]!',
        replace: 'distances[point]! >= distances[farthest]!',
      },
    ],
    caughtBy: 'empty-clusters',
    says: 'equally far',
  },
  {
    name: 'the distance of a point that was given away stays',
    edits: [{ find: '    distances[farthest] = 0;\n', replace: '' }],
    caughtBy: 'empty-clusters',
    says: 'distances afterwards',
  },
  {
    name: 'the size of the cluster that gives is not counted down',
    edits: [{ find: '    sizes[labels[farthest]!]!--;\n', replace: '' }],
    caughtBy: 'empty-clusters',
    says: 'must return an array',
  },
];
