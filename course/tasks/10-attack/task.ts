// What a curious server reads off a single message.
import type { Task } from '../../kit/task.ts';

/** In a group of equal scores, the positives take the lowest ranks, or the highest, one each. */
const sharedRank = 'rankSum += (from + to + 1) / 2;';
const before = 'order.slice(from, place).filter((item) => isPositive[item] === 1).length';

export const task: Task = {
  id: '10-attack',
  title: 'The attack on a message',
  points: 8,
  cut: [
    {
      file: 'lib/privacy/attack.ts',
      functions: ['itemScores', 'recoverUserVector', 'areaUnderCurve', 'cosine'],
    },
  ],
  lesson: 'lessons/08-what-the-server-infers',
  plug: 'attack',
  dials: [
    {
      name: 'column',
      values: [
        { name: 'last', says: '', edits: [] },
        {
          name: 'first',
          says: 'the first column is the bias, not the last: A is [1, p], and the reading last-column reads column 0.',
          edits: [
            { find: 'direction[dims - 1] = 1;', replace: 'direction[0] = 1;' },
            {
              find: 'Float64Array.from(right.subarray(0, dims - 1))',
              replace: 'Float64Array.from(right.subarray(1, dims))',
            },
            {
              find: 'const sign = direction[dims - 1]! < 0 ? -1 : 1;',
              replace: 'const sign = direction[0]! < 0 ? -1 : 1;',
            },
            { find: 'direction.subarray(0, dims - 1).map(', replace: 'direction.subarray(1, dims).map(' },
            { find: 'return seen.subarray(0, width - 1);', replace: 'return seen.subarray(1, width);' },
          ],
        },
      ],
    },
    {
      name: 'ties',
      values: [
        { name: 'half', says: '', edits: [] },
        {
          name: 'lost',
          says: 'a positive and another item with the same score count 0, not one half.',
          edits: [{ find: sharedRank, replace: `rankSum += from + 1 + ${before};` }],
        },
        {
          name: 'won',
          says: 'a positive and another item with the same score count 1, not one half.',
          edits: [{ find: sharedRank, replace: `rankSum += to - ${before};` }],
        },
      ],
    },
  ],
};
