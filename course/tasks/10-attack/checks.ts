// Whether the attack reads what a message says, and no more. The area under the curve is counted here pair by pair.
import type { RandomStream } from '../../../lib/numeric/rng.ts';
import { commonDirection } from '../../../lib/privacy/common-direction.ts';
import type { Answer, Call, Case, Check, Dials } from '../../kit/task.ts';
import { resultOf } from '../../kit/values.ts';
import {
  expectHidden,
  expectShown,
  hold,
  numberOf,
  numbersOf,
  returned,
  times,
  verdict,
} from '../verdicts.ts';

type Rows = number[][];

const call = (name: string, ...args: unknown[]): Call => ({ function: name, arguments: args });
const from0 = (count: number) => Array.from({ length: count }, (_, at) => at);
const draw = (stream: RandomStream, rows: number, columns: number): Rows =>
  from0(rows).map(() => from0(columns).map(() => Math.fround(stream.normal())));

interface Message {
  readonly rows: number[];
  readonly rank: number;
  readonly dims: number;
  readonly left: Rows;
  readonly right: Rows;
}

const toUpdate = ({ rows, rank, dims, left, right }: Message) => ({
  client: 3,
  round: 2,
  rows: Uint32Array.from(rows),
  rank,
  dims,
  left: Float32Array.from(left.flat()),
  right: Float32Array.from(right.flat()),
  extra: new Float32Array(0),
});

/** [p, 1], or [1, p] this term. */
const withOne = (p: readonly number[], dials: Dials) => (dials.column === 'first' ? [1, ...p] : [...p, 1]);
const biasColumn = (dims: number, dials: Dials) => (dials.column === 'first' ? 0 : dims - 1);
const withoutBias = (values: readonly number[], dials: Dials) =>
  dials.column === 'first' ? values.slice(1) : values.slice(0, -1);

/** The rows of a message, whatever it is factored into. */
const rowsOf = ({ rank, left, right }: Message): Rows => (rank === 0 ? left : times(left, right));

function rankOne(rows: number[], b: readonly number[], p: readonly number[], dials: Dials): Message {
  return { rows, rank: 1, dims: p.length + 1, left: b.map((value) => [value]), right: [withOne(p, dials)] };
}

const expanded = (message: Message): Message => ({ ...message, rank: 0, left: rowsOf(message), right: [] });

function scoresCase(
  message: Message,
  items: number,
  wanted: readonly number[],
  reading: string,
  says: string,
  isShown = false,
): Case {
  return {
    calls: [call('itemScores', toUpdate(message), items, reading)],
    verdict: verdict((answers) => {
      const got = numbersOf(returned(answers), 'itemScores', items);
      (isShown ? expectShown : expectHidden)(got, wanted, says, 1e-5);
    }),
  };
}

function byColumn(message: Message, items: number, dials: Dials): number[] {
  const scores = Array<number>(items).fill(0);
  rowsOf(message).forEach((row, at) => {
    scores[message.rows[at]!] = row[biasColumn(message.dims, dials)]!;
  });
  return scores;
}

const tieOf = ({ ties = 'half' }: Dials) => ({ half: 0.5, lost: 0, won: 1 })[ties as 'half']!;

/** Pair by pair: a positive above another item counts 1, beside it one half, or what the term says. */
function areaByPairs(
  dials: Dials,
  scores: readonly number[],
  isPositive: readonly number[],
  among: readonly number[],
): number {
  const positives = among.filter((item) => isPositive[item] === 1);
  const others = among.filter((item) => isPositive[item] !== 1);
  const wins: number[] = positives.flatMap((a) =>
    others.map((b) => {
      if (scores[a] === scores[b]) return tieOf(dials);
      return scores[a]! > scores[b]! ? 1 : 0;
    }),
  );
  return wins.reduce((sum, win) => sum + win, 0) / wins.length;
}

function areaCase(
  dials: Dials,
  scores: number[],
  isPositive: number[],
  among: number[] | undefined,
  says: string,
  options: { isShown?: boolean; asSet?: boolean } = {},
): Case {
  const given = [Float64Array.from(scores), Uint8Array.from(isPositive)];
  const set = among && (options.asSet ? new Set(among) : Uint32Array.from(among));
  return {
    calls: [set ? call('areaUnderCurve', ...given, set) : call('areaUnderCurve', ...given)],
    verdict: verdict((answers) => {
      const wanted = areaByPairs(dials, scores, isPositive, among ?? from0(scores.length));
      const result = returned(answers);
      if (Number.isNaN(wanted))
        return hold(
          typeof result === 'number' && Number.isNaN(result),
          `${says}: there is no pair, so the area must be NaN`,
        );
      const got = numberOf(result, 'areaUnderCurve');
      (options.isShown ? expectShown : expectHidden)([got], [wanted], says);
    }),
  };
}

/** Whether a vector points where it should; its length is free. */
function expectDirection(
  answers: readonly Answer[],
  wanted: readonly number[],
  says: string,
  signIsFree = false,
): void {
  const got = numbersOf(returned(answers), 'recoverUserVector', wanted.length);
  const along =
    got.reduce((sum, value, at) => sum + value * wanted[at]!, 0) / Math.hypot(...got) / Math.hypot(...wanted);
  hold(Math.abs(along) > 1 - 1e-6, `${says}: the vector points elsewhere`);
  hold(signIsFree || along > 0, `${says}: the vector points the opposite way`);
}

function nullCase(message: Message, says: string, wasGood: Message): Case {
  return {
    calls: [call('recoverUserVector', toUpdate(wasGood)), call('recoverUserVector', toUpdate(message))],
    sameShapes: false,
    verdict: verdict((answers) => {
      hold(returned(answers, 0) !== null, 'a message of rank 1 shows the user vector, but null came back');
      hold(returned(answers, 1) === null, `${says}: it shows no user vector, so null must come back`);
    }),
  };
}

/** A client's message: items that it has touched have numbers above 0. */
function drawClient(
  stream: RandomStream,
  items: number,
  positives: number,
  negatives: number,
  dims: number,
  dials: Dials,
) {
  const chosen: number[] = [];
  while (chosen.length < positives + negatives) {
    const item = stream.integer(items);
    if (!chosen.includes(item)) chosen.push(item);
  }
  const touched = new Set(chosen.slice(0, positives));
  const rows = [...chosen].sort((a, b) => a - b);
  const b = rows.map((item) => Math.fround((touched.has(item) ? 1 : -1) * (0.1 + stream.uniform())));
  const p = draw(stream, 1, dims - 1)[0]!;
  return { message: rankOne(rows, b, p, dials), b, p, touched, rows };
}

export const visible: readonly Check[] = [
  {
    name: 'three-rows',
    title: 'A message names three of six items.',
    cases: (_stream, dials) => [
      scoresCase(
        rankOne([1, 3, 4], [-0.5, 0.25, 1], [2], dials),
        6,
        [0, -0.5, 0, 0.25, 1, 0],
        'last-column',
        `rows 1, 3, 4 of 6 items, B = [[−0.5], [0.25], [1]], A = [[${withOne([2], dials).join(', ')}]], last-column: the scores are wrong`,
        true,
      ),
    ],
  },
  {
    name: 'four-items',
    title: 'Two positives, two others, one tie.',
    cases: (_stream, dials) => [
      areaCase(
        dials,
        [3, 1, 2, 2],
        [1, 0, 1, 0],
        undefined,
        'scores 3, 1, 2, 2, of which the first and the third are positive: three pairs are won and one is even; the area is wrong',
        { isShown: true },
      ),
    ],
  },
  {
    name: 'vector-by-hand',
    title: 'A message of rank 1 shows the user vector.',
    cases: (_stream, dials) => [
      {
        calls: [call('recoverUserVector', toUpdate(rankOne([1, 3], [-0.5, 0.25], [2, -3], dials)))],
        verdict: verdict((answers) => {
          const says = `A = [[${withOne([2, -3], dials).join(', ')}]]: the user vector is wrong`;
          expectShown(numbersOf(returned(answers), 'recoverUserVector', 2), [2, -3], says);
        }),
      },
      {
        calls: [call('cosine', [3, 4], [4, 3]), call('cosine', [1, 2], [0, 0])],
        verdict: verdict((answers) => {
          expectShown([numberOf(returned(answers, 0), 'cosine')], [0.96], 'cosine([3, 4], [4, 3]) is wrong');
          expectShown([numberOf(returned(answers, 1), 'cosine')], [0], 'cosine([1, 2], [0, 0]) must be 0');
        }),
      },
    ],
  },
];

export const hidden: readonly Check[] = [
  {
    name: 'scores',
    title: 'The score of an item is the bias column of its row, for messages of every rank.',
    weight: 2,
    cases: (stream, dials) =>
      [0, 1, 2, 3].flatMap((rank) =>
        [1, 4].map((dims) => {
          const rows = [2, 3, 7, 8, 11];
          const message: Message = {
            rows,
            rank,
            dims,
            left: draw(stream, 5, rank || dims),
            right: draw(stream, rank, dims),
          };
          const says = `itemScores: rank ${rank}, ${dims} dims, last-column: a score is wrong`;
          return scoresCase(message, 14, byColumn(message, 14, dials), 'last-column', says);
        }),
      ),
  },
  {
    name: 'order-of-rows',
    title: 'The order of the rows in a message makes no difference.',
    cases: (stream, dials) => {
      const { message } = drawClient(stream, 12, 2, 4, 3, dials);
      const order = [3, 0, 5, 1, 4, 2];
      const other = {
        ...message,
        rows: order.map((at) => message.rows[at]!),
        left: order.map((at) => message.left[at]!),
      };
      const wanted = byColumn(message, 12, dials);
      return [message, other, expanded(other)].map((each) =>
        scoresCase(
          each,
          12,
          wanted,
          'last-column',
          'itemScores: the same rows in another order: a score is wrong',
        ),
      );
    },
  },
  {
    name: 'common-direction',
    title: 'Without knowing the columns, rows are read along the direction that they have in common.',
    weight: 2,
    cases: (stream, dials) =>
      [2, 3, 6].flatMap((dims) => {
        const { message, b } = drawClient(stream, 20, 2, 7, dims, dials);
        const length = Math.hypot(...message.right[0]!);
        const wanted = Array<number>(20).fill(0);
        message.rows.forEach((item, at) => {
          wanted[item] = b[at]! * length; // most rows are below 0, as they are here
        });
        return [message, expanded(message)].map((each) =>
          scoresCase(
            each,
            20,
            wanted,
            'common-direction',
            `itemScores: rank ${each.rank}, ${dims} dims, common-direction: a score is wrong`,
          ),
        );
      }),
  },
  {
    name: 'nothing-said',
    title: 'A message without rows gives every item 0.',
    cases: (stream, dials) => [
      scoresCase(
        { rows: [], rank: 1, dims: 3, left: [], right: draw(stream, 1, 3) },
        5,
        [0, 0, 0, 0, 0],
        'last-column',
        'itemScores: a message without rows',
      ),
      scoresCase(
        { rows: [], rank: 0, dims: 2, left: [], right: [] },
        4,
        [0, 0, 0, 0],
        'common-direction',
        'itemScores: a message without rows',
      ),
      scoresCase(
        rankOne([0, 4], [2, -1], [3], dials),
        5,
        [2, 0, 0, 0, -1],
        'last-column',
        'itemScores: the first and the last item are named',
      ),
    ],
  },
  {
    name: 'vectors',
    title: 'The user vector is found in whole rows, too, up to its length.',
    weight: 2,
    cases: (stream, dials) =>
      [2, 3, 6].flatMap((dims) => {
        const { message, p } = drawClient(stream, 20, 2, 7, dims, dials);
        const few = rankOne([3, 5, 6], [0.7, 0.2, 0.4], p, dials); // no row below 0
        return [message, expanded(message), expanded(few)].map((each, at) => ({
          calls: [call('recoverUserVector', toUpdate(each))],
          verdict: verdict((answers: readonly Answer[]) =>
            expectDirection(
              answers,
              p,
              `recoverUserVector: rank ${each.rank}, ${dims} dims${at === 2 ? ', all rows above 0' : ''}`,
            ),
          ),
        }));
      }),
  },
  {
    name: 'noisy-rows',
    title: 'Rows that were made noisy are read along the direction of all of them, not of one.',
    cases: (stream, dials) =>
      [2, 4].flatMap((dims) => {
        const { message } = drawClient(stream, 20, 2, 7, dims, dials);
        const rows = rowsOf(message).map((row, at) =>
          row.map((value) => Math.fround((at === 0 ? 0.01 : 1) * value + 0.05 * stream.normal())),
        );
        const noisy: Message = { ...message, rank: 0, left: rows, right: [] };
        const direction = Array.from(commonDirection(Float32Array.from(rows.flat()), dims));
        const sign = direction[biasColumn(dims, dials)]! < 0 ? -1 : 1;
        const wanted = Array<number>(20).fill(0);
        rows.forEach((row, at) => {
          wanted[message.rows[at]!] = row.reduce((sum, value, k) => sum + value * direction[k]!, 0);
        });
        const says = `noisy rows of ${dims} columns:`;
        return [
          scoresCase(noisy, 20, wanted, 'common-direction', `itemScores: ${says} a score is wrong`),
          {
            calls: [call('recoverUserVector', toUpdate(noisy))],
            verdict: verdict((answers: readonly Answer[]) => {
              const seen = withoutBias(direction, dials).map((value) => sign * value);
              expectDirection(answers, seen, `recoverUserVector: ${says}`);
            }),
          },
        ];
      }),
  },
  {
    name: 'no-vector',
    title: 'A message that shows no user vector gives null.',
    cases: (stream, dials) => {
      const { message } = drawClient(stream, 12, 2, 4, 3, dials);
      return [
        nullCase(
          { rows: [1, 2], rank: 2, dims: 3, left: draw(stream, 2, 2), right: draw(stream, 2, 3) },
          'rank 2',
          message,
        ),
        nullCase({ rows: [], rank: 0, dims: 3, left: [], right: [] }, 'whole rows, but none', message),
        nullCase({ rows: [1], rank: 0, dims: 1, left: [[2]], right: [] }, 'rows of one column', message),
      ];
    },
  },
  {
    name: 'shared-factor',
    title: 'Through a factor that everybody knows, one message shows what the factor lets through.',
    cases: (stream, dials) =>
      [2, 3].map((rank) => {
        const [factor, coefficients] = [draw(stream, rank, 5), draw(stream, 1, rank)[0]!];
        const left = from0(6).map((at) =>
          coefficients.map((value) => Math.fround((at === 0 ? 1 : -1) * (at + 1) * value)),
        );
        const message: Message = { rows: [0, 1, 2, 3, 4, 5], rank: 0, dims: rank, left, right: [] };
        return {
          calls: [call('recoverUserVector', toUpdate(message), Float32Array.from(factor.flat()))],
          verdict: verdict((answers: readonly Answer[]) => {
            const wanted = withoutBias(times([coefficients], factor)[0]!, dials);
            expectDirection(
              answers,
              wanted,
              `recoverUserVector: rows of ${rank} columns, a shared factor [${rank}, 5]`,
              true,
            );
          }),
        };
      }),
  },
  {
    name: 'areas',
    title:
      'The area is the share of pairs that are won, among the items that are compared; ties count as they should.',
    weight: 2,
    cases: (stream, dials) =>
      from0(8).map((trial) => {
        const scores = from0(10).map(() => (trial % 2 === 0 ? stream.integer(4) : stream.normal()));
        const isPositive = from0(10).map((item) => (item === 0 ? 1 : item === 1 ? 0 : stream.integer(2)));
        const among =
          trial < 3
            ? undefined
            : [
                0,
                1,
                ...from0(10)
                  .slice(2)
                  .filter(() => stream.uniform() < 0.6),
              ].reverse();
        const says = `areaUnderCurve: ten items${trial % 2 === 0 ? ' with ties' : ''}${among ? `, ${among.length} of them compared` : ''}: the area is wrong`;
        return areaCase(dials, scores, isPositive, among, says, { asSet: trial > 5 });
      }),
  },
  {
    name: 'area-edges',
    title:
      'Knowing is 1, knowing the opposite 0, equal scores what ties count, and without a pair there is no area.',
    cases: (_stream, dials) => [
      areaCase(
        dials,
        [1, 2, 3, 4],
        [0, 0, 1, 1],
        undefined,
        'areaUnderCurve: every positive is above every other item',
      ),
      areaCase(
        dials,
        [4, 3, 2, 1],
        [0, 0, 1, 1],
        undefined,
        'areaUnderCurve: every positive is below every other item',
      ),
      areaCase(dials, [5, 5, 5, 5, 5], [0, 0, 1, 1, 1], undefined, 'areaUnderCurve: all scores are equal'),
      areaCase(dials, [1, 2, 3], [0, 0, 0], undefined, 'areaUnderCurve: no positive'),
      areaCase(dials, [1, 2, 3], [1, 1, 1], undefined, 'areaUnderCurve: only positives'),
      areaCase(
        dials,
        [-1e-300, 0, 1e-300],
        [0, 1, 0],
        undefined,
        'areaUnderCurve: scores that are very near',
      ),
    ],
  },
  {
    name: 'whole-attack',
    title: 'What a client touched is told from what it only drew, by its message alone.',
    cases: (stream, dials) =>
      ['last-column', 'common-direction'].map((reading) => {
        const { message, touched, rows } = drawClient(stream, 30, 3, 9, 4, dials);
        const isPositive = Uint8Array.from({ length: 30 }, (_, item) => (touched.has(item) ? 1 : 0));
        return {
          calls: [
            call('itemScores', toUpdate(expanded(message)), 30, reading),
            call('areaUnderCurve', resultOf(0), isPositive, Uint32Array.from(rows)),
          ],
          verdict: verdict((answers: readonly Answer[]) => {
            returned(answers, 0);
            hold(
              numberOf(returned(answers, 1), 'areaUnderCurve') === 1,
              `${reading}: the attack on a clear message does not tell positives from negatives`,
            );
          }),
        };
      }),
  },
  {
    name: 'cosines',
    title: 'The cosine holds for any vectors, and other lengths are an error.',
    cases: (stream) => [
      ...[1, 3, 8].map((length): Case => {
        const [a, b] = draw(stream, 2, length) as [number[], number[]];
        return {
          calls: [call('cosine', Float64Array.from(a), b)],
          verdict: verdict((answers) => {
            const wanted =
              times(
                [a],
                b.map((value) => [value]),
              )[0]![0]! /
              Math.hypot(...a) /
              Math.hypot(...b);
            expectHidden(
              [numberOf(returned(answers), 'cosine')],
              [wanted],
              `cosine: ${length} numbers: it is wrong`,
            );
          }),
        };
      }),
      {
        calls: [call('cosine', [0, 0], [0, 0]), call('cosine', [1, 2], [1])],
        mayThrow: true,
        sameShapes: false,
        verdict: verdict((answers) => {
          hold(numberOf(returned(answers, 0), 'cosine') === 0, 'cosine: of two zero vectors it must be 0');
          hold(
            answers[1]!.thrown !== null,
            'cosine: two vectors of different lengths, and no error was thrown',
          );
        }),
      },
    ],
  },
];
