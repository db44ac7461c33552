// A pool of worker_threads that all hold the same program over the same shared memory.
// In: what a thread needs to build it, then one small task at a time; out: results in the order of the tasks.
// A thread that dies takes nothing with it: its task is repaired and runs once more. A thread that cannot start ends the run.
import { Piscina } from 'piscina';
import type { ThreadSetup, ThreadTask } from './task.ts';

/** Milliseconds that a thread may take to load its modules; without a limit, a broken one would be waited for forever. */
const START_LIMIT = 60_000;

/** What threads run where the sources run; a variable, so that bundlers do not look for it. */
const fromSource = './worker-from-source.mjs';
const isSource = import.meta.url.endsWith('.ts');
/** The module that threads run. Bundlers find it by this very expression. */
const worker = isSource ? new URL(fromSource, import.meta.url) : new URL('./worker.js', import.meta.url);

export class WorkerPool<Result> {
  readonly workers: number;
  private readonly pool: Piscina<ThreadTask, Result>;
  private readonly started: Promise<void>;
  private failure: Error | null = null;

  constructor(workers: number, workerData: ThreadSetup) {
    this.workers = workers;
    this.pool = new Piscina({
      filename: worker.href,
      name: 'work',
      minThreads: workers,
      maxThreads: workers,
      // Little garbage is made here; a smaller nursery for it saves some 20 MB a thread.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
      workerData,
      ...(isSource && { execArgv: withoutCompiler(process.execArgv) }),
    });
    this.pool.on('error', (error: Error) => this.fail(error));
    this.started = this.start();
    this.started.catch(() => {}); // whoever runs a task is told
  }

  /** Works through a list with as many lanes as there are threads; results keep the order of the list. */
  async spread<T, R>(list: readonly T[], work: (entry: T, lane: number) => Promise<R>): Promise<R[]> {
    const results = new Array<R>(list.length);
    let next = 0;
    const lane = async (_: unknown, index: number) => {
      while (next < list.length) {
        const position = next++;
        results[position] = await work(list[position]!, index);
      }
    };
    await Promise.all(Array.from({ length: this.workers }, lane));
    return results;
  }

  /**
   * Runs a task; a thread may die once per task, the second failure ends the run.
   *
   * @param repair undoes what a broken attempt has changed
   * @param what the task in words, for the error
   */
  async runTwice(task: ThreadTask, repair: () => void, what: string): Promise<Result> {
    await this.started;
    try {
      return await this.pool.run(task);
    } catch {
      repair();
    }
    try {
      return await this.pool.run(task);
    } catch (error) {
      repair();
      if (this.failure) throw this.failure;
      throw new Error(`simulator: a worker failed twice on ${what}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  /** Waits until threads answer. */
  private async start(): Promise<void> {
    const limit = setTimeout(() => {
      this.fail(new Error(`it did not answer within ${START_LIMIT / 1000} seconds`));
    }, START_LIMIT);
    try {
      await this.pool.run({ kind: 'ready' });
    } catch (error) {
      this.fail(error as Error);
    } finally {
      clearTimeout(limit);
    }
    if (this.failure) throw this.failure;
  }

  /** A thread that cannot load its modules never will: the pool would make another one, again and again. */
  private fail(error: Error): void {
    if (this.failure) return;
    this.failure = new Error(
      `simulator: a worker could not start (${worker.pathname.split('/').at(-1)}): ${error.message}; ` +
        'where a bundler has moved it, see docs/bundlers.md',
      { cause: error },
    );
    void this.pool.destroy();
  }
}

/** Node's flags without `--import tsx`: threads register it themselves, and inherited it only takes a fifth of their start. */
function withoutCompiler(flags: readonly string[]): string[] {
  const isCompiler = (flag = '') => /(^|[/=])tsx(\/|$)/.test(flag);
  return flags.filter((flag, at) => !isCompiler(flag) && !(isCompiler(flags[at + 1]) && !flag.includes('=')));
}
