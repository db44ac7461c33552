// What the gradients must be: two items worked by hand, the slope of the loss found by moving a number a little, and a loss
// that falls. Labels follow the term's dial.

import ndarray from 'ndarray';
import { matrix, vector } from '../../../lib/numeric/ndarrays.ts';
import type { RandomStream } from '../../../lib/numeric/rng.ts';
import { firstFault, holds, isClose, numbersOf, sameAs } from '../../kit/expect.ts';
import type { Case, Check, Dials } from '../../kit/task.ts';

const notTouched = ({ labels }: Dials) => (labels === 'plus-minus' ? -1 : 0);

/** The loss of one score, straight from its definition; scores here are small, so nothing overflows. */
function lossOf(score: number, label: number, dials: Dials): number {
  const y = notTouched(dials) === -1 ? label : 2 * label - 1;
  return Math.log(1 + Math.exp(-y * score));
}

export const visible: readonly Check[] = [
  {
    name: 'sigmoid-by-hand',
    title: 'σ(0) is one half, and σ(s) + σ(−s) is 1.',
    cases: () => [
      {
        calls: [0, Math.log(3), -Math.log(3)].map((score) => ({ function: 'sigmoid', arguments: [score] })),
        verdict: ([zero, up, down]) =>
          firstFault(
            sameAs(zero!.result, 0.5, 'σ(0) = 1 / (1 + 1)'),
            sameAs(up!.result, 0.75, 'σ(ln 3) = 1 / (1 + 1/3)'),
            sameAs(down!.result, 0.25, 'σ(−ln 3) = 1 / (1 + 3)'),
          ),
      },
    ],
  },
  {
    name: 'score-by-hand',
    title: 'The gradient of each score is count times (probability − label).',
    weight: 2,
    cases: (_, dials) => [
      {
        calls: [
          {
            function: 'scoreGradient',
            arguments: [[0, Math.log(3), 0], { labels: [1, notTouched(dials), 1], counts: [1, 2, 0] }],
          },
        ],
        verdict: ([answer]) =>
          sameAs(
            answer!.result,
            [-0.5, 1.5, 0],
            'g = W (σ(s) − y), for y = 1, not touched, and a count of 0',
          ),
      },
    ],
  },
  {
    name: 'user-by-hand',
    title: 'The gradient of the user vector adds g times the item, without the bias.',
    cases: () => [
      {
        calls: [
          {
            function: 'userGradient',
            arguments: [matrix(Float64Array.of(1, 2, 100, 3, 4, 100), 2, 3), [-0.5, 1.5]],
          },
        ],
        verdict: ([answer]) => sameAs(answer!.result, [4, 5], '−0.5·[1, 2] + 1.5·[3, 4]'),
      },
    ],
  },
  {
    name: 'update-by-hand',
    title: 'The update of the item table is −g times [p, 1].',
    cases: () => [
      {
        calls: [{ function: 'rankOneUpdate', arguments: [vector([-0.5, 1.5]), vector([2, 3])] }],
        verdict: ([answer]) => {
          const { left, right } = answer!.result as { left: unknown; right: unknown };
          return firstFault(
            sameAs(numbersOf(left), [0.5, -1.5], 'B = −g, one column'),
            sameAs(numbersOf(right), [2, 3, 1], 'A = [p, 1], one row'),
          );
        },
      },
    ],
  },
];

export const hidden: readonly Check[] = [
  {
    name: 'far-scores',
    title: 'Scores of any size have finite gradients.',
    cases: (_, dials) => [
      {
        calls: [-1000, 1000, -700, 30, -30].flatMap((score) => [
          { function: 'sigmoid', arguments: [score] },
          { function: 'binaryCrossEntropyGradient', arguments: [score, 1] },
          { function: 'binaryCrossEntropyGradient', arguments: [score, notTouched(dials)] },
        ]),
        verdict: (answers) =>
          firstFault(
            sameAs(
              answers.slice(0, 6).map(({ result }) => result),
              [0, -1, 0, 1, 0, 1],
              'σ(−1000) is 0, σ(1000) is 1',
            ),
            holds(
              Math.abs((answers[6]!.result as number) / Math.exp(-700) - 1) < 1e-9,
              'σ(−700) is e⁻⁷⁰⁰, small but not 0',
              answers[6]!.result,
              Math.exp(-700),
            ),
          ),
      },
    ],
  },
  {
    name: 'central-differences',
    title: 'The gradient of the scores is the slope of the loss.',
    weight: 2,
    cases: (stream, dials) => Array.from({ length: 6 }, () => slopesOfScores(stream, dials)),
  },
  {
    name: 'user-differences',
    title: 'The gradient of the user vector is the slope of the loss.',
    weight: 2,
    cases: (stream) => Array.from({ length: 6 }, (_, at) => slopesOfUser(stream, at)),
  },
  {
    name: 'loss-falls',
    title: 'A small step along the update makes the loss smaller, bias included.',
    cases: (stream, dials) => Array.from({ length: 4 }, () => lossFalls(stream, dials)),
  },
  {
    name: 'views',
    title: 'Vectors may be views with steps, and the update is of the element type of g.',
    cases: () => [
      {
        calls: [
          {
            function: 'rankOneUpdate',
            arguments: [
              ndarray(Float32Array.of(9, 1, 9, 2, 9, 3, 9), [3], [2], 1),
              ndarray(Float64Array.of(5, 4, 3), [2], [-2], 2),
            ],
          },
        ],
        verdict: ([answer]) => {
          const { left, right } = answer!.result as { left: { data: unknown }; right: unknown };
          return firstFault(
            sameAs(numbersOf(left), [-1, -2, -3], 'B = −g for a g of every second element'),
            sameAs(numbersOf(right), [3, 5, 1], 'A = [p, 1] for a p that is read backwards'),
            holds(
              left.data instanceof Float32Array,
              'B has the element type of g',
              left.data,
              'a Float32Array',
            ),
          );
        },
      },
    ],
  },
];

function sampleOf(stream: RandomStream, rows: number, dials: Dials) {
  const labels = Array.from({ length: rows }, () => (stream.uniform() < 0.5 ? 1 : notTouched(dials)));
  const counts = Array.from({ length: rows }, () => stream.integer(4));
  counts[0] = 3; // one that certainly counts, more than once
  return { labels, counts };
}

function slopesOfScores(stream: RandomStream, dials: Dials): Case {
  const rows = 1 + stream.integer(8);
  const scores = Array.from({ length: rows }, () => 2 * stream.normal());
  const sample = sampleOf(stream, rows, dials);
  const slope = (row: number) => {
    const at = (step: number) => lossOf(scores[row]! + step, sample.labels[row]!, dials);
    return (sample.counts[row]! * (at(1e-5) - at(-1e-5))) / 2e-5;
  };
  return {
    calls: [{ function: 'scoreGradient', arguments: [scores, sample] }],
    verdict: ([answer]) =>
      sameAs(
        answer!.result,
        scores.map((_, row) => slope(row)),
        'the loss rises by g times a small step',
        1e-7,
      ),
  };
}

/** Σ g s is linear in p: moving p_k by 1 changes it by the k-th gradient. */
function slopesOfUser(stream: RandomStream, at: number): Case {
  const rows = at === 0 ? 0 : 1 + stream.integer(6);
  const factors = 1 + stream.integer(5);
  const table = Float64Array.from({ length: rows * (factors + 1) }, () => stream.normal());
  const gradient = Float64Array.from({ length: rows }, () => stream.normal());
  const sum = (k: number) =>
    gradient.reduce((total, g, row) => total + g * table[row * (factors + 1) + k]!, 0);
  return {
    calls: [{ function: 'userGradient', arguments: [matrix(table, rows, factors + 1), gradient] }],
    verdict: ([answer]) =>
      sameAs(
        answer!.result,
        Array.from({ length: factors }, (_, k) => sum(k)),
        'Σ g q, one entry per factor',
      ),
  };
}

function lossFalls(stream: RandomStream, dials: Dials): Case {
  const [rows, factors] = [2 + stream.integer(5), 1 + stream.integer(4)];
  const user = Array.from({ length: factors }, () => stream.normal());
  const table = Array.from({ length: rows }, () =>
    Array.from({ length: factors + 1 }, () => stream.normal()),
  );
  const sample = sampleOf(stream, rows, dials);
  const extended = [...user, 1];
  const scoresOf = (rowsOf: readonly (readonly number[])[]) =>
    rowsOf.map((row) => row.reduce((sum, value, k) => sum + value * extended[k]!, 0));
  const total = (scores: readonly number[]) =>
    scores.reduce(
      (sum, score, row) => sum + sample.counts[row]! * lossOf(score, sample.labels[row]!, dials),
      0,
    );
  const scores = scoresOf(table);
  return {
    calls: [
      { function: 'rankOneUpdate', arguments: [vector(gradientOf(scores, sample, dials)), vector(user)] },
    ],
    verdict: (answers) => {
      const { left, right } = answers[0]!.result as { left: unknown; right: unknown };
      const [b, a] = [numbersOf(left), numbersOf(right)];
      const moved = table.map((row, at) => row.map((value, k) => value + 1e-3 * b[at]! * a[k]!));
      const [before, after] = [total(scores), total(scoresOf(moved))];
      return holds(
        after < before && !isClose(after, before, 1e-12),
        'the loss after the step is below that before',
        after,
        before,
      );
    },
  };
}

function gradientOf(
  scores: readonly number[],
  { labels, counts }: { labels: readonly number[]; counts: readonly number[] },
  dials: Dials,
): Float64Array {
  const at = (row: number, step: number) => lossOf(scores[row]! + step, labels[row]!, dials);
  return Float64Array.from(scores, (_, row) => (counts[row]! * (at(row, 1e-5) - at(row, -1e-5))) / 2e-5);
}
