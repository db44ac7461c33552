// Attention with several heads, and its gradients.
import type { Task } from '../../kit/task.ts';

export const task: Task = {
  id: '06-attention-backward',
  title: 'Several heads, and the way back',
  points: 14,
  cut: [
    { file: 'lib/model/layers-backward.ts', functions: ['linearBackward', 'columnSums'] },
    { file: 'lib/model/multi-head-attention.ts', functions: ['multiHeadAttention', 'headColumns'] },
    {
      file: 'lib/model/attention-backward.ts',
      functions: ['softmaxRowsBackward', 'scaledDotProductAttentionBackward', 'multiHeadAttentionBackward'],
    },
  ],
  lesson: 'lessons/06-attention',
  plug: 'layers',
  dials: [
    {
      name: 'heads',
      values: [
        { name: 'from-left', says: '', edits: [] },
        {
          name: 'from-right',
          says: 'head 0 owns the last dim / heads columns, head 1 those before them, and so on.',
          edits: [
            {
              find: 'values.lo(0, head * width).hi(rows, width)',
              replace: 'values.lo(0, (heads - 1 - head) * width).hi(rows, width)',
            },
          ],
        },
        {
          name: 'in-turn',
          says: 'columns go to the heads in turn: head h owns columns h, h + heads, h + 2 heads, …',
          edits: [
            {
              find: 'values.lo(0, head * width).hi(rows, width)',
              replace: 'values.lo(0, head).step(1, heads).hi(rows, width)',
            },
          ],
        },
      ],
    },
  ],
};
