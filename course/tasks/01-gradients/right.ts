// Right, and written in other ways.
import type { RightSolution } from '../../kit/task.ts';

export const right: readonly RightSolution[] = [
  {
    name: 'from-the-last-row-upwards',
    edits: [
      {
        find: 'for (let row = 0; row < rows; row++) {\n    const derivative',
        replace: 'for (let row = rows - 1; row >= 0; row--) {\n    const derivative',
      },
    ],
  },
  {
    name: 'two-branches',
    edits: [
      {
        find: 'const decay = Math.exp(-Math.abs(score));',
        replace: 'if (score >= 0) return 1 / (1 + Math.exp(-score));',
      },
      {
        find: 'return score < 0 ? decay / (1 + decay) : 1 / (1 + decay);',
        replace: 'const power = Math.exp(score);\n  return power / (1 + power);',
      },
    ],
  },
  {
    name: 'plain-javascript-with-methods',
    file: `
import { matrix } from './given/01-gradients.mjs';

export const sigmoid = (s) => (s < 0 ? Math.exp(s) / (1 + Math.exp(s)) : 1 / (1 + Math.exp(-s)));
export const binaryCrossEntropyGradient = (s, y) => sigmoid(s) - y;
export const scoreGradient = (scores, { labels, counts }) =>
  Float64Array.from(scores, (s, i) => counts[i] * binaryCrossEntropyGradient(s, labels[i]));
export function userGradient(table, g) {
  const [rows, width] = table.shape;
  return Float64Array.from({ length: width - 1 }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += table.get(i, k) * g[i];
    return sum;
  });
}
export function rankOneUpdate(g, p) {
  const list = (v, f) => Array.from({ length: v.shape[0] }, (_, i) => f(v.get(i)));
  const type = g.data.constructor;
  const wide = (values, rows, columns) => matrix(type.from(values), rows, columns);
  const row = [...list(p, (x) => x), 1];
  return { left: wide(list(g, (x) => -x), g.shape[0], 1), right: wide(row, 1, row.length) };
}
`,
  },
];
