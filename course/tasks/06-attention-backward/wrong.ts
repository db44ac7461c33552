// What students really write, and which check must catch it.
import type { WrongSolution } from '../../kit/task.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'softmax has only its diagonal',
    edits: [
      {
        find: 'shares[index]! * (gradient.data[index]! - average)',
        replace: 'shares[index]! * (1 - shares[index]!) * gradient.data[index]!',
      },
    ],
    caughtBy: 'softmax-by-hand',
    says: 'is wrong',
  },
  {
    name: 'the mean of the row is not taken off',
    edits: [
      {
        find: 'shares[index]! * (gradient.data[index]! - average)',
        replace: 'shares[index]! * gradient.data[index]! + 0 * average',
      },
    ],
    caughtBy: 'softmax-by-hand',
    says: 'is wrong',
  },
  {
    name: 'the mean is that of the gradient, not weighted',
    edits: [
      {
        find: 'average += shares[index]! * gradient.data[index]!;',
        replace: 'average += gradient.data[index]! / columns;',
      },
    ],
    caughtBy: 'softmax-by-hand',
    says: 'is wrong',
  },
  {
    name: 'the scale is forgotten on the way back',
    edits: [
      {
        find: '  for (let index = 0; index < scoreGradient.size; index++) scoreGradient.data[index]! *= scale;\n',
        replace: '  void scale;\n',
      },
    ],
    caughtBy: 'two-keys',
    says: 'dQ is wrong',
  },
  {
    name: 'the keys get dS Q without the transpose',
    edits: [
      {
        find: 'keys: product(transpose(scoreGradient), queries, backend)',
        replace:
          'keys: scoreGradient.shape[0] === scoreGradient.shape[1] ? product(scoreGradient, queries, backend) : product(transpose(scoreGradient), queries, backend)',
      },
    ],
    caughtBy: 'attention-backward',
    says: 'keys',
  },
  {
    name: 'the values get A G without the transpose',
    edits: [
      {
        find: 'values: product(transpose(weights), outputGradient, backend)',
        replace:
          'values: weights.shape[0] === weights.shape[1] ? product(weights, outputGradient, backend) : product(transpose(weights), outputGradient, backend)',
      },
    ],
    caughtBy: 'attention-backward',
    says: 'values',
  },
  {
    name: 'the softmax is left out on the way back',
    edits: [
      {
        find: 'const scoreGradient = softmaxRowsBackward(weights, weightGradient);',
        replace: 'const scoreGradient = copyOf(weightGradient);',
      },
    ],
    caughtBy: 'two-keys',
    says: 'dQ is wrong',
  },
  {
    name: 'queries and keys are exchanged',
    edits: [
      {
        find: 'queries: product(scoreGradient, keys, backend),',
        replace:
          'queries: product(scoreGradient, queries.shape[0] === keys.shape[0] ? queries : keys, backend),',
      },
    ],
    caughtBy: 'attention-backward',
    says: 'queries',
  },
  {
    name: 'the bias is averaged over the samples',
    edits: [{ find: 'result.data.set(sums);', replace: 'result.data.set(sums.map((sum) => sum / rows));' }],
    caughtBy: 'linear-by-hand',
    says: 'columnSums',
  },
  {
    name: 'the rows are summed, not the columns',
    edits: [
      {
        find: 'sums[column] = sums[column]! + data[row * columns + column]!;',
        replace: 'sums[row % columns] = sums[row % columns]! + data[row * columns + column]!;',
      },
    ],
    caughtBy: 'linear-by-hand',
    says: 'columnSums',
  },
  {
    name: 'the gradient of the weight is transposed where that fits',
    edits: [
      {
        find: 'weight: product(transpose(outputGradient), input, backend)',
        replace:
          'weight: outputGradient.shape[1] === input.shape[1] ? product(transpose(input), outputGradient, backend) : product(transpose(outputGradient), input, backend)',
      },
    ],
    caughtBy: 'linear-backward',
    says: 'weight',
  },
  {
    name: 'the gradient of the input has the transposed weight where that fits',
    edits: [
      {
        find: 'input: product(outputGradient, parameters.weight, backend)',
        replace:
          'input: product(outputGradient, outputs === input.shape[1] ? transpose(parameters.weight) : parameters.weight, backend)',
      },
    ],
    caughtBy: 'linear-backward',
    says: 'input',
  },
  {
    name: 'only the path through the queries leads back to the clients',
    edits: [
      {
        find: '  else for (const { input } of [key, value]) ops.addeq(query.input, input); // each client was seen three times\n',
        replace: '',
      },
    ],
    caughtBy: 'heads-backward',
    says: 'the gradient of the clients',
  },
  {
    name: 'the path through the values is forgotten',
    edits: [
      { find: 'else for (const { input } of [key, value])', replace: 'else for (const { input } of [key])' },
    ],
    caughtBy: 'heads-backward',
    says: 'the gradient of the clients',
  },
  {
    name: 'the others get only what comes by the keys',
    edits: [
      {
        find: '    ops.addeq(key.input, value.input); // [others, dim]: each of them was seen twice\n',
        replace: '    {}\n',
      },
    ],
    caughtBy: 'others-backward',
    says: 'the others',
  },
  {
    name: 'heads own columns in turn',
    edits: [
      {
        find: 'values.lo(0, head * width).hi(rows, width)',
        replace: 'values.lo(0, head).step(1, heads).hi(rows, width)',
      },
    ],
    caughtBy: 'head-columns',
    says: 'other columns',
  },
  {
    name: 'every head has the first columns',
    edits: [{ find: 'values.lo(0, head * width)', replace: 'values.lo(0, 0 * head * width)' }],
    caughtBy: 'two-heads',
    says: 'the weights of head 1',
  },
  {
    name: 'the columns of a head are copied, so what is written there is lost',
    edits: [
      {
        find: 'return values.lo(0, head * width).hi(rows, width);',
        replace: 'return copyOf(values.lo(0, head * width).hi(rows, width));',
      },
    ],
    caughtBy: 'two-heads',
    says: 'the output',
  },
  {
    name: 'the scale is 1 / √dim whatever the heads',
    edits: [
      { find: 'const scale = 1 / Math.sqrt(dim / heads);', replace: 'const scale = 1 / Math.sqrt(dim);' },
    ],
    caughtBy: 'two-heads',
    says: 'the weights of head 1',
  },
  {
    name: 'the scale is missing',
    edits: [{ find: 'const scale = 1 / Math.sqrt(dim / heads);', replace: 'const scale = 1;' }],
    caughtBy: 'forward',
    says: 'the weights of head 0',
  },
  {
    name: 'the last layer is forgotten',
    edits: [
      {
        find: 'const output = linear(parameters.output, context, { backend });',
        replace: 'const output = copyOf(context);',
      },
    ],
    caughtBy: 'two-heads',
    says: 'the output',
  },
  {
    name: 'the clients look at themselves, not at the others',
    edits: [
      {
        find: 'const keys = linear(parameters.key, lookedAt, { backend });',
        replace:
          'const keys = linear(parameters.key, clients.shape[0] === lookedAt.shape[0] ? clients : lookedAt, { backend });',
      },
    ],
    caughtBy: 'others-backward',
    says: 'the gradient of the',
  },
  {
    name: 'the mask is not passed on',
    edits: [
      {
        find: 'const inputs = { queries: q!, keys: k!, values: v!, scale, mask };',
        replace: 'const inputs = { queries: q!, keys: k!, values: v!, scale, mask: mask && undefined };',
      },
    ],
    caughtBy: 'forward',
    says: 'noSelf',
  },
  {
    name: 'the last layer is skipped on the way back',
    edits: [
      {
        find: 'const contextGradient = headColumns(output.input, head, heads);',
        replace: 'const contextGradient = headColumns(outputGradient, head, heads);',
      },
    ],
    caughtBy: 'heads-backward',
    says: 'the gradient of the clients',
  },
];
