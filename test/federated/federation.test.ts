import test from 'tape';
import { itemsOf, leaveOneOut, type Split } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { emptyPerUser } from '../../lib/evaluation/protocol.ts';
import { chooseLoops } from '../../lib/fast/choose-loops.ts';
import type { RoundEvent } from '../../lib/federated/events.ts';
import { Memory } from '../../lib/federated/memory.ts';
import type { Program, Setup } from '../../lib/federated/recipe.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { completeSettings, type Settings } from '../../lib/federated/settings.ts';
import { decode } from '../../lib/federated/wire.ts';
import { fedmf } from '../../lib/peers/fedmf.ts';
import { evaluateBlock, scatter, variantsOf } from '../../lib/training/evaluate.ts';
import { chunksOf, type Executor, inlineExecutor } from '../../lib/training/executor.ts';
import { openRun } from '../../lib/training/open-run.ts';
import { recipeCatalogue, recipeNamed } from '../../lib/training/recipes.ts';
import { rounds } from '../../lib/training/rounds.ts';
import { train } from '../../lib/training/train.ts';

const small = leaveOneOut(syntheticRatings({ users: 60, items: 80, meanRatings: 12, seed: 5 }).ratings);
const quick: Partial<Settings> = { rounds: 4, evaluateEvery: 2, refreshEvery: 2, factors: 6, windows: 'off' };

async function eventsOf(settings: Partial<Settings>, channel?: Setup['channel'], watch: number[] = []) {
  const complete = completeSettings({ ...quick, ...settings });
  const memory = new Memory();
  const setup: Setup = { split: small, settings: complete, memory, loops: chooseLoops(), channel };
  const program = fedtlrec.create(setup);
  program.initialize();
  const events: RoundEvent[] = [];
  for await (const event of rounds(program, complete, inlineExecutor(program, setup), { watch }))
    events.push(event);
  return { events, memory, program, setup };
}

test('a round is a story in a fixed order', async (t) => {
  const { events } = await eventsOf({ windows: 'auto' }, undefined, [3]);
  const story = events
    .filter((event) => event.type !== 'evaluated' && event.round === 2)
    .map((event) => event.type);
  t.deepEqual(story, [
    'round-started',
    'client-trained',
    'update-sent',
    'updates-merged',
    'broadcast-sent',
    'windows-counted',
    'clients-clustered',
    'attention-computed',
  ]);
  t.deepEqual(
    events.filter((event) => event.type === 'evaluated').map((event) => event.round),
    [2, 4],
  );
});

test('what a watched client sends is its exact rank-one gradient step and nothing else', async (t) => {
  const sent: Uint8Array[] = [];
  const channel: Setup['channel'] = (message, client) => {
    if (client === 3) sent.push(message);
    return message;
  };
  const { events } = await eventsOf({ rounds: 1, evaluateEvery: 1, codec: 'float32' }, channel, [3]);
  const trained = events.find((event) => event.type === 'client-trained');
  const update = events.find((event) => event.type === 'update-sent');
  if (trained?.type !== 'client-trained' || update?.type !== 'update-sent')
    throw new Error('events are missing');
  t.equal(update.bytes, sent[0]!.length, 'reported bytes are the length of the message');
  t.deepEqual(update.update.rows, trained.sample.rows, 'one row per touched item');
  const expected = { client: 3, items: small.train.items, dims: 7, extra: 0, round: 1 };
  t.deepEqual(decode(sent[0]!, expected), update.update, 'the message says what the event says');
  update.update.left.forEach((value, row) => {
    const isPositive = trained.sample.labels[row] === 1;
    t.ok(isPositive ? value > 0 : value < 0, 'the sign of B gives the label away: low rank is not privacy');
  });
});

test('the event of a message says what is sent: whole rows where rows are sent', async (t) => {
  const sent: Uint8Array[] = [];
  const run = openRun(fedmf, small, {
    settings: { rounds: 1, factors: 6 },
    channel: (message, client) => {
      if (client === 3) sent.push(message);
      return message;
    },
  });
  for await (const event of run.rounds({ watch: [3], evaluates: false })) {
    if (event.type !== 'update-sent') continue;
    t.deepEqual([event.update.rank, event.bytes], [0, sent[0]!.length]);
    const expected = { client: 3, items: small.train.items, dims: 7, extra: 0, round: 1 };
    t.deepEqual(decode(sent[0]!, expected), event.update);
  }
  t.equal(sent.length, 1);
});

test('the server never reads ratings or user vectors, only messages', async (t) => {
  // A channel that replaces every message by that of an unrelated run cuts all other paths from client to server: if
  // the server's arrays are then the same for two different data sets, it cannot have looked past the messages.
  const recorded = new Map<string, Uint8Array>();
  await eventsOf({}, (message, client, round) => {
    recorded.set(`${round}/${client}`, message);
    return message;
  });
  const replay: Setup['channel'] = (_message, client, round) => recorded.get(`${round}/${client}`)!;
  const serverArrays = [
    'itemTable',
    'serverFirstMoment',
    'serverSecondMoment',
    'downlinkError',
    'tokenValues',
    'directions',
    'meanToken',
    'centroids',
    'clusterOf',
  ];
  const state = async (split: Split) => {
    const settings = completeSettings(quick);
    const memory = new Memory();
    const setup: Setup = { split, settings, memory, loops: chooseLoops(), channel: replay };
    const program = fedtlrec.create(setup);
    program.initialize();
    for await (const _ of rounds(program, settings, inlineExecutor(program, setup))) {
      // only the state at the end matters
    }
    return memory.arrays;
  };
  const other = leaveOneOut(syntheticRatings({ users: 60, items: 80, meanRatings: 12, seed: 6 }).ratings);
  t.notDeepEqual(itemsOf(other.train, 0), itemsOf(small.train, 0), 'the two data sets differ');
  const [one, two] = [await state(small), await state(other)];
  for (const name of serverArrays) t.deepEqual(one[name], two[name], `${name} depends on messages only`);
  t.notDeepEqual(one.clientStates, two.clientStates, 'while the clients did train on their own data');
});

test('a client that drops out keeps its state and still receives a finite, non-zero personal part', async (t) => {
  const { memory, program, setup } = await eventsOf({ rounds: 2 });
  const before = memory.arrays.clientStates!.slice();
  const absent = { ...setup, settings: { ...setup.settings, silentShare: 0.5, silentAfter: 2 } };
  const later = fedtlrec.create(absent);
  const [chunk] = [later.trainChunk(3, 0, 60, new Set())];
  const width = before.length / 60;
  const unchanged = Array.from({ length: 60 }, (_, client) => client).filter((client) =>
    before
      .subarray(client * width, (client + 1) * width)
      .every((value, at) => value === memory.arrays.clientStates![client * width + at]),
  );
  t.equal(60 - unchanged.length, chunk.trained, 'exactly the present clients changed');
  t.ok(unchanged.length > 10 && unchanged.length < 50, `${unchanged.length} of 60 were absent`);
  const block = Uint32Array.from(unchanged.slice(0, 5));
  const parts = new Float32Array(block.length * small.train.items);
  program.personalParts(block, parts);
  t.ok(parts.every(Number.isFinite), 'finite');
  for (let row = 0; row < block.length; row++) {
    const part = parts.subarray(row * small.train.items, (row + 1) * small.train.items);
    const rms = Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length);
    t.ok(Math.abs(rms - 1) < 0.01, `root mean square 1 but for rounding to 8 bits, got ${rms}`);
  }
});

test('a broken message is rejected with the reason and the round goes on without that client', async (t) => {
  const channel: Setup['channel'] = (message, client, round) => {
    if (client !== 5 || round !== 2) return message;
    const broken = message.slice();
    broken[40]! ^= 4;
    return broken;
  };
  const result = await train(fedtlrec, small, { settings: quick, channel });
  t.equal(result.rejectedMessages, 1);
  const { events } = await eventsOf({}, channel);
  const rejection = events.find((event) => event.type === 'message-rejected');
  t.match(rejection?.type === 'message-rejected' ? rejection.reason : '', /client|checksum/);
  const merged = events.filter((event) => event.type === 'updates-merged');
  t.deepEqual(
    merged.map((event) => event.clients),
    [60, 59, 60, 60],
  );
});

test('a round in which nobody comes through changes nothing that the server has or sends', async (t) => {
  const { events, memory } = await eventsOf({ rounds: 2 }, () => new Uint8Array(10));
  t.equal(events.filter((event) => event.type === 'message-rejected').length, 120);
  t.equal(events.filter((event) => event.type === 'broadcast-sent').length, 0);
  const start = openRun(fedtlrec, small, { settings: { ...quick, rounds: 2 } });
  const clientsOwn = ['clientStates'];
  for (const [name, values] of Object.entries(start.memory.arrays)) {
    if (clientsOwn.includes(name))
      t.notDeepEqual(memory.arrays[name], values, `${name}: the clients have trained`);
    else t.deepEqual(memory.arrays[name], values, name);
  }
  t.ok(Object.keys(memory.arrays).length > 5, 'with all its arrays');
});

test('one seed gives one digest, another seed another, for every recipe', async (t) => {
  const few = leaveOneOut(syntheticRatings({ users: 20, items: 32, meanRatings: 8, seed: 5 }).ratings);
  for (const entry of recipeCatalogue) {
    const recipe = await entry.load();
    const run = (seed: number) =>
      train(recipe, few, { settings: { ...quick, ...recipe.defaults, rounds: 2, seed } });
    const [first, again, other] = [await run(1), await run(1), await run(2)];
    t.equal(first.digest, again.digest, `${recipe.name}: the same seed`);
    if (first.program.hasRounds) t.notEqual(first.digest, other.digest, `${recipe.name}: another seed`);
    t.deepEqual(first.test, again.test, `${recipe.name}: the same figures`);
  }
});

test('results do not change with the order in which clients take their turns', async (t) => {
  for (const name of ['fedtlrec', 'gpfedrec', 'fedtlrec-as-described']) {
    const recipe = await recipeNamed(name);
    const settings = { ...quick, rounds: 2, rank: 4, dropout: 0.2, windows: 'auto' } as const;
    const inOrder = await train(recipe, small, { settings });
    const backwards = await train(recipe, small, { settings, executor: executorWithChunksReversed });
    t.equal(backwards.digest, inOrder.digest, `${name}: the same parameters`);
    t.deepEqual(backwards.testPerUser, inOrder.testPerUser, `${name}: the same figures for every user`);
  }
});

/** Trains the last chunk first, and evaluates the last block first. */
function executorWithChunksReversed(program: Program, setup: Setup): Executor {
  const { users } = setup.split.train;
  return {
    ...inlineExecutor(program, setup),
    async train(round, watched) {
      const backwards = chunksOf(users).reverse();
      return backwards.map(([from, to]) => program.trainChunk(round, from, to, watched)).reverse();
    },
    async evaluate(task) {
      const results = variantsOf(task).map(() => emptyPerUser(users));
      for (const block of program.blocks(16).reverse()) {
        const measured = evaluateBlock(program, setup, block, task);
        results.forEach((into, variant) => {
          scatter(measured, block, variant, into);
        });
      }
      return results;
    },
  };
}

test('the tiled and the SIMD backend agree to rounding', async (t) => {
  const figures = async (name: string) => {
    const result = await train(fedtlrec, small, { settings: quick, loops: chooseLoops(name) });
    return result.memory.arrays.itemTable as Float32Array;
  };
  const [tiled, simd] = [await figures('tiled'), await figures('simd')];
  const worst = tiled.reduce((most, value, at) => Math.max(most, Math.abs(value - simd[at]!)), 0);
  t.ok(worst < 1e-3, `worst difference of an item factor: ${worst}`);
});
