// What students really write, and which check must catch it.
import type { WrongSolution } from '../../kit/task.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'the size of the number counts, not its sign',
    edits: [{ find: 'scores[rows[row]!] = score;', replace: 'scores[rows[row]!] = Math.abs(score);' }],
    caughtBy: 'three-rows',
    says: 'the scores are wrong',
  },
  {
    name: 'the sign is turned',
    edits: [{ find: 'scores[rows[row]!] = score;', replace: 'scores[rows[row]!] = -score;' }],
    caughtBy: 'three-rows',
    says: 'the scores are wrong',
  },
  {
    name: 'the number of the row is taken for the item',
    edits: [{ find: 'scores[rows[row]!] = score;', replace: 'scores[row] = score;' }],
    caughtBy: 'three-rows',
    says: 'the scores are wrong',
  },
  {
    name: 'items that are not named are far below all others',
    edits: [
      {
        find: 'const scores = new Float32Array(items);',
        replace: 'const scores = new Float32Array(items).fill(-1000);',
      },
    ],
    caughtBy: 'three-rows',
    says: 'the scores are wrong',
  },
  {
    name: 'the first column is read',
    edits: [{ find: 'direction[dims - 1] = 1;', replace: 'direction[0] = 1;' }],
    caughtBy: 'three-rows',
    says: 'the scores are wrong',
  },
  {
    name: 'all columns are added up',
    edits: [{ find: 'direction[dims - 1] = 1;', replace: 'direction.fill(1);' }],
    caughtBy: 'three-rows',
    says: 'the scores are wrong',
  },
  {
    name: 'the factors are not expanded',
    edits: [
      {
        find: 'const { rows, dims, left } = expandUpdate(update);',
        replace: 'const { rows, rank, left, dims: width } = update;\n  const dims = rank || width;',
      },
    ],
    caughtBy: 'scores',
    says: 'a score is wrong',
  },
  {
    name: 'both readings read the last column',
    edits: [
      {
        find: "if (reading === 'last-column') direction",
        replace: "if (reading !== ('' as never)) direction",
      },
    ],
    caughtBy: 'common-direction',
    says: 'a score is wrong',
  },
  {
    name: 'a message without rows is read all the same',
    edits: [
      { find: '  if (dims === 0 || rows.length === 0) return scores;\n', replace: '' },
      { find: 'return scores;', replace: 'return rows.length === 0 ? scores.fill(Number.NaN) : scores;' },
    ],
    caughtBy: 'nothing-said',
    says: 'finite',
  },
  {
    name: 'a tie counts for nothing',
    edits: [
      {
        find: 'rankSum += (from + to + 1) / 2;',
        replace:
          'rankSum += from + 1 + order.slice(from, place).filter((item) => isPositive[item] === 1).length;',
      },
    ],
    caughtBy: 'four-items',
    says: 'the area is wrong',
  },
  {
    name: 'a tie counts as won',
    edits: [
      {
        find: 'rankSum += (from + to + 1) / 2;',
        replace:
          'rankSum += to - order.slice(place + 1, to).filter((item) => isPositive[item] === 1).length;',
      },
    ],
    caughtBy: 'four-items',
    says: 'the area is wrong',
  },
  {
    name: 'ties are taken as they come',
    edits: [{ find: 'rankSum += (from + to + 1) / 2;', replace: 'rankSum += place + 1;' }],
    caughtBy: 'areas',
    says: 'the area is wrong',
  },
  {
    name: 'ranks count from 0',
    edits: [{ find: 'rankSum += (from + to + 1) / 2;', replace: 'rankSum += (from + to - 1) / 2;' }],
    caughtBy: 'four-items',
    says: 'the area is wrong',
  },
  {
    name: 'the truth chooses the sign',
    edits: [
      {
        find: 'return (rankSum - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));',
        replace:
          'const area = (rankSum - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));\n  return Math.max(area, 1 - area);',
      },
    ],
    caughtBy: 'area-edges',
    says: 'below every other item',
  },
  {
    name: 'the best comes first',
    edits: [
      { find: 'sort((a, b) => scores[a]! - scores[b]!)', replace: 'sort((a, b) => scores[b]! - scores[a]!)' },
    ],
    caughtBy: 'four-items',
    says: 'the area is wrong',
  },
  {
    name: 'all items are compared, whatever is asked',
    edits: [
      {
        find: 'const order = Array.from(among)',
        replace: 'void among;\n  const order = Array.from({ length: scores.length }, (_, item) => item)',
      },
    ],
    caughtBy: 'areas',
    says: 'the area is wrong',
  },
  {
    name: 'it is divided by all pairs, also of two positives',
    edits: [
      { find: '/ (positives * (order.length - positives));', replace: '/ (positives * order.length);' },
    ],
    caughtBy: 'four-items',
    says: 'the area is wrong',
  },
  {
    name: 'without a pair the area is one half',
    edits: [
      {
        find: '  return (rankSum -',
        replace: '  if (positives === 0 || positives === order.length) return 0.5;\n  return (rankSum -',
      },
    ],
    caughtBy: 'area-edges',
    says: 'there is no pair',
  },
  {
    name: 'the share of positives at the top, not the area',
    edits: [
      {
        find: 'return (rankSum - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));',
        replace:
          'return order.slice(-positives).filter((item) => isPositive[item] === 1).length / positives + 0 * rankSum;',
      },
    ],
    caughtBy: 'four-items',
    says: 'the area is wrong',
  },
  {
    name: 'the 1 is taken for a factor',
    edits: [{ find: 'Float64Array.from(right.subarray(0, dims - 1))', replace: 'Float64Array.from(right)' }],
    caughtBy: 'vector-by-hand',
    says: 'must return a Float64Array of 2',
  },
  {
    name: 'the sign of the direction is left to chance',
    edits: [{ find: 'const sign = direction[dims - 1]! < 0 ? -1 : 1;', replace: 'const sign = 1;' }],
    caughtBy: 'vectors',
    says: 'the opposite way',
  },
  {
    name: 'the first row is taken for all',
    edits: [
      {
        find: '  const direction = commonDirection(left, dims);\n',
        replace: '  const direction = Float64Array.from(left.subarray(0, dims));\n',
      },
    ],
    caughtBy: 'noisy-rows',
    says: 'points',
  },
  {
    name: 'a message of rank 2 is read as if it had rank 1',
    edits: [{ find: 'if (rank === 1) return', replace: 'if (rank >= 1) return' }],
    caughtBy: 'no-vector',
    says: 'rank 2',
  },
  {
    name: 'the shared factor is ignored',
    edits: [{ find: '  if (!sharedFactor) {', replace: '  if (!sharedFactor || rank === 0) {' }],
    caughtBy: 'shared-factor',
    says: 'must return',
  },
  {
    name: 'the cosine of a zero vector is 0 / 0',
    edits: [{ find: 'return lengths > 0 ? product / lengths : 0;', replace: 'return product / lengths;' }],
    caughtBy: 'vector-by-hand',
    says: 'finite',
  },
  {
    name: 'the lengths are not rooted',
    edits: [{ find: 'Math.sqrt(squaresOfA * squaresOfB)', replace: '(squaresOfA * squaresOfB)' }],
    caughtBy: 'vector-by-hand',
    says: 'cosine([3, 4], [4, 3])',
  },
];
