// A class of 20, 200 and 1,000 participants on this machine, over real WebSockets: how long a round takes, what it costs the server.
// The participants live in a process of their own. Beside it, in the same run, the bare round trip: the same broker, the same number
// of clients, the same bytes down and up, and nothing else.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Aedes } from 'aedes';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { serveClass } from '../lib/classroom/serve-class.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import { completeSettings } from '../lib/federated/settings.ts';
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
      const bare = await timeBare(clients, Math.round(own.bytesUp), Math.round(own.bytesDown));
      const ms = (value: number) => value.toPrecision(3);
      rows.push([
        ...[String(clients), ms(own.median), ms(own.p95), ms(bare.median), ms(bare.p95)],
        ...[
          ms(own.cpu),
          ms(bare.cpu),
          own.megabytes.toFixed(0),
          own.bytesUp.toFixed(0),
          own.bytesDown.toFixed(0),
        ],
      ]);
      say(rows.at(-1)!.join(' · '));
    }
    return [
      `${ROUNDS} rounds of fedtlrec over ${ITEMS} items, each kept on disk; all participants in one process beside the server's, so that a
round contains the training of all of them on one core. "bare": the same broker and WebSockets, the same bytes, nothing else. Milliseconds;
CPU and memory are those of the server's process; bytes are those of one client in one round, without evaluation and personal parts.`,
      markdownTable(
        [
          'participants',
          'round',
          'p95',
          'bare',
          'bare p95',
          'CPU a round',
          'bare CPU',
          'MB',
          'B up',
          'B down',
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

/** Messages of these lengths to everybody and back, over the same broker. */
async function timeBare(clients: number, bytesUp: number, bytesDown: number): Promise<Measured> {
  const broker = await Aedes.createBroker({ concurrency: 1000 });
  const server = createServer();
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
    broker.handle(createWebSocketStream(socket) as Duplex);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as { port: number };
  let hear: () => void = () => {};
  let answered = 0;
  await new Promise<void>((resolve) =>
    broker.subscribe(
      'up',
      (_packet, done) => {
        if (++answered === clients) hear();
        done();
      },
      resolve,
    ),
  );
  const words = ['bench/classroom-bare.ts', String(port), String(clients), String(bytesUp)];
  const child = spawn(process.execPath, ['--import', 'tsx', ...words], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data'); // all of them listen
  const times: number[] = [];
  const usage = process.cpuUsage();
  const payload = Buffer.alloc(bytesDown, 1);
  for (let round = 0; round < ROUNDS; round++) {
    answered = 0;
    const began = performance.now();
    const all = new Promise<void>((resolve) => {
      hear = resolve;
    });
    broker.publish({ cmd: 'publish', topic: 'round', payload, qos: 1, dup: false, retain: false }, () => {});
    await all;
    times.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(usage);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await new Promise<void>((resolve) => broker.close(resolve));
  server.closeAllConnections();
  server.close();
  const cpu = (user + system) / 1000 / ROUNDS;
  return { ...spread(times), cpu, megabytes: process.memoryUsage.rss() / 1e6, bytesUp, bytesDown };
}

/** Median and 95th percentile; the first round warms up. */
function spread(times: readonly number[]): { median: number; p95: number } {
  const sorted = times.slice(1).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { median: at(0.5), p95: at(0.95) };
}
