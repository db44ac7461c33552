// What students really write, and which check must catch it.
import type { WrongSolution } from '../../kit/task.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'the maximum is not subtracted',
    edits: [
      { find: 'Math.exp(distanceBelow(largest, scores[column]!))', replace: 'Math.exp(scores[column]!)' },
      {
        find: '  if (largest === -Infinity) {',
        replace: '  if (largest === -Infinity || scores.length === 0) {',
      },
    ],
    caughtBy: 'large-scores',
    says: 'finite',
  },
  {
    name: 'the maximum is taken over forbidden scores, too',
    edits: [{ find: 'largestAllowed(scores, allowed)', replace: 'largestAllowed(scores, undefined)' }],
    caughtBy: 'large-scores',
    says: 'finite',
  },
  {
    name: 'the mask is applied after the shares were made',
    edits: [
      {
        find: 'const share = allowed?.[column] === 0 ? 0 : Math.exp(distanceBelow(largest, scores[column]!));',
        replace: 'const share = Math.exp(distanceBelow(largest, scores[column]!));',
      },
      {
        find: 'scores[column] = scores[column]! / sum;',
        replace: 'scores[column] = allowed?.[column] === 0 ? 0 : scores[column]! / sum;',
      },
    ],
    caughtBy: 'three-scores',
    says: '1, 0, 1',
  },
  {
    name: 'the mask is read the other way round',
    edits: [
      {
        find: 'const share = allowed?.[column] === 0 ? 0',
        replace: 'const share = allowed?.[column] === 1 ? 0',
      },
    ],
    caughtBy: 'three-scores',
    says: '1, 0, 1',
  },
  {
    name: 'a forbidden score is set to 0',
    edits: [
      {
        find: 'const share = allowed?.[column] === 0 ? 0 : Math.exp(distanceBelow(largest, scores[column]!));',
        replace:
          'const share = Math.exp(distanceBelow(largest, allowed?.[column] === 0 ? 0 : scores[column]!));',
      },
    ],
    caughtBy: 'three-scores',
    says: '1, 0, 1',
  },
  {
    name: 'a row in which nothing is allowed becomes NaN',
    edits: [
      {
        find: `  if (largest === -Infinity) {
    scores.fill(0);
    return;
  }
`,
        replace: '',
      },
    ],
    caughtBy: 'empty-rows',
    says: 'finite',
  },
  {
    name: 'a row in which nothing is allowed is shared evenly',
    edits: [{ find: '    scores.fill(0);\n', replace: '    scores.fill(1 / scores.length);\n' }],
    caughtBy: 'empty-rows',
    says: 'allows nothing',
  },
  {
    name: 'the shares are not divided by their sum',
    edits: [
      {
        find: '  for (let column = 0; column < scores.length; column++) scores[column] = scores[column]! / sum;\n',
        replace: '  void sum;\n',
      },
    ],
    caughtBy: 'three-scores',
    says: '[0, ln 2, ln 5]',
  },
  {
    name: 'columns are shared out, not rows',
    edits: [
      {
        find: `  const weights = copyOf(scores);
`,
        replace: `  const weights = copyOf(scores);
  for (let column = 0; column < columns && !mask; column++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += Math.exp(scores.get(row, column));
    for (let row = 0; row < rows; row++) weights.set(row, column, Math.exp(scores.get(row, column)) / sum);
  }
  if (!mask) return weights;
`,
      },
    ],
    caughtBy: 'three-scores',
    says: '[0, ln 2, ln 5]',
  },
  {
    name: 'the whole matrix is shared out',
    edits: [
      {
        find: '  for (let row = 0; row < rows; row++) {\n    const [from, to] = [row * columns, (row + 1) * columns];',
        replace: '  for (let row = 0; row < 1; row++) {\n    const [from, to] = [0, rows * columns];',
      },
    ],
    caughtBy: 'softmax',
    says: 'shares of a row',
  },
  {
    name: 'every row has the mask of the first',
    edits: [{ find: 'mask?.subarray(from, to)', replace: 'mask?.subarray(0, columns)' }],
    caughtBy: 'softmax',
    says: 'with a mask',
  },
  {
    name: 'the scores are written over',
    edits: [{ find: 'const weights = copyOf(scores);', replace: 'const weights = scores;' }],
    caughtBy: 'three-scores',
    says: 'changed its argument 1',
  },
  {
    name: 'the scale is left out',
    edits: [
      {
        find: '  for (let index = 0; index < scores.size; index++) scores.data[index]! *= scale;\n',
        replace: '  void scale;\n',
      },
    ],
    caughtBy: 'three-keys',
    says: 'the weights are wrong',
  },
  {
    name: 'scores are divided by the scale',
    edits: [{ find: 'scores.data[index]! *= scale;', replace: 'scores.data[index]! /= scale;' }],
    caughtBy: 'three-keys',
    says: 'the weights are wrong',
  },
  {
    name: 'the scale is always 1 / √width',
    edits: [
      {
        find: 'scores.data[index]! *= scale;',
        replace: 'scores.data[index]! *= 1 / Math.sqrt(queries.shape[1]!) + 0 * scale;',
      },
    ],
    caughtBy: 'three-keys',
    says: 'the weights are wrong',
  },
  {
    name: 'the mask is forgotten',
    edits: [{ find: 'softmaxRows(scores, mask);', replace: 'softmaxRows(scores, mask && undefined);' }],
    caughtBy: 'attention',
    says: 'allows nothing',
  },
  {
    name: 'the keys are mixed, not the values',
    edits: [
      {
        find: 'output: product(weights, values, backend)',
        replace:
          'output: product(weights, keys && (values.shape[1] === keys.shape[1] ? keys : values), backend)',
      },
    ],
    caughtBy: 'attention',
    says: 'the output is wrong',
  },
  {
    name: 'queries that are absent may not look',
    edits: [{ find: 'keyMask?.[key] === 0 ||', replace: 'keyMask?.[query] === 0 ||' }],
    caughtBy: 'mask-by-hand',
    says: 'the mask is wrong',
  },
  {
    name: '1 stands for forbidden',
    edits: [{ find: '(noSelf && query === key) ? 0 : 1;', replace: '(noSelf && query === key) ? 1 : 0;' }],
    caughtBy: 'mask-by-hand',
    says: 'the mask is wrong',
  },
  {
    name: 'nobody ever looks at itself',
    edits: [{ find: '(noSelf && query === key)', replace: 'query === key' }],
    caughtBy: 'masks',
    says: 'noSelf false',
  },
];
