// Solutions that are right and look otherwise: they must pass.
import type { RightSolution } from '../../kit/task.ts';

export const right: readonly RightSolution[] = [
  {
    name: 'element by element, the sum over ranks last to first',
    edits: [
      {
        find: `  for (let row = 0; row < rows; row++) {
    for (let r = 0; r < rank; r++) {
      const weight = scale * left[row * rank + r]!;
      let at = offset + row * rowStride;
      for (let column = 0; column < columns; column++) {
        data[at]! += weight * right[r * columns + column]!;
        at += columnStride;
      }
    }
  }
`,
        replace: `  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let r = rank - 1; r >= 0; r--) sum += left[row * rank + r]! * right[r * columns + column]!;
      const at = offset + row * rowStride + column * columnStride;
      data[at] = data[at]! + scale * sum;
    }
  }
`,
      },
    ],
  },
  {
    name: 'the message is expanded and subtracted',
    edits: [
      {
        find: '  merge(rest, sent, -1);\n',
        replace: `  const { left, right } = sent;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let r = 0; r < rank; r++) sum += left.get(row, r) * right.get(r, column);
      rest.set(row, column, rest.get(row, column) - sum);
    }
  }
`,
      },
    ],
  },
];
