// Whether nothing hidden is trained on, whether ranks are honest, and whether expectations are exact. Chances are counted here
// by going through all draws, and for many candidates draw by draw.
import { type RandomStream, randomStream } from '../../../lib/numeric/rng.ts';
import type { Call, Case, Check, Dials } from '../../kit/task.ts';
import { resultOf, writtenFunction } from '../../kit/values.ts';
import {
  expectHidden,
  expectShown,
  fieldsOf,
  hold,
  isNear,
  numberOf,
  numbersOf,
  returned,
  verdict,
} from '../verdicts.ts';

const call = (name: string, ...args: unknown[]): Call => ({ function: name, arguments: args });
const cutoffOf = (dials: Dials) => ({ ten: 10, five: 5, twenty: 20 })[(dials.cutoff ?? 'ten') as 'ten']!;
const from0 = (count: number) => Array.from({ length: count }, (_, at) => at);

/** Discounts as functions that the judge can send: their values of 0, 1, 2, … */
const discounts = {
  none: writtenFunction(...from0(101).map(() => 1)),
  rank: writtenFunction(...from0(101)),
  'log₂(1 + rank)': writtenFunction(...from0(101).map((rank) => Math.log(1 + rank) / Math.LN2)),
};
function discountOf(name: keyof typeof discounts, rank: number): number {
  if (name === 'none') return 1;
  return name === 'rank' ? rank : Math.log(1 + rank) / Math.LN2;
}

// Splitting

interface Rated {
  /** The items of each user, oldest first. */
  readonly rows: number[][];
  readonly items: number;
  readonly hasTimes: boolean;
}

function toRatings({ rows, items, hasTimes }: Rated) {
  const count = rows.flat().length;
  const offsets = Uint32Array.from([0, ...rows.map((_, user) => rows.slice(0, user + 1).flat().length)]);
  return {
    name: 'rated',
    users: rows.map((_, user) => `u${user}`),
    items: from0(items).map((item) => `i${item}`),
    offsets,
    itemOf: Uint32Array.from(rows.flat()),
    values: new Float32Array(count).fill(1),
    times: hasTimes ? Float64Array.from(rows.flatMap((row) => row.map((_, place) => 100 + place))) : null,
  };
}

function heldOut(
  row: readonly number[],
  hasTimes: boolean,
  seed: number,
  user: number,
): { validation: number; test: number } | null {
  if (row.length < 3) return null;
  if (hasTimes) return { validation: row.length - 2, test: row.length - 1 };
  const stream = randomStream(seed, 'split', user);
  const test = stream.integer(row.length);
  const others = from0(row.length).filter((place) => place !== test);
  return { validation: others[stream.integer(others.length)]!, test };
}

function splitCase(rated: Rated, seed: number | undefined, says: string, isShown = false): Case {
  const { rows, items, hasTimes } = rated;
  return {
    calls: [
      seed === undefined
        ? call('leaveOneOut', toRatings(rated))
        : call('leaveOneOut', toRatings(rated), { seed }),
    ],
    sameShapes: false,
    verdict: verdict((answers) => {
      const names = ['train', 'validation', 'test', 'ordered', 'skippedUsers'];
      const split = fieldsOf(returned(answers), 'leaveOneOut', ...names);
      const train = fieldsOf(split.train, 'train', 'users', 'items', 'offsets', 'itemOf');
      const held = rows.map((row, user) => heldOut(row, hasTimes, seed ?? 1, user));
      const left = rows.map((row, user) =>
        row.filter((_, place) => place !== held[user]?.validation && place !== held[user]?.test),
      );
      const expect = isShown ? expectShown : expectHidden;
      const item = (user: number, part: 'validation' | 'test') => {
        const places = held[user];
        return places ? rows[user]![places[part]]! : -1;
      };
      for (const part of ['test', 'validation'] as const) {
        expect(
          numbersOf(split[part], part, rows.length),
          rows.map((_, user) => item(user, part)),
          `${says}: ${part} is wrong`,
        );
      }
      const offsets = numbersOf(train.offsets, 'train.offsets', rows.length + 1);
      const itemOf = numbersOf(train.itemOf, 'train.itemOf', offsets.at(-1)!);
      const got = rows.map((_, user) => itemOf.slice(offsets[user], offsets[user + 1]));
      const isHidden = rows.some((_, user) =>
        [item(user, 'test'), item(user, 'validation')].some((hidden) => got[user]!.includes(hidden)),
      );
      hold(!isHidden, `${says}: a hidden item is in training`);
      expect(got.flat(), left.flat(), `${says}: what is left for training is wrong`);
      expect(
        offsets,
        [0, ...left.map((_, user) => left.slice(0, user + 1).flat().length)],
        `${says}: train.offsets is wrong`,
      );
      expect(
        [numberOf(train.users, 'users'), numberOf(train.items, 'items')],
        [rows.length, items],
        `${says}: train.users or train.items is wrong`,
      );
      hold(split.ordered === hasTimes, `${says}: ordered must be ${hasTimes}`);
      expect(
        [numberOf(split.skippedUsers, 'skippedUsers')],
        [held.filter((each) => each === null).length],
        `${says}: skippedUsers is wrong`,
      );
    }),
  };
}

function drawRated(stream: RandomStream, hasTimes: boolean): Rated {
  const items = 12;
  const rows = from0(6).map((user) => {
    const row: number[] = [];
    const length = user === 0 ? 3 : user === 1 ? 2 : stream.integer(8);
    while (row.length < length) {
      const item = stream.integer(items);
      if (!row.includes(item)) row.push(item);
    }
    return row;
  });
  return { rows, items, hasTimes };
}

// Ranking

function rankCase(
  scores: readonly number[],
  target: number,
  excluded: readonly number[],
  also: number | undefined,
  dials: Dials,
  says: string,
  isShown = false,
): Case {
  const args = [Float64Array.from(scores), target, Uint32Array.from(excluded)];
  return {
    calls: [also === undefined ? call('rankOf', ...args) : call('rankOf', ...args, also)],
    verdict: verdict((answers) => {
      const got = fieldsOf(returned(answers), 'rankOf', 'rank', 'others');
      const rivals = from0(scores.length).filter(
        (item) => item !== target && item !== also && !excluded.includes(item),
      );
      const ahead = rivals.filter((item) => {
        if (scores[item] === scores[target]) return dials.ties !== 'by-number' || item < target;
        return Number.isNaN(scores[item]) || scores[item]! > scores[target]!;
      });
      const expect = isShown ? expectShown : expectHidden;
      expect(
        [numberOf(got.others, 'others')],
        [rivals.length],
        `${says}: the number of other candidates is wrong`,
      );
      expect([numberOf(got.rank, 'rank')], [1 + ahead.length], `${says}: the rank is wrong`);
    }),
  };
}

const splitOf = (train: number[][], validation: number[], test: number[]) => ({
  name: 'split',
  train: {
    users: train.length,
    items: 9,
    offsets: Uint32Array.from([0, ...train.map((_, user) => train.slice(0, user + 1).flat().length)]),
    itemOf: Uint32Array.from(train.flat()),
  },
  validation: Int32Array.from(validation),
  test: Int32Array.from(test),
  ordered: true,
  skippedUsers: 0,
});

function taskCase(user: number, part: 'validation' | 'test', isShown = false): Case {
  const [train, validation, test] = [
    [[3, 1], [7, 2, 4], [5]],
    [8, 0, -1],
    [0, 1, -1],
  ];
  return {
    calls: [call('rankingTask', splitOf(train, validation, test), user, part)],
    sameShapes: false,
    verdict: verdict((answers) => {
      const result = returned(answers);
      const says = `training [[3, 1], [7, 2, 4], [5]], validation [8, 0, −1], test [0, 1, −1], user ${user}, ${part}`;
      const target = { validation, test }[part][user]!;
      if (target < 0)
        return hold(result === null, `${says}: nothing is held out, so the result must be null`);
      const got = fieldsOf(result, 'rankingTask', 'target', 'excluded', 'alsoExcluded');
      const expect = isShown ? expectShown : expectHidden;
      expect([numberOf(got.target, 'target')], [target], `${says}: the target is wrong`);
      const excluded = numbersOf(got.excluded, 'excluded', train[user]!.length).sort((a, b) => a - b);
      expect(
        excluded,
        [...train[user]!].sort((a, b) => a - b),
        `${says}: the excluded items are wrong`,
      );
      const also = part === 'test' ? validation[user]! : -1;
      expect([numberOf(got.alsoExcluded, 'alsoExcluded')], [also], `${says}: alsoExcluded is wrong`);
    }),
  };
}

// Expecting

/** How many of all draws without replacement hold 0, 1, 2, … of those ahead, counted one by one. */
function counted(ahead: number, others: number, draws: number): number[] {
  const counts = Array<number>(draws + 1).fill(0);
  for (let bits = 0; bits < 2 ** others; bits++) {
    const chosen = from0(others).filter((item) => (bits >> item) & 1);
    if (chosen.length === draws) counts[chosen.filter((item) => item < ahead).length]!++;
  }
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / all);
}

/** The same for many, draw by draw. */
function drawByDraw(ahead: number, others: number, draws: number): number[] {
  let chances = [1];
  for (let drawn = 0; drawn < draws; drawn++) {
    const next = Array<number>(chances.length + 1).fill(0);
    chances.forEach((chance, hits) => {
      const hit = Math.max(0, ahead - hits) / (others - drawn);
      next[hits]! += chance * (1 - hit);
      next[hits + 1]! += chance * hit;
    });
    chances = next;
  }
  return chances;
}

function chancesCase(
  rank: number,
  others: number,
  sampled: number | undefined,
  says: string,
  isShown = false,
): Case {
  const draws = Math.min(sampled ?? 99, others);
  return {
    calls: [
      sampled === undefined
        ? call('chancesOfRanks', { rank, others })
        : call('chancesOfRanks', { rank, others }, sampled),
    ],
    verdict: verdict((answers) => {
      const got = numbersOf(returned(answers), 'chancesOfRanks', draws + 1);
      const wanted = others <= 8 ? counted(rank - 1, others, draws) : drawByDraw(rank - 1, others, draws);
      (isShown ? expectShown : expectHidden)(got, wanted, says);
    }),
  };
}

function worthCase(
  rank: number,
  name: keyof typeof discounts,
  cutoff: number | undefined,
  dials: Dials,
  isShown = false,
): Case {
  const args = [rank, discounts[name]];
  return {
    calls: [cutoff === undefined ? call('worthOfRank', ...args) : call('worthOfRank', ...args, cutoff)],
    verdict: verdict((answers) => {
      const wanted = rank <= (cutoff ?? cutoffOf(dials)) ? 1 / discountOf(name, rank) : 0;
      const says = `worthOfRank: rank ${rank}, discount ${name}, ${cutoff === undefined ? 'no cutoff given' : `cutoff ${cutoff}`}: the worth is wrong`;
      (isShown ? expectShown : expectHidden)([numberOf(returned(answers), 'worthOfRank')], [wanted], says);
    }),
  };
}

function expectedCase(
  chances: readonly number[],
  name: keyof typeof discounts,
  cutoff: number | undefined,
  dials: Dials,
  isShown = false,
): Case {
  const args = [Float64Array.from(chances), discounts[name]];
  return {
    calls: [cutoff === undefined ? call('expectedWorth', ...args) : call('expectedWorth', ...args, cutoff)],
    verdict: verdict((answers) => {
      const until = cutoff ?? cutoffOf(dials);
      const wanted = chances.reduce(
        (sum, chance, at) => (at < until ? sum + chance / discountOf(name, at + 1) : sum),
        0,
      );
      const says = `expectedWorth: ${chances.length} chances, discount ${name}, ${cutoff === undefined ? 'no cutoff given' : `cutoff ${cutoff}`}: the worth is wrong`;
      (isShown ? expectShown : expectHidden)([numberOf(returned(answers), 'expectedWorth')], [wanted], says);
    }),
  };
}

const drawChances = (stream: RandomStream, count: number): number[] => {
  const weights = from0(count).map(() => stream.uniform());
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
};

export const visible: readonly Check[] = [
  {
    name: 'split-by-hand',
    title: 'The latest item is for the test, the one before it for validation; two ratings are too few.',
    cases: () => [
      splitCase(
        {
          rows: [
            [4, 1, 3, 0],
            [2, 5],
            [0, 1, 2],
          ],
          items: 6,
          hasTimes: true,
        },
        undefined,
        'rows [4, 1, 3, 0], [2, 5], [0, 1, 2], oldest first',
        true,
      ),
    ],
  },
  {
    name: 'five-items',
    title: 'Five items, of which one was trained on and two have the same score.',
    cases: (_stream, dials) => [
      rankCase(
        [0.9, 0.5, 0.7, 0.5, 0.1],
        1,
        [0],
        undefined,
        dials,
        'scores [0.9, 0.5, 0.7, 0.5, 0.1], target 1, excluded [0]',
        true,
      ),
      rankCase(
        [0.9, 0.5, 0.7, 0.5, 0.1],
        1,
        [0],
        2,
        dials,
        'scores [0.9, 0.5, 0.7, 0.5, 0.1], target 1, excluded [0], alsoExcluded 2',
        true,
      ),
    ],
  },
  {
    name: 'task-by-hand',
    title: 'When testing, the validation item is no candidate.',
    cases: () => [taskCase(0, 'test', true), taskCase(0, 'validation', true)],
  },
  {
    name: 'worth-by-hand',
    title: 'Rank 3 is worth 1/2 by NDCG, and nothing beyond the cutoff.',
    cases: (_stream, dials) => [
      ...(
        [
          [1, 1],
          [3, 2],
          [7, 3],
        ] as const
      ).map(
        ([rank, wanted]): Case => ({
          calls: [call('logarithmic', rank)],
          verdict: verdict((answers) =>
            expectShown(
              [numberOf(returned(answers), 'logarithmic')],
              [wanted],
              `logarithmic(${rank}) is wrong`,
            ),
          ),
        }),
      ),
      worthCase(3, 'log₂(1 + rank)', undefined, dials, true),
      worthCase(21, 'none', undefined, dials, true),
      expectedCase([0.5, 0, 0.5], 'rank', undefined, dials, true),
    ],
  },
  {
    name: 'chances-by-hand',
    title: 'One of three others is ahead, two of them are drawn.',
    cases: () => [
      chancesCase(
        2,
        3,
        2,
        'rank 2 among 3 others, 2 of which are drawn: rank 1 has chance C(1, 0) C(2, 2) / C(3, 2) = 1/3, rank 2 the rest; the chances are wrong',
        true,
      ),
    ],
  },
];

export const hidden: readonly Check[] = [
  {
    name: 'split',
    title: 'Splits hold for any rows with times, and what is hidden is not trained on.',
    weight: 2,
    cases: (stream) =>
      from0(5).map(() => splitCase(drawRated(stream, true), undefined, 'leaveOneOut: six users, with times')),
  },
  {
    name: 'split-random',
    title: 'Without times, two different items are drawn from a stream of the user.',
    cases: (stream) => [
      ...from0(5).map(() =>
        splitCase(drawRated(stream, false), stream.integer(1000), 'leaveOneOut: six users, no times'),
      ),
      splitCase(drawRated(stream, false), undefined, 'leaveOneOut: six users, no times, no seed given'),
    ],
  },
  {
    name: 'nobody-left',
    title: 'If no user has three ratings, an error says so.',
    cases: () => [
      {
        calls: [
          call('leaveOneOut', toRatings({ rows: [[0, 1, 2]], items: 3, hasTimes: true })),
          call('leaveOneOut', toRatings({ rows: [[0, 1], [2]], items: 3, hasTimes: true })),
        ],
        mayThrow: true,
        sameShapes: false,
        verdict: verdict((answers) => {
          returned(answers, 0);
          hold(
            answers[1]!.thrown !== null,
            'leaveOneOut: no user has three ratings, and no error was thrown',
          );
        }),
      },
    ],
  },
  {
    name: 'tasks',
    title: 'What is ranked against what, for every user and part.',
    cases: () => from0(3).flatMap((user) => [taskCase(user, 'test'), taskCase(user, 'validation')]),
  },
  {
    name: 'ranks',
    title: 'Ranks hold for any scores, with ties and items that are no candidates.',
    weight: 2,
    cases: (stream, dials) => [
      rankCase([3, 1, 2], 1, [], 0, dials, 'rankOf: item 0 is also excluded'),
      ...from0(12).map((trial) => {
        const scores = from0(9).map(() => stream.integer(5) - 2);
        const target = stream.integer(9);
        const others = from0(9).filter((item) => item !== target);
        const excluded = others.filter(() => stream.uniform() < 0.3);
        const free = others.filter((item) => !excluded.includes(item));
        const also = trial % 3 === 0 ? undefined : trial % 3 === 1 ? -1 : free[0];
        return rankCase(scores, target, excluded, also, dials, 'rankOf: nine items with ties');
      }),
    ],
  },
  {
    name: 'nan',
    title: 'A score that is no number is ahead of the target, and a target without a score is an error.',
    cases: (_stream, dials) => [
      rankCase([1, Number.NaN, 0, Number.NaN, 2], 0, [], undefined, dials, 'rankOf: two scores are NaN'),
      rankCase(
        [1, Number.NaN, 0, 2],
        3,
        [0],
        undefined,
        dials,
        'rankOf: a score is NaN, the target has the largest',
      ),
      rankCase([-Infinity, 3, Infinity, -Infinity], 0, [], undefined, dials, 'rankOf: infinite scores'),
      {
        calls: [
          call('rankOf', Float64Array.of(2, 1), 0, new Uint32Array(0)),
          call('rankOf', Float64Array.of(Number.NaN, 1), 0, new Uint32Array(0)),
        ],
        mayThrow: true,
        sameShapes: false,
        verdict: verdict((answers) => {
          expectHidden(
            [numberOf(fieldsOf(returned(answers, 0), 'rankOf', 'rank').rank, 'rank')],
            [1],
            'rankOf: two items: the rank is wrong',
          );
          hold(
            answers[1]!.thrown !== null,
            'rankOf: the score of the target is NaN, and no error was thrown',
          );
        }),
      },
    ],
  },
  {
    name: 'chances',
    title: 'Chances are those of draws without replacement, counted one by one.',
    weight: 2,
    cases: () =>
      [1, 4, 5, 7].flatMap((others) =>
        from0(others + 1).map((ahead) =>
          chancesCase(
            ahead + 1,
            others,
            Math.max(1, Math.floor(0.6 * others)),
            `chancesOfRanks: ${others} others, counted one by one: a chance is wrong`,
          ),
        ),
      ),
  },
  {
    name: 'chances-of-many',
    title: 'Chances hold for thousands of candidates, and where fewer than 99 are left.',
    cases: (stream) => [
      chancesCase(1, 1500, undefined, 'chancesOfRanks: the best of 1,500 others'),
      chancesCase(30 + stream.integer(50), 1500, undefined, 'chancesOfRanks: near the top of 1,500 others'),
      chancesCase(1501, 1500, undefined, 'chancesOfRanks: the last of 1,500 others'),
      chancesCase(3, 20, undefined, 'chancesOfRanks: only 20 others, all of which are drawn'),
      chancesCase(1, 0, undefined, 'chancesOfRanks: no others at all'),
      chancesCase(400, 500, 450, 'chancesOfRanks: more are drawn than are behind'),
    ],
  },
  {
    name: 'guessing',
    title: 'A target that is anywhere with equal chance is worth what guessing is.',
    weight: 2,
    cases: (_stream, dials) =>
      (
        [
          [30, 9],
          [12, 4],
          [40, 25],
        ] as const
      ).map(([others, sampled]) => {
        const ranks = from0(others + 1).map((at) => at + 1);
        return {
          calls: ranks.flatMap((rank, at) => [
            call('chancesOfRanks', { rank, others }, sampled),
            call('expectedWorth', resultOf(2 * at), discounts.none),
          ]),
          verdict: verdict((answers) => {
            const worths = ranks.map((_, at) => numberOf(returned(answers, 2 * at + 1), 'expectedWorth'));
            const mean = worths.reduce((sum, worth) => sum + worth, 0) / ranks.length;
            const guessing = Math.min(cutoffOf(dials), sampled + 1) / (sampled + 1);
            hold(
              isNear(mean, guessing),
              `a target that is anywhere among ${others} others, ${sampled} drawn: its expected hit rate is not that of guessing`,
            );
          }),
        };
      }),
  },
  {
    name: 'worth',
    title: 'Worths hold for every discount and cutoff.',
    cases: (stream, dials) =>
      (Object.keys(discounts) as (keyof typeof discounts)[]).flatMap((name) => [
        ...[1, 2, 5, 6, 10, 11, 20, 21].map((rank) => worthCase(rank, name, undefined, dials)),
        worthCase(3, name, 3, dials),
        worthCase(4, name, 3, dials),
        expectedCase(drawChances(stream, 30), name, undefined, dials),
        expectedCase(drawChances(stream, 30), name, 7, dials),
        expectedCase(drawChances(stream, 4), name, undefined, dials),
      ]),
  },
  {
    name: 'logarithm',
    title: 'The discount of NDCG is log₂(1 + rank).',
    cases: () =>
      [2, 5, 10, 100].map((rank) => ({
        calls: [call('logarithmic', rank)],
        verdict: verdict((answers) =>
          expectHidden(
            [numberOf(returned(answers), 'logarithmic')],
            [Math.log(rank + 1) / Math.LN2],
            `logarithmic(${rank}) is wrong`,
          ),
        ),
      })),
  },
];
