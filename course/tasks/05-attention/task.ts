// Who looks at whom, and how much: softmax and scaled dot-product attention.
import type { Task } from '../../kit/task.ts';

export const task: Task = {
  id: '05-attention',
  title: 'Softmax and attention',
  points: 10,
  cut: [
    { file: 'lib/model/softmax.ts', functions: ['softmaxRows', 'softmaxInPlace'] },
    { file: 'lib/model/attention.ts', functions: ['scaledDotProductAttention', 'attentionMask'] },
  ],
  lesson: 'lessons/06-attention',
  dials: [
    {
      name: 'temperature',
      values: [
        { name: 'one', says: '', edits: [] },
        {
          name: 'two',
          says: 'the temperature is 2: A = softmax(scale · Q Kᵀ / 2).',
          edits: [{ find: 'scores.data[index]! *= scale;', replace: 'scores.data[index]! *= scale / 2;' }],
        },
        {
          name: 'half',
          says: 'the temperature is 0.5: A = softmax(scale · Q Kᵀ / 0.5).',
          edits: [{ find: 'scores.data[index]! *= scale;', replace: 'scores.data[index]! *= scale / 0.5;' }],
        },
      ],
    },
    {
      name: 'self',
      values: [
        { name: 'asked', says: '', edits: [] },
        {
          name: 'last-resort',
          says: 'with `noSelf`, a client that might look at nobody else may look at itself after all, if it is present.',
          edits: [
            {
              find: 'return keyMask?.[key] === 0 || (noSelf && query === key) ? 0 : 1;',
              replace:
                'const isAlone = ![...Array(clients).keys()].some((other) => other !== query && keyMask?.[other] !== 0);\n    return keyMask?.[key] === 0 || (noSelf && query === key && !isAlone) ? 0 : 1;',
            },
          ],
        },
      ],
    },
  ],
};
