// Power cuts: server and participant are killed at every phase of a round, as processes of their own, and the digest is the simulator's.
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as mqtt from 'mqtt';
import test from 'tape';
import { ClassFolder } from '../../lib/classroom/class-folder.ts';
import { serverDigest } from '../../lib/classroom/class-run.ts';
import { classAt, type Entered, enterClass, takeSeat } from '../../lib/classroom/join-class.ts';
import { replayClass } from '../../lib/classroom/replay.ts';
import type { Settings } from '../../lib/federated/settings.ts';
import { recipeNamed } from '../../lib/training/recipes.ts';
import { train } from '../../lib/training/train.ts';
import { bundledProgram } from '../compiled.ts';
import { homeRatings, people, settingsOf } from './class-in-process.ts';
import type { Fate } from './dies-at.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-kills-'));
test.onFinish(() => rmSync(folder, { recursive: true, force: true }));
const users = 3;
const split = people(users);

const program = bundledProgram('test/classroom/dies-at.ts'); // a dozen processes start from it

interface Living {
  readonly child: ChildProcess;
  said(pattern: RegExp): Promise<string>;
  readonly ended: Promise<NodeJS.Signals | number | null>;
}

function start(fate: Omit<Fate, 'users'>): Living {
  const words = [program, JSON.stringify({ ...fate, users })];
  const child = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  let look = () => {};
  child.stdout.on('data', (bytes) => {
    text += String(bytes);
    look();
  });
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code)),
  );
  const said = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      look = () => {
        const match = pattern.exec(text);
        if (match) resolve(match[1]!);
      };
      look();
      void ended.then((how) => reject(new Error(`it ended (${how}) without ${pattern}: ${text}`)));
    });
  return { child, said, ended };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function enter(address: string, clients: readonly number[]): Promise<Entered[]> {
  const facts = await classAt(address);
  const entered: Entered[] = [];
  for (const user of clients) {
    const seat = await takeSeat(address, 'apple');
    entered.push(
      await enterClass({
        ...{ address, facts, seat, ratings: homeRatings(split, user), mqtt, givesFigures: true },
      }),
    );
  }
  return entered;
}

async function expectedOf(name: string, changed: Partial<Settings>) {
  const recipe = await recipeNamed(name);
  const settings = settingsOf(recipe, changed);
  const { memory } = await train(recipe, split, { settings });
  return { recipe, settings, digest: await serverDigest(memory) };
}

/** What is left of the last round when the power fails between its log and its checkpoint, and in the middle of the next line. */
function loseCheckpoint(path: string): void {
  const saved = join(path, 'checkpoints');
  const newest = readdirSync(saved).sort().at(-1)!;
  rmSync(join(saved, newest), { recursive: true });
  appendFileSync(join(path, 'rounds.jsonl'), '{"round":9,"mer');
}

for (const [recipe, changed, moments] of [
  [
    'fedtlrec',
    { rounds: 6, refreshEvery: 2, evaluateEvery: 6 },
    [
      ['asking train', 2],
      ['answered', 3],
      ['updates-merged', 4],
      ['asking train', 5, 'checkpoint'],
    ],
  ],
  [
    'colr-secure-sum',
    { rounds: 3, evaluateEvery: 3 },
    [
      ['asking shares', 1],
      ['asking unmask', 2],
    ],
  ],
] as const)
  test(`SIGKILL of the server of ${recipe} at ${moments.map(([at, , lost]) => lost ?? at).join(', ')}: the simulator’s digest, and a replay’s`, async (t) => {
    const expected = await expectedOf(recipe, changed);
    const { settings } = expected;
    const path = join(folder, recipe);
    const port = await freePort();
    const common = { role: 'server', recipe, settings, port, path, user: -1 } as const;
    let members: Entered[] = [];
    for (const [place, [at, round, lost]] of moments.entries()) {
      const server = start({ ...common, at, round, isResumed: place > 0 });
      await server.said(/port (\d+)/);
      if (place === 0) members = await enter(`http://127.0.0.1:${port}`, [0, 1, 2]);
      t.equal(await server.ended, 'SIGKILL', `killed at ${at} of round ${round}`);
      if (lost) loseCheckpoint(path);
    }
    const last = start({ ...common, at: null, round: 0, isResumed: true });
    t.equal(await last.said(/digest (\w+)/), expected.digest);
    t.equal(await last.ended, 0);
    await Promise.all(members.map(({ participant }) => participant.leave()));
    t.equal(
      (await replayClass(await ClassFolder.open(path), expected.recipe)).digest,
      expected.digest,
      'replayed',
    );
  });

for (const [recipe, moments] of [
  [
    'fedtlrec',
    [
      ['asked train', 1],
      ['kept', 2],
      ['sent', 3],
    ],
  ],
] as const)
  test(`SIGKILL of a participant of ${recipe} when asked, when its answer is kept and when it leaves: the simulator’s digest`, async (t) => {
    const expected = await expectedOf(recipe, { rounds: 4 });
    const { settings } = expected;
    const port = await freePort();
    const server = start({
      ...{ role: 'server', recipe, settings, port, path: join(folder, 'client'), user: -1 },
      ...{ at: null, round: 0, isResumed: false },
    });
    await server.said(/port (\d+)/);
    const address = `http://127.0.0.1:${port}`;
    const members = await enter(address, [0, 1]);
    const common = {
      role: 'client',
      recipe,
      settings,
      port,
      path: join(folder, 'seat.json'),
      user: 2,
    } as const;
    for (const [at, round] of moments) {
      const client = start({ ...common, at, round, isResumed: false });
      t.equal(await client.said(/seat (\d+)/), '2', 'the same seat');
      t.equal(await client.ended, 'SIGKILL', `killed: ${at} in round ${round}`);
    }
    const last = start({ ...common, at: null, round: 0, isResumed: false });
    t.equal(await server.said(/digest (\w+)/), expected.digest);
    await last.ended;
    await Promise.all(members.map(({ participant }) => participant.leave()));
    t.equal(await server.ended, 0);
  });
