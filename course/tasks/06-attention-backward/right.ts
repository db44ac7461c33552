// Solutions that are right and look otherwise: they must pass.
import type { RightSolution } from '../../kit/task.ts';

export const right: readonly RightSolution[] = [
  {
    name: 'the whole Jacobian of softmax, and gradients summed sample by sample',
    edits: [
      {
        find: `    let average = 0;
    for (let index = from; index < to; index++) average += shares[index]! * gradient.data[index]!;
    for (let index = from; index < to; index++) {
      gradient.data[index] = shares[index]! * (gradient.data[index]! - average);
    }
`,
        replace: `    const before = gradient.data.slice(from, to);
    for (let i = 0; i < columns; i++) {
      let sum = 0;
      for (let j = columns - 1; j >= 0; j--) {
        sum += before[j]! * shares[from + j]! * ((i === j ? 1 : 0) - shares[from + i]!);
      }
      gradient.data[from + i] = sum;
    }
    void to;
`,
      },
      {
        find: `      sums[column] = sums[column]! + data[row * columns + column]!;
`,
        replace: `      sums[columns - 1 - column]! += data[(rows - 1 - row) * columns + columns - 1 - column]!;
`,
      },
    ],
  },
  {
    name: 'the scale goes to the keys and queries, and the three paths are added one by one',
    edits: [
      {
        find: '  for (let index = 0; index < scoreGradient.size; index++) scoreGradient.data[index]! *= scale;\n',
        replace: '',
      },
      {
        find: 'queries: product(scoreGradient, keys, backend), // [queries, width]',
        replace: 'queries: times(product(scoreGradient, keys, backend)),',
      },
      {
        find: 'keys: product(transpose(scoreGradient), queries, backend), // [keys, width]',
        replace: 'keys: times(product(transpose(scoreGradient), queries, backend)),',
      },
      {
        find: '  const weightGradient = product(outputGradient, transpose(values), backend);',
        replace: `  const times = (values: Matrix) => {
    for (let index = 0; index < values.size; index++) values.data[index]! *= scale;
    return values;
  };
  const weightGradient = product(outputGradient, transpose(values), backend);`,
      },
      {
        find: 'else for (const { input } of [key, value]) ops.addeq(query.input, input);',
        replace: 'else for (const { input } of [value, key]) ops.add(query.input, input, query.input);',
      },
    ],
  },
];
