// A class of 20, 200 and 1,000 participants on this machine, over real WebSockets: how long a round takes, what it costs the server.
// The participants live in a process of their own. Beside it, in the same run, bare round trips: bare-servers.ts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveClass } from '../lib/classroom/serve-class.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import { completeSettings } from '../lib/federated/settings.ts';
import { type OpenBare, openAedes, openMosquitto, openSocketIo } from './bare-servers.ts';
import { type Bench, markdownTable } from './bench.ts';

const sizes = [20, 200, 1000];
const ROUNDS = 12;
const ITEMS = 400;
const root = fileURLToPath(new URL('..', import.meta.url));

/** What a number of participants came to. */
interface Measured {
  readonly median: number;
  readonly p95: number;
  /** Of the server's process, milliseconds a round. */
  readonly cpu: number;
  readonly megabytes: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

export const bench: Bench = {
  title: 'A class on one machine',
  async run(say) {
    const rows: string[][] = [];
    for (const clients of sizes) {
      const own = await timeClass(clients);
      const aedes = await timeBare(openAedes, clients, own);
      const socketIo = await timeBare(openSocketIo, clients, own);
      const mosquitto = await timeBare(openMosquitto, clients, own);
      const ms = (value: number | undefined) => (value === undefined ? '–' : value.toPrecision(3));
      rows.push([
        ...[String(clients), ms(own.median), ms(own.p95)],
        ...[ms(aedes?.median), ms(socketIo?.median), ms(mosquitto?.median), ms(own.cpu), ms(aedes?.cpu)],
        ...[own.megabytes.toFixed(0), own.bytesUp.toFixed(0), own.bytesDown.toFixed(0)],
      ]);
      say(rows.at(-1)!.join(' · '));
    }
    return [
      `${ROUNDS} rounds of fedtlrec over ${ITEMS} items, each kept on disk; all participants in one process beside the server's, so that a
round contains the training of all of them on one core. "bare": the same number of clients, the same bytes down and up, and nothing else,
over the class's broker and WebSockets (aedes), over Socket.IO, and over mosquitto by TCP. Milliseconds, medians of a round; CPU and memory are
those of the server's process; bytes are those of one client in one round, without evaluation and personal parts.`,
      markdownTable(
        [
          ...['participants', 'round', 'p95', 'bare aedes', 'bare Socket.IO', 'bare mosquitto'],
          ...['CPU a round', 'bare CPU', 'MB', 'B up', 'B down'],
        ],
        rows,
      ),
    ].join('\n\n');
  },
};

async function timeClass(clients: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-bench-'));
  const settings = completeSettings({
    windows: 'off',
    rounds: ROUNDS,
    refreshEvery: 100,
    evaluateEvery: 100,
  });
  const times: number[] = [];
  let [began, bytesUp, bytesDown] = [0, 0, 0];
  let usage = process.cpuUsage();
  const served = await serveClass({
    ...{
      recipe: fedtlrec,
      settings,
      seats: clients,
      code: 'bench',
      out: join(folder, 'out'),
      isResumed: false,
    },
    items: Array.from({ length: ITEMS }, (_, item) => ({ id: `i${item}`, title: `${item}` })),
    ...{ port: 0, host: '127.0.0.1', pages: new Map(), deadline: 60_000, quorum: 1, startWith: clients },
    asksForFigures: false,
    onEvent(event) {
      if (event.type === 'asking' && event.purpose === 'train') {
        if (times.length === 0) usage = process.cpuUsage(); // all have joined
        began = performance.now();
      } else if (event.type === 'updates-merged') {
        times.push(performance.now() - began);
        bytesUp += event.bytesUp / event.clients / ROUNDS;
      } else if (event.type === 'broadcast-sent') bytesDown += event.bytesDown / ROUNDS;
    },
  });
  const address = `http://127.0.0.1:${served.port}`;
  const words = ['crowd', address, '--code', 'bench', '--clients', String(clients)];
  const crowd = spawn(process.execPath, ['--import', 'tsx', 'lib/cli.ts', ...words], {
    cwd: root,
    stdio: 'ignore',
  });
  await served.finish();
  const { user, system } = process.cpuUsage(usage);
  await once(crowd, 'exit');
  await served.close();
  rmSync(folder, { recursive: true, force: true });
  const cpu = (user + system) / 1000 / ROUNDS;
  return { ...spread(times), cpu, megabytes: process.memoryUsage.rss() / 1e6, bytesUp, bytesDown };
}

/** Messages of these lengths to everybody and back, and nothing else; null where the server is not installed. */
async function timeBare(
  open: OpenBare,
  clients: number,
  { bytesUp, bytesDown }: Measured,
): Promise<{ median: number; cpu: number } | null> {
  let hear: () => void = () => {};
  let answered = 0;
  const server = await open(() => {
    if (++answered === clients) hear();
  });
  if (!server) return null;
  const lengths = [String(clients), String(Math.round(bytesUp))];
  const words = ['bench/classroom-bare.ts', server.transport, server.address, ...lengths];
  const child = spawn(process.execPath, ['--import', 'tsx', ...words], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data'); // all of them listen
  const times: number[] = [];
  const usage = process.cpuUsage();
  const payload = Buffer.alloc(Math.round(bytesDown), 1);
  for (let round = 0; round < ROUNDS; round++) {
    answered = 0;
    const began = performance.now();
    const all = new Promise<void>((resolve) => {
      hear = resolve;
    });
    server.tellAll(payload);
    await all;
    times.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(usage);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await server.close();
  return { median: spread(times).median, cpu: (user + system) / 1000 / ROUNDS };
}

/** Median and 95th percentile; the first round warms up. */
function spread(times: readonly number[]): { median: number; p95: number } {
  const sorted = times.slice(1).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { median: at(0.5), p95: at(0.95) };
}
