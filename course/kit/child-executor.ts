// The judge's side of the child process: starts it, asks, counts the time, and ends it when it takes too long, too much
// memory, or answers with too much. One child serves many files one after the other, each in a realm of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Executor, Stopped } from './judge.ts';
import type { Loaded, SentAnswers } from './runner.ts';

const MEGABYTE = 2 ** 20;
const LONGEST_ANSWER = 16 * MEGABYTE;
const MOST_MEMORY = 700 * MEGABYTE;
/** How often a running child is looked at. */
const LOOK_EVERY = 50;
/** A child that shares its processor with others may take this many times as long on the clock. */
const PATIENCE = 8;

export class Children {
  readonly #program: string;
  #child: Child | null = null;

  /** @param program the path of the bundled child.ts */
  constructor(program: string) {
    this.#program = program;
  }

  /** An executor for one student's file. Files are judged one after the other. */
  executor(socket: string, text: string, file: string): Executor {
    const ask = async (request: object, milliseconds: number): Promise<unknown> => {
      const reply = await this.#child!.ask(request, milliseconds);
      if (typeof reply === 'string') return JSON.parse(reply);
      this.close();
      return reply;
    };
    return {
      load: async (milliseconds) => {
        if (this.#child?.isWorn) this.close();
        if (this.#child === null || this.#child.isGone) this.#child = new Child(this.#program);
        if (this.#child.socket !== socket) {
          const reply = await this.#child.ask({ socket }, 30_000);
          if (typeof reply !== 'string')
            throw new Error(`the child process does not start: ${reply.stopped}`);
          this.#child.socket = socket;
        }
        return (await ask({ text, file }, milliseconds)) as Loaded | Stopped;
      },
      answer: async (sent, milliseconds) => {
        if (this.#child === null || this.#child.isGone) return { stopped: 'crash' };
        return (await ask({ sent }, milliseconds)) as SentAnswers | Stopped;
      },
    };
  }

  close(): void {
    this.#child?.end();
    this.#child = null;
  }
}

/** Seconds of processor time that the system gives a child in all, and after how many it is replaced between two files. */
const MOST_SECONDS = 120;
const WORN_SECONDS = 60;

const running = new Set<Child>();
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function endAll(): void {
  for (const child of running) child.end();
}

function endAllOn(signal: NodeJS.Signals): void {
  endAll();
  watchFor(false);
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal); // nobody else decides: it ends the judge
}

/** While there are children, they do not outlive the judge: not when it ends, nor when it is told to end. */
function watchFor(isWatching: boolean): void {
  process.off('exit', endAll);
  for (const signal of signals) process.off(signal, endAllOn);
  if (!isWatching) return;
  process.on('exit', endAll);
  for (const signal of signals) process.on(signal, endAllOn);
}

class Child {
  socket = '';
  isGone = false;
  readonly #process: ChildProcess;
  #received: Buffer[] = [];
  #size = 0;
  #settle: ((reply: string | Stopped) => void) | null = null;

  constructor(program: string) {
    const [command, words] = bounded(process.execPath, [...flags(program), program]);
    running.add(this);
    watchFor(true);
    this.#process = spawn(command, words, {
      env: {},
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    this.#process.stdout!.on('data', (data: Buffer) => this.#receive(data));
    this.#process.stdin!.on('error', () => {}); // it is gone: 'close' tells
    this.#process.on('error', () => this.#stop({ stopped: 'crash' }));
    this.#process.on('close', () => this.#stop({ stopped: 'crash' }));
  }

  ask(request: object, milliseconds: number): Promise<string | Stopped> {
    if (this.isGone) return Promise.resolve({ stopped: 'crash' });
    const started = performance.now();
    const before = this.#usage().processor;
    return new Promise((resolve) => {
      const watch = setInterval(() => {
        const passed = performance.now() - started;
        const { processor, memory } = this.#usage();
        const used = Number.isNaN(processor) ? passed : processor - before;
        if (memory > MOST_MEMORY) this.#stop({ stopped: 'memory' });
        else if (used >= milliseconds || passed >= PATIENCE * milliseconds) this.#stop({ stopped: 'time' });
      }, LOOK_EVERY);
      this.#settle = (reply) => {
        clearInterval(watch);
        this.#settle = null;
        resolve(reply);
      };
      this.#received = [];
      this.#size = 0;
      this.#process.stdin!.write(`${JSON.stringify(request)}\n`);
    });
  }

  /** Whether its processor time will soon be used up. */
  get isWorn(): boolean {
    return this.#usage().processor > 1000 * WORN_SECONDS;
  }

  end(): void {
    this.isGone = true;
    running.delete(this);
    if (running.size === 0) watchFor(false);
    this.#process.kill('SIGKILL');
  }

  #receive(data: Buffer): void {
    this.#received.push(data);
    this.#size += data.length;
    if (this.#size > LONGEST_ANSWER) this.#stop({ stopped: 'output' });
    else if (data.at(-1) === 10) this.#settle?.(firstLine(Buffer.concat(this.#received).toString('utf8')));
  }

  #stop(reply: Stopped): void {
    this.end();
    this.#settle?.(reply);
  }

  /** Milliseconds of processor time and bytes of memory, where the system tells (Linux); else NaN and 0. */
  #usage(): { processor: number; memory: number } {
    try {
      const folder = `/proc/${this.#process.pid}`;
      const fields = readFileSync(`${folder}/stat`, 'latin1').split(') ')[1]!.split(' ');
      const pages = Number(readFileSync(`${folder}/statm`, 'latin1').split(' ')[1]);
      return { processor: 10 * (Number(fields[11]) + Number(fields[12])), memory: 4096 * pages };
    } catch {
      return { processor: Number.NaN, memory: 0 };
    }
  }
}

/** A reply that is no JSON counts as none: only the child's own program writes lines. */
function firstLine(text: string): string {
  const line = text.slice(0, text.indexOf('\n'));
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? line : '{"stopped":"crash"}';
  } catch {
    return '{"stopped":"crash"}';
  }
}

/** A judge that is killed cannot end its child: where the system can, it bounds the child's processor time by itself. */
function bounded(program: string, words: readonly string[]): [command: string, words: string[]] {
  if (process.platform === 'win32') return [program, [...words]];
  return ['/bin/sh', ['-c', `ulimit -t ${MOST_SECONDS}; exec "$0" "$@"`, program, ...words]];
}

/** Node's permission model, under the name that this version has for it: no files but the program, nothing else. */
function flags(program: string): string[] {
  const [major = 20, minor = 0] = process.versions.node.split('.').map(Number);
  const isStable = major > 23 || (major === 23 && minor >= 5) || (major === 22 && minor >= 13);
  return [
    isStable ? '--permission' : '--experimental-permission',
    `--allow-fs-read=${program}`,
    '--no-warnings',
    '--max-old-space-size=256',
  ];
}
