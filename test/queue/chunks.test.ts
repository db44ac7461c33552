// One federation by many workers: the digest is that of the run without a queue, whatever dies on the way. Skips with the reason where
// nats-server is not installed.
import { readdirSync } from 'node:fs';
import { Objm } from '@nats-io/obj';
import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import type { Recipe } from '../../lib/federated/recipe.ts';
import type { Settings } from '../../lib/federated/settings.ts';
import { openConnection } from '../../lib/queue/connection.ts';
import type { Job } from '../../lib/queue/job.ts';
import { queueExecutor } from '../../lib/queue/queue-executor.ts';
import { threadsExecutor } from '../../lib/simulator/threads.ts';
import { allParts } from '../../lib/training/parts.ts';
import { recipeNamed } from '../../lib/training/recipes.ts';
import type { TrainOptions } from '../../lib/training/run-result.ts';
import { train } from '../../lib/training/train.ts';
import { Broker, needsServer } from './broker.ts';
import { startChunkWorker } from './chunk-worker.ts';

const split = leaveOneOut(syntheticRatings({ users: 40, items: 50, meanRatings: 8, seed: 3 }).ratings);
const quick: Partial<Settings> = { rounds: 2, evaluateEvery: 1, factors: 4 };

/** A run without a queue, and the options to have the same by workers. */
async function runAlone(name: string, more: Partial<Settings> = {}) {
  const [recipe, settings] = [await recipeNamed(name), { ...quick, ...more }];
  const options = { settings, parts: allParts };
  return { recipe, options, alone: await train(recipe, split, options) };
}

test('the digest of every recipe is that of a run without a queue', needsServer, async (t) => {
  const broker = await Broker.start();
  const workers = [await startChunkWorker(broker), await startChunkWorker(broker, { lanes: 2 })];
  const cases: [recipe: string, settings: Partial<Settings>][] = [
    ['fedtlrec', {}],
    ['fedtlrec', { dropout: 0.5, codec: 'int8', errorFeedback: 'on' }],
    ['fedtlrec', { combine: 'median' }],
    ['fedmf', {}],
    ['colr', { dropout: 0.5 }],
    ['colr-secure-sum', {}],
    ['pfedrec', {}],
  ];
  for (const [name, more] of cases) {
    const { recipe, options, alone } = await runAlone(name, more);
    const executor = queueExecutor(broker.address);
    const together = await train(recipe, split, { ...options, executor });
    const what = `${name} ${JSON.stringify(more)}`;
    t.equal(together.digest, alone.digest, what);
    t.deepEqual(together.testPerUser, alone.testPerUser, `${what}: figures`);
    t.equal(together.bytesUpPerClientRound, alone.bytesUpPerClientRound, `${what}: bytes`);
  }
  for (const worker of workers) {
    t.ok(readdirSync(worker.folder).length <= 8, 'a worker keeps few files');
    await worker.end();
  }
  t.deepEqual(await leftAt(broker), { jobs: 0, results: 0, data: 1 }, 'the split is all that is left');
  await broker.end();
});

/** What a server still keeps. */
async function leftAt(broker: Broker) {
  const { streams, client, line } = await openConnection(broker.address);
  const held = async (name: string) => (await streams.streams.info(name)).state.messages;
  const store = await new Objm(client).open('fedtlrec');
  const left = {
    jobs: await held('FEDTLREC_JOBS'),
    results: await held('FEDTLREC_RESULTS'),
    data: (await store.list()).filter(({ deleted }) => !deleted).length,
  };
  await line.close();
  return left;
}

test('a server that is killed in mid-round and started again changes nothing', needsServer, async (t) => {
  const broker = await Broker.start();
  let jobs = 0;
  const before = async () => {
    if (++jobs !== 5) return; // in the second round
    await broker.kill();
    setTimeout(() => broker.run(), 300);
  };
  const worker = await startChunkWorker(broker, { before });
  const { recipe, options, alone } = await runAlone('fedtlrec', { dropout: 0.3 });
  const heard: string[] = [];
  const executor = queueExecutor(broker.address, {
    evaluator: threadsExecutor(1),
    onChange: (isThere) => heard.push(isThere ? 'back' : 'broken'),
    onChunk: ({ round, done, chunks }) => heard.push(`${round}: ${done} of ${chunks}`),
  });
  t.equal((await train(recipe, split, { ...options, executor })).digest, alone.digest);
  t.deepEqual(
    heard.filter((text) => text.includes(':')),
    [1, 2].flatMap((round) => [1, 2, 3].map((done) => `${round}: ${done} of 3`)),
  );
  t.ok(heard.includes('broken') && heard.includes('back'), 'who asks is told');
  await worker.end();
  await broker.end();
});

test(
  'a chunk that fails five times ends the run by its name; asked again, it goes on',
  needsServer,
  async (t) => {
    const broker = await Broker.start();
    let isPoisoned = true;
    const before = ({ name }: Job) => {
      if (isPoisoned && name === 'fedmf, round 2, clients 16 to 31') throw new Error('on purpose');
    };
    const worker = await startChunkWorker(broker, { before });
    const { recipe, options, alone } = await runAlone('fedmf');
    const executor = queueExecutor(broker.address);
    const message = await train(recipe, split, { ...options, executor }).then(String, String);
    t.equal(
      message,
      'QueueError: fedmf, round 2, clients 16 to 31 failed 5 times, at last on here: on purpose',
    );
    isPoisoned = false;
    const trained = worker.names.filter((name) => name.includes('round 2')).length;
    t.equal((await train(recipe, split, { ...options, executor })).digest, alone.digest);
    t.equal(
      worker.names.filter((name) => name.includes('round 2')).length,
      trained + 1,
      'what was done of the round is not done again',
    );
    t.deepEqual(await leftAt(broker), { jobs: 0, results: 0, data: 1 }, 'and nothing is left');
    await worker.end();
    await broker.end();
  },
);

test('a run that is under way is not asked for twice', needsServer, async (t) => {
  const broker = await Broker.start();
  const { recipe, options } = await runAlone('fedmf');
  const executor = queueExecutor(broker.address, { lookEvery: 100 });
  const other = new AbortController();
  const first = new Promise<void>((resolve) => {
    const waiting = queueExecutor(broker.address, {
      ...{ lookEvery: 100, signal: other.signal, onTrouble: () => resolve() },
    });
    train(recipe, split, { ...options, executor: waiting }).catch(() => {});
  });
  await first; // it waits for workers
  const message = await train(recipe, split, { ...options, executor }).then(String, String);
  t.match(
    message,
    /^QueueError: this very run is under way: \S+\/\d+ asks for it; wait until it has ended, or stop it$/,
  );
  const worker = await startChunkWorker(broker);
  const another = { ...options, settings: { ...options.settings, seed: 9 } };
  await train(recipe, split, { ...another, executor });
  t.pass('another one is');
  other.abort();
  await worker.end();
  await broker.end();
});

test('a store that is full ends the run with the reason', needsServer, async (t) => {
  const broker = await Broker.start('max_file: 20KB');
  const { recipe, options } = await runAlone('fedtlrec', { rounds: 20 });
  const worker = await startChunkWorker(broker);
  const executor = queueExecutor(broker.address);
  const message = await train(recipe, split, { ...options, executor }).then(String, String);
  t.match(
    message,
    /^QueueError: (fedtlrec, round \d+, clients \d+ to \d+, on here: )?data cannot be stored: insufficient (storage|resources)/,
  );
  await worker.end();
  await broker.end();
});

test('what workers could not do is refused before a server is asked', async (t) => {
  const recipe = await recipeNamed('fedmf');
  const executor = queueExecutor('nats://127.0.0.1:1');
  const refusals: [options: TrainOptions, own: Recipe, message: RegExp][] = [
    [
      { channel: (message) => message },
      recipe,
      /RangeError: queueExecutor: a channel function needs the inline executor/,
    ],
    [
      {},
      { ...recipe, name: 'mine' },
      /RangeError: queueExecutor: workers know the library's recipes only, and 'mine' is none/,
    ],
    [{}, recipe, /QueueError: no NATS server answers at nats:\/\/127\.0\.0\.1:1 /],
  ];
  for (const [options, own, message] of refusals)
    t.match(await train(own, split, { settings: quick, ...options, executor }).then(String, String), message);
});
