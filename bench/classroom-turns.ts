// One turn of a measured class, and one of a bare round trip: the server in this process, all clients in a second one. In: how many
// clients, and whether they train; out: times of each round, and the processor time of both processes.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type ServeOptions, serveClass } from '../lib/classroom/serve-class.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import { completeSettings } from '../lib/federated/settings.ts';
import type { OpenBare } from './bare-servers.ts';

/** Rounds of a turn, of which the first warms up; items of the class. */
export const [ROUNDS, ITEMS] = [12, 400];
const root = fileURLToPath(new URL('..', import.meta.url));

/** Times in milliseconds; processor time is that of a round. */
export interface BareTurn {
  /** From an announcement to the last answer. */
  readonly exchanges: readonly number[];
  /** Processor time of the server's process during the exchange. */
  readonly serverInExchange: number;
  /** Processor time of the process of all clients. */
  readonly clients: number;
}

export interface ClassTurn extends BareTurn {
  /** From an announcement to the next one. */
  readonly rounds: readonly number[];
  /** Processor time of the server's process in all. */
  readonly server: number;
  readonly megabytes: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** @param work whether homes train, or say at once what they said in their first round */
export async function timeClass(clients: number, work: 'train' | 'answer'): Promise<ClassTurn> {
  const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-bench-'));
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
    ...classOf(clients, join(folder, 'out')),
    onEvent(event) {
      if (event.type === 'asking' && ['train', 'end'].includes(event.purpose)) begin();
      else if (event.type === 'answered' && ++answered === clients) complete();
      else if (event.type === 'updates-merged') bytesUp += event.bytesUp / event.clients / ROUNDS;
      else if (event.type === 'broadcast-sent') bytesDown += event.bytesDown / ROUNDS;
    },
  });
  const address = `http://127.0.0.1:${served.port}`;
  const { said } = clientsProcess('classroom-homes', [address, String(clients), work]);
  await served.finish();
  const server = milliseconds(process.cpuUsage(usage)) / (ROUNDS - 1);
  const used = await next(said);
  await served.close();
  rmSync(folder, { recursive: true, force: true });
  return {
    ...{ rounds: rounds.slice(1), exchanges: exchanges.slice(1), server, serverInExchange: inExchange },
    ...{ clients: used, megabytes: process.memoryUsage.rss() / 1e6, bytesUp, bytesDown },
  };
}

/** A class that waits for all its clients and neither groups nor evaluates them. */
function classOf(clients: number, out: string): ServeOptions {
  return {
    recipe: fedtlrec,
    settings: completeSettings({ windows: 'off', rounds: ROUNDS, refreshEvery: 100, evaluateEvery: 100 }),
    ...{ seats: clients, code: 'bench', out, isResumed: false },
    items: Array.from({ length: ITEMS }, (_, item) => ({ id: `i${item}`, title: `${item}` })),
    ...{ port: 0, host: '127.0.0.1', pages: new Map(), deadline: 60_000, quorum: 1, startWith: clients },
    asksForFigures: false,
  };
}

/** Messages of these lengths to everybody and back, and nothing else; null where the server is not installed. */
export async function timeBare(
  open: OpenBare,
  clients: number,
  { bytesUp, bytesDown }: Pick<ClassTurn, 'bytesUp' | 'bytesDown'>,
): Promise<BareTurn | null> {
  let hear: () => void = () => {};
  let answered = 0;
  const opened = await open(() => {
    if (++answered === clients) hear();
  });
  if (!opened) return null;
  const lengths = [String(clients), String(Math.round(bytesUp))];
  const { child, said } = clientsProcess('classroom-bare', [opened.transport, opened.address, ...lengths]);
  await next(said); // all of them listen
  const exchanges: number[] = [];
  let [usage, usedBefore] = [process.cpuUsage(), 0];
  const used = () => {
    child.stdin!.write('?\n');
    return next(said);
  };
  const payload = Buffer.alloc(Math.round(bytesDown), 1);
  for (let round = 0; round < ROUNDS; round++) {
    if (round === 1) [usedBefore, usage] = [await used(), process.cpuUsage()];
    answered = 0;
    const began = performance.now();
    const all = new Promise<void>((resolve) => {
      hear = resolve;
    });
    opened.tellAll(payload);
    await all;
    exchanges.push(performance.now() - began);
  }
  const serverInExchange = milliseconds(process.cpuUsage(usage)) / (ROUNDS - 1);
  const inClients = ((await used()) - usedBefore) / (ROUNDS - 1);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await opened.close();
  return { exchanges: exchanges.slice(1), serverInExchange, clients: inClients };
}

/** All clients of a turn, in a process that says numbers, one a line. */
function clientsProcess(
  program: string,
  words: string[],
): { child: ChildProcess; said: AsyncIterator<string> } {
  const child = spawn(process.execPath, ['--import', 'tsx', `bench/${program}.ts`, ...words], {
    ...{ cwd: root, stdio: ['pipe', 'pipe', 'inherit'] },
  });
  return { child, said: createInterface(child.stdout!)[Symbol.asyncIterator]() };
}

async function next(said: AsyncIterator<string>): Promise<number> {
  return Number((await said.next()).value);
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}
