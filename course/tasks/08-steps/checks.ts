// Whether Adam remembers, the server steps and clients drop out as they should. The judge writes the moments as sums over all
// earlier gradients, not as running means.
import { type RandomStream, randomStream } from '../../../lib/numeric/rng.ts';
import type { Call, Case, Check, Dials } from '../../kit/task.ts';
import { argumentOf } from '../../kit/values.ts';
import {
  argumentAfter,
  expectHidden,
  expectShown,
  fieldsOf,
  hold,
  numberOf,
  numbersOf,
  returned,
  verdict,
} from '../verdicts.ts';

interface Adam {
  readonly learningRate: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

const call = (name: string, ...args: unknown[]): Call => ({ function: name, arguments: args });
const draw = (stream: RandomStream, count: number): number[] =>
  Array.from({ length: count }, () => stream.normal());

/** Σ (1 − β) βᵏ · what was k steps ago: a running mean, written as a sum. */
const remembered = (values: readonly number[], beta: number) =>
  values.reduce((sum, value, at) => sum + (1 - beta) * beta ** (values.length - 1 - at) * value, 0);

/** What Adam does to one number whose gradients so far are these. */
function adamMove(
  gradients: readonly number[],
  { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: Adam,
  dials: Dials,
): number {
  const steps = gradients.length;
  const first = remembered(gradients, beta1) / (1 - beta1 ** steps);
  const second =
    remembered(
      gradients.map((value) => value * value),
      beta2,
    ) /
    (1 - beta2 ** steps);
  const divisor =
    dials.epsilon === 'under-the-root' ? Math.sqrt(second + epsilon) : Math.sqrt(second) + epsilon;
  return (-learningRate * first) / divisor;
}

const serverBetas = (dials: Dials) =>
  ({ usual: [0.9, 0.99], quick: [0.8, 0.95], 'no-momentum': [0, 0.9] })[
    (dials.beta ?? 'usual') as 'usual'
  ] as [number, number];

const state = (length: number) => ({
  firstMoment: new Float64Array(length),
  secondMoment: new Float64Array(length),
  step: 0,
});

/** Several steps of Adam, each on what the last one left. */
function adamCase(start: number[], gradients: number[][], settings: Adam, dials: Dials, says: string): Case {
  const length = start.length;
  return {
    calls: gradients.map((gradient, round) =>
      round === 0
        ? call('moveByAdam', Float64Array.from(start), Float64Array.from(gradient), state(length), settings)
        : call('moveByAdam', argumentOf(0, 0), Float64Array.from(gradient), argumentOf(0, 2), settings),
    ),
    verdict: verdict((answers) => {
      let wanted = start;
      gradients.forEach((_, round) => {
        const soFar = start.map((__, at) => gradients.slice(0, round + 1).map((each) => each[at]!));
        wanted = wanted.map((value, at) => value + adamMove(soFar[at]!, settings, dials));
        const where = `${says}, step ${round + 1}:`;
        const after = fieldsOf(
          argumentAfter(answers, round, 2),
          'state',
          'firstMoment',
          'secondMoment',
          'step',
        );
        hold(numberOf(after.step, 'state.step') === round + 1, `${where} state.step is not ${round + 1}`);
        expectHidden(
          numbersOf(after.firstMoment, 'm', length),
          soFar.map((each) => remembered(each, settings.beta1 ?? 0.9)),
          `${where} m is wrong`,
        );
        const squares = soFar.map((each) =>
          remembered(
            each.map((value) => value * value),
            settings.beta2 ?? 0.999,
          ),
        );
        expectHidden(numbersOf(after.secondMoment, 'v', length), squares, `${where} v is wrong`);
        expectHidden(numbersOf(argumentAfter(answers, round, 0), 'w', length), wanted, `${where} w is wrong`);
      });
    }),
  };
}

/** Rounds of FedAdam; the array of the step holds something else before. */
function fedAdamCase(wishes: number[][], learningRate: number, dials: Dials, says: string): Case {
  const length = wishes[0]!.length;
  const dirty = () => new Float32Array(length).fill(7);
  return {
    calls: wishes.map((wish, round) =>
      call(
        'fedAdamStep',
        Float32Array.from(wish),
        round === 0 ? state(length) : argumentOf(0, 1),
        learningRate,
        dirty(),
      ),
    ),
    verdict: verdict((answers) => {
      const [beta1, beta2] = serverBetas(dials);
      wishes.forEach((_, round) => {
        const wanted = wishes[0]!.map((__, at) =>
          adamMove(
            wishes.slice(0, round + 1).map((each) => -Math.fround(each[at]!)),
            { learningRate, beta1, beta2 },
            dials,
          ),
        );
        const got = numbersOf(argumentAfter(answers, round, 3), 'step', length);
        expectHidden(got, wanted, `${says}, round ${round + 1}: the step is wrong`, 1e-5 * learningRate);
        const after = fieldsOf(argumentAfter(answers, round, 1), 'state', 'step');
        hold(
          numberOf(after.step, 'state.step') === round + 1,
          `${says}, round ${round + 1}: state.step is not ${round + 1}`,
        );
      });
    }),
  };
}

function meanCase(
  items: number[],
  senders: number[],
  learningRate: number,
  says: string,
  isShown = false,
): Case {
  const sum = { items: Float32Array.from(items), senders: Uint32Array.from(senders) };
  return {
    calls: [call('itemMeanStep', sum, learningRate, new Float32Array(items.length).fill(7))],
    verdict: verdict((answers) => {
      const dims = items.length / senders.length;
      const got = numbersOf(argumentAfter(answers, 0, 2), 'step', items.length);
      const wanted = items.map((value, at) => {
        const count = senders[Math.floor(at / dims)]!;
        return count === 0 ? 0 : (learningRate * Math.fround(value)) / count;
      });
      (isShown ? expectShown : expectHidden)(got, wanted, says, 1e-6);
    }),
  };
}

interface Presence {
  readonly seed: number;
  readonly dropout: number;
  readonly fraction: number;
  readonly silentShare: number;
  readonly silentAfter: number;
}

const everybody: Presence = { seed: 1, dropout: 0, fraction: 1, silentShare: 0, silentAfter: 0 };

const first = (seed: number, ...key: (string | number)[]) => randomStream(seed, ...key).uniform();
const silent = (client: number, round: number, { seed, silentShare, silentAfter }: Presence) =>
  round > silentAfter && first(seed, 'silent', client) < silentShare;
const asked = (client: number, round: number, { seed, fraction }: Presence) =>
  first(seed, 'fraction', round, client) < fraction;
const present = (client: number, round: number, settings: Presence) =>
  !silent(client, round, settings) &&
  asked(client, round, settings) &&
  first(settings.seed, 'dropout', round, client) >= settings.dropout;

const wantedOf = { isPresent: present, isAsked: asked, isSilent: silent };

/** Several clients in several rounds. */
function presenceCase(
  name: keyof typeof wantedOf,
  settings: Presence,
  says: string,
  rounds = 4,
  clients = 5,
): Case {
  const pairs = Array.from(
    { length: rounds * clients },
    (_, at) => [at % clients, 1 + Math.floor(at / clients)] as const,
  );
  return {
    calls: pairs.map(([client, round]) => call(name, client, round, settings)),
    verdict: verdict((answers) => {
      const got = answers.map((_, at) => returned(answers, at));
      hold(
        got.every((value) => typeof value === 'boolean'),
        `${name} must return true or false`,
      );
      const odd = pairs.findIndex(
        ([client, round], at) => got[at] !== wantedOf[name](client, round, settings),
      );
      hold(odd < 0, `${name}: ${says}: not what the stream of this client and round draws`);
    }),
  };
}

export const visible: readonly Check[] = [
  {
    name: 'adam-by-hand',
    title: 'One step of Adam, from 1, with the gradient 2.',
    cases: (_stream, dials) => [
      {
        calls: [
          call('moveByAdam', Float64Array.of(1), Float64Array.of(2), state(1), {
            learningRate: 0.1,
            epsilon: 0.5,
          }),
        ],
        verdict: verdict((answers) => {
          const says = 'w = 1, g = 2, m = v = 0, t = 0, learning rate 0.1, β₁ = 0.9, β₂ = 0.999, ε = 0.5:';
          const after = fieldsOf(
            argumentAfter(answers, 0, 2),
            'state',
            'firstMoment',
            'secondMoment',
            'step',
          );
          expectShown([numberOf(after.step, 'state.step')], [1], `${says} t is wrong afterwards`);
          expectShown(numbersOf(after.firstMoment, 'm', 1), [0.2], `${says} m is wrong afterwards`);
          expectShown(numbersOf(after.secondMoment, 'v', 1), [0.004], `${says} v is wrong afterwards`);
          const divisor = dials.epsilon === 'under-the-root' ? Math.sqrt(4 + 0.5) : 2 + 0.5;
          expectShown(
            numbersOf(argumentAfter(answers, 0, 0), 'w', 1),
            [1 - (0.1 * 2) / divisor],
            `${says} w is wrong afterwards`,
          );
        }),
      },
    ],
  },
  {
    name: 'mean-by-hand',
    title: 'Three items: two clients sent the first, none the second, three the third.',
    cases: () => [
      meanCase(
        [4, 2, 0, 0, 9, 3],
        [2, 0, 3],
        0.5,
        'sums [[4, 2], [0, 0], [9, 3]], senders [2, 0, 3], learning rate 0.5: the step is wrong',
        true,
      ),
    ],
  },
  {
    name: 'fedadam-by-hand',
    title: 'The first step of FedAdam goes one learning rate along the wish.',
    cases: () => [
      {
        calls: [call('fedAdamStep', Float32Array.of(3, -1, 200), state(3), 0.25, Float32Array.of(9, 9, 9))],
        verdict: verdict((answers) => {
          const got = numbersOf(argumentAfter(answers, 0, 3), 'step', 3);
          expectShown(
            got,
            [0.25, -0.25, 0.25],
            'wish [3, −1, 200], m = v = 0, learning rate 0.25, the array of the step holds 9: the step is wrong',
            1e-6,
          );
        }),
      },
    ],
  },
  {
    name: 'one-client',
    title: 'Client 4 in rounds 1 to 3, with dropout 0.5.',
    cases: () =>
      [1, 2, 3].map((round) => ({
        calls: [call('isPresent', 4, round, { ...everybody, dropout: 0.5 })],
        verdict: verdict((answers) => {
          const uniform = first(1, 'dropout', round, 4);
          const says = `client 4, round ${round}, dropout 0.5, everybody asked, nobody silent; randomStream(1, 'dropout', ${round}, 4) draws ${uniform.toFixed(3)}`;
          const got = returned(answers);
          hold(got === uniform >= 0.5, says, { got, wanted: uniform >= 0.5 });
        }),
      })),
  },
];

export const hidden: readonly Check[] = [
  {
    name: 'adam-rounds',
    title: 'Over many steps Adam remembers as it should.',
    weight: 2,
    cases: (stream, dials) => [
      adamCase(
        draw(stream, 3),
        Array.from({ length: 8 }, () => draw(stream, 3)),
        { learningRate: 0.1, beta1: 0.7, beta2: 0.9, epsilon: 0.2 },
        dials,
        'β₁ = 0.7, β₂ = 0.9, ε = 0.2',
      ),
      adamCase(
        draw(stream, 2),
        Array.from({ length: 5 }, () => draw(stream, 2)),
        { learningRate: 0.05, beta1: 0.9, beta2: 0.99, epsilon: 0.01 },
        dials,
        'β₁ = 0.9, β₂ = 0.99, ε = 0.01',
      ),
      adamCase(
        [1, -1],
        [
          [0, 2],
          [0, 0],
          [3, 0],
        ],
        { learningRate: 0.3, beta1: 0.5, beta2: 0.5, epsilon: 0.1 },
        dials,
        'gradients that are 0 at times',
      ),
      adamCase(
        [5],
        [[2], [1]],
        { learningRate: 0.1, beta1: 0, beta2: 0, epsilon: 1 },
        dials,
        'β₁ = β₂ = 0, which forgets at once',
      ),
    ],
  },
  {
    name: 'adam-defaults',
    title: 'Without settings for them, β₁ is 0.9, β₂ 0.999 and ε 10⁻⁸.',
    cases: (stream, dials) => [
      adamCase(
        draw(stream, 2),
        Array.from({ length: 4 }, () => draw(stream, 2)),
        { learningRate: 0.1 },
        dials,
        'no β, no ε',
      ),
      adamCase(
        [0, 0],
        [
          [1e-8, -3e-8],
          [2e-8, 1e-8],
        ],
        { learningRate: 1 },
        dials,
        'no β, no ε, gradients of about 10⁻⁸',
      ),
    ],
  },
  {
    name: 'adam-later',
    title: 'A state that comes from elsewhere, such as a part of a larger array, is continued.',
    cases: (stream, dials) => {
      const all = [new Float64Array(6), new Float64Array(6)] as const;
      const [m, v] = [0.3 * stream.normal(), 0.1 + stream.uniform()];
      all[0].fill(m);
      all[1].fill(v);
      const given = { firstMoment: all[0].subarray(2, 4), secondMoment: all[1].subarray(2, 4), step: 9 };
      const settings = { learningRate: 0.1, beta1: 0.8, beta2: 0.9, epsilon: 0.1 };
      const g = draw(stream, 2);
      return [
        {
          calls: [call('moveByAdam', new Float64Array(2), Float64Array.from(g), given, settings)],
          verdict: verdict((answers) => {
            const wanted = g.map((value) => {
              const mean = (0.8 * m + 0.2 * value) / (1 - 0.8 ** 10);
              const square = (0.9 * v + 0.1 * value * value) / (1 - 0.9 ** 10);
              return (
                (-0.1 * mean) /
                (dials.epsilon === 'under-the-root' ? Math.sqrt(square + 0.1) : Math.sqrt(square) + 0.1)
              );
            });
            expectHidden(
              numbersOf(argumentAfter(answers, 0, 0), 'w', 2),
              wanted,
              'nine steps were taken before: w is wrong',
            );
            const after = fieldsOf(argumentAfter(answers, 0, 2), 'state', 'step');
            hold(
              numberOf(after.step, 'state.step') === 10,
              'nine steps were taken before: state.step is not 10',
            );
          }),
        },
      ];
    },
  },
  {
    name: 'fedadam-rounds',
    title: 'The server steps along the wishes of many rounds, and overwrites what was in the array.',
    weight: 2,
    cases: (stream, dials) => [
      fedAdamCase(
        Array.from({ length: 7 }, () => draw(stream, 4)),
        0.2,
        dials,
        'four numbers',
      ),
      fedAdamCase(
        [
          [5, 0, -1],
          [0, 0, 0],
          [-5, 0, 1],
          [1, 1, 1],
        ],
        1,
        dials,
        'wishes that are 0 at times',
      ),
      fedAdamCase(
        [
          [1e-8, -2e-8],
          [3e-8, 1e-8],
        ],
        1,
        dials,
        'wishes of about 10⁻⁸',
      ),
    ],
  },
  {
    name: 'item-mean',
    title: 'Each row moves by the mean of the updates that name it.',
    cases: (stream) =>
      [1, 2, 5].map((dims) => {
        const senders = Array.from({ length: 6 }, () => stream.integer(4));
        const items = senders.flatMap((count) =>
          draw(stream, dims).map((value) => (count === 0 ? 0 : count * value)),
        );
        return meanCase(
          items,
          senders,
          0.1 + stream.uniform(),
          `itemMeanStep: six items of ${dims} columns: the step is wrong`,
        );
      }),
  },
  {
    name: 'nobody-came',
    title: 'Where nobody sent a row it stays, and nothing becomes NaN.',
    cases: (stream) => [
      meanCase([0, 0, 0, 0], [0, 0], 0.5, 'itemMeanStep: nobody came: the step is not 0'),
      meanCase([...draw(stream, 2), 0, 0], [1, 0], 1, 'itemMeanStep: one of two rows was sent by nobody'),
      fedAdamCase(
        [
          [0, 0],
          [0, 0],
        ],
        0.5,
        {},
        'fedAdamStep: nobody wishes anything',
      ),
    ],
  },
  {
    name: 'dropout',
    title: 'Who drops out is drawn for each client and each round by itself.',
    weight: 2,
    cases: (stream) =>
      [0.2, 0.5, 0.9, 1].map((dropout) =>
        presenceCase(
          'isPresent',
          { ...everybody, seed: stream.integer(1000), dropout },
          `dropout ${dropout}`,
        ),
      ),
  },
  {
    name: 'asked',
    title: 'The server asks a part of the clients.',
    cases: (stream) =>
      [0.2, 0.5, 1].flatMap((fraction) => {
        const settings = { ...everybody, seed: stream.integer(1000), fraction };
        return [
          presenceCase('isAsked', settings, `fraction ${fraction}`),
          presenceCase('isPresent', settings, `fraction ${fraction}`),
        ];
      }),
  },
  {
    name: 'silent',
    title: 'Those who fall silent do so after the given round, and stay silent.',
    cases: (stream) =>
      [0, 2, 5].flatMap((silentAfter) => {
        const settings = { ...everybody, seed: stream.integer(1000), silentShare: 0.6, silentAfter };
        const says = `silentShare 0.6 after round ${silentAfter}`;
        return [presenceCase('isSilent', settings, says), presenceCase('isPresent', settings, says)];
      }),
  },
  {
    name: 'all-together',
    title: 'Silence, being asked and dropping out are drawn apart from each other.',
    cases: (stream) => [
      presenceCase(
        'isPresent',
        { seed: stream.integer(1000), dropout: 0.3, fraction: 0.7, silentShare: 0.3, silentAfter: 2 },
        'dropout 0.3, fraction 0.7, silentShare 0.3 after round 2',
        6,
        6,
      ),
      presenceCase('isPresent', everybody, 'nobody drops out, everybody is asked, nobody is silent'),
      presenceCase(
        'isSilent',
        { ...everybody, silentShare: 1, silentAfter: 1 },
        'silentShare 1 after round 1',
      ),
      presenceCase('isSilent', everybody, 'silentShare 0'),
    ],
  },
];
