// What it costs to share the rounds of one federation: the same run here, by one worker and by two, beside a server that begins empty each
// time; seconds a round, and what travels. BENCH_USERS sets the size. Needs nats-server.
import type { ChildProcess } from 'node:child_process';
import os from 'node:os';
import { bytesText, counted } from '../lib/cli/figures.ts';
import { leaveOneOut } from '../lib/data/split.ts';
import { syntheticRatings } from '../lib/data/synthetic.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import { queueExecutor } from '../lib/queue/queue-executor.ts';
import { train } from '../lib/training/train.ts';
import { type Bench, markdownTable } from './bench.ts';
import { killed, QueueServer, startQueueWorker } from './queue-server.ts';

const users = Number(process.env.BENCH_USERS ?? 2000);
const ROUNDS = 4;
const data = { users, items: 1000, meanRatings: 60 };
const split = leaveOneOut(syntheticRatings(data).ratings);

interface Measured {
  /** Seconds of each round; the first also opens everything. */
  readonly rounds: readonly number[];
  readonly digest: string;
  readonly bytes: { readonly into: number; readonly out: number } | null;
  readonly load: number;
}

export const bench: Bench = {
  title: 'The rounds of one federation by the workers of a queue',
  async run(say) {
    if (!QueueServer.isInstalled)
      return 'Not measured: nats-server is not installed (apt-get install nats-server).';
    const measured: Measured[] = [];
    for (const workers of [0, 1, 2]) {
      measured.push(await measure(workers));
      say(`${counted(workers, 'worker')}: ${median(measured.at(-1)!.rounds.slice(1)).toFixed(2)} s a round`);
    }
    const rows = measured.map(({ rounds, bytes, load }, workers) => [
      workers === 0 ? 'none: without a queue' : String(workers),
      median(rounds.slice(1)).toFixed(2),
      bytes ? bytesText(bytes.into / (ROUNDS + 1)) : '',
      bytes ? bytesText(bytes.out / (ROUNDS + 1)) : '',
      load.toFixed(1),
    ]);
    const isSame = measured.every(({ digest }) => digest === measured[0]!.digest);
    const titles = ['workers', 'seconds a round', 'to the server', 'from the server', 'load before'];
    return `${markdownTable(titles, rows)}

fedtlrec, ${data.users} users, ${data.items} items, ${ROUNDS + 1} rounds; median of the rounds after the first, in which workers load the
split. A round ends when the clients of the next begin. Bytes as the server counts them, all rounds and the split divided by the rounds;
${os.availableParallelism()} logical cores. "Load before" is the machine's load average when a turn began.
The digests are ${isSame ? 'the same' : 'NOT the same'}.`;
  },
};

async function measure(workers: number): Promise<Measured> {
  const server = workers > 0 ? await QueueServer.start() : null;
  const children: ChildProcess[] = [];
  try {
    for (let index = 0; index < workers; index++) children.push(await startQueueWorker(server!.address));
    const load = os.loadavg()[0]!;
    const begins: number[] = [];
    const { digest } = await train(fedtlrec, split, {
      settings: { rounds: ROUNDS + 1, evaluateEvery: ROUNDS + 1, refreshEvery: ROUNDS + 1 },
      executor: server ? queueExecutor(server.address) : undefined,
      onEvent: ({ type }) => {
        if (type === 'round-started') begins.push(performance.now());
      },
    });
    const rounds = begins.slice(1).map((begin, at) => (begin - begins[at]!) / 1000);
    return { rounds, digest, bytes: server && (await server.bytes()), load };
  } finally {
    for (const child of children) await killed(child);
    await server?.end();
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
