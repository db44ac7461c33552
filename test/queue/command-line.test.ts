// `fedtlrec worker` and `--queue` as people type them: the same tables and digests as without a queue, and one line for all that can be
// wrong.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { runOf } from '../../lib/cli/queued-run.ts';
import { packageVersion } from '../../lib/node/package-version.ts';
import { type Job, ownEdition } from '../../lib/queue/job.ts';
import { runHere, temporaryFolder, writeSmallRatings } from '../cli/command-line.ts';
import { Broker, needsServer, numberJob, openQueue, pause, startWorker } from './broker.ts';
import { CommandProcess } from './command-process.ts';

const folder = temporaryFolder();
const data = writeSmallRatings(folder);
const quick = ['--data', data, '--rounds', '2', '--evaluate-every', '1', '--factors', '4'];
const table = ['compare', ...quick, '--recipes', 'fedmf,popularity', '--seeds', '1..2'];

/** What a comparison says, without what depends on the machine. */
function timeless(text: string): unknown {
  return JSON.parse(text, (name, value) => (/^(seconds|peakRss)/.test(name) ? undefined : value));
}

test(
  'a comparison by workers is the one without, also if a worker is killed in mid-run',
  needsServer,
  async (t) => {
    const broker = await Broker.start();
    const { address } = broker;
    const early = await openQueue(broker, 'runs', { edition: ownEdition(packageVersion()) });
    await early.prepareWork(1000); // a dead worker is noticed within a second
    await early.close();
    const doomed = await CommandProcess.start(['worker', address]);
    await doomed.says('waiting for jobs');
    const comparison = runHere([...table, '--json', '--queue', address]);
    await doomed.says('taken');
    await doomed.end('SIGKILL');
    const worker = await CommandProcess.start(['worker', address]);
    const together = await comparison;
    t.equal(together.code, 0, together.stderr);
    const alone = await runHere([...table, '--json']);
    t.deepEqual(timeless(together.stdout), timeless(alone.stdout));
    const digests = (text: string) => [...text.matchAll(/"digest":"(\w+)"/g)].map(([, digest]) => digest);
    t.equal(digests(together.stdout).length, 4);
    t.deepEqual(digests(together.stdout), digests(alone.stdout), 'every digest');
    t.match(together.stderr, /4 of 4 /, 'progress');
    t.match(together.stderr, /; about \d+(\.\d)? s to go/, 'and the time that is left');
    const { code, text } = await worker.end('SIGINT');
    t.equal(code, 0, 'Ctrl-C ends a worker');
    t.match(text, /1 thread, fedtlrec [\d.]+ on Node \d+/);
    const again = await runHere([...table, '--queue', address]);
    t.equal(again.code, 0, 'without any worker');
    t.equal(again.stderr.match(/known already/g)?.length, 4, 'results are kept');
    await broker.end();
  },
);

test('what a comparison by workers keeps is what it keeps without', needsServer, async (t) => {
  const broker = await Broker.start();
  const queue = await openQueue(broker, 'runs', { edition: ownEdition(packageVersion()) });
  const does = runOf();
  const run = async (job: Job) => {
    const files = await Promise.all(job.data.map((name) => queue.data.fetch(name, join(folder, name))));
    return does({ ...job, files: files.map((_, at) => join(folder, job.data[at]!)) });
  };
  const worker = startWorker(queue, { run });
  const words = ['compare', ...quick, '--recipes', 'fedmf', '--seeds', '1,2', '--out'];
  t.equal((await runHere([...words, join(folder, 'alone')])).code, 0);
  const { code, stderr } = await runHere([...words, join(folder, 'together'), '--queue', broker.address]);
  t.equal(code, 0, stderr);
  worker.stop();
  const files = (name: string) =>
    readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' }).sort();
  t.ok(files('alone').includes('report.html'));
  t.deepEqual(files('together'), files('alone'), 'the same files');
  for (const file of ['model.safetensors', 'ids.json']) {
    const bytes = (name: string) => readFileSync(join(folder, name, 'fedmf/seed-2', file));
    t.ok(bytes('together').equals(bytes('alone')), file);
  }
  await queue.close();
  await broker.end();
});

test('of a comparison whose asker is killed nothing is lost or done twice', needsServer, async (t) => {
  const broker = await Broker.start();
  const queue = await openQueue(broker, 'runs', { edition: ownEdition(packageVersion()) });
  const does = runOf();
  const done: string[] = [];
  let release = () => {};
  const killed = new Promise<void>((resolve) => {
    release = resolve;
  });
  const run = async (job: Job) => {
    const files = job.data.map((name) => join(folder, name));
    await Promise.all(job.data.map((name, at) => queue.data.fetch(name, files[at]!)));
    if (done.length === 1) await killed; // in the middle of the second job
    done.push(job.name);
    return does({ ...job, files });
  };
  const worker = startWorker(queue, { run });
  const words = [...table, '--json', '--queue', broker.address];
  const asker = await CommandProcess.start(words);
  await asker.says('1 of 4 ');
  await asker.end('SIGKILL');
  release();
  while (done.length < 4) await pause(20); // without anybody who asks
  const { code, stdout, stderr } = await runHere(words);
  t.equal(code, 0, stderr);
  t.equal(done.length, 4, 'each run was done once');
  t.ok(stderr.match(/known already/g)!.length >= 3, 'their results were there');
  t.deepEqual(timeless(stdout), timeless((await runHere([...table, '--json'])).stdout));
  worker.stop();
  await queue.close();
  await broker.end();
});

test('SIGTERM gives a job back at once', needsServer, async (t) => {
  const broker = await Broker.start();
  const long = [
    'compare',
    '--data',
    data,
    '--rounds',
    '100000',
    '--recipes',
    'fedmf',
    '--queue',
    broker.address,
  ];
  const worker = await CommandProcess.start(['worker', broker.address]);
  const comparison = runHere(long);
  await worker.says('taken');
  const { code, text } = await worker.end('SIGTERM');
  t.equal(code, 130);
  t.match(text, /fedmf, seed 1: given back/);
  process.emit('SIGINT'); // to the comparison, which waits here
  const { code: stopped, stderr } = await comparison;
  t.equal(stopped, 130);
  t.match(stderr, /interrupted; the queue keeps what is done, and the same command goes on/);
  await broker.end();
});

test('a worker is refused in one line if the jobs are for another version', needsServer, async (t) => {
  const broker = await Broker.start();
  const queue = await openQueue(broker, 'runs', { edition: { ...ownEdition('9.9.9'), node: '99' } });
  await queue.ask(numberJob(1));
  const { code, stderr } = await runHere(['worker', broker.address]);
  t.equal(code, 2);
  t.match(
    stderr,
    /^fedtlrec: the jobs at nats:\S+ are for fedtlrec 9\.9\.9 on Node 99 \(settings \w+\); this worker is fedtlrec \d\S+ on Node \d+ .*: install what they ask for\n$/,
  );
  await queue.close();
  await broker.end();
});

test('no server, a wrong address and a server that keeps nothing are told in one line', async (t) => {
  for (const words of [['worker'], [...table, '--queue'], ['train', ...quick, '--queue']]) {
    const { code, stderr } = await runHere([...words, 'nats://127.0.0.1:1']);
    t.equal(code, 2);
    t.match(
      stderr,
      /^fedtlrec: no NATS server answers at nats:\/\/127\.0\.0\.1:1 \(.*\); start one with "nats-server -js" \(Debian: apt-get install nats-server\)\n$/,
    );
  }
  for (const address of ['http://127.0.0.1', 'localhost:4222', 'nats://', 'x']) {
    for (const words of [['worker'], ['train', ...quick, '--queue']]) {
      const { code, stderr } = await runHere([...words, address]);
      t.equal(code, 2, address);
      t.match(stderr, /^fedtlrec: the address of a queue must be (such as )?nats:\/\/[^\n]*\n$/);
    }
  }
});

test('a server without JetStream, or with a password, is told in one line', needsServer, async (t) => {
  const forgetful = await Broker.start(null);
  const { code, stderr } = await runHere(['worker', forgetful.address]);
  t.equal(code, 2);
  t.match(
    stderr,
    /^fedtlrec: the server at nats:\S+ keeps nothing: it must run with JetStream, "nats-server -js" .*\n$/,
  );
  await forgetful.end();
  const closed = await Broker.start('', 'authorization { user: lab, password: "se:cret" }');
  for (const user of ['', 'lab:wrong@', 'token@']) {
    const refused = await runHere(['worker', closed.address.replace('//', `//${user}`)]);
    t.equal(refused.code, 2);
    t.match(
      refused.stderr,
      /^fedtlrec: the server at nats:\/\/127\S+ does not let this user in; name one in the address: .*\n$/,
    );
    t.doesNotMatch(refused.stderr, /wrong/, 'and no password is shown');
  }
  const queue = await openQueue(closed, 'x', {}, 'lab:se%3Acret@');
  t.pass('who knows it gets in');
  await queue.close();
  await closed.end();
});

test('what workers could not do is refused before anything begins', async (t) => {
  const own = join(folder, 'mine.mjs');
  writeFileSync(own, "export const mine = { name: 'mine', summary: 'one', create() {} };\n");
  const cases: [words: string[], message: RegExp][] = [
    [['--workers', '2'], /--workers and --queue cannot both be given; workers have --threads/],
    [['--backend', 'webgpu'], /--backend webgpu and --queue cannot both be given/],
    [['--recipes', own], /--queue: workers know the library's recipes only, not mine of .*mine\.mjs/],
    [['--seeds', '3..1'], /--seeds must be a whole number between 3 and 1002, got 1/],
    [['--seeds', '1..3,2'], /--seeds must name each seed once, got 2 twice/],
  ];
  for (const [words, message] of cases) {
    const { code, stderr } = await runHere(['compare', ...quick, '--queue', 'nats://127.0.0.1:1', ...words]);
    t.equal(code, 2, words.join(' '));
    t.match(stderr, message);
  }
  const ofTrain: [words: string[], message: RegExp][] = [
    [['--backend', 'webgpu'], /--backend webgpu and --queue cannot both be given/],
    [['--recipe', own], /--queue: workers know the library's recipes only, not mine of .*mine\.mjs/],
    [['--recipe', 'popularity'], /--queue shares out rounds, and popularity has none; leave it out/],
  ];
  for (const [words, message] of ofTrain) {
    const { code, stderr } = await runHere(['train', ...quick, '--queue', 'nats://127.0.0.1:1', ...words]);
    t.equal(code, 2, words.join(' '));
    t.match(stderr, message);
  }
});
