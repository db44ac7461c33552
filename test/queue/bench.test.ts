// Benchmarks that are lists of runs, by workers: the results of the list, in its order.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { inOrder } from '../../bench/in-order.ts';
import { work as workBench } from '../../bench/job-thread.ts';
import { versionWord } from '../../bench/machine.ts';
import { type Job, ownEdition } from '../../lib/queue/job.ts';
import { pack, unpack } from '../../lib/queue/packed.ts';
import { temporaryFolder, writeSmallRatings } from '../cli/command-line.ts';
import { Broker, needsServer, openQueue, pause, startWorker } from './broker.ts';

test('a list of runs gives its results in its order, whichever worker is first', needsServer, async (t) => {
  const broker = await Broker.start();
  const queue = await openQueue(broker, 'bench', { edition: ownEdition(versionWord()) });
  const done: number[] = [];
  const run = async ({ request }: Job) => {
    const { value } = request as { value: number };
    await pause(value === 1 ? 400 : 10); // the first is the last
    done.push(value);
    return pack({ squared: value ** 2 });
  };
  const worker = startWorker(queue, { run, lanes: 3 });
  process.env.BENCH_QUEUE = broker.address;
  try {
    const tasks = [1, 2, 3, 4].map((value) => ({ value }));
    const said: string[] = [];
    const list = { kind: 'square', tasks, nameOf: ({ value }: { value: number }) => `${value}`, files: [] };
    const seen: unknown[] = [];
    const here = () => Promise.reject(new Error('not here'));
    for await (const found of inOrder({ ...list, here, say: (line) => said.push(line) })) seen.push(found);
    t.deepEqual(
      seen,
      tasks.map((task) => ({ task, result: { squared: task.value ** 2 } })),
    );
    t.equal(done.at(-1), 1, 'the first came last');
    t.match(said.join('\n'), /^1 of 4 {2}[234], on here; about \d+\.\d min to go\n/);
  } finally {
    delete process.env.BENCH_QUEUE;
  }
  const seen: unknown[] = [];
  const tasks = [{ value: 5 }, { value: 6 }];
  const here = async ({ value }: { value: number }) => value;
  for await (const { result } of inOrder({ kind: '', tasks, nameOf: String, files: [], here, say() {} }))
    seen.push(result);
  t.deepEqual(seen, [5, 6], 'without a queue, too');
  worker.stop();
  await queue.close();
  await broker.end();
});

test('a row of the table is measured by a worker from the files that it was sent', async (t) => {
  const folder = temporaryFolder();
  const file = join(folder, 'checksum');
  copyFileSync(writeSmallRatings(folder), file);
  const request = { label: 'popularity', recipe: 'popularity', seeds: [1] };
  const row = { request, seed: 1, title: 'small', evaluateEvery: 10 };
  const measured = unpack(await workBench({ kind: 'row', request: row, files: [file] })) as {
    figures: { seed: number; plain: { test: { hr10: number } } };
    perUser: { plain: { hr10: Float64Array } };
  };
  t.equal(measured.figures.seed, 1);
  const mean =
    measured.perUser.plain.hr10.reduce((sum, one) => sum + one, 0) / measured.perUser.plain.hr10.length;
  t.ok(Math.abs(mean - measured.figures.plain.test.hr10) < 1e-12, 'figures and users belong together');
  await workBench({ kind: 'other', request: {}, files: [] }).then(
    () => t.fail('it must be refused'),
    (error: Error) => t.equal(error.message, 'this worker does not know how to do a job of kind "other"'),
  );
});
