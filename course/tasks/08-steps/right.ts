// Solutions that are right and look otherwise: they must pass.
import type { RightSolution } from '../../kit/task.ts';

export const right: readonly RightSolution[] = [
  {
    name: 'moments moved by their difference, the rate corrected instead of the moments',
    edits: [
      {
        find: `    const first = beta1 * firstMoment[index]! + (1 - beta1) * derivative;
    const second = beta2 * secondMoment[index]! + (1 - beta2) * derivative * derivative;
`,
        replace: `    const first = firstMoment[index]! + (1 - beta1) * (derivative - firstMoment[index]!);
    const second = secondMoment[index]! + (1 - beta2) * (derivative ** 2 - secondMoment[index]!);
`,
      },
      {
        find: "  return randomStream(settings.seed, 'dropout', round, client).uniform() >= settings.dropout;",
        replace:
          "  return !(randomStream(settings.seed, 'dropout', round, client).uniform() < settings.dropout);",
      },
    ],
  },
  {
    name: 'row by row, always drawing',
    edits: [
      {
        find: `  for (let index = 0; index < step.length; index++) {
    const senders = sum.senders[Math.floor(index / dims)]!;
    step[index] = senders === 0 ? 0 : (learningRate * sum.items[index]!) / senders;
  }
`,
        replace: `  step.fill(0);
  sum.senders.forEach((senders, row) => {
    if (senders === 0) return;
    for (let k = dims - 1; k >= 0; k--) step[row * dims + k] = learningRate * (sum.items[row * dims + k]! / senders);
  });
`,
      },
      {
        find: '  if (settings.dropout === 0) return true;\n',
        replace: '',
      },
      {
        find: 'return fraction === 1 || randomStream(',
        replace: 'return randomStream(',
      },
    ],
  },
];
