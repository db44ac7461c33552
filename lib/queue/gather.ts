// Who asks: puts jobs into the queue and hands out their results as they come. Results that are known are not asked for again, so a second
// call goes on where the first was stopped. In: jobs; out: what they gave, in the order in which it came.
import { setTimeout } from 'node:timers/promises';
import type { News } from './announcements.ts';
import type { Job } from './job.ts';
import type { JobQueue } from './job-queue.ts';
import { MOST_ATTEMPTS } from './job-queue.ts';
import { QueueError } from './queue-error.ts';
import type { JobResult } from './results.ts';

export interface Gathered {
  /** Which of the jobs. */
  readonly index: number;
  readonly bytes: Uint8Array;
  /** Their checksum. */
  readonly data: string;
  readonly worker: string;
  readonly seconds: number;
  /** Whether the result was there before it was asked for. */
  readonly isKnown: boolean;
}

/** After so many looks without news, jobs are asked for once more: a server whose machine broke down may have lost some. */
const QUIET_LOOKS = 12;

export interface GatherOptions {
  readonly signal?: AbortSignal;
  /** Hears of attempts that failed and of waiting without workers. */
  readonly onTrouble?: (text: string) => void;
  /** Milliseconds between two looks whether anybody works. Default: 5000 */
  readonly lookEvery?: number;
}

/**
 * Gathers the results of jobs.
 *
 * @throws QueueError naming the job that failed five times, or whose result cannot be stored
 */
export async function* gather(
  queue: JobQueue,
  jobs: readonly Job[],
  options: GatherOptions = {},
): AsyncGenerator<Gathered> {
  const waiting = new Map(jobs.map((job, index) => [queue.keyOf(job), index]));
  const nameOf = (key: string) => jobs[waiting.get(key)!]!.name;
  const arrivals = new Arrivals(queue, waiting, nameOf, options);
  try {
    const from = (await queue.results.latest()) + 1;
    for (const [key, index] of [...waiting]) {
      const known = await queue.results.of(key);
      if (known?.data) {
        waiting.delete(key);
        yield await gathered(queue, known, index, true);
      } else {
        if (known) await queue.results.forget(key);
        await queue.ask(jobs[index]!);
      }
    }
    for (let sequence = from; waiting.size > 0; ) {
      const result = await queue.results.from(sequence);
      if (result) sequence = result.sequence + 1;
      const index = result ? waiting.get(result.key) : undefined;
      if (!result) {
        const isQuiet = await arrivals.next();
        if (isQuiet) for (const open of waiting.values()) await queue.ask(jobs[open]!);
      } else if (index !== undefined) {
        if (result.data === null) throw failed(nameOf(result.key), result);
        waiting.delete(result.key);
        yield await gathered(queue, result, index, false);
      }
    }
  } finally {
    arrivals.stop();
  }
}

async function gathered(
  queue: JobQueue,
  { data, worker, seconds }: JobResult,
  index: number,
  isKnown: boolean,
): Promise<Gathered> {
  return { index, bytes: await queue.data.get(data!), data: data!, worker, seconds, isKnown };
}

function failed(name: string, { failure, worker }: JobResult): QueueError {
  return new QueueError(`${name} failed ${MOST_ATTEMPTS} times, at last on ${worker}: ${failure}`);
}

/** Waits for results, and watches whether anybody works. */
class Arrivals {
  private readonly queue: JobQueue;
  private readonly options: GatherOptions;
  private readonly stopListening: () => void;
  private isWoken = false;
  private wake: () => void;
  private failure: QueueError | null = null;
  private isLonely = false;
  private quietLooks = 0;

  constructor(
    queue: JobQueue,
    waiting: ReadonlyMap<string, number>,
    nameOf: (key: string) => string,
    options: GatherOptions,
  ) {
    this.queue = queue;
    this.options = options;
    this.wake = this.remember;
    const hear = ({ key, worker, reason, attempt, isFinal }: News) => {
      if (!waiting.has(key)) return;
      if (isFinal) this.failure = new QueueError(`${nameOf(key)}, on ${worker}: ${reason}`);
      else
        options.onTrouble?.(`${nameOf(key)} failed on ${worker} (${attempt} of ${MOST_ATTEMPTS}): ${reason}`);
      this.wake();
    };
    const ends = [queue.announcements.onNews(hear), queue.results.onStored(() => this.wake())];
    this.stopListening = () => {
      for (const end of ends) end();
    };
  }

  stop(): void {
    this.stopListening();
  }

  /** Returns when something may have come, at the latest after a while; whether it has been quiet for long. */
  async next(): Promise<boolean> {
    const { signal, lookEvery = 5000 } = this.options;
    if (!this.isWoken) {
      const end = new AbortController();
      const woken = new Promise<void>((resolve) => {
        this.wake = () => {
          this.isWoken = true;
          resolve();
        };
      });
      const wake = () => this.wake();
      signal?.addEventListener('abort', wake, { once: true });
      await Promise.race([woken, setTimeout(lookEvery, undefined, { signal: end.signal }).catch(() => {})]);
      end.abort();
      signal?.removeEventListener('abort', wake);
      this.wake = this.remember;
    }
    const wasWoken = this.isWoken;
    this.isWoken = false;
    signal?.throwIfAborted();
    if (this.failure) throw this.failure;
    if (!wasWoken) await this.look();
    this.quietLooks = wasWoken ? 0 : this.quietLooks + 1;
    return this.quietLooks > 0 && this.quietLooks % QUIET_LOOKS === 0;
  }

  private remember = () => {
    this.isWoken = true;
  };

  private async look(): Promise<void> {
    const isLonely = !(await this.queue.announcements.hasWorkers());
    if (isLonely && !this.isLonely) this.options.onTrouble?.('no worker is here; jobs wait until one comes');
    this.isLonely = isLonely;
  }
}
