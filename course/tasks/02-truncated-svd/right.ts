// Solutions that are right and look otherwise: they must pass.
import type { RightSolution } from '../../kit/task.ts';

export const right: readonly RightSolution[] = [
  {
    name: 'a wide matrix as it is, by the larger Gram matrix',
    edits: [{ find: 'if (rows < columns) {', replace: 'if (rows < 0) {' }],
  },
  {
    name: 'roots of eigenvalues, row by row, with map and reduce',
    edits: [
      {
        find: `  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) {
      const value = source[row * columns + i]!;
      for (let j = 0; j < columns; j++) sums[i * columns + j]! += value * source[row * columns + j]!;
    }
  }
`,
        replace: `  const column = (j: number) => Array.from({ length: rows }, (_, row) => source[row * columns + j]!);
  for (let i = 0; i < columns; i++)
    for (let j = 0; j < columns; j++) sums[i * columns + j] = column(i).reduceRight((sum, a, row) => sum + a * column(j)[row]!, 0);
`,
      },
      {
        find: `  const directions = eigen(gram(values)).vectors.data.slice(0, rank * columns); // Vᵀ [rank, columns]
`,
        replace: `  const pairs = eigen(gram(values));
  const directions = pairs.vectors.data.slice(0, rank * columns); // Vᵀ [rank, columns]
`,
      },
      {
        find: `  const sizes = lengthsOfColumns(images);
`,
        replace: `  const sizes = Array.from({ length: rank }, (_, r) => Math.sqrt(Math.max(0, pairs.values[r]!)));
`,
      },
      {
        find: 'const negligible = SINGULAR_NOISE * Math.max(...sizes);',
        replace: 'const negligible = 1e-7 * Math.max(...sizes);',
      },
    ],
  },
  {
    name: 'other signs',
    edits: [
      {
        find: '  fixSigns(directions, columns);\n',
        replace: '  for (let k = 0; k < directions.length; k++) directions[k] = -directions[k]!;\n',
      },
    ],
  },
];
