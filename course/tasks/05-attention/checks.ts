// Whether softmax and attention hold, also where numbers are large, keys are forbidden or nobody is left to look at. The judge
// computes shares with logarithms: another formula than the one that is asked for.

import { fromRows, type Matrix, transpose } from '../../../lib/numeric/matrix.ts';
import type { RandomStream } from '../../../lib/numeric/rng.ts';
import type { Call, Case, Check, Dials } from '../../kit/task.ts';
import {
  argumentAfter,
  expectHidden,
  expectRowsShown,
  expectShown,
  fieldsOf,
  hold,
  numbersOf,
  returned,
  rowsOf,
  times,
  turned,
  verdict,
} from '../verdicts.ts';

type Rows = number[][];

const call = (name: string, ...args: unknown[]): Call => ({ function: name, arguments: args });
const draw = (stream: RandomStream, rows: number, columns: number, size = 1): Rows =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => size * stream.normal()));

/** Each share is 1 / Σ e^(other − own): no maximum is needed. */
function shares(scores: readonly number[], allowed?: readonly number[]): number[] {
  const counts = (at: number) => allowed?.[at] !== 0 && scores[at] !== -Infinity;
  return scores.map((own, at) => {
    if (!counts(at)) return 0;
    const sum = scores.reduce((total, other, k) => (counts(k) ? total + Math.exp(other - own) : total), 0);
    return 1 / sum;
  });
}

const temperatureOf = (dials: Dials) =>
  ({ one: 1, two: 2, half: 0.5 })[(dials.temperature ?? 'one') as 'one']!;

function attention(q: Rows, k: Rows, v: Rows, scale: number, dials: Dials, mask?: Rows) {
  const scores = times(q, turned(k)).map((row) => row.map((score) => (scale * score) / temperatureOf(dials)));
  const weights = scores.map((row, at) => shares(row, mask?.[at]));
  return { weights, output: times(weights, v) };
}

const softmaxCase = (
  scores: Rows,
  says: string,
  options: { mask?: Rows; given?: Matrix; isShown?: boolean } = {},
): Case => ({
  calls: [
    options.mask
      ? call('softmaxRows', options.given ?? fromRows(scores), Uint8Array.from(options.mask.flat()))
      : call('softmaxRows', options.given ?? fromRows(scores)),
  ],
  verdict: verdict((answers) => {
    const got = rowsOf(returned(answers), 'softmaxRows', scores.length, scores[0]!.length);
    const wanted = scores.map((row, at) => shares(row, options.mask?.[at]));
    if (options.isShown) expectRowsShown(got, wanted, says);
    else expectHidden(got.flat(), wanted.flat(), says);
    const isZero = wanted
      .flat()
      .every((value, at) => value !== 0 || options.mask?.flat()[at] !== 0 || got.flat()[at] === 0);
    hold(isZero, `${says}; a forbidden entry must be exactly 0`);
  }),
});

const attentionCase = (
  [q, k, v]: [Rows, Rows, Rows],
  scale: number,
  dials: Dials,
  says: string,
  options: { mask?: Rows; views?: [Matrix, Matrix, Matrix]; isShown?: boolean } = {},
): Case => {
  const [queries, keys, values] = options.views ?? [fromRows(q), fromRows(k), fromRows(v)];
  const mask = options.mask && Uint8Array.from(options.mask.flat());
  return {
    calls: [call('scaledDotProductAttention', { queries, keys, values, scale, ...(mask && { mask }) })],
    verdict: verdict((answers) => {
      const fields = fieldsOf(returned(answers), 'scaledDotProductAttention', 'weights', 'output');
      const wanted = attention(q, k, v, scale, dials, options.mask);
      const weights = rowsOf(fields.weights, 'weights', q.length, k.length);
      const output = rowsOf(fields.output, 'output', q.length, v[0]!.length);
      if (options.isShown) {
        expectRowsShown(weights, wanted.weights, `${says}: the weights are wrong`);
        expectRowsShown(output, wanted.output, `${says}: the output is wrong`);
      } else {
        expectHidden(weights.flat(), wanted.weights.flat(), `${says}: the weights are wrong`);
        expectHidden(output.flat(), wanted.output.flat(), `${says}: the output is wrong`);
      }
    }),
  };
};

function maskOf(
  clients: number,
  keyMask: readonly number[] | undefined,
  noSelf: boolean,
  dials: Dials,
): number[] {
  const isPresent = (client: number) => keyMask?.[client] !== 0;
  return Array.from({ length: clients * clients }, (_, pair) => {
    const [query, key] = [Math.floor(pair / clients), pair % clients];
    if (!isPresent(key)) return 0;
    if (!noSelf || query !== key) return 1;
    const others = [...Array(clients).keys()].filter((other) => other !== query && isPresent(other));
    return dials.self === 'last-resort' && others.length === 0 ? 1 : 0;
  });
}

const maskCase = (
  clients: number,
  keyMask: number[] | undefined,
  noSelf: boolean,
  dials: Dials,
  isShown = false,
): Case => ({
  calls: [
    call('attentionMask', clients, {
      ...(keyMask && { keyMask: Uint8Array.from(keyMask) }),
      ...(noSelf && { noSelf }),
    }),
  ],
  verdict: verdict((answers) => {
    const got = numbersOf(returned(answers), 'attentionMask', clients * clients);
    const wanted = maskOf(clients, keyMask, noSelf, dials);
    const says = `${clients} clients, keyMask ${keyMask ? `[${keyMask.join(', ')}]` : 'absent'}, noSelf ${noSelf}: the mask is wrong`;
    if (isShown) expectShown(got, wanted, says);
    else expectHidden(got, wanted, says);
  }),
});

export const visible: readonly Check[] = [
  {
    name: 'three-scores',
    title: 'The shares of the scores 0, ln 2, ln 5 are 1/8, 2/8, 5/8.',
    cases: () => [
      softmaxCase(
        [[0, Math.log(2), Math.log(5)]],
        'softmaxRows of [[0, ln 2, ln 5]] must be [[1/8, 2/8, 5/8]]',
        { isShown: true },
      ),
      softmaxCase(
        [[0, Math.log(2), Math.log(5)]],
        'softmaxRows of [[0, ln 2, ln 5]] with the mask 1, 0, 1 must be [[1/6, 0, 5/6]]',
        {
          mask: [[1, 0, 1]],
          isShown: true,
        },
      ),
      {
        calls: [call('softmaxInPlace', Float64Array.of(0, Math.log(3)))],
        verdict: verdict((answers) => {
          const got = numbersOf(argumentAfter(answers, 0, 0), 'the scores', 2);
          expectShown(
            got,
            [0.25, 0.75],
            'softmaxInPlace writes the weights over the scores; [0, ln 3] must become [1/4, 3/4]',
          );
        }),
      },
    ],
  },
  {
    name: 'three-keys',
    title: 'One query looks at three keys.',
    cases: (_stream, dials) => [
      attentionCase(
        [
          [[1, 0]],
          [
            [0, 1],
            [1, 0],
            [2, 0],
          ],
          [[1], [10], [100]],
        ],
        0.5,
        dials,
        'Q = [[1, 0]], K = [[0, 1], [1, 0], [2, 0]], V = [[1], [10], [100]], scale 0.5',
        {
          isShown: true,
        },
      ),
    ],
  },
  {
    name: 'mask-by-hand',
    title: 'Of three clients, one is absent, and nobody looks at itself.',
    cases: (_stream, dials) => [
      maskCase(3, [1, 0, 1], true, dials, true),
      maskCase(2, undefined, true, dials, true),
      {
        calls: [call('attentionMask', 3, {})],
        verdict: verdict((answers) =>
          hold(returned(answers) === undefined, '3 clients, nothing forbidden: undefined must be returned'),
        ),
      },
    ],
  },
];

export const hidden: readonly Check[] = [
  {
    name: 'softmax',
    title: 'Shares hold row by row, for any shape.',
    cases: (stream) =>
      (
        [
          [1, 4],
          [3, 3],
          [4, 2],
          [2, 5],
        ] as const
      ).flatMap(([rows, columns]) => {
        const scores = draw(stream, rows, columns, 2);
        const mask = scores.map((row) => row.map((_, at) => (at === 0 ? 1 : stream.integer(2))));
        const says = `softmaxRows: scores [${rows}, ${columns}]`;
        return [
          softmaxCase(scores, `${says}: the shares of a row are wrong`),
          softmaxCase(scores, `${says}, a transposed view: the shares of a row are wrong`, {
            given: transpose(fromRows(turned(scores))),
          }),
          softmaxCase(scores, `${says} with a mask: the shares of a row are wrong`, { mask }),
        ];
      }),
  },
  {
    name: 'large-scores',
    title: 'Scores of ±1000 neither overflow nor vanish.',
    cases: () => [
      softmaxCase([[1000, 999, -1000]], 'softmaxRows: scores near 1000'),
      softmaxCase([[-1000, -1001, -1002]], 'softmaxRows: scores near −1000'),
      softmaxCase([[1000, 3, 2]], 'softmaxRows: a forbidden score of 1000 beside small ones', {
        mask: [[0, 1, 1]],
      }),
      softmaxCase(
        [
          [1e5, 0, -1e5],
          [-1000, 1000, 1000],
        ],
        'softmaxRows: two rows of very different scores',
      ),
    ],
  },
  {
    name: 'empty-rows',
    title: 'A row in which nothing is allowed gets zeros, and so do scores of −∞.',
    cases: (stream) => {
      const scores = draw(stream, 3, 3);
      return [
        softmaxCase(scores, 'softmaxRows: the second row allows nothing', {
          mask: [
            [1, 1, 1],
            [0, 0, 0],
            [0, 1, 0],
          ],
        }),
        softmaxCase(
          [
            [-Infinity, 1, 2],
            [-Infinity, -Infinity, -Infinity],
          ],
          'softmaxRows: scores of −∞',
        ),
        softmaxCase([[-Infinity, 1]], 'softmaxRows: only a score of −∞ is allowed', { mask: [[1, 0]] }),
      ];
    },
  },
  {
    name: 'in-place',
    title: 'softmaxInPlace writes the shares of one row over its scores, with and without a mask.',
    cases: (stream) =>
      [undefined, [1, 0, 1, 1], [0, 0, 0, 0]].map((allowed) => {
        const scores = Float64Array.from({ length: 4 }, () => 3 * stream.normal());
        return {
          calls: [
            allowed
              ? call('softmaxInPlace', scores, Uint8Array.from(allowed))
              : call('softmaxInPlace', scores),
          ],
          verdict: verdict((answers) => {
            const got = numbersOf(argumentAfter(answers, 0, 0), 'the scores', 4);
            expectHidden(
              got,
              shares([...scores], allowed),
              `softmaxInPlace ${allowed ? `with allowed [${allowed.join(', ')}]` : 'without a mask'}: the shares are wrong`,
            );
          }),
        };
      }),
  },
  {
    name: 'attention',
    title: 'Weights and output hold for any shapes, values wider than keys, with and without a mask.',
    weight: 2,
    cases: (stream, dials) =>
      (
        [
          [2, 3, 2, 5],
          [3, 2, 4, 1],
          [1, 4, 3, 6],
          [4, 4, 2, 2],
        ] as const
      ).flatMap(([queries, keys, width, wide]) => {
        const given: [Rows, Rows, Rows] = [
          draw(stream, queries, width),
          draw(stream, keys, width),
          draw(stream, keys, wide),
        ];
        const mask = Array.from({ length: queries }, () =>
          Array.from({ length: keys }, () => stream.integer(2)),
        );
        mask[0]!.fill(0);
        const says = `${queries} queries, ${keys} keys of width ${width}, values of width ${wide}`;
        const views = given.map((rows) => transpose(fromRows(turned(rows)))) as [Matrix, Matrix, Matrix];
        return [
          attentionCase(given, 0.3 + stream.uniform(), dials, says),
          attentionCase(
            given,
            1 / Math.sqrt(width),
            dials,
            `${says}, with a mask whose first row allows nothing`,
            { mask },
          ),
          attentionCase(given, 1, dials, `${says}, transposed views`, { views }),
        ];
      }),
  },
  {
    name: 'sharp-attention',
    title: 'Attention of very long vectors picks one key and stays finite.',
    cases: (_stream, dials) => [
      attentionCase(
        [
          [[100, 0]],
          [
            [90, 1],
            [80, 0],
            [-90, 0],
          ],
          [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
        ],
        1,
        dials,
        'queries and keys of length 100',
      ),
      attentionCase(
        [
          [[100, 0]],
          [
            [90, 1],
            [80, 0],
            [-90, 0],
          ],
          [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
        ],
        -1,
        dials,
        'a scale below 0',
      ),
    ],
  },
  {
    name: 'masks',
    title: 'Absent clients are not looked at, but look; with noSelf nobody looks at itself.',
    cases: (stream, dials) => [
      ...Array.from({ length: 6 }, (_, trial) => {
        const clients = 2 + stream.integer(4);
        const present = Array.from({ length: clients }, () => stream.integer(2));
        return maskCase(
          clients,
          trial % 3 === 0 ? undefined : present,
          trial % 2 === 0 || trial % 3 === 0,
          dials,
        );
      }),
      maskCase(3, [0, 0, 1], true, dials),
      maskCase(3, [0, 1, 0], false, dials),
      maskCase(1, undefined, true, dials),
    ],
  },
];
