// What a message leaves out is kept, and sent later.
import type { Task } from '../../kit/task.ts';

const decayed = (factor: string) =>
  `  for (let index = 0; index < rest.size; index++) rest.data[index] = ${factor} * rest.data[index]! + added[index]!;\n`;
const added = '  for (let index = 0; index < rest.size; index++) rest.data[index]! += added[index]!;\n';

export const task: Task = {
  id: '03-error-feedback',
  title: 'Compression with error feedback',
  points: 8,
  cut: [
    { file: 'lib/model/low-rank.ts', functions: ['merge'] },
    { file: 'lib/model/lora.ts', functions: ['compressWithFeedback'] },
  ],
  lesson: 'lessons/03-low-rank',
  dials: [
    {
      name: 'decay',
      values: [
        { name: 'none', says: '', edits: [] },
        {
          name: 'half',
          says: 'Old errors fade: c ← 0.5 c + update, before c is compressed.',
          edits: [{ find: added, replace: decayed('0.5') }],
        },
        {
          name: 'slow',
          says: 'Old errors fade: c ← 0.9 c + update, before c is compressed.',
          edits: [{ find: added, replace: decayed('0.9') }],
        },
      ],
    },
  ],
};
