// Why a change that no check notices makes no difference that a check could hold against somebody. In: a task and a mutant; out: the
// reason, or null where none is known: then a check is missing, or a reason is.
import type { Mutant } from './mutants.ts';

interface Reason {
  /** The task, where it holds in one alone. */
  readonly task?: string;
  readonly kind?: string;
  /** Part of the line of the change, and what is changed into what, as far as it matters. */
  readonly line?: string;
  readonly before?: string;
  readonly after?: string;
  readonly why: string;
}

const reasons: readonly Reason[] = [
  {
    kind: 'EqualityOperator',
    line: 'for (let ',
    after: ' <= ',
    why: 'one step further: what is beyond the end of a typed array is nothing, and writing there is ignored',
  },
  { kind: 'ObjectLiteral', before: '{ backend }', why: 'who multiplies does not change the numbers' },
  { kind: 'StringLiteral', before: "'float32'", why: 'of which type the elements are is free' },
  { kind: 'StringLiteral', before: "'float64'", why: 'of which type the elements are is free' },
  {
    task: '01-gradients',
    before: 'score < 0',
    after: 'score <= 0',
    why: 'at 0 both forms of the sigmoid are 1/2',
  },
  {
    task: '02-truncated-svd',
    line: 'const order = ',
    why: 'eigenpairs come by size already: the order changes only where singular values differ by less than rounding',
  },
  {
    task: '02-truncated-svd',
    line: 'if (rows < columns)',
    why: 'a wide matrix gives the same without being turned, from a larger Gram matrix',
  },
  {
    task: '02-truncated-svd',
    line: 'const negligible = ',
    why: 'where the noise of 10⁻¹² ends is free; singular values of 0 are 0 either way',
  },
  {
    task: '04-kmeans',
    before: 'distance < distances[point]!',
    after: 'distance <= distances[point]!',
    why: 'an equal distance takes the place of itself',
  },
  {
    task: '04-kmeans',
    before: '1 / scale',
    why: 'the scale is 1 but for numbers whose squares are beyond what a number holds; the lesson leaves them out',
  },
  {
    kind: 'StringLiteral',
    before: "'update'",
    why: 'this line is given; whoever calls says the kind',
  },
  {
    task: '07-wire',
    line: 'at + 8 <= end',
    why: 'the last eight bytes go through the loop for the rest, to the same sums',
  },
  {
    task: '07-wire',
    line: 'MOST_FRAME_BYTES',
    why: 'how much room a writer makes at once is free: it grows',
  },
  {
    task: '07-wire',
    line: '4 * (right.levels.length + extra.length)',
    why: 'how much room a writer makes at once is free: it grows',
  },
  {
    task: '07-wire',
    line: 'FIRST_MAGIC',
    why: 'a message of version 1 is rejected either way, as one of another version; only the words differ',
  },
  {
    task: '07-wire',
    line: 'if (message.length <= CHECKSUM_BYTES)',
    why: 'the checksum of too few bytes does not fit, so they are rejected either way',
  },
  {
    task: '07-wire',
    line: 'reader.expectBits(',
    before: ' * ',
    why: 'a message that says too much is rejected when it ends too early, if not before; what must not be made room for is seen',
  },
  { task: '07-wire', line: 'flags > 127', why: 'flags of 127 name codec 127, which was rejected before' },
  {
    task: '07-wire',
    line: "kind === 'part' ? [parts.part, 'δ']",
    before: "'",
    why: 'the words of an error',
  },
  {
    task: '08-steps',
    before: ' === 0',
    after: 'false',
    why: 'a shortcut: no draw is below 0, so nobody is absent or silent either way',
  },
  {
    task: '08-steps',
    before: 'fraction === 1',
    why: 'a shortcut: each draw is below 1, so everybody takes part either way',
  },
  {
    task: '08-steps',
    kind: 'EqualityOperator',
    before: 'uniform()',
    why: 'a draw that equals the limit to the last of its 53 bits never happens',
  },
  {
    task: '09-evaluation',
    before: 'alsoExcluded >= 0',
    why: 'no item has the number −1, and writing there is ignored',
  },
  {
    task: '09-evaluation',
    before: 'draws - fewest',
    why: 'where somebody ahead must be drawn, all who are behind are: that is one way, and log 1 is 0 for either number',
  },
  {
    task: '09-evaluation',
    before: 'Math.min(ahead, draws)',
    why: 'more than there are ahead are drawn with chance 0, and writing beyond the end is ignored',
  },
  {
    task: '10-attack',
    line: 'if (dims === 0 || rows.length === 0) return scores;',
    why: 'a shortcut: the loop over no rows, or no columns, leaves every score at 0',
  },
  { task: '10-attack', before: 'rank > 1', why: 'rank 1 has been answered in the line before' },
  {
    task: '10-attack',
    before: 'direction[dims - 1]! < 0',
    why: 'a message whose bias column is 0 in every row shows no sign; the recovered vector is right up to its length',
  },
  {
    task: '10-attack',
    kind: 'AssignmentOperator',
    line: 'seen[k]! += direction[r]!',
    why: 'the sign of a vector seen through a factor is free, as the sign of the direction is',
  },
  {
    task: '10-attack',
    line: 'while (to < order.length',
    why: 'beyond the end is nothing, and nothing equals no score',
  },
];

export function explanationOf(task: string, mutant: Mutant): string | null {
  const found = reasons.find(
    (reason) =>
      (reason.task ?? task) === task &&
      (reason.kind ?? mutant.kind) === mutant.kind &&
      mutant.line.includes(reason.line ?? '') &&
      mutant.before.includes(reason.before ?? '') &&
      mutant.after.includes(reason.after ?? ''),
  );
  return found?.why ?? null;
}
