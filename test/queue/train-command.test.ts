// `fedtlrec train --queue` as people type it: killed at either end, stopped and resumed, with the digest of a run without a queue.
import { join } from 'node:path';
import test from 'tape';
import { jsonLines, runHere, temporaryFolder, writeSmallRatings } from '../cli/command-line.ts';
import { Broker, needsServer } from './broker.ts';
import { openWorkersQueue, startChunkWorker } from './chunk-worker.ts';
import { CommandProcess } from './command-process.ts';

const folder = temporaryFolder();
const data = writeSmallRatings(folder);
const words = [
  ...['train', '--data', data, '--rounds', '4', '--evaluate-every', '2', '--factors', '4'],
  ...['--dropout', '0.3', '--seed', '3'],
];
const digestOf = (text: string) => jsonLines(text).at(-1).digest;

test(
  'a worker and the asker are killed in mid-round, the run is resumed, and its digest is the same',
  needsServer,
  async (t) => {
    const broker = await Broker.start();
    const early = await openWorkersQueue(broker);
    await early.prepareWork(1000); // a dead worker is noticed within a second
    await early.close();
    const doomed = await CommandProcess.start(['worker', broker.address]);
    const out = join(folder, 'killed');
    const asker = await CommandProcess.start([
      ...[...words, '--queue', broker.address, '--out', out, '--checkpoint-every', '1'],
    ]);
    await doomed.says('clients 0 to 15: taken');
    await doomed.end('SIGKILL');
    let isKilled = false;
    const before = async ({ name }: { name: string }) => {
      if (isKilled || !name.includes('round 3')) return;
      isKilled = true;
      await asker.end('SIGKILL');
    };
    const worker = await startChunkWorker(broker, { before });
    const { code, text } = await asker.ended();
    t.equal(code, null, 'killed');
    t.match(
      text,
      /^fedtlrec: round 1 of 4: 3 chunks by 1 worker; about .* to go$/m,
      'progress, and the time that is left',
    );
    const resumed = await runHere([
      'train',
      '--resume',
      out,
      '--queue',
      broker.address,
      '--workers',
      '1',
      '--json',
    ]);
    t.equal(resumed.code, 0, resumed.stderr);
    t.match(resumed.stderr, /round 3 of 4: 3 chunks/);
    const alone = await runHere([...words, '--json']);
    t.equal(digestOf(resumed.stdout), digestOf(alone.stdout));
    const ofRound = (round: number) => worker.names.filter((name) => name.includes(`round ${round},`)).length;
    t.equal(ofRound(3), 3, 'the chunks that were done or asked for are not done again');
    await worker.end();
    await broker.end();
  },
);

test(
  'Ctrl-C ends a run that waits for workers; with --out it finishes its round first',
  needsServer,
  async (t) => {
    const broker = await Broker.start();
    const waiting = runHere([...words, '--queue', broker.address, '--json']);
    while (process.listenerCount('SIGINT') === 0) await new Promise(setImmediate);
    process.emit('SIGINT');
    t.equal((await waiting).code, 130);
    const out = join(folder, 'stopped');
    let isStopped = false;
    const before = ({ name }: { name: string }) => {
      if (isStopped || !name.includes('round 2, clients 0')) return;
      isStopped = true; // a job may be handed out again, and a second Ctrl-C would end this process
      process.emit('SIGINT');
      process.emit('SIGINT'); // as npx passes on what the terminal has told already
    };
    const worker = await startChunkWorker(broker, { before });
    const stopped = await runHere([...words, '--queue', broker.address, '--out', out]);
    t.equal(stopped.code, 130);
    t.match(stopped.stderr, /stopped after round 2; go on with: train --resume /);
    await worker.end();
    await broker.end();
  },
);
