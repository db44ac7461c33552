// Task 1: which way to move. The gradient of the loss with respect to a score, to the user vector and to the item table.
import type { Task } from '../../kit/task.ts';

export const task: Task = {
  id: '01-gradients',
  title: 'the gradients of a score, of a user and of the item table',
  points: 10,
  lesson: 'lessons/01-factors',
  cut: [
    { file: 'lib/model/loss.ts', functions: ['sigmoid', 'binaryCrossEntropyGradient'] },
    { file: 'lib/model/factorization.ts', functions: ['scoreGradient', 'userGradient'] },
    { file: 'lib/model/low-rank.ts', functions: ['rankOneUpdate'] },
  ],
  dials: [
    {
      name: 'labels',
      values: [
        { name: 'zero-one', says: '', edits: [] },
        {
          name: 'plus-minus',
          says: 'the label y is 1 for touched and −1 for not; the loss is log(1 + exp(−y s)).',
          edits: [
            {
              file: 'lib/model/loss.ts',
              find: 'return sigmoid(score) - label;',
              replace: 'return sigmoid(score) - (label + 1) / 2;',
            },
          ],
        },
      ],
    },
  ],
};
