// Whether several heads attend as they should, and whether each gradient is the slope of the loss. The judge has a forward pass of
// its own, on plain rows, and finds slopes by moving each number a little in both directions.
import { fromRows, type Matrix, transpose, vector } from '../../../lib/numeric/matrix.ts';
import type { RandomStream } from '../../../lib/numeric/rng.ts';
import type { Call, Case, Check, Dials } from '../../kit/task.ts';
import { resultOf } from '../../kit/values.ts';
import {
  expectHidden,
  expectRowsShown,
  expectShown,
  fieldsOf,
  numbersOf,
  returned,
  rowsOf,
  times,
  turned,
  verdict,
} from '../verdicts.ts';

type Rows = number[][];
interface Layer {
  readonly weight: Rows;
  readonly bias: number[];
}
const layers = ['query', 'key', 'value', 'output'] as const;
type Layers = Record<(typeof layers)[number], Layer>;

const call = (name: string, ...args: unknown[]): Call => ({ function: name, arguments: args });
const draw = (stream: RandomStream, rows: number, columns: number): Rows =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => stream.normal()));
const drawLayers = (stream: RandomStream, dim: number): Layers =>
  Object.fromEntries(
    layers.map((name) => [name, { weight: draw(stream, dim, dim), bias: draw(stream, 1, dim)[0]! }]),
  ) as Layers;
const toLayer = ({ weight, bias }: Layer) => ({ weight: fromRows(weight), bias: vector(bias) });
const toParameters = (all: Layers) => Object.fromEntries(layers.map((name) => [name, toLayer(all[name])]));
/** Slopes by differences are right to about this, relative to the largest. */
const SLOPE = 1e-6;

const linear = (layer: Layer, input: Rows): Rows =>
  times(input, turned(layer.weight)).map((row) => row.map((value, k) => value + layer.bias[k]!));

function attend(q: Rows, k: Rows, v: Rows, scale: number, mask?: (query: number, key: number) => boolean) {
  const weights = times(q, turned(k)).map((row, query) => {
    const isOpen = row.map((_, key) => mask?.(query, key) ?? true);
    return row.map((own, key) => {
      if (!isOpen[key]) return 0;
      return (
        1 / row.reduce((sum, other, at) => (isOpen[at] ? sum + Math.exp(scale * (other - own)) : sum), 0)
      );
    });
  });
  return { weights, output: times(weights, v) };
}

/** The columns that a head owns, after this term's rule. */
function columnsOf(head: number, heads: number, dim: number, dials: Dials): number[] {
  const width = dim / heads;
  return Array.from({ length: width }, (_, at) => {
    if (dials.heads === 'from-right') return (heads - 1 - head) * width + at;
    return dials.heads === 'in-turn' ? head + at * heads : head * width + at;
  });
}

interface Pass {
  readonly heads: number;
  readonly dials: Dials;
  readonly mask?: (query: number, key: number) => boolean;
}

function forward(all: Layers, clients: Rows, others: Rows, { heads, dials, mask }: Pass) {
  const dim = clients[0]!.length;
  const [q, k, v] = [linear(all.query, clients), linear(all.key, others), linear(all.value, others)];
  const context: Rows = clients.map(() => Array<number>(dim).fill(0));
  const weights = Array.from({ length: heads }, (_, head) => {
    const own = columnsOf(head, heads, dim, dials);
    const pick = (rows: Rows) => rows.map((row) => own.map((column) => row[column]!));
    const result = attend(pick(q), pick(k), pick(v), 1 / Math.sqrt(own.length), mask);
    result.output.forEach((row, client) => {
      row.forEach((value, at) => {
        context[client]![own[at]!] = value;
      });
    });
    return result.weights;
  });
  return { output: linear(all.output, context), weights };
}

const dot = (a: Rows, b: Rows) =>
  a.reduce((sum, row, i) => row.reduce((total, value, k) => total + value * b[i]![k]!, sum), 0);

/** How `loss` changes with each number of `values`, which are moved in place and put back. */
function slopes(values: number[], loss: () => number): number[] {
  const step = 1e-5;
  return values.map((value, at) => {
    values[at] = value + step;
    const up = loss();
    values[at] = value - step;
    const down = loss();
    values[at] = value;
    return (up - down) / (2 * step);
  });
}

const slopesOfRows = (rows: Rows, loss: () => number): Rows => rows.map((row) => slopes(row, loss));

/** Gradients of all layers against slopes. */
function expectLayers(value: unknown, all: Layers, loss: () => number, says: string): void {
  const fields = fieldsOf(value, 'parameters', ...layers);
  for (const name of layers) {
    const { weight, bias } = fieldsOf(fields[name], name, 'weight', 'bias');
    const dim = all[name].bias.length;
    const wanted = slopesOfRows(all[name].weight, loss);
    expectHidden(
      rowsOf(weight, `${name}.weight`, dim, dim).flat(),
      wanted.flat(),
      `${says}: the gradient of ${name}.weight is not the slope of the loss`,
      SLOPE,
    );
    expectHidden(
      numbersOf(bias, `${name}.bias`, dim),
      slopes(all[name].bias, loss),
      `${says}: the gradient of ${name}.bias is not the slope of the loss`,
      SLOPE,
    );
  }
}

interface Sizes {
  readonly clients: number;
  readonly dim: number;
  readonly heads: number;
  readonly others?: number;
}

/** What is asked for, who may look at whom, and how to say it. */
const ways: readonly [
  string,
  (clients: number) => Record<string, unknown>,
  ((q: number, k: number) => boolean) | undefined,
][] = [
  ['', () => ({}), undefined],
  [', with noSelf', () => ({ noSelf: true }), (q, k) => q !== k],
  [
    ', the first client absent',
    (clients) => ({ keyMask: Uint8Array.from({ length: clients }, (_, k) => (k === 0 ? 0 : 1)) }),
    (_q, k) => k !== 0,
  ],
];

function setUp(
  stream: RandomStream,
  { clients, dim, heads, others }: Sizes,
  way: (typeof ways)[number],
  dials: Dials,
) {
  const all = drawLayers(stream, dim);
  const x = draw(stream, clients, dim);
  const y = others === undefined ? x : draw(stream, others, dim);
  const pass: Pass = { heads, dials, mask: way[2] };
  const options = {
    heads,
    ...way[1](others ?? clients),
    ...(others !== undefined && { others: fromRows(y) }),
  };
  const says = `${clients} clients of ${dim} columns, ${heads} heads${others === undefined ? '' : `, ${others} others`}${way[0]}`;
  return {
    all,
    x,
    y,
    pass,
    options,
    says,
    calls: [call('multiHeadAttention', toParameters(all), fromRows(x), options)],
  };
}

function forwardCase(stream: RandomStream, sizes: Sizes, way: (typeof ways)[number], dials: Dials): Case {
  const { all, x, y, pass, says, calls } = setUp(stream, sizes, way, dials);
  return {
    calls,
    sameShapes: false,
    verdict: verdict((answers) => {
      const { output, weights } = fieldsOf(
        returned(answers),
        'multiHeadAttention',
        'output',
        'weights',
        'cache',
      );
      const wanted = forward(all, x, y, pass);
      const shape = [sizes.clients, y.length] as const;
      wanted.weights.forEach((rows, head) => {
        const got = rowsOf((weights as unknown[])[head], `weights of head ${head}`, ...shape);
        expectHidden(got.flat(), rows.flat(), `${says}: the weights of head ${head} are wrong`);
      });
      const got = rowsOf(output, 'output', sizes.clients, sizes.dim);
      expectHidden(got.flat(), wanted.output.flat(), `${says}: the output is wrong`);
    }),
  };
}

function backwardCase(stream: RandomStream, sizes: Sizes, way: (typeof ways)[number], dials: Dials): Case {
  const { all, x, y, pass, says, calls } = setUp(stream, sizes, way, dials);
  const g = draw(stream, sizes.clients, sizes.dim);
  return {
    calls: [
      ...calls,
      call('multiHeadAttentionBackward', toParameters(all), fromRows(x), resultOf(0, 'cache'), fromRows(g)),
    ],
    sameShapes: false,
    verdict: verdict((answers) => {
      returned(answers, 0);
      const result = fieldsOf(returned(answers, 1), 'multiHeadAttentionBackward', 'clients', 'parameters');
      const loss = () => dot(forward(all, x, y, pass).output, g);
      const got = rowsOf(result.clients, 'clients', sizes.clients, sizes.dim);
      expectHidden(
        got.flat(),
        slopesOfRows(x, loss).flat(),
        `${says}: the gradient of the clients is not the slope of the loss`,
        SLOPE,
      );
      if (sizes.others !== undefined) {
        const { others } = fieldsOf(result, 'multiHeadAttentionBackward', 'others');
        const of = rowsOf(others, 'others', sizes.others, sizes.dim);
        expectHidden(
          of.flat(),
          slopesOfRows(y, loss).flat(),
          `${says}: the gradient of the others is not the slope of the loss`,
          SLOPE,
        );
      }
      expectLayers(result.parameters, all, loss, says);
    }),
  };
}

function attentionBackwardCase(
  stream: RandomStream,
  [queries, keys, width, wide]: readonly number[],
  isMasked: boolean,
): Case {
  const [q, k, v] = [draw(stream, queries!, width!), draw(stream, keys!, width!), draw(stream, keys!, wide!)];
  const g = draw(stream, queries!, wide!);
  const scale = 0.4 + stream.uniform();
  const mask = (query: number, key: number) => !isMasked || (query + key) % 3 !== 1;
  const bits = Uint8Array.from({ length: queries! * keys! }, (_, at) =>
    mask(Math.floor(at / keys!), at % keys!) ? 1 : 0,
  );
  const { weights } = attend(q, k, v, scale, mask);
  const inputs = {
    queries: fromRows(q),
    keys: fromRows(k),
    values: fromRows(v),
    scale,
    ...(isMasked && { mask: bits }),
  };
  const says = `${queries} queries, ${keys} keys of width ${width}, values of width ${wide}${isMasked ? ', with a mask' : ''}`;
  return {
    calls: [call('scaledDotProductAttentionBackward', inputs, fromRows(weights), fromRows(g))],
    verdict: verdict((answers) => {
      const got = fieldsOf(
        returned(answers),
        'scaledDotProductAttentionBackward',
        'queries',
        'keys',
        'values',
      );
      const loss = () => dot(attend(q, k, v, scale, mask).output, g);
      for (const [name, rows] of [
        ['values', v],
        ['queries', q],
        ['keys', k],
      ] as const) {
        const own = rowsOf(got[name], name, rows.length, rows[0]!.length);
        expectHidden(
          own.flat(),
          slopesOfRows(rows, loss).flat(),
          `${says}: the gradient of the ${name} is not the slope of the loss`,
          SLOPE,
        );
      }
    }),
  };
}

const identity = (dim: number): Rows =>
  Array.from({ length: dim }, (_, i) => Array.from({ length: dim }, (_, k) => (i === k ? 1 : 0)));

export const visible: readonly Check[] = [
  {
    name: 'softmax-by-hand',
    title: 'Weights 1/2, 1/2 and the gradient 1, 3 give −1/2, 1/2.',
    cases: () => [
      {
        calls: [
          call(
            'softmaxRowsBackward',
            fromRows([
              [0.5, 0.5],
              [0.25, 0.75],
            ]),
            fromRows([
              [1, 3],
              [4, 0],
            ]),
          ),
        ],
        verdict: verdict((answers) => {
          const got = rowsOf(returned(answers), 'softmaxRowsBackward', 2, 2);
          expectRowsShown(
            got,
            [
              [-0.5, 0.5],
              [0.75, -0.75],
            ],
            'A = [[1/2, 1/2], [1/4, 3/4]], G = [[1, 3], [4, 0]]: A ∘ (G − Σ A ∘ G of the row) is wrong',
          );
        }),
      },
    ],
  },
  {
    name: 'linear-by-hand',
    title: 'A layer with one output and two samples.',
    cases: () => [
      {
        calls: [
          call(
            'columnSums',
            fromRows([
              [1, 2],
              [10, 20],
            ]),
          ),
          call(
            'linearBackward',
            toLayer({ weight: [[1, 2]], bias: [5] }),
            fromRows([
              [1, 1],
              [2, 0],
            ]),
            fromRows([[1], [10]]),
          ),
        ],
        verdict: verdict((answers) => {
          expectShown(
            numbersOf(returned(answers, 0), 'columnSums', 2),
            [11, 22],
            'columnSums of [[1, 2], [10, 20]] is wrong',
          );
          const { input, parameters } = fieldsOf(
            returned(answers, 1),
            'linearBackward',
            'input',
            'parameters',
          );
          const { weight, bias } = fieldsOf(parameters, 'parameters', 'weight', 'bias');
          const says = 'W = [[1, 2]], X = [[1, 1], [2, 0]], G = [[1], [10]]:';
          expectRowsShown(
            rowsOf(input, 'input', 2, 2),
            [
              [1, 2],
              [10, 20],
            ],
            `${says} the gradient of X is wrong`,
          );
          expectRowsShown(rowsOf(weight, 'weight', 1, 2), [[21, 1]], `${says} the gradient of W is wrong`);
          expectShown(numbersOf(bias, 'bias', 1), [11], `${says} the gradient of b is wrong`);
        }),
      },
    ],
  },
  {
    name: 'two-keys',
    title: 'One query and two keys that fit equally well.',
    cases: () => [
      {
        calls: [
          call(
            'scaledDotProductAttentionBackward',
            {
              queries: fromRows([[1, 0]]),
              keys: fromRows([
                [1, 2],
                [1, 3],
              ]),
              values: fromRows([[0], [4]]),
              scale: 2,
            },
            fromRows([[0.5, 0.5]]),
            fromRows([[1]]),
          ),
        ],
        verdict: verdict((answers) => {
          const got = fieldsOf(
            returned(answers),
            'scaledDotProductAttentionBackward',
            'queries',
            'keys',
            'values',
          );
          const says =
            'Q = [[1, 0]], K = [[1, 2], [1, 3]], V = [[0], [4]], scale 2, A = [[1/2, 1/2]], G = [[1]]:';
          expectRowsShown(rowsOf(got.values, 'values', 2, 1), [[0.5], [0.5]], `${says} dV is wrong`);
          expectRowsShown(rowsOf(got.queries, 'queries', 1, 2), [[0, 2]], `${says} dQ is wrong`);
          expectRowsShown(
            rowsOf(got.keys, 'keys', 2, 2),
            [
              [-2, 0],
              [2, 0],
            ],
            `${says} dK is wrong`,
          );
        }),
      },
    ],
  },
  {
    name: 'two-heads',
    title: 'Two clients and two heads, one column each.',
    cases: (_stream, dials) => {
      const all: Layers = {
        query: {
          weight: [
            [0, 0],
            [0, 0],
          ],
          bias: [0, Math.log(2)],
        },
        key: { weight: identity(2), bias: [0, 0] },
        value: { weight: identity(2), bias: [0, 0] },
        output: { weight: identity(2), bias: [1, 10] },
      };
      const x = [
        [0, 0],
        [0, 1],
      ];
      return [
        {
          calls: [call('multiHeadAttention', toParameters(all), fromRows(x), { heads: 2 })],
          verdict: verdict((answers) => {
            const { output, weights } = fieldsOf(
              returned(answers),
              'multiHeadAttention',
              'output',
              'weights',
            );
            const says =
              'X = [[0, 0], [0, 1]], every query [0, ln 2], keys and values X, the last layer adds [1, 10]:';
            const [even, other] = [
              [
                [0.5, 0.5],
                [0.5, 0.5],
              ],
              [
                [1 / 3, 2 / 3],
                [1 / 3, 2 / 3],
              ],
            ];
            const wanted = dials.heads === 'from-right' ? [other, even] : [even, other];
            wanted.forEach((rows, head) => {
              expectRowsShown(
                rowsOf((weights as Matrix[])[head], `weights of head ${head}`, 2, 2),
                rows,
                `${says} the weights of head ${head} are wrong`,
              );
            });
            expectRowsShown(
              rowsOf(output, 'output', 2, 2),
              [
                [1, 10 + 2 / 3],
                [1, 10 + 2 / 3],
              ],
              `${says} the output is wrong`,
            );
          }),
        },
      ];
    },
  },
];

export const hidden: readonly Check[] = [
  {
    name: 'head-columns',
    title: 'A head owns the columns that it should, as a view.',
    cases: (stream, dials) =>
      (
        [
          [2, 4, 2],
          [3, 6, 3],
          [2, 6, 2],
          [1, 3, 1],
        ] as const
      ).flatMap(([rows, dim, heads]) =>
        Array.from({ length: heads }, (_, head) => {
          const x = draw(stream, rows, dim);
          return {
            calls: [
              call('headColumns', head % 2 === 0 ? fromRows(x) : transpose(fromRows(turned(x))), head, heads),
            ],
            verdict: verdict((answers) => {
              const got = rowsOf(returned(answers), 'headColumns', rows, dim / heads);
              const wanted = x.map((row) => columnsOf(head, heads, dim, dials).map((column) => row[column]!));
              expectHidden(
                got.flat(),
                wanted.flat(),
                `headColumns: ${dim} columns, head ${head} of ${heads}: other columns came back`,
              );
            }),
          };
        }),
      ),
  },
  {
    name: 'forward',
    title:
      'Several heads attend for any shape, with absent clients, without looking at oneself, and at others.',
    cases: (stream, dials) => [
      ...ways.flatMap((way) => [
        forwardCase(stream, { clients: 3, dim: 4, heads: 2 }, way, dials),
        forwardCase(stream, { clients: 4, dim: 6, heads: 3 }, way, dials),
        forwardCase(stream, { clients: 2, dim: 3, heads: 1 }, way, dials),
      ]),
      forwardCase(stream, { clients: 2, dim: 4, heads: 2, others: 3 }, ways[0]!, dials),
      forwardCase(stream, { clients: 3, dim: 6, heads: 2, others: 2 }, ways[2]!, dials),
    ],
  },
  {
    name: 'softmax-backward',
    title: 'The gradient of softmax holds for any rows.',
    cases: (stream) =>
      (
        [
          [2, 3],
          [3, 2],
          [1, 5],
        ] as const
      ).map(([rows, columns]) => {
        const [scores, g] = [draw(stream, rows, columns), draw(stream, rows, columns)];
        const weights = attend(scores, identity(columns), identity(columns), 1).weights;
        return {
          calls: [call('softmaxRowsBackward', fromRows(weights), transpose(fromRows(turned(g))))],
          verdict: verdict((answers) => {
            const loss = () => dot(attend(scores, identity(columns), identity(columns), 1).weights, g);
            const got = rowsOf(returned(answers), 'softmaxRowsBackward', rows, columns);
            expectHidden(
              got.flat(),
              slopesOfRows(scores, loss).flat(),
              `softmaxRowsBackward: [${rows}, ${columns}]: not the slope of the loss`,
              SLOPE,
            );
          }),
        };
      }),
  },
  {
    name: 'linear-backward',
    title: 'The gradients of a linear layer hold for any shape.',
    cases: (stream) =>
      (
        [
          [3, 2, 4],
          [1, 3, 2],
          [4, 3, 3],
        ] as const
      ).map(([samples, inputs, outputs]) => {
        const layer: Layer = { weight: draw(stream, outputs, inputs), bias: draw(stream, 1, outputs)[0]! };
        const [x, g] = [draw(stream, samples, inputs), draw(stream, samples, outputs)];
        return {
          calls: [
            samples === 1
              ? call('linearBackward', toLayer(layer), fromRows(x), fromRows(g))
              : call('linearBackward', toLayer(layer), fromRows(x), transpose(fromRows(turned(g)))),
          ],
          verdict: verdict((answers) => {
            const { input, parameters } = fieldsOf(
              returned(answers),
              'linearBackward',
              'input',
              'parameters',
            );
            const { weight, bias } = fieldsOf(parameters, 'parameters', 'weight', 'bias');
            const loss = () => dot(linear(layer, x), g);
            const says = `linearBackward: ${samples} samples, ${inputs} inputs, ${outputs} outputs: the gradient of`;
            expectHidden(
              rowsOf(input, 'input', samples, inputs).flat(),
              slopesOfRows(x, loss).flat(),
              `${says} the input is not the slope of the loss`,
              SLOPE,
            );
            expectHidden(
              rowsOf(weight, 'weight', outputs, inputs).flat(),
              slopesOfRows(layer.weight, loss).flat(),
              `${says} the weight is not the slope of the loss`,
              SLOPE,
            );
            expectHidden(
              numbersOf(bias, 'bias', outputs),
              slopes(layer.bias, loss),
              `${says} the bias is not the slope of the loss`,
              SLOPE,
            );
          }),
        };
      }),
  },
  {
    name: 'attention-backward',
    title: 'The gradients of queries, keys and values are slopes of the loss, with and without a mask.',
    weight: 2,
    cases: (stream) =>
      [
        [2, 3, 2, 4],
        [3, 3, 3, 3],
        [1, 4, 2, 1],
      ].flatMap((sizes) => [false, true].map((isMasked) => attentionBackwardCase(stream, sizes, isMasked))),
  },
  {
    name: 'heads-backward',
    title: 'The gradients of the clients and of every parameter are slopes of the loss.',
    weight: 3,
    cases: (stream, dials) => [
      ...ways.map((way, at) =>
        backwardCase(stream, { clients: 3, dim: at === 0 ? 4 : 2, heads: 2 }, way, dials),
      ),
      backwardCase(stream, { clients: 3, dim: 3, heads: 3 }, ways[0]!, dials),
      backwardCase(stream, { clients: 2, dim: 3, heads: 1 }, ways[0]!, dials),
    ],
  },
  {
    name: 'others-backward',
    title: 'Where others are looked at, they have a gradient of their own.',
    cases: (stream, dials) => [
      backwardCase(stream, { clients: 2, dim: 4, heads: 2, others: 3 }, ways[0]!, dials),
      backwardCase(stream, { clients: 3, dim: 2, heads: 1, others: 3 }, ways[2]!, dials),
    ],
  },
  {
    name: 'nobody-to-look-at',
    title: 'A client that may look at nobody gets the bias of the last layer, and no NaN.',
    cases: (stream, dials) => [
      forwardCase(stream, { clients: 1, dim: 2, heads: 2 }, ways[1]!, dials),
      backwardCase(stream, { clients: 1, dim: 2, heads: 2 }, ways[1]!, dials),
    ],
  },
];
