// Who comes, and how far the server and Adam step.
import type { Task } from '../../kit/task.ts';

export const task: Task = {
  id: '08-steps',
  title: 'Clients that drop out, and steps that remember',
  points: 10,
  cut: [
    { file: 'lib/model/optimizer.ts', functions: ['moveByAdam'] },
    { file: 'lib/federated/server.ts', functions: ['fedAdamStep'] },
    { file: 'lib/federated/dense-server.ts', functions: ['itemMeanStep'] },
    { file: 'lib/federated/client-side.ts', functions: ['isPresent', 'isAsked', 'isSilent'] },
  ],
  lesson: 'lessons/07-vanishing-clients',
  dials: [
    {
      name: 'beta',
      values: [
        { name: 'usual', says: '', edits: [] },
        {
          name: 'quick',
          says: "the server's β₁ is 0.8 and its β₂ 0.95.",
          edits: [{ find: 'beta1: 0.9, beta2: 0.99 }', replace: 'beta1: 0.8, beta2: 0.95 }' }],
        },
        {
          name: 'no-momentum',
          says: "the server's β₁ is 0 and its β₂ 0.9.",
          edits: [{ find: 'beta1: 0.9, beta2: 0.99 }', replace: 'beta1: 0, beta2: 0.9 }' }],
        },
      ],
    },
    {
      name: 'epsilon',
      values: [
        { name: 'beside-the-root', says: '', edits: [] },
        {
          name: 'under-the-root',
          says: 'ε stands under the root: w ← w − learningRate · m̂ / √(v̂ + ε).',
          edits: [
            {
              find: '(Math.sqrt(second / correction2) + epsilon)',
              replace: 'Math.sqrt(second / correction2 + epsilon)',
            },
          ],
        },
      ],
    },
  ],
};
