// A class of 20, 200 and 1,000 participants on this machine, over real WebSockets: how long a round takes, and what of it is the exchange
// of messages, beside bare round trips of the same lengths (bare-servers.ts). Every contender has two processes, the server's and one for
// all clients, and they take turns, so that a slow moment of the machine meets all of them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { serveClass } from '../lib/classroom/serve-class.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import { completeSettings } from '../lib/federated/settings.ts';
import { type OpenBare, openAedes, openMosquitto, openSocketIo } from './bare-servers.ts';
import { type Bench, markdownTable, median } from './bench.ts';

const sizes = (process.env.BENCH_SIZES ?? '20,200,1000').split(',').map(Number);
const [TURNS, ROUNDS, ITEMS] = [3, 12, 400];
const root = fileURLToPath(new URL('..', import.meta.url));

/** A turn of a class; times in milliseconds, of each round but the first, which warms up. */
interface ClassTurn {
  /** From an announcement to the next one. */
  readonly rounds: readonly number[];
  /** From an announcement to the last answer. */
  readonly exchanges: readonly number[];
  /** Processor time a round: of the server's process, in all and during the exchange, and of that of all homes. */
  readonly server: number;
  readonly serverInExchange: number;
  readonly homes: number;
  readonly megabytes: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

interface BareTurn {
  readonly exchanges: readonly number[];
  readonly server: number;
}

export const bench: Bench = {
  title: 'A class on one machine',
  async run(say) {
    const [rows, work]: [string[][], string[][]] = [[], []];
    for (const clients of sizes) {
      const turns = await allTurns(clients);
      const middle = (values: readonly (readonly number[])[]) => median(values.flat());
      const of = (name: keyof typeof turns.bare) =>
        middle(turns.bare[name].map(({ exchanges }) => exchanges));
      const exchange = middle(turns.answering.map(({ exchanges }) => exchanges));
      const rounds = turns.training.flatMap((turn) => turn.rounds).sort((a, b) => a - b);
      rows.push([
        ...[String(clients), ms(exchange), ms(of('aedes')), (exchange / of('aedes')).toFixed(2)],
        ...[ms(of('socketIo')), ms(of('mosquitto'))],
        ...[ms(median(rounds)), ms(rounds[Math.floor(0.95 * rounds.length)])],
      ]);
      const cpu = (which: 'training' | 'answering', of: 'server' | 'serverInExchange' | 'homes') =>
        median(turns[which].map((turn) => turn[of]));
      const bare = median(turns.bare.aedes.map(({ server }) => server));
      const [first] = turns.training;
      work.push([
        ...[String(clients), ms(cpu('answering', 'serverInExchange')), ms(bare)],
        ...[ms(cpu('training', 'server')), ms(cpu('training', 'homes') - cpu('answering', 'homes'))],
        ...[first!.megabytes.toFixed(0), first!.bytesUp.toFixed(0), first!.bytesDown.toFixed(0)],
      ]);
      say([...rows.at(-1)!, ...work.at(-1)!].join(' · '));
    }
    return [
      `fedtlrec over ${ITEMS} items; ${TURNS} turns of ${ROUNDS} rounds for each contender, the first round of a turn not counted. Every contender has two
processes, one for the server and one for all clients, so that what clients do adds up on one core.

"exchange" is a class whose homes answer at once, with what they said in their first round: milliseconds from the announcement to the last
answer. "bare" is the same number of clients with the same bytes down and up, and nothing else: over the class's broker and WebSockets (aedes,
in as many packets and frames), over Socket.IO, and over mosquitto by TCP. "round" is a class that trains, from one announcement to the next:
with training, merging, the step, and the disk. Medians; p95 of the round.`,
      markdownTable(
        [
          ...['participants', 'exchange', 'bare aedes', 'ratio', 'bare Socket.IO', 'bare mosquitto'],
          ...['round', 'round, p95'],
        ],
        rows,
      ),
      `Where the work is, in milliseconds of processor time a round: that of the server's process in the exchange, in the bare one, and in the class
that trains (merging, step and disk with it); and what training adds in all homes together, which in a real class are as many machines.
Memory of the server's process in MB; bytes of one client in one round, without evaluation and personal parts.`,
      markdownTable(
        [
          ...['participants', 'server, exchange', 'server, bare', 'server, round', 'training, all homes'],
          ...['MB', 'B up', 'B down'],
        ],
        work,
      ),
    ].join('\n\n');
  },
};

function ms(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '–' : value.toPrecision(3);
}

async function allTurns(clients: number) {
  const [training, answering]: [ClassTurn[], ClassTurn[]] = [[], []];
  const bare: Record<'aedes' | 'socketIo' | 'mosquitto', BareTurn[]> = {
    aedes: [],
    socketIo: [],
    mosquitto: [],
  };
  for (let turn = 0; turn < TURNS; turn++) {
    const own = await timeClass(clients, 'answer');
    answering.push(own);
    for (const [name, open] of [
      ['aedes', openAedes],
      ['socketIo', openSocketIo],
      ['mosquitto', openMosquitto],
    ] as const) {
      const timed = await timeBare(open, clients, own);
      if (timed) bare[name].push(timed);
    }
    training.push(await timeClass(clients, 'train'));
  }
  return { training, answering, bare };
}

async function timeClass(clients: number, work: 'train' | 'answer'): Promise<ClassTurn> {
  const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-bench-'));
  const settings = completeSettings({
    windows: 'off',
    rounds: ROUNDS,
    refreshEvery: 100,
    evaluateEvery: 100,
  });
  const [rounds, exchanges]: [number[], number[]] = [[], []];
  let [began, answered, bytesUp, bytesDown] = [0, 0, 0, 0];
  let [usage, usageAtBegin, inExchange] = [process.cpuUsage(), process.cpuUsage(), 0];
  const begin = () => {
    if (began > 0) rounds.push(performance.now() - began);
    usageAtBegin = process.cpuUsage();
    if (rounds.length === 1) [usage, inExchange] = [usageAtBegin, 0];
    began = performance.now();
    answered = 0;
  };
  const complete = () => {
    exchanges.push(performance.now() - began);
    inExchange += milliseconds(process.cpuUsage(usageAtBegin)) / (ROUNDS - 1);
  };
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
      if (event.type === 'asking' && ['train', 'end'].includes(event.purpose)) begin();
      else if (event.type === 'answered' && ++answered === clients) complete();
      else if (event.type === 'updates-merged') bytesUp += event.bytesUp / event.clients / ROUNDS;
      else if (event.type === 'broadcast-sent') bytesDown += event.bytesDown / ROUNDS;
    },
  });
  const words = ['bench/classroom-homes.ts', `http://127.0.0.1:${served.port}`, String(clients), work];
  const crowd = spawn(process.execPath, ['--import', 'tsx', ...words], {
    ...{ cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  const said = text(crowd.stdout!);
  await served.finish();
  const server = milliseconds(process.cpuUsage(usage)) / (ROUNDS - 1);
  const homes = Number(/cpu (.*)/.exec(await said)?.[1]);
  await served.close();
  rmSync(folder, { recursive: true, force: true });
  const megabytes = process.memoryUsage.rss() / 1e6;
  return {
    ...{ rounds: rounds.slice(1), exchanges: exchanges.slice(1) },
    ...{ server, serverInExchange: inExchange, homes, megabytes, bytesUp, bytesDown },
  };
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

/** Messages of these lengths to everybody and back, and nothing else; null where the server is not installed. */
async function timeBare(
  open: OpenBare,
  clients: number,
  { bytesUp, bytesDown }: ClassTurn,
): Promise<BareTurn | null> {
  let hear: () => void = () => {};
  let answered = 0;
  const opened = await open(() => {
    if (++answered === clients) hear();
  });
  if (!opened) return null;
  const lengths = [String(clients), String(Math.round(bytesUp))];
  const words = ['bench/classroom-bare.ts', opened.transport, opened.address, ...lengths];
  const child = spawn(process.execPath, ['--import', 'tsx', ...words], {
    ...{ cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  await once(child.stdout!, 'data'); // all of them listen
  const exchanges: number[] = [];
  let usage = process.cpuUsage();
  const payload = Buffer.alloc(Math.round(bytesDown), 1);
  for (let round = 0; round < ROUNDS; round++) {
    if (round === 1) usage = process.cpuUsage();
    answered = 0;
    const began = performance.now();
    const all = new Promise<void>((resolve) => {
      hear = resolve;
    });
    opened.tellAll(payload);
    await all;
    exchanges.push(performance.now() - began);
  }
  const server = milliseconds(process.cpuUsage(usage)) / (ROUNDS - 1);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await opened.close();
  return { exchanges: exchanges.slice(1), server };
}
