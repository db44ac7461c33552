// How not to fool oneself: what is hidden, who is ranked, and what a rank is worth.
import type { Task } from '../../kit/task.ts';

const worth = 'lib/evaluation/rank-worth.ts';

export const task: Task = {
  id: '09-evaluation',
  title: 'Leave one out, rank, and expect exactly',
  points: 12,
  cut: [
    { file: 'lib/data/split.ts', functions: ['leaveOneOut', 'chooseHeldOut'] },
    { file: 'lib/evaluation/protocol.ts', functions: ['rankingTask'] },
    { file: 'lib/evaluation/ranking.ts', functions: ['rankOf'] },
    { file: worth, functions: ['logarithmic', 'worthOfRank', 'expectedWorth', 'chancesOfRanks'] },
  ],
  lesson: 'lessons/09-fooling-yourself',
  dials: [
    {
      name: 'cutoff',
      values: [
        { name: 'ten', says: '', edits: [] },
        ...[5, 20].map((cutoff) => ({
          name: cutoff === 5 ? 'five' : 'twenty',
          says: `the cutoff is ${cutoff} where none is given: write \`cutoff = ${cutoff}\` in worthOfRank and expectedWorth.`,
          edits: [
            {
              find: 'rank: number, discount: Discount, cutoff = CUTOFF',
              replace: `rank: number, discount: Discount, cutoff = ${cutoff}`,
            },
            {
              find: 'chances: Float64Array, discount: Discount, cutoff = CUTOFF',
              replace: `chances: Float64Array, discount: Discount, cutoff = ${cutoff}`,
            },
          ],
        })),
      ],
    },
    {
      name: 'ties',
      values: [
        { name: 'ahead', says: '', edits: [] },
        {
          name: 'by-number',
          says: 'of candidates with the same score, those with a lower number than the target are ahead of it, the others are not.',
          edits: [
            {
              find: 'if (!(scores[item]! < own)) ahead++;',
              replace: 'if (scores[item] === own ? item < target : !(scores[item]! < own)) ahead++;',
            },
          ],
        },
      ],
    },
  ],
};
