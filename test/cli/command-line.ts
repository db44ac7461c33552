// Runs the command line on small data in a temporary folder: in a process of its own, as a user would, or, where
// many quick cases are to be seen, in this one.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'tape';
import { runCommandLine } from '../../lib/cli/main.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { compiledCli } from '../compiled.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command line in a process of its own. */
export async function startCli(words: readonly string[]): Promise<ChildProcessWithoutNullStreams> {
  return spawn(process.execPath, [await compiledCli(), ...words], { cwd: root });
}

/** Runs the command line to its end; `interruptAfter` sends Ctrl-C as soon as stdout contains the text. */
export async function runCli(words: readonly string[], interruptAfter?: string): Promise<Outcome> {
  const child = await startCli(words);
  if (interruptAfter === undefined) return outcomeOf(child);
  let stdout = '';
  let isInterrupted = false;
  child.stdout.on('data', (text) => {
    stdout += text;
    if (!isInterrupted && stdout.includes(interruptAfter)) isInterrupted = child.kill('SIGINT');
  });
  return outcomeOf(child);
}

/** What a process prints, and its exit code. */
export function outcomeOf(child: ChildProcessWithoutNullStreams): Promise<Outcome> {
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs several command lines, two at a time; the outcomes are in the order of the commands. */
export async function runEach(commands: readonly (readonly string[])[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = new Array(commands.length);
  let next = 0;
  const work = async () => {
    while (next < commands.length) {
      const mine = next++;
      outcomes[mine] = await runCli(commands[mine]!);
    }
  };
  await Promise.all([work(), work()]);
  return outcomes;
}

/**
 * Runs a command line in this process, listening to what it prints; `interruptAfter` sends Ctrl-C as soon as stdout
 * contains the text.
 */
export async function runHere(words: readonly string[], interruptAfter?: string): Promise<Outcome> {
  const { log, error } = console;
  let stdout = '';
  let stderr = '';
  let isInterrupted = false;
  console.log = (text: string) => {
    stdout += `${text}\n`;
    if (interruptAfter === undefined || isInterrupted || !stdout.includes(interruptAfter)) return;
    isInterrupted = true; // first: what listens may print
    process.emit('SIGINT');
  };
  console.error = (text: string) => {
    stderr += `${text}\n`;
  };
  try {
    const code = await runCommandLine(words);
    return { code, stdout, stderr };
  } finally {
    Object.assign(console, { log, error });
  }
}

const folders: string[] = [];

/** A temporary folder, removed when all tests have ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-cli-'));
  if (folders.length === 0) {
    test.onFinish(() => {
      for (const path of folders) rmSync(path, { recursive: true, force: true });
    });
  }
  folders.push(folder);
  return folder;
}

/** Writes 40 users' ratings of 60 items as CSV, ids with leading zeros; the path. */
export function writeSmallRatings(folder: string): string {
  const { ratings } = syntheticRatings({
    users: 40,
    items: 60,
    groups: 2,
    scenesPerGroup: 2,
    meanRatings: 12,
  });
  const lines = ['userId,movieId,rating,timestamp'];
  ratings.users.forEach((_, user) => {
    for (let at = ratings.offsets[user]!; at < ratings.offsets[user + 1]!; at++) {
      lines.push(`00${user + 1},m${ratings.itemOf[at]},${ratings.values[at]},${ratings.times![at]}`);
    }
  });
  const path = join(folder, 'small.csv');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** JSON lines as objects. */
// biome-ignore lint/suspicious/noExplicitAny: the tests say what is in them
export function jsonLines(text: string): any[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
