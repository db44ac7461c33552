// Solutions that are right and look otherwise: they must pass.
import type { RightSolution } from '../../kit/task.ts';

export const right: readonly RightSolution[] = [
  {
    name: 'pair by pair, rows by map',
    edits: [
      {
        find: `  const order = Array.from(among).sort((a, b) => scores[a]! - scores[b]!);
  let rankSum = 0; // of the positives; equal scores share their mean rank (Mann & Whitney 1947)
  let positives = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    for (let place = from; place < to; place++) {
      if (isPositive[order[place]!] !== 1) continue;
      positives++;
      rankSum += (from + to + 1) / 2;
    }
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
`,
        replace: `  const all = [...among];
  const [yes, no] = [all.filter((item) => isPositive[item] === 1), all.filter((item) => isPositive[item] !== 1)];
  let won = 0;
  for (const a of yes) for (const b of no) won += scores[a]! > scores[b]! ? 1 : scores[a] === scores[b] ? 0.5 : 0;
  return won / (yes.length * no.length);
`,
      },
      {
        find: `  for (let row = 0; row < rows.length; row++) {
    let score = 0;
    for (let k = 0; k < dims; k++) score += left[row * dims + k]! * direction[k]!;
    scores[rows[row]!] = score;
  }
`,
        replace: `  rows.forEach((item, row) => {
    scores[item] = direction.reduceRight((sum, value, k) => sum + value * left[row * dims + k]!, 0);
  });
`,
      },
    ],
  },
  {
    name: 'the vector at its length, the cosine by unit vectors',
    edits: [
      {
        find: 'return direction.subarray(0, dims - 1).map((value) => sign * value);',
        replace:
          'const one = Math.abs(direction[dims - 1]!);\n    return direction.slice(0, -1).map((value) => (sign * value) / one);',
      },
      {
        find: '  const lengths = Math.sqrt(squaresOfA * squaresOfB);\n  return lengths > 0 ? product / lengths : 0;',
        replace:
          '  if (squaresOfA === 0 || squaresOfB === 0) return 0;\n  return product / Math.sqrt(squaresOfA) / Math.sqrt(squaresOfB);',
      },
    ],
  },
];
