// What students really write, and which check must catch it.
import type { WrongSolution } from '../../kit/task.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'the smallest eigenvalues are kept',
    edits: [
      {
        find: '.vectors.data.slice(0, rank * columns)',
        replace: '.vectors.data.slice((columns - rank) * columns)',
      },
    ],
    caughtBy: 'diagonal',
    says: 'must keep the largest number',
  },
  {
    name: 'the eigenvalue is taken for the singular value',
    edits: [{ find: 'singularValues[to] = size;', replace: 'singularValues[to] = size * size;' }],
    caughtBy: 'diagonal',
    says: 'the singular values are wrong',
  },
  {
    name: 'a singular value of 0 is divided by',
    edits: [{ find: '    if (size <= negligible) return;\n', replace: '' }],
    caughtBy: 'rank-deficient',
    says: 'finite',
  },
  {
    name: 'a wide matrix is transposed, but its factors are not exchanged again',
    edits: [
      { find: 'left: copyOf(transpose(turned.right)),', replace: 'left: turned.left,' },
      { find: 'right: copyOf(transpose(turned.left)),', replace: 'right: turned.right,' },
    ],
    caughtBy: 'wide',
    says: 'must return a matrix',
  },
  {
    name: 'a wide matrix is exchanged, but not transposed back',
    edits: [
      { find: 'left: copyOf(transpose(turned.right)),', replace: 'left: turned.right,' },
      { find: 'right: copyOf(transpose(turned.left)),', replace: 'right: turned.left,' },
    ],
    caughtBy: 'wide',
    says: 'must return a matrix',
  },
  {
    name: 'the smallest comes first',
    edits: [{ find: 'sizes[b]! - sizes[a]! || a - b', replace: 'sizes[a]! - sizes[b]! || a - b' }],
    caughtBy: 'diagonal',
    says: 'the singular values are wrong',
  },
  {
    name: 'the values are sorted, the vectors are not',
    edits: [{ find: 'images.get(row, from) / size', replace: 'images.get(row, rank - 1 - from) / size' }],
    caughtBy: 'best-approximation',
    says: 'not the best approximation',
  },
  {
    name: 'U S is returned as U',
    edits: [{ find: 'images.get(row, from) / size', replace: 'images.get(row, from)' }],
    caughtBy: 'diagonal',
    says: 'U',
  },
  {
    name: 'the eigenvectors are read as columns',
    edits: [
      {
        find: 'const directions = eigen(gram(values)).vectors.data.slice(0, rank * columns);',
        replace:
          'const directions = copyOf(transpose(eigen(gram(values)).vectors)).data.slice(0, rank * columns);',
      },
    ],
    caughtBy: 'best-approximation',
    says: 'rank',
  },
  {
    name: 'M Mᵀ for MᵀM',
    edits: [
      {
        find: 'new Float64Array(columns * columns);\n  for',
        replace: 'new Float64Array(rows * rows);\n  for',
      },
      {
        find: `    for (let i = 0; i < columns; i++) {
      const value = source[row * columns + i]!;
      for (let j = 0; j < columns; j++) sums[i * columns + j]! += value * source[row * columns + j]!;
    }`,
        replace: `    for (let other = 0; other < rows; other++) {
      for (let j = 0; j < columns; j++) sums[row * rows + other]! += source[row * columns + j]! * source[other * columns + j]!;
    }`,
      },
      { find: 'return matrix(sums, columns, columns);', replace: 'return matrix(sums, rows, rows);' },
    ],
    caughtBy: 'gram-by-hand',
    says: 'must return a matrix',
  },
  {
    name: 'the factors leave the sizes out',
    edits: [
      {
        find: 'svd.left.data[row * kept + r]! * svd.singularValues[r]!',
        replace: 'svd.left.data[row * kept + r]!',
      },
    ],
    caughtBy: 'compress-by-hand',
    says: 'B A',
  },
  {
    name: 'both factors carry the sizes',
    edits: [
      {
        find: '  right.data.set(svd.right.data);\n',
        replace:
          '  svd.right.data.forEach((value, at) => {\n    right.data[at] = value * svd.singularValues[Math.floor(at / columns)]!;\n  });\n',
      },
    ],
    caughtBy: 'compress-by-hand',
    says: 'B A',
  },
  {
    name: 'B is always float64',
    edits: [{ find: 'const type = floatType(values.data);', replace: "const type = 'float64' as const;" }],
    caughtBy: 'rank-beyond',
    says: 'float32',
  },
  {
    name: 'B is filled by columns',
    edits: [
      {
        find: 'left.data[row * rank + r] = svd.left.data[row * kept + r]!',
        replace: 'left.data[r * rows + row] = svd.left.data[row * kept + r]!',
      },
    ],
    caughtBy: 'compress',
    says: 'B',
  },
];
