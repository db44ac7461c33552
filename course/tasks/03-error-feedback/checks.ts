// Whether nothing is lost on the way: what was sent and what is kept make up what came in. The judge follows the rounds with
// plain rows of its own.

import { fromRows, type Matrix, transpose, zeros } from '../../../lib/numeric/matrix.ts';
import type { RandomStream } from '../../../lib/numeric/rng.ts';
import type { Call, Case, Check, Dials } from '../../kit/task.ts';
import { argumentOf, roundingTo } from '../../kit/values.ts';
import {
  areNear,
  argumentAfter,
  expectHidden,
  expectRowsShown,
  expectShown,
  fail,
  fieldsOf,
  hold,
  numberOf,
  returned,
  rowsOf,
  times,
  turned,
  verdict,
} from '../verdicts.ts';

type Rows = number[][];

const call = (name: string, ...args: unknown[]): Call => ({ function: name, arguments: args });
const draw = (stream: RandomStream, rows: number, columns: number): Rows =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => stream.normal()));
const plus = (a: Rows, b: Rows, factor = 1): Rows =>
  a.map((row, i) => row.map((value, k) => value + factor * b[i]![k]!));
const decayOf = (dials: Dials) => ({ none: 1, half: 0.5, slow: 0.9 })[(dials.decay ?? 'none') as 'none']!;
const scaled = (a: Rows, factor: number): Rows => a.map((row) => row.map((value) => factor * value));

function sentOf(
  value: unknown,
  rows: number,
  columns: number,
  rank: number,
): { product: Rows; relativeError: number } {
  const { sent, relativeError } = fieldsOf(value, 'compressWithFeedback', 'sent', 'relativeError');
  const { left, right } = fieldsOf(sent, 'sent', 'left', 'right');
  const product = times(rowsOf(left, 'B', rows, rank), rowsOf(right, 'A', rank, columns));
  return { product, relativeError: numberOf(relativeError, 'relativeError') };
}

/** A view of a larger array: every second column of every second row, from the second on; what lies between is 7. */
function spacedView(rows: Rows): Matrix {
  const whole = zeros(2 * rows.length + 1, 2 * rows[0]!.length + 1);
  whole.data.fill(7);
  const view = whole.lo(1, 1).step(2, 2).hi(rows.length, rows[0]!.length) as Matrix;
  for (const [i, row] of rows.entries()) for (const [k, value] of row.entries()) view.set(i, k, value);
  return view;
}

/** What lies in the array of a view besides its elements. */
function aroundOf(view: Matrix): number[] {
  const own = new Set<number>();
  for (let i = 0; i < view.shape[0]!; i++) for (let k = 0; k < view.shape[1]!; k++) own.add(view.index(i, k));
  return Array.from(view.data).filter((_, at) => !own.has(at));
}

export const visible: readonly Check[] = [
  {
    name: 'merge-by-hand',
    title: 'Q + 2 B A, of two rows and two columns, lands in Q.',
    cases: () => [
      {
        calls: [
          call(
            'merge',
            fromRows([
              [1, 0],
              [0, 1],
            ]),
            { left: fromRows([[1], [2]]), right: fromRows([[3, 4]]) },
            2,
          ),
        ],
        verdict: verdict((answers) => {
          const got = rowsOf(argumentAfter(answers, 0, 0), 'Q', 2, 2);
          expectRowsShown(
            got,
            [
              [7, 8],
              [12, 17],
            ],
            'Q = [[1, 0], [0, 1]], B = [[1], [2]], A = [[3, 4]], scale 2: Q is wrong afterwards',
          );
        }),
      },
    ],
  },
  {
    name: 'two-rounds',
    title: 'What the first message leaves out is in the second.',
    cases: (_stream, dials) => {
      const decay = decayOf(dials);
      const first = [
        [4, 0],
        [0, 3],
      ];
      const second = [
        [0, 0],
        [0, 1],
      ];
      const nothing = zeros(2, 2);
      return [
        {
          calls: [
            call('compressWithFeedback', fromRows(first), nothing, 1),
            call('compressWithFeedback', fromRows(second), argumentOf(0, 1), 1),
          ],
          verdict: verdict((answers) => {
            const one = sentOf(returned(answers, 0), 2, 2, 1);
            const says = 'rank 1, first update [[4, 0], [0, 3]], c = 0:';
            expectRowsShown(
              one.product,
              [
                [4, 0],
                [0, 0],
              ],
              `${says} B A is wrong`,
            );
            expectRowsShown(
              rowsOf(argumentAfter(answers, 0, 1), 'c', 2, 2),
              [
                [0, 0],
                [0, 3],
              ],
              `${says} what is kept in c is wrong`,
            );
            expectShown([one.relativeError], [3 / 5], `${says} relativeError is wrong`);
            const two = sentOf(returned(answers, 1), 2, 2, 1);
            const then = 'and then the update [[0, 0], [0, 1]]:';
            expectRowsShown(
              two.product,
              [
                [0, 0],
                [0, 3 * decay + 1],
              ],
              `${then} B A is wrong`,
            );
            expectRowsShown(
              rowsOf(argumentAfter(answers, 1, 1), 'c', 2, 2),
              [
                [0, 0],
                [0, 0],
              ],
              `${then} c must be 0 afterwards`,
            );
          }),
        },
      ];
    },
  },
];

export const hidden: readonly Check[] = [
  {
    name: 'merge',
    title: 'Q + scale · B A holds for any shape, rank and scale.',
    cases: (stream) =>
      (
        [
          [3, 2, 1, 1],
          [2, 4, 2, -1],
          [4, 3, 3, 0.5],
          [1, 5, 2, 3],
        ] as const
      ).map(([rows, columns, rank, scale]) => {
        const [base, left, right] = [
          draw(stream, rows, columns),
          draw(stream, rows, rank),
          draw(stream, rank, columns),
        ];
        return {
          calls: [call('merge', fromRows(base), { left: fromRows(left), right: fromRows(right) }, scale)],
          verdict: verdict((answers) => {
            const got = rowsOf(argumentAfter(answers, 0, 0), 'Q', rows, columns);
            const wanted = plus(base, times(left, right), scale);
            expectHidden(
              got.flat(),
              wanted.flat(),
              `merge: Q [${rows}, ${columns}], rank ${rank}, scale ${scale}: Q is not Q + scale · B A`,
            );
          }),
        };
      }),
  },
  {
    name: 'merge-strides',
    title: 'Q and the factors may be views with any strides, and nothing beside them is touched.',
    cases: (stream) => {
      const [base, left, right] = [draw(stream, 3, 2), draw(stream, 3, 2), draw(stream, 2, 2)];
      const views: [string, Matrix, Matrix, Matrix][] = [
        ['Q is a transposed view', transpose(fromRows(turned(base))), fromRows(left), fromRows(right)],
        ['Q is part of a larger array', spacedView(base), fromRows(left), fromRows(right)],
        ['B and A are views', fromRows(base), transpose(fromRows(turned(left))), spacedView(right)],
      ];
      return views.map(
        ([name, q, b, a]): Case => ({
          calls: [call('merge', q, { left: b, right: a }, 1)],
          verdict: verdict((answers) => {
            const after = argumentAfter(answers, 0, 0);
            const got = rowsOf(after, 'Q', 3, 2);
            expectHidden(
              got.flat(),
              plus(base, times(left, right)).flat(),
              `merge: ${name}: Q is not Q + B A`,
            );
            hold(
              areNear(aroundOf(after as Matrix), aroundOf(q), 0),
              `merge: ${name}: something beside Q was changed`,
            );
          }),
        }),
      );
    },
  },
  {
    name: 'nothing-is-lost',
    title: 'Over many rounds, what was sent and what is kept add up to everything that came in.',
    weight: 2,
    cases: (stream, dials) =>
      (
        [
          [5, 3, 1],
          [4, 4, 2],
          [2, 5, 1],
        ] as const
      ).map(([rows, columns, rank]) => {
        const updates = Array.from({ length: 6 }, () => draw(stream, rows, columns));
        const start = draw(stream, rows, columns);
        const carried = fromRows(start);
        return {
          calls: updates.map((update, round) =>
            call('compressWithFeedback', fromRows(update), round === 0 ? carried : argumentOf(0, 1), rank),
          ),
          verdict: verdict((answers) => {
            let kept: Rows = start;
            updates.forEach((update, round) => {
              const where = `[${rows}, ${columns}], rank ${rank}, round ${round + 1}:`;
              const whole = plus(scaled(kept, decayOf(dials)), update);
              const { product, relativeError } = sentOf(returned(answers, round), rows, columns, rank);
              const rest = rowsOf(argumentAfter(answers, round, 1), 'c', rows, columns);
              expectHidden(
                plus(product, rest).flat(),
                whole.flat(),
                `${where} sent + kept is not what there was to send`,
              );
              const [before, after] = [Math.hypot(...whole.flat()), Math.hypot(...rest.flat())];
              expectHidden(
                [relativeError],
                [after / before],
                `${where} relativeError is not ‖c‖ after divided by before`,
                1e-7,
              );
              hold(after < before * (1 - 1e-9), `${where} the message makes what is left no smaller`);
              // The best approximation is at right angles to what it leaves out.
              const along = product.flat().reduce((sum, value, at) => sum + value * rest.flat()[at]!, 0);
              hold(
                Math.abs(along) < 1e-6 * before * before,
                `${where} what is sent is not the best approximation`,
              );
              kept = rest;
            });
          }),
        };
      }),
  },
  {
    name: 'strides',
    title: 'The update and c may be views with any strides.',
    cases: (stream, dials) => {
      const [update, start] = [draw(stream, 3, 2), draw(stream, 3, 2)];
      const views: [string, Matrix, Matrix][] = [
        ['the update is a transposed view', transpose(fromRows(turned(update))), fromRows(start)],
        ['c is a transposed view', fromRows(update), transpose(fromRows(turned(start)))],
        ['c is part of a larger array', fromRows(update), spacedView(start)],
        ['both are', spacedView(update), spacedView(start)],
      ];
      return views.map(
        ([name, u, c]): Case => ({
          calls: [call('compressWithFeedback', u, c, 1)],
          verdict: verdict((answers) => {
            const { product } = sentOf(returned(answers), 3, 2, 1);
            const after = argumentAfter(answers, 0, 1);
            const rest = rowsOf(after, 'c', 3, 2);
            const whole = plus(scaled(start, decayOf(dials)), update);
            expectHidden(
              plus(product, rest).flat(),
              whole.flat(),
              `${name}: sent + kept is not what there was to send`,
            );
            hold(
              areNear(aroundOf(after as Matrix), aroundOf(c), 0),
              `${name}: something beside c was changed`,
            );
          }),
        }),
      );
    },
  },
  {
    name: 'on-the-way',
    title: 'If the factors are rounded on their way, c keeps what the rounding cut off, too.',
    cases: (stream, dials) =>
      (
        [
          [4, 3, 1],
          [3, 5, 3],
        ] as const
      ).map(([rows, columns, rank]) => {
        const [update, start] = [draw(stream, rows, columns), draw(stream, rows, columns)];
        const step = 0.25;
        return {
          calls: [
            call('compressWithFeedback', fromRows(update), fromRows(start), rank, {
              arrive: roundingTo(step),
            }),
          ],
          verdict: verdict((answers) => {
            const says = `rank ${rank}, \`arrive\` rounds to multiples of ${step}:`;
            const { sent } = fieldsOf(returned(answers), 'compressWithFeedback', 'sent');
            const { left } = fieldsOf(sent, 'sent', 'left', 'right');
            const isRounded = rowsOf(left, 'B', rows, rank)
              .flat()
              .every((value) => Number.isInteger(value / step));
            hold(isRounded, `${says} \`sent\` is not what arrived`);
            const { product } = sentOf(returned(answers), rows, columns, rank);
            const rest = rowsOf(argumentAfter(answers, 0, 1), 'c', rows, columns);
            const whole = plus(scaled(start, decayOf(dials)), update);
            expectHidden(
              plus(product, rest).flat(),
              whole.flat(),
              `${says} what arrived + kept is not what there was to send`,
            );
          }),
        };
      }),
  },
  {
    name: 'refused',
    title: 'An update with NaN or ∞ is refused with an error, and c stays as it was.',
    cases: (stream) =>
      [Number.NaN, Infinity].map((broken) => {
        const [update, start] = [draw(stream, 3, 2), draw(stream, 3, 2)];
        update[1]![0] = broken;
        return {
          calls: [
            call('compressWithFeedback', fromRows(start), zeros(3, 2), 1),
            call('compressWithFeedback', fromRows(update), fromRows(start), 1),
          ],
          mayThrow: true,
          sameShapes: false,
          verdict: verdict((answers) => {
            returned(answers, 0);
            hold(answers[1]!.thrown !== null, `an update with ${broken} in it was accepted`);
            const after = rowsOf(answers[1]!.arguments[1], 'c', 3, 2, { anyNumber: true });
            hold(
              areNear(after.flat(), start.flat(), 0),
              `an update with ${broken} in it was refused, but c was changed`,
            );
          }),
        };
      }),
  },
  {
    name: 'nothing-to-send',
    title: 'Where there is nothing to send, relativeError is 0, and no NaN comes about.',
    cases: () => [
      {
        calls: [call('compressWithFeedback', zeros(3, 2), zeros(3, 2), 1)],
        verdict: verdict((answers) => {
          const { product, relativeError } = sentOf(returned(answers), 3, 2, 1);
          hold(
            product.flat().every((value) => value === 0) && relativeError === 0,
            'an update of zeros with c = 0: B A or relativeError is not 0',
          );
        }),
      },
    ],
  },
  {
    name: 'update-unchanged',
    title: 'The update stays as it is, and so do the factors that are merged.',
    cases: (stream) => {
      const [update, left, right] = [draw(stream, 3, 2), draw(stream, 3, 1), draw(stream, 1, 2)];
      return [
        {
          calls: [call('compressWithFeedback', fromRows(update), fromRows(draw(stream, 3, 2)), 1)],
          verdict: verdict((answers) => {
            const after = rowsOf(argumentAfter(answers, 0, 0), 'the update', 3, 2);
            if (!areNear(after.flat(), update.flat(), 0))
              fail('compressWithFeedback changed the update, which belongs to the caller');
          }),
        },
        {
          calls: [call('merge', zeros(3, 2), { left: fromRows(left), right: fromRows(right) }, 2)],
          verdict: verdict((answers) => {
            const factors = fieldsOf(argumentAfter(answers, 0, 1), 'the factors', 'left', 'right');
            const after = [
              ...rowsOf(factors.left, 'B', 3, 1).flat(),
              ...rowsOf(factors.right, 'A', 1, 2).flat(),
            ];
            if (!areNear(after, [...left.flat(), ...right.flat()], 0))
              fail('merge changed the factors, which belong to the caller');
          }),
        },
      ];
    },
  },
];
