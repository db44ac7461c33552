// The strongest directions of a matrix, and the thin factors that a message is made of.
import type { Task } from '../../kit/task.ts';

export const task: Task = {
  id: '02-truncated-svd',
  title: 'The best approximation of low rank',
  points: 10,
  cut: [
    { file: 'lib/numeric/svd.ts', functions: ['gramMatrix', 'singularVectors'] },
    { file: 'lib/model/compress.ts', functions: ['compress'] },
  ],
  lesson: 'lessons/03-low-rank',
  dials: [
    {
      name: 'sizes',
      values: [
        { name: 'left', says: '', edits: [] },
        {
          name: 'right',
          says: 'B has orthonormal columns, and A carries the singular values.',
          edits: [
            {
              find: '  right.data.set(svd.right.data);\n',
              replace:
                '  svd.right.data.forEach((value, at) => {\n    right.data[at] = value * svd.singularValues[Math.floor(at / columns)]!;\n  });\n',
            },
            {
              find: 'svd.left.data[row * kept + r]! * svd.singularValues[r]!',
              replace: 'svd.left.data[row * kept + r]!',
            },
          ],
        },
        {
          name: 'both',
          says: 'B and A carry the root of each singular value, so a column of B is as long as its row of A.',
          edits: [
            {
              find: '  right.data.set(svd.right.data);\n',
              replace:
                '  svd.right.data.forEach((value, at) => {\n    right.data[at] = value * Math.sqrt(svd.singularValues[Math.floor(at / columns)]!);\n  });\n',
            },
            {
              find: 'svd.left.data[row * kept + r]! * svd.singularValues[r]!',
              replace: 'svd.left.data[row * kept + r]! * Math.sqrt(svd.singularValues[r]!)',
            },
          ],
        },
      ],
    },
  ],
};
