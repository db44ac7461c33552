// Where K-means starts, and its step.
import type { Task } from '../../kit/task.ts';

export const task: Task = {
  id: '04-kmeans',
  title: 'K-means: a good start, and the step of Lloyd',
  points: 12,
  cut: [
    {
      file: 'lib/model/kmeans-start.ts',
      functions: ['kmeansPlusPlus', 'drawInProportion', 'fillEmptyClusters'],
    },
    { file: 'lib/model/kmeans.ts', functions: ['assignPoints', 'moveCentroids', 'lloydStep'] },
  ],
  lesson: 'lessons/05-who-is-similar',
  dials: [
    {
      name: 'ties',
      values: [
        { name: 'lowest', says: '', edits: [] },
        {
          name: 'highest',
          says: 'of equally near centroids, the one with the highest number.',
          edits: [
            {
              find: 'if (!(distance < distances[point]!)) continue;',
              replace: 'if (!(distance <= distances[point]!)) continue;',
            },
          ],
        },
      ],
    },
    {
      name: 'empty',
      values: [
        { name: 'farthest', says: '', edits: [] },
        {
          name: 'largest',
          says: 'an empty cluster gets the farthest point of the cluster that has the most points at that moment, of equally large ones the lowest.',
          edits: [
            {
              find: '    let farthest = -1;\n',
              replace: '    let farthest = -1;\n    const largest = sizes.indexOf(Math.max(...sizes));\n',
            },
            {
              find: 'const mayLeave = sizes[labels[point]!]! > 1 && distances[point]! > 0;',
              replace:
                'const mayLeave = labels[point] === largest && sizes[largest]! > 1 && distances[point]! > 0;',
            },
          ],
        },
      ],
    },
  ],
};
