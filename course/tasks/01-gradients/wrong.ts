// What students write, and the check that must notice.
import type { WrongSolution } from '../../kit/task.ts';

const scores = 'counts[row]! * binaryCrossEntropyGradient(scores[row]!, labels[row]!)';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'sign-of-the-update',
    edits: [{ find: 'left.data[row] = -data[at]!', replace: 'left.data[row] = data[at]!' }],
    caughtBy: 'update-by-hand',
    says: 'B = −g',
  },
  {
    name: 'label-minus-probability',
    edits: [{ find: 'return sigmoid(score) - label;', replace: 'return label - sigmoid(score);' }],
    caughtBy: 'score-by-hand',
    says: 'g = W',
  },
  {
    name: 'count-ignored',
    edits: [{ find: scores, replace: 'binaryCrossEntropyGradient(scores[row]!, labels[row]!)' }],
    caughtBy: 'score-by-hand',
    says: 'g = W',
  },
  {
    name: 'count-only-as-yes-or-no',
    edits: [
      {
        find: scores,
        replace: `Math.min(1, counts[row]!) * binaryCrossEntropyGradient(scores[row]!, labels[row]!)`,
      },
    ],
    caughtBy: 'central-differences',
    says: 'the loss rises',
  },
  {
    name: 'bias-column-kept',
    edits: [{ find: 'new Float64Array(width - 1)', replace: 'new Float64Array(width)' }],
    caughtBy: 'user-by-hand',
    says: 'Float64Array of 2',
  },
  {
    name: 'mean-for-sum',
    edits: [
      {
        find: 'const derivative = scoreGradients[row]!;',
        replace: 'const derivative = scoreGradients[row]! / rows;',
      },
    ],
    caughtBy: 'user-differences',
    says: 'Σ g q',
  },
  {
    name: 'overflow',
    edits: [
      { find: 'const decay = Math.exp(-Math.abs(score));', replace: 'const power = Math.exp(score);' },
      {
        find: 'return score < 0 ? decay / (1 + decay) : 1 / (1 + decay);',
        replace: 'return power / (1 + power);',
      },
    ],
    caughtBy: 'far-scores',
    says: 'returned NaN',
  },
  {
    name: 'small-probabilities-lost',
    edits: [
      {
        find: 'return score < 0 ? decay / (1 + decay) : 1 / (1 + decay);',
        replace: 'return score < 0 ? 1 - 1 / (1 + decay) : 1 / (1 + decay);',
      },
    ],
    caughtBy: 'far-scores',
    says: 'σ(−700)',
  },
  {
    name: 'no-one-at-the-end',
    edits: [{ find: 'right.data[factors] = 1;', replace: 'right.data[factors] = 0;' }],
    caughtBy: 'update-by-hand',
    says: 'A = [p, 1]',
  },
  {
    name: 'strides-ignored',
    edits: [
      { find: 'row++, at += step) left', replace: 'row++, at++) left' },
      { find: 'const step = scoreGradient.stride[0]!;', replace: '' },
    ],
    caughtBy: 'views',
    says: 'every second',
  },
];
