// What students really write, and which check must catch it.
import type { WrongSolution } from '../../kit/task.ts';

const writeBack = `  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) carried.set(row, column, rest.get(row, column));
  }
`;

export const wrong: readonly WrongSolution[] = [
  {
    name: 'what is left is never kept',
    edits: [{ find: writeBack, replace: '' }],
    caughtBy: 'two-rounds',
    says: 'what is kept in c is wrong',
  },
  {
    name: 'what was kept is not added',
    edits: [
      {
        find: 'const rest = copyOf(carried); // [rows, columns]: c stays as it is if anything is refused\n',
        replace: 'const rest = copyOf(carried);\n  rest.data.fill(0);\n',
      },
    ],
    caughtBy: 'two-rounds',
    says: 'and then the update',
  },
  {
    name: 'the update is added twice',
    edits: [
      {
        find: 'const before = frobeniusNorm(rest);',
        replace:
          'for (let index = 0; index < rest.size; index++) rest.data[index]! += added[index]!;\n  const before = frobeniusNorm(rest);',
      },
    ],
    caughtBy: 'two-rounds',
    says: 'B A is wrong',
  },
  {
    name: 'the update is worked on in place',
    edits: [
      {
        find: 'const rest = copyOf(carried); // [rows, columns]: c stays as it is if anything is refused\n  for (let index = 0; index < rest.size; index++) rest.data[index]! += added[index]!;',
        replace:
          'const rest = update;\n  for (let row = 0; row < rows; row++)\n    for (let column = 0; column < columns; column++) rest.set(row, column, rest.get(row, column) + carried.get(row, column));',
      },
    ],
    caughtBy: 'update-unchanged',
    says: 'changed',
  },
  {
    name: 'an update with NaN spoils what is kept',
    edits: [
      { find: "  expectFinite('compressWithFeedback', 'update', added);\n", replace: '' },
      {
        find: 'const rest = copyOf(carried); // [rows, columns]: c stays as it is if anything is refused\n  for (let index = 0; index < rest.size; index++) rest.data[index]! += added[index]!;',
        replace:
          'for (let row = 0; row < rows; row++)\n    for (let column = 0; column < columns; column++)\n      carried.set(row, column, carried.get(row, column) + added[row * columns + column]!);\n  const rest = copyOf(carried);',
      },
    ],
    caughtBy: 'refused',
    says: 'changed its argument 2',
  },
  {
    name: 'what was sent off, not what arrived, is taken from c',
    edits: [
      {
        find: '  const sent = arrive(compress(rest, rank, options));\n  merge(rest, sent, -1);\n',
        replace:
          '  const factors = compress(rest, rank, options);\n  const sent = arrive(factors);\n  merge(rest, factors, -1);\n',
      },
    ],
    caughtBy: 'on-the-way',
    says: 'what arrived + kept',
  },
  {
    name: 'nobody asks what arrived',
    edits: [{ find: 'arrive(compress(rest, rank, options))', replace: 'compress(rest, rank, options)' }],
    caughtBy: 'on-the-way',
    says: 'is not what arrived',
  },
  {
    name: 'the update alone is compressed',
    edits: [{ find: 'compress(rest, rank, options)', replace: 'compress(update, rank, options)' }],
    caughtBy: 'two-rounds',
    says: 'and then the update',
  },
  {
    name: 'what was sent is added to c',
    edits: [{ find: 'merge(rest, sent, -1);', replace: 'merge(rest, sent, 1);' }],
    caughtBy: 'two-rounds',
    says: 'what is kept in c is wrong',
  },
  {
    name: 'the error is that of the update, not of all there was',
    edits: [
      { find: 'const before = frobeniusNorm(rest);', replace: 'const before = frobeniusNorm(update);' },
    ],
    caughtBy: 'nothing-is-lost',
    says: 'relativeError',
  },
  {
    name: 'the relative error divides by 0',
    edits: [
      { find: 'before === 0 ? 0 : frobeniusNorm(rest) / before', replace: 'frobeniusNorm(rest) / before' },
    ],
    caughtBy: 'nothing-to-send',
    says: 'finite',
  },
  {
    name: 'c is written as if it were row-major',
    edits: [
      {
        find: 'carried.set(row, column, rest.get(row, column));',
        replace: 'carried.data[row * columns + column] = rest.get(row, column);',
      },
    ],
    caughtBy: 'strides',
    says: 'sent + kept',
  },
  {
    name: 'the scale is forgotten',
    edits: [
      {
        find: 'const weight = scale * left[row * rank + r]!;',
        replace: 'const weight = left[row * rank + r]!;',
      },
    ],
    caughtBy: 'merge-by-hand',
    says: 'Q is wrong',
  },
  {
    name: 'B A replaces Q',
    edits: [{ find: 'data[at]! += weight *', replace: 'data[at] = weight *' }],
    caughtBy: 'merge-by-hand',
    says: 'Q is wrong',
  },
  {
    name: 'Q is walked through as if it were row-major',
    edits: [
      { find: 'let at = offset + row * rowStride;', replace: 'let at = row * columns;' },
      { find: 'at += columnStride;', replace: 'at += 1;' },
    ],
    caughtBy: 'merge-strides',
    says: 'Q is not Q + B A',
  },
  {
    name: 'only the first of the ranks is merged',
    edits: [{ find: 'for (let r = 0; r < rank; r++) {', replace: 'for (let r = 0; r < 1; r++) {' }],
    caughtBy: 'merge',
    says: 'rank 2',
  },
  {
    name: 'A is read by columns',
    edits: [{ find: 'right[r * columns + column]!', replace: 'right[column * rank + r]!' }],
    caughtBy: 'merge',
    says: 'Q is not',
  },
];
