// What to do when the server does not answer: ask again. It may have been restarted, and keeps everything on disk; only what it has
// refused for good is an error.
import timers from 'node:timers/promises'; // whole, so that a test can put its clock in their place
import { QueueError } from './queue-error.ts';

/** Milliseconds between two attempts. */
const PAUSE_MS = 250;
/** Attempts after which somebody should be told. */
const ATTEMPTS_UNTIL_TOLD = 20;
/** Errors of the client that mean: not now. */
const passing = [
  'TimeoutError',
  'NoResponders',
  'NoRespondersError',
  'RequestError',
  'ConnectionError',
  'JetStreamNotEnabled',
  'JetStreamStatusError',
];
/** What JetStream says while it starts: system temporarily unavailable. */
const UNAVAILABLE = 10008;

export interface Patience {
  /** Ends the waiting with its reason. */
  readonly signal?: AbortSignal;
  /** Hears, now and then, why it takes so long. */
  readonly onTrouble?: (reason: string) => void;
}

/**
 * Does something until it succeeds.
 *
 * @param what in words, for the error
 * @throws QueueError if the server refuses it, e.g. because its disk is full
 */
export async function patiently<T>(
  what: string,
  action: () => Promise<T>,
  { signal, onTrouble }: Patience,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await action();
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof QueueError) throw error;
      if (!isPassing(error)) throw new QueueError(`${what}: ${message}`, { cause: error });
      if (attempt % ATTEMPTS_UNTIL_TOLD === 0) onTrouble?.(`the server does not answer (${message})`);
    }
    await timers.setTimeout(PAUSE_MS, undefined, { signal }).catch(() => {});
  }
}

/** JetStream's number for an error; undefined for other errors. */
export function numberOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? code : undefined;
}

function isPassing(error: unknown): boolean {
  return passing.includes((error as Error).name) || numberOf(error) === UNAVAILABLE;
}
