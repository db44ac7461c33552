// The contract of the queue: every job has one result, whoever dies on the way. Skips with the reason where nats-server is not installed.
import test from 'tape';
import { gather } from '../../lib/queue/gather.ts';
import { type Job, ownEdition } from '../../lib/queue/job.ts';
import type { JobQueue } from '../../lib/queue/job-queue.ts';
import { JobThreads } from '../../lib/queue/threads.ts';
import { Broker, double, edition, needsServer, numberJob, openQueue, pause, startWorker } from './broker.ts';

const numbers = (...values: number[]) => values.map(numberJob);

/** What jobs gave, in their order; `known` counts those whose result was there. */
async function resultsOf(queue: JobQueue, jobs: readonly Job[], onTrouble?: (text: string) => void) {
  const values: number[] = [];
  let known = 0;
  for await (const { index, bytes, isKnown } of gather(queue, jobs, { onTrouble, lookEvery: 300 })) {
    values[index] = bytes[0]!;
    if (isKnown) known++;
  }
  return { values, known };
}

let server: Promise<Broker> | null = null;

/** The server of those tests that neither kill nor fill it. */
function shared(): Promise<Broker> {
  server ??= Broker.start();
  return server;
}

test.onFinish(() => {
  void server?.then((broker) => broker.end());
});

async function errorOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

test('equal jobs have one result, which a second call finds', needsServer, async (t) => {
  const broker = await shared();
  const [asker, other, first, second] = await Promise.all(
    Array.from({ length: 4 }, () => openQueue(broker, 'equal')),
  );
  let runs = 0;
  const run = (job: Job) => {
    runs++;
    return double(job);
  };
  const workers = [startWorker(first!, { run }), startWorker(second!, { run, lanes: 2 })];
  const jobs = numbers(1, 2, 3, 4, 5, 6);
  const [one, two] = await Promise.all([resultsOf(asker!, jobs), resultsOf(other!, jobs)]);
  t.deepEqual(one.values, [2, 4, 6, 8, 10, 12]);
  t.deepEqual(two.values, one.values, 'also for somebody who asked at the same time');
  t.deepEqual(await resultsOf(asker!, jobs), { values: one.values, known: 6 }, 'and for whoever asks again');
  t.equal(runs, 6, 'every job was done once');
  t.notEqual(asker!.keyOf(jobs[0]!), asker!.keyOf(jobs[1]!));
  t.equal(asker!.keyOf({ ...jobs[0]!, name: 'called otherwise' }), asker!.keyOf(jobs[0]!));
  for (const { stop } of workers) stop();
  await Promise.all([asker, other, first, second].map((queue) => queue!.close()));
});

test(
  'a job that fails five times ends the run by its name, and can be asked for again',
  needsServer,
  async (t) => {
    const broker = await shared();
    const [asker, queue] = await Promise.all([openQueue(broker, 'poison'), openQueue(broker, 'poison')]);
    let attempts = 0;
    let isPoisoned = true;
    const run = async (job: Job) => {
      if (job.name === 'number 3' && isPoisoned) {
        attempts++;
        throw new Error('three is too much');
      }
      return double(job);
    };
    const worker = startWorker(queue, { run });
    const told: string[] = [];
    const message = await errorOf(resultsOf(asker, numbers(1, 3), (text) => told.push(text)));
    t.equal(message, 'QueueError: number 3 failed 5 times, at last on here: three is too much');
    t.equal(attempts, 5);
    t.deepEqual(
      told.filter((text) => text.includes('failed')),
      [1, 2, 3, 4].map((attempt) => `number 3 failed on here (${attempt} of 5): three is too much`),
    );
    isPoisoned = false;
    t.deepEqual(
      await resultsOf(asker, numbers(1, 3)),
      { values: [2, 6], known: 1 },
      'after what was wrong is mended',
    );
    worker.stop();
    await Promise.all([asker.close(), queue.close()]);
  },
);

test(
  'a job whose worker falls silent goes to another, and has failed after five of them',
  needsServer,
  async (t) => {
    const broker = await shared();
    const [asker, queue] = await Promise.all([openQueue(broker, 'silence'), openQueue(broker, 'silence')]);
    await queue.prepareWork(300);
    const failing = errorOf(resultsOf(asker, numbers(8)));
    for (let taken = 0; taken < 5; taken++)
      t.ok(await queue.take(5000), 'taken by one that shows no sign of life');
    const results = resultsOf(asker, numbers(7));
    t.ok(await queue.take(5000));
    const worker = startWorker(queue);
    t.match(await failing, /number 8 failed 5 times, .*its worker ended or fell silent, 5 times/);
    t.deepEqual((await results).values, [14], 'a sixth attempt is not made, a second is');
    worker.stop();
    await Promise.all([asker.close(), queue.close()]);
  },
);

test('signs of life keep a long job with its worker', needsServer, async (t) => {
  const broker = await shared();
  const [asker, one, two] = await Promise.all(Array.from({ length: 3 }, () => openQueue(broker, 'life')));
  await one!.prepareWork(300);
  let runs = 0;
  const run = async (job: Job) => {
    runs++;
    await pause(1200);
    return double(job);
  };
  const workers = [startWorker(one!, { run }), startWorker(two!, { run })];
  t.deepEqual((await resultsOf(asker!, numbers(9))).values, [18]);
  t.equal(runs, 1, 'four times the silence that would have given it to the other');
  for (const { stop } of workers) stop();
  await Promise.all([asker, one, two].map((queue) => queue!.close()));
});

test('a server that is killed and started again loses nothing', needsServer, async (t) => {
  const broker = await Broker.start();
  const [asker, queue] = await Promise.all([openQueue(broker, 'killed'), openQueue(broker, 'killed')]);
  let runs = 0;
  const run = async (job: Job) => {
    if (++runs === 2) {
      await broker.kill(); // in the middle of a job
      setTimeout(() => broker.run(), 300);
    }
    return double(job);
  };
  const worker = startWorker(queue, { run });
  t.deepEqual((await resultsOf(asker, numbers(1, 2, 3, 4))).values, [2, 4, 6, 8]);
  worker.stop();
  await Promise.all([asker.close(), queue.close()]);
  await broker.end();
});

test('a result that cannot be stored ends the run by its name, and the worker', needsServer, async (t) => {
  const broker = await Broker.start('max_file: 100KB');
  const [asker, queue] = await Promise.all([openQueue(broker, 'full'), openQueue(broker, 'full')]);
  const worker = startWorker(queue, { run: async () => new Uint8Array(200_000).fill(1) });
  const message = await errorOf(resultsOf(asker, numbers(5)));
  t.match(message, /^QueueError: number 5, on here: data cannot be stored: insufficient (storage|resources)/);
  t.match(
    String(await worker.outcome),
    /QueueError: data cannot be stored: insufficient (storage|resources)/,
  );
  const large = await errorOf(asker.data.put(new Uint8Array(200_000)));
  t.match(
    large,
    /^QueueError: data cannot be stored: insufficient (storage|resources)/,
    'nor can data that are sent',
  );
  await Promise.all([asker.close(), queue.close()]);
  await broker.end();
});

test('a worker of another version, Node or settings is given nothing', needsServer, async (t) => {
  const broker = await shared();
  const asker = await openQueue(broker, 'others');
  const others = [
    { ...edition, version: '9.9.9' },
    { ...edition, node: '99' },
    { ...edition, settings: ownEdition('x').settings.replace(/./g, '0') },
  ];
  await asker.ask(numberJob(1));
  for (const other of others) {
    const queue = await openQueue(broker, 'others', { edition: other });
    await queue.prepareWork();
    t.equal(await queue.take(1000), null, 'nothing');
    t.deepEqual(
      await queue.editionsAskedFor(),
      await asker.editionsAskedFor(),
      'but it sees for whom jobs wait',
    );
    t.notEqual(queue.keyOf(numberJob(1)), asker.keyOf(numberJob(1)), 'and its results have other keys');
    await queue.close();
  }
  await asker.prepareWork();
  t.equal((await asker.take(1000))?.info.deliveryCount, 1, 'no attempt was spent on them');
  await asker.close();
});

test('a job that is given back counts its attempts anew', needsServer, async (t) => {
  const broker = await shared();
  const [asker, queue] = await Promise.all([openQueue(broker, 'back'), openQueue(broker, 'back')]);
  const results = resultsOf(asker, numbers(4));
  for (let stopped = 0; stopped < 6; stopped++) {
    const stubborn = startWorker(queue, {
      run: (_job, signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          setTimeout(() => stubborn.giveUp(), 20);
        }),
    });
    t.equal(await stubborn.outcome, null);
    t.deepEqual(stubborn.events, ['taken', 'returned']);
  }
  const worker = startWorker(queue);
  t.deepEqual((await results).values, [8]);
  worker.stop();
  await Promise.all([asker.close(), queue.close()]);
});

test('a worker whose threads cannot start gives its job back and ends', needsServer, async (t) => {
  const broker = await shared();
  const queue = await openQueue(broker, 'broken');
  const module = new URL('./no-such-module.mjs', import.meta.url);
  const threads = await JobThreads.open(module, 1, queue.data);
  await queue.ask(numberJob(2));
  const worker = startWorker(queue, { run: (job, signal) => threads.run(job, signal) });
  t.match(String(await worker.outcome), /QueueError: threads cannot start: .*no-such-module/);
  t.deepEqual(worker.events, ['taken', 'returned']);
  t.equal((await queue.take(2000))?.info.deliveryCount, 1, 'another one may do it');
  await threads.close();
  await queue.close();
});

test(
  'of two results of a job the first stays, and where nobody works that is said once',
  needsServer,
  async (t) => {
    const broker = await shared();
    const queue = await openQueue(broker, 'first');
    const said: string[] = [];
    const results = resultsOf(queue, numbers(3), (text) => said.push(text));
    while (said.length === 0) await pause(50);
    await pause(700); // two more looks
    const key = queue.keyOf(numberJob(3));
    for (const value of [6, 7]) {
      const data = await queue.data.put(Uint8Array.of(value));
      await queue.results.store({ key, worker: 'one of two', seconds: 1, data, failure: null });
    }
    t.deepEqual((await results).values, [6]);
    t.deepEqual((await resultsOf(queue, numbers(3))).values, [6]);
    t.deepEqual(said, ['no worker is here; jobs wait until one comes']);
    await queue.close();
  },
);

test('data are sent once, and are what their checksum says', needsServer, async (t) => {
  const broker = await shared();
  const queue = await openQueue(broker, 'data');
  const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251);
  const name = await queue.data.put(bytes);
  t.equal(await queue.data.put(bytes), name);
  t.deepEqual(await queue.data.get(name), bytes);
  t.match(await errorOf(queue.data.get('0'.repeat(64))), /no longer has the data 0000/);
  await queue.data.remove(name);
  t.match(await errorOf(queue.data.get(name)), /no longer has the data/);
  await queue.close();
});
