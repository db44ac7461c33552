// Training without learning: a recipe whose scores are scripted, so that a person can say what must come out.
import test from 'tape';
import {
  leaveOneOut,
  openRun,
  type Recipe,
  type RoundEvent,
  recommendItems,
  type Settings,
  syntheticRatings,
  type TrainingState,
  train,
} from '../../lib/index.ts';
import { chunksOf, inlineExecutor } from '../../lib/training/executor.ts';
import { scoresFor } from '../../lib/training/recommend-items.ts';

const [users, items] = [20, 40];
const split = leaveOneOut(syntheticRatings({ users, items, meanRatings: 8, seed: 2 }).ratings);

interface Script {
  /** Score of each user's held-out item after each round, against 0 for all others but one of every ten at 1. */
  readonly base: (round: number) => number;
  /** What the personal part adds to it. */
  readonly personal?: number;
}

/** Trains nothing: its memory holds the last round. A client sends 100 bytes, receives 40, and 7 with each refresh. */
function scripted({ base, personal }: Script): Recipe {
  return {
    name: 'scripted',
    summary: 'says what it is told',
    create: ({ memory }) => {
      const last = memory.uint32('lastRound', 1);
      const everybody = Uint32Array.from({ length: users }, (_, client) => client);
      return {
        hasRounds: true,
        canRefit: false,
        hasPersonalParts: personal !== undefined,
        initialize() {},
        trainChunk: (_round, from, to) => {
          return {
            sum: null,
            trained: to - from,
            loss: 0.5 * (to - from),
            bytesUp: 100 * (to - from),
            events: [],
          };
        },
        *finishRound(round, results) {
          last[0] = round;
          const trained = results.reduce((sum, result) => sum + result.trained, 0);
          const bytesUp = results.reduce((sum, result) => sum + result.bytesUp, 0);
          const rejected = round === 2 ? 4 : 0;
          yield {
            type: 'updates-merged',
            round,
            clients: trained - rejected,
            trained,
            rejected,
            bytesUp,
            loss: 0.5,
          };
          yield { type: 'broadcast-sent', round, bytesDown: 40, cutOff: 0 };
        },
        *refresh(round) {
          yield { type: 'attention-computed', round, peers: users, probes: 1, bytesDown: 7 };
        },
        blocks: () => [everybody],
        score: (client, _recency, scores) => {
          scores.forEach((_, item) => {
            scores[item] = item % 10 === 0 ? 1 : 0;
          });
          for (const held of [split.validation[client]!, split.test[client]!]) scores[held] = base(last[0]!);
        },
        personalParts: (block, out) => {
          out.fill(0);
          block.forEach((client, row) => {
            for (const held of [split.validation[client]!, split.test[client]!])
              out[row * items + held] = personal ?? 0;
          });
        },
      };
    },
  };
}

const quick: Partial<Settings> = { rounds: 6, evaluateEvery: 1, refreshEvery: 2, recency: null };

test('the best round is the first of those with the highest NDCG on validation, and its state is tested', async (t) => {
  const quality = [0, 0.5, -1, 2, -1, 2, 0.5]; // 2 beats everybody: rounds 3 and 5
  const result = await train(scripted({ base: (round) => quality[round]! }), split, { settings: quick });
  t.deepEqual(
    result.curve.map(({ round }) => round),
    [1, 2, 3, 4, 5, 6],
  );
  t.equal(result.best.round, 3);
  t.equal(result.memory.arrays.lastRound![0], 3, 'the state after it is restored');
  t.deepEqual([result.test.fullHr10, result.test.fullNdcg10], [1, 1]);
  const tied = 1 / Math.log2(3); // by the test item, which is not known yet
  t.ok(Math.abs(result.best.validation.fullNdcg10 - tied) < 1e-12);
  t.equal(result.test.users, users);
  const last = await train(scripted({ base: (round) => round }), split, { settings: quick });
  t.equal(last.best.round, 2, 'the first that beats everybody: more cannot be won');
});

test('the weight of the personal part is the one that does best on validation, the smaller of equals', async (t) => {
  // The others have at most 1: 0.9 · β more than 0.8 is needed, so 0.3 is the first of the weights tried that wins.
  const mixOf = async (personal: number, settings: Partial<Settings> = {}) =>
    (await train(scripted({ base: () => 0.8, personal }), split, { settings: { ...quick, ...settings } }))
      .best.mix;
  t.equal(await mixOf(0.9), 0.3);
  t.equal(await mixOf(1.9), 0.15);
  t.equal(await mixOf(-1), 0, 'a personal part that harms is left out');
  t.equal(await mixOf(0.9, { mix: 0.05 }), 0.05, 'unless a weight is asked for');
  const without = await train(scripted({ base: () => 0.8 }), split, { settings: quick });
  t.equal(without.best.mix, 0, 'there is none');
});

test('evaluations and refreshes come when they are due, and the last round has both', async (t) => {
  const dueIn = async (settings: Partial<Settings>, options = {}) => {
    const run = openRun(scripted({ base: () => 1 }), split, { settings: { ...quick, ...settings } });
    const events: RoundEvent[] = [];
    for await (const event of run.rounds(options)) events.push(event);
    const roundsOf = (type: RoundEvent['type']) =>
      events.filter((event) => event.type === type).map(({ round }) => round);
    return [roundsOf('round-started'), roundsOf('attention-computed'), roundsOf('evaluated')];
  };
  const all = [1, 2, 3, 4, 5, 6, 7];
  t.deepEqual(await dueIn({ rounds: 7, evaluateEvery: 3, refreshEvery: 2 }), [
    all,
    [2, 3, 4, 6, 7],
    [3, 6, 7],
  ]);
  t.deepEqual(await dueIn({ rounds: 7, evaluateEvery: 100, refreshEvery: 100 }), [all, [7], [7]]);
  t.deepEqual(
    await dueIn({ rounds: 7, evaluateEvery: 3, refreshEvery: 5 }, { evaluates: false }),
    [all, [5, 7], []],
    'without evaluations',
  );
  t.deepEqual(
    await dueIn({ rounds: 7, evaluateEvery: 3, refreshEvery: 5 }, { firstRound: 6 }),
    [
      [6, 7],
      [6, 7],
      [6, 7],
    ],
    'a later beginning',
  );
});

test('bytes are means over messages and rounds, rejected ones included', async (t) => {
  const result = await train(scripted({ base: () => 1 }), split, { settings: quick });
  t.equal(result.bytesUpPerClientRound, 100);
  t.equal(result.bytesDownPerClientRound, 47, 'a broadcast and, as each round is evaluated, a personal part');
  t.equal(result.rejectedMessages, 4);
});

test('a run that is resumed from any round gives the same result, and sees no round twice', async (t) => {
  const recipe = scripted({ base: (round) => [0, 0.5, 0.5, 2, 0.5, 0.5, 0.5][round]! });
  const whole = await train(recipe, split, { settings: quick });
  const seen: number[] = [];
  for (const stop of [1, 2, 3, 4, 5]) {
    let kept: TrainingState | undefined;
    const stopped = train(recipe, split, {
      settings: quick,
      afterRound(round, state) {
        if (stop === 5) seen.push(round);
        if (round !== stop) return;
        kept = structuredClone(state());
        throw new Error('enough');
      },
    });
    await stopped.then(
      () => t.fail('must stop'),
      ({ message }) => t.equal(message, 'enough'),
    );
    const rounds: number[] = [];
    const resumed = await train(recipe, split, {
      settings: quick,
      resume: kept,
      onEvent: (event) => {
        if (event.type === 'round-started') rounds.push(event.round);
      },
    });
    t.equal(rounds[0], stop + 1, `after round ${stop}`);
    for (const name of ['digest', 'best', 'curve', 'test', 'rejectedMessages'] as const)
      t.deepEqual(resumed[name], whole[name], name);
    t.equal(resumed.bytesUpPerClientRound, 100);
    t.equal(resumed.bytesDownPerClientRound, 47);
  }
  t.deepEqual(seen, [1, 2, 3, 4, 5], 'after every round but the last');
});

test('recommended items are the best unseen ones of score + β · personal part', async (t) => {
  const recipe = scripted({ base: () => 0.8, personal: 0.9 });
  const { program } = openRun(recipe, split, { settings: quick });
  const client = 3;
  const held = [split.validation[client]!, split.test[client]!];
  const trained = split.train.itemOf.slice(split.train.offsets[client], split.train.offsets[client + 1]);
  const scoreOf = (item: number, mix: number) =>
    held.includes(item) ? 0.8 + 0.9 * mix : item % 10 === 0 ? 1 : 0;
  for (const mix of [0, 0.1, 0.5]) {
    const options = { recency: null, mix };
    const scores = scoresFor(program, items, client, options);
    t.ok(
      scores.every((score, item) => Math.abs(score - scoreOf(item, mix)) < 1e-6),
      `β ${mix}: scores`,
    );
    const expected = [...scores.keys()]
      .filter((item) => !trained.includes(item))
      .sort((a, b) => scoreOf(b, mix) - scoreOf(a, mix) || a - b);
    const got = recommendItems(program, split, client, { ...options, count: 5 });
    t.deepEqual(
      got.map(({ item }) => item),
      expected.slice(0, 5),
      `β ${mix}: items`,
    );
    t.deepEqual(
      recommendItems(program, split, client, { ...options, count: 1 }),
      got.slice(0, 1),
      'only one',
    );
  }
  const recommend = (who: number, count: number) => () =>
    recommendItems(program, split, who, { recency: null, mix: 0, count });
  t.throws(recommend(users, 5), /recommendItems: client must be a whole number between 0 and 19, got 20/);
  t.throws(recommend(-1, 5), /recommendItems: client must be .* got -1/);
  t.throws(recommend(0, 0), /recommendItems: count must be a whole number of at least 1, got 0/);
  t.end();
});

test('chunks cover all clients once, in order: sixteen of them at most, of sixteen clients at least', (t) => {
  for (const clients of [1, 15, 16, 17, 255, 256, 257, 1000]) {
    const chunks = chunksOf(clients);
    const size = chunks[0]![1];
    t.deepEqual(
      chunks.flatMap(([from, to]) => Array.from({ length: to - from }, (_, at) => from + at)),
      Array.from({ length: clients }, (_, client) => client),
      `${clients} clients`,
    );
    t.ok(chunks.length <= 16 && size >= Math.min(16, clients));
    t.ok(
      chunks.slice(0, -1).every(([from, to]) => to - from === size),
      'all but the last are equal',
    );
  }
  t.equal(chunksOf(256).length, 16);
  t.equal(chunksOf(257)[0]![1], 17);
  t.end();
});

test('a signal ends the run with its reason, at once or in the middle, and the executor is closed', async (t) => {
  const settings = { rounds: 50, evaluateEvery: 1 };
  const ended = async (signal: AbortSignal, onEvent?: (event: RoundEvent) => void) => {
    let closed = 0;
    const executor: NonNullable<Parameters<typeof train>[2]>['executor'] = (program, setup) => ({
      ...inlineExecutor(program, setup),
      close: async () => {
        closed++;
      },
    });
    try {
      await train(scripted({ base: (round) => round }), split, { settings, signal, onEvent, executor });
    } catch (error) {
      return { error, closed };
    }
    return { error: null, closed };
  };
  const before = await ended(AbortSignal.abort('not today'));
  t.deepEqual(before, { error: 'not today', closed: 0 }, 'before anything was opened');

  const click = new AbortController();
  const rounds: number[] = [];
  const during = await ended(click.signal, (event) => {
    if (event.type === 'round-started') rounds.push(event.round);
    if (event.round === 3) click.abort('enough');
  });
  t.deepEqual(during, { error: 'enough', closed: 1 });
  t.deepEqual(rounds, [1, 2, 3]);

  const timed = await ended(AbortSignal.timeout(1));
  t.equal((timed.error as Error).name, 'TimeoutError', 'a timer has its turn although nothing else waits');
  t.equal(
    (await ended(new AbortController().signal)).error,
    null,
    'a signal that stays silent changes nothing',
  );
});
