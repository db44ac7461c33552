// What students really write, and which check must catch it.
import type { WrongSolution } from '../../kit/task.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'the test item stays in training',
    edits: [
      {
        find: 'if (place !== held?.validation && place !== held?.test)',
        replace: 'if (place !== held?.validation)',
      },
    ],
    caughtBy: 'split-by-hand',
    says: 'a hidden item is in training',
  },
  {
    name: 'the validation item stays in training',
    edits: [
      {
        find: 'if (place !== held?.validation && place !== held?.test)',
        replace: 'if (place !== held?.test)',
      },
    ],
    caughtBy: 'split-by-hand',
    says: 'a hidden item is in training',
  },
  {
    name: 'the oldest items are hidden',
    edits: [
      {
        find: 'return { validation: length - 2, test: length - 1 };',
        replace: 'return { validation: 1, test: 0 };',
      },
    ],
    caughtBy: 'split-by-hand',
    says: 'test is wrong',
  },
  {
    name: 'test and validation are exchanged',
    edits: [
      {
        find: 'return { validation: length - 2, test: length - 1 };',
        replace: 'return { validation: length - 1, test: length - 2 };',
      },
    ],
    caughtBy: 'split-by-hand',
    says: 'test is wrong',
  },
  {
    name: 'places are taken for items',
    edits: [{ find: 'test[user] = rated[held.test]!;', replace: 'test[user] = held.test;' }],
    caughtBy: 'split-by-hand',
    says: 'test is wrong',
  },
  {
    name: 'users with few ratings are left out',
    edits: [
      {
        find: '      if (place !== held?.validation && place !== held?.test) itemOf[written++] = rated[place]!;',
        replace:
          '      if (held && place !== held.validation && place !== held.test) itemOf[written++] = rated[place]!;',
      },
    ],
    caughtBy: 'split-by-hand',
    says: 'training is wrong',
  },
  {
    name: 'two ratings are enough',
    edits: [{ find: 'if (length < fewestForSplit) return null;', replace: 'if (length < 2) return null;' }],
    caughtBy: 'split-by-hand',
    says: 'test is wrong',
  },
  {
    name: 'test and validation may be the same item',
    edits: [{ find: 'other < test ? other : other + 1', replace: 'other' }],
    caughtBy: 'split-random',
    says: 'validation is wrong',
  },
  {
    name: 'all users draw from one stream',
    edits: [{ find: "randomStream(seed, 'split', user)", replace: "randomStream(seed, 'split')" }],
    caughtBy: 'split-random',
    says: 'is wrong',
  },
  {
    name: 'nobody notices that nobody is left',
    edits: [{ find: 'if (skippedUsers === users) {', replace: 'if (skippedUsers > users) {' }],
    caughtBy: 'nobody-left',
    says: 'no error',
  },
  {
    name: 'the validation item is still a candidate in the test',
    edits: [{ find: "part === 'test' ? split.validation[user]! : -1", replace: "part === 'test' ? -1 : -1" }],
    caughtBy: 'task-by-hand',
    says: 'alsoExcluded',
  },
  {
    name: 'the test item is left out of the candidates when validating',
    edits: [
      {
        find: "part === 'test' ? split.validation[user]! : -1",
        replace: "part === 'test' ? split.validation[user]! : split.test[user]!",
      },
    ],
    caughtBy: 'task-by-hand',
    says: 'alsoExcluded',
  },
  {
    name: 'the test item is always the target',
    edits: [{ find: 'const target = split[part][user]!;', replace: 'const target = split.test[user]!;' }],
    caughtBy: 'task-by-hand',
    says: 'the target is wrong',
  },
  {
    name: 'somebody without a hidden item is ranked',
    edits: [{ find: '  if (target < 0) return null;\n', replace: '' }],
    caughtBy: 'tasks',
    says: 'must be null',
  },
  {
    name: 'item 0 is taken for nobody',
    edits: [{ find: 'if (target < 0) return null;', replace: 'if (!(target > 0)) return null;' }],
    caughtBy: 'task-by-hand',
    says: 'rankingTask must be an object',
  },
  {
    name: 'ties are in the target’s favour',
    edits: [
      {
        find: 'if (!(scores[item]! < own)) ahead++;',
        replace: 'if (scores[item]! > own || Number.isNaN(scores[item]!)) ahead++;',
      },
    ],
    caughtBy: 'five-items',
    says: 'the rank is wrong',
  },
  {
    name: 'NaN helps',
    edits: [{ find: 'if (!(scores[item]! < own)) ahead++;', replace: 'if (scores[item]! >= own) ahead++;' }],
    caughtBy: 'nan',
    says: 'the rank is wrong',
  },
  {
    name: 'the best has rank 0',
    edits: [{ find: 'return { rank: 1 + ahead, others };', replace: 'return { rank: ahead, others };' }],
    caughtBy: 'five-items',
    says: 'the rank is wrong',
  },
  {
    name: 'a low score is a good one',
    edits: [
      { find: 'if (!(scores[item]! < own)) ahead++;', replace: 'if (!(scores[item]! > own)) ahead++;' },
    ],
    caughtBy: 'five-items',
    says: 'the rank is wrong',
  },
  {
    name: 'what was trained on is a candidate',
    edits: [
      {
        find: '  for (let index = 0; index < excluded.length; index++) isCandidate[excluded[index]!] = 0;\n',
        replace: '',
      },
    ],
    caughtBy: 'five-items',
    says: 'other candidates',
  },
  {
    name: 'the target is a candidate besides itself',
    edits: [{ find: '  isCandidate[target] = 0;\n', replace: '' }],
    caughtBy: 'five-items',
    says: 'other candidates',
  },
  {
    name: 'item 0 can never be excluded besides',
    edits: [{ find: 'if (alsoExcluded >= 0)', replace: 'if (alsoExcluded > 0)' }],
    caughtBy: 'ranks',
    says: 'other candidates',
  },
  {
    name: 'log₂(rank)',
    edits: [{ find: 'Math.log2(1 + rank)', replace: 'Math.log2(rank)' }],
    caughtBy: 'worth-by-hand',
    says: 'logarithmic(1)',
  },
  {
    name: 'the natural logarithm',
    edits: [{ find: 'Math.log2(1 + rank)', replace: 'Math.log(1 + rank)' }],
    caughtBy: 'worth-by-hand',
    says: 'logarithmic(1)',
  },
  {
    name: 'the rank of the cutoff itself counts for nothing',
    edits: [
      { find: 'rank <= cutoff ? 1 / discount(rank) : 0', replace: 'rank < cutoff ? 1 / discount(rank) : 0' },
    ],
    caughtBy: 'worth',
    says: 'worthOfRank: rank 10',
  },
  {
    name: 'the discount multiplies',
    edits: [{ find: '1 / discount(rank)', replace: 'discount(rank)' }],
    caughtBy: 'worth-by-hand',
    says: 'worthOfRank: rank 3',
  },
  {
    name: 'chances beyond the last are read',
    edits: [{ find: 'rank <= Math.min(cutoff, chances.length)', replace: 'rank <= cutoff' }],
    caughtBy: 'worth-by-hand',
    says: 'finite',
  },
  {
    name: 'rank and place are mixed up',
    edits: [
      {
        find: 'worth += chances[rank - 1]! / discount(rank);',
        replace: 'worth += (chances[rank] ?? 0) / discount(rank);',
      },
    ],
    caughtBy: 'worth-by-hand',
    says: 'expectedWorth',
  },
  {
    name: 'others are drawn with replacement',
    edits: [
      {
        find: `    chances[drawnAhead] = probability;
`,
        replace: `    const share = others === 0 ? 0 : ahead / others;
    chances[drawnAhead] = Math.exp(logChoose(draws, drawnAhead)) * share ** drawnAhead * (1 - share) ** (draws - drawnAhead);
`,
      },
    ],
    caughtBy: 'chances-by-hand',
    says: 'the chances are wrong',
  },
  {
    name: 'the target is one of those ahead',
    edits: [{ find: 'const ahead = rank - 1;', replace: 'const ahead = rank;' }],
    caughtBy: 'chances-by-hand',
    says: 'the chances are wrong',
  },
  {
    name: 'more are drawn than there are',
    edits: [{ find: 'const draws = Math.min(sampled, others);', replace: 'const draws = sampled;' }],
    caughtBy: 'chances-of-many',
    says: 'must return a Float64Array',
  },
  {
    name: 'it is forgotten that not all draws can be behind',
    edits: [{ find: 'const fewest = Math.max(0, draws - (others - ahead));', replace: 'const fewest = 0;' }],
    caughtBy: 'chances',
    says: 'chancesOfRanks',
  },
  {
    name: 'binomial coefficients overflow',
    edits: [
      {
        find: `  let probability = Math.exp(
    logChoose(ahead, fewest) + logChoose(others - ahead, draws - fewest) - logChoose(others, draws),
  );
`,
        replace: `  const factorial = (n: number): number => Array.from({ length: n }, (_, i) => i + 1).reduce((a, b) => a * b, 1);
  const choose = (n: number, k: number) => factorial(n) / factorial(k) / factorial(n - k);
  let probability = (choose(ahead, fewest) * choose(others - ahead, draws - fewest)) / choose(others, draws);
`,
      },
    ],
    caughtBy: 'chances-of-many',
    says: 'finite',
  },
];
