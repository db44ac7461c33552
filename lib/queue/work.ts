// A worker: takes a job, does it while showing signs of life, stores the result, and only then acknowledges the job. What breaks on the
// way is tried again, here or elsewhere, up to five times; the sixth to get the job tells that it has failed.
import type { JsMsg } from '@nats-io/jetstream';
import { decodeJob, type Job, type Outcome } from './job.ts';
import { type JobQueue, keyOfSubject, MOST_ATTEMPTS } from './job-queue.ts';
import { BrokenWorker, QueueError } from './queue-error.ts';

export type WorkEvent =
  | { readonly type: 'taken'; readonly job: Job; readonly attempt: number }
  | { readonly type: 'done'; readonly job: Job; readonly seconds: number }
  | { readonly type: 'failed'; readonly name: string; readonly reason: string; readonly attempt: number }
  | { readonly type: 'returned'; readonly name: string }
  /** There is nothing to do, and has not been since the start. */
  | { readonly type: 'idle' };

export interface WorkOptions {
  readonly queue: JobQueue;
  /** How others call this worker. */
  readonly worker: string;
  /** Jobs side by side. */
  readonly lanes: number;
  /** Does a job; stops when the signal is aborted. */
  readonly run: (job: Job, signal: AbortSignal) => Promise<Outcome>;
  /** Takes no further job. */
  readonly finish: AbortSignal;
  /** Returns the jobs under way. */
  readonly giveUp: AbortSignal;
  readonly onEvent: (event: WorkEvent) => void | Promise<void>;
  /** Milliseconds without a sign of life after which another worker gets a job. Default: 30,000 */
  readonly silence?: number;
}

/** Milliseconds that a lane waits for a job before it asks again. */
const WAIT_MS = 2000;
/** Milliseconds until a failed job is tried again, times the attempt. */
const REST_MS = 200;

/**
 * Works until it is told to stop.
 *
 * @throws QueueError if results cannot be stored, no thread can start, or `onEvent` throws one
 */
export async function work(options: WorkOptions): Promise<void> {
  const { queue, lanes, silence } = options;
  const patience = await queue.prepareWork(silence);
  queue.announcements.answerRoll();
  await Promise.all(Array.from({ length: lanes }, () => workInLane(options, patience)));
}

async function workInLane(options: WorkOptions, silence: number): Promise<void> {
  const { queue, finish, onEvent } = options;
  let hasWorked = false;
  while (!finish.aborted) {
    const taken = await takeUntil(finish, queue);
    if (taken) await doJob(taken, options, silence);
    else if (!hasWorked && !finish.aborted) await onEvent({ type: 'idle' });
    hasWorked = true;
  }
}

/** Waits for a job, but no longer than until the signal; what comes later goes back. */
async function takeUntil(finish: AbortSignal, queue: JobQueue): Promise<JsMsg | null> {
  const taking = queue.take(WAIT_MS, finish);
  let stop = () => {};
  const stopped = new Promise<null>((resolve) => {
    stop = () => resolve(null);
    finish.addEventListener('abort', stop);
  });
  try {
    const taken = await Promise.race([taking, stopped]);
    if (!taken && finish.aborted) taking.then((late) => late && queue.giveBack(late)).catch(() => {});
    return taken;
  } catch (error) {
    if (finish.aborted) return null;
    throw error;
  } finally {
    finish.removeEventListener('abort', stop);
  }
}

async function doJob(taken: JsMsg, options: WorkOptions, silence: number): Promise<void> {
  const { queue, worker, run, giveUp, onEvent } = options;
  const key = keyOfSubject(taken.subject);
  const attempt = taken.info.deliveryCount;
  const pulse = setInterval(() => taken.working(), silence / 3);
  const begin = performance.now();
  const seconds = () => (performance.now() - begin) / 1000;
  let name = key;
  try {
    if (await queue.results.of(key)) return taken.ack();
    if (attempt > MOST_ATTEMPTS) {
      const failure = `its worker ended or fell silent, ${MOST_ATTEMPTS} times`;
      await queue.results.store({ key, worker, seconds: 0, data: null, failure });
      return taken.ack();
    }
    const job = decodeJob(taken.data);
    name = job.name;
    await onEvent({ type: 'taken', job, attempt });
    const outcome = await run(job, giveUp);
    await keep(taken, { key, worker, seconds: seconds(), failure: null }, outcome, options);
    await onEvent({ type: 'done', job, seconds: seconds() });
  } catch (error) {
    if (error instanceof Unstorable) throw new QueueError(error.message);
    if (giveUp.aborted || error instanceof BrokenWorker) {
      await queue.giveBack(taken);
      await onEvent({ type: 'returned', name });
      if (!giveUp.aborted) throw error;
    } else await fail(taken, name, (error as Error).message, options);
  } finally {
    clearInterval(pulse);
  }
}

/** A result that the server refuses: every other one would be lost, too. */
class Unstorable extends Error {}

async function keep(
  taken: JsMsg,
  result: { key: string; worker: string; seconds: number; failure: null },
  outcome: Outcome,
  { queue }: WorkOptions,
): Promise<void> {
  const [bytes, ...beside] = outcome instanceof Uint8Array ? [outcome] : outcome;
  try {
    for (const other of beside) await queue.data.put(other);
    await queue.results.store({ ...result, data: await queue.data.put(bytes) });
    taken.ack();
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    const reason = error.message;
    queue.announcements.tell({ ...result, reason, attempt: taken.info.deliveryCount, isFinal: true });
    taken.nak(REST_MS);
    throw new Unstorable(reason);
  }
}

async function fail(taken: JsMsg, name: string, reason: string, options: WorkOptions): Promise<void> {
  const { queue, worker, onEvent } = options;
  const attempt = taken.info.deliveryCount;
  const key = keyOfSubject(taken.subject);
  if (attempt >= MOST_ATTEMPTS) {
    await queue.results.store({ key, worker, seconds: 0, data: null, failure: reason });
    taken.ack();
  } else {
    queue.announcements.tell({ key, worker, reason, attempt, isFinal: false });
    taken.nak(REST_MS * attempt);
  }
  await onEvent({ type: 'failed', name, reason, attempt });
}
