// How much faster a table is with a second worker: twelve runs of `compare` as jobs of a queue on this machine, once with one worker and
// once with two, each a process of its own, beside a server that begins empty each time. Needs nats-server.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Comparison } from '../lib/cli/comparison.ts';
import { type Bench, markdownTable } from './bench.ts';
import { killed, QueueServer, startQueueWorker } from './queue-server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const rounds = process.env.BENCH_ROUNDS ?? '40';
const table = [
  'compare',
  '--preset',
  'quick',
  '--rounds',
  rounds,
  '--recipes',
  'fedtlrec,without-attention,fedmf',
  '--seeds',
  '1..4',
];

interface Measured {
  readonly workers: number;
  readonly seconds: number;
  readonly load: number;
  readonly digests: readonly string[];
}

export const bench: Bench = {
  title: 'A table of twelve runs by one and by two workers',
  async run(say) {
    if (!QueueServer.isInstalled)
      return 'Not measured: nats-server is not installed (apt-get install nats-server).';
    const measured: Measured[] = [];
    for (const workers of [1, 2, 2, 1]) {
      measured.push(await measure(workers));
      say(`${workers === 1 ? '1 worker' : `${workers} workers`}: ${measured.at(-1)!.seconds.toFixed(1)} s`);
    }
    const alone = digestsOf(await output(['--json']));
    const isSame = measured.every(({ digests }) => digests.join() === alone.join());
    const turns = [1, 2].map((workers) => measured.filter((turn) => turn.workers === workers));
    const [one, two] = turns.map(mean) as [number, number];
    const rows = turns.map((own) => [
      String(own[0]!.workers),
      own.map(({ seconds }) => seconds.toFixed(1)).join(', '),
      (one / mean(own)).toFixed(2),
      own.map(({ load }) => load.toFixed(1)).join(', '),
    ]);
    return `${markdownTable(['workers', 'seconds', 'times as fast', 'load before'], rows)}

\`fedtlrec ${table.join(' ')} --queue …\`, workers in processes of their own, warmed up by one short run each; seconds until the table is
printed, ${os.availableParallelism()} logical cores, in the order one, two, two, one. "Load before" is the machine's load average when a turn began: what else it had to do.
The twelve digests with one worker, with two and without a queue are ${isSame ? 'the same' : 'NOT the same'}. Speed-up with two: ${(one / two).toFixed(2)}.`;
  },
};

function mean(turns: readonly Measured[]): number {
  return turns.reduce((sum, { seconds }) => sum + seconds, 0) / turns.length;
}

async function measure(workers: number): Promise<Measured> {
  const server = await QueueServer.start();
  const { address } = server;
  const children: ChildProcess[] = [];
  try {
    for (let index = 0; index < workers; index++) children.push(await startQueueWorker(address));
    await output([
      '--rounds',
      '1',
      '--recipes',
      'fedmf',
      '--seeds',
      `90..${89 + 2 * workers}`,
      '--queue',
      address,
    ]);
    const load = os.loadavg()[0]!;
    const start = performance.now();
    const text = await output(['--json', '--queue', address]);
    return { workers, seconds: (performance.now() - start) / 1000, load, digests: digestsOf(text) };
  } finally {
    for (const child of children) await killed(child);
    await server.end();
  }
}

/** What the table prints. */
async function output(more: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/cli.ts', ...table, ...more], {
    ...{ cwd: root, stdio: ['ignore', 'pipe', 'ignore'] },
  });
  let text = '';
  child.stdout!.on('data', (piece) => {
    text += piece;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`queue: the comparison ended with ${code}`);
  return text;
}

function digestsOf(json: string): string[] {
  return (JSON.parse(json) as Comparison).recipes.flatMap(({ runs }) => runs.map(({ digest }) => digest));
}
