// Ctrl-C and SIGTERM: the run stops at the next event, so that everything half-written is removed on the way out. A
// second one stops at once.
import { setImmediate } from 'node:timers/promises';
import { Interrupted } from './usage-error.ts';

const signals = ['SIGINT', 'SIGTERM'] as const;
/** Milliseconds in which a signal that comes again is the same Ctrl-C: npm and npx pass it on to whom the terminal has told it, too. */
const SAME_SIGNAL = 300;

export interface InterruptWatch {
  /** Lets the signal in (training by itself never waits for the outside world) and throws if there was one. */
  check(): Promise<void>;
  /** The same, but tells instead of throwing. */
  wasInterrupted(): Promise<boolean>;
  /** Aborted by the first of them, for what waits for others. */
  readonly signal: AbortSignal;
  /** Gives the signals their usual meaning back. */
  stop(): void;
}

/**
 * Calls back whenever somebody sends a signal, once even if it comes twice.
 *
 * @returns ends it; what still comes of a signal that was heard just now is swallowed
 */
export function onSignal(name: (typeof signals)[number], listen: () => void): () => void {
  let heardAt = Number.NEGATIVE_INFINITY;
  const hear = () => {
    const now = performance.now();
    if (now - heardAt < SAME_SIGNAL) return;
    heardAt = now;
    listen();
  };
  process.on(name, hear);
  return () => {
    const rest = heardAt + SAME_SIGNAL - performance.now();
    if (rest <= 0) process.off(name, hear);
    else setTimeout(() => process.off(name, hear), rest).unref();
  };
}

/** A signal that is aborted by Ctrl-C or SIGTERM, until `stop`; its reason is an `Interrupted` with this message. */
export function whenInterrupted(message?: string): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const { signal } = controller;
  const listen = () => {
    if (signal.aborted) process.exit(130);
    controller.abort(new Interrupted(message));
  };
  const ends = signals.map((name) => onSignal(name, listen));
  const stop = () => {
    for (const end of ends) end();
  };
  return { signal, stop };
}

/** Begins to watch for Ctrl-C and SIGTERM. */
export function watchInterrupt(): InterruptWatch {
  const { signal, stop } = whenInterrupted();
  const wasInterrupted = async () => {
    await setImmediate();
    return signal.aborted;
  };
  return {
    async check() {
      if (await wasInterrupted()) throw new Interrupted();
    },
    wasInterrupted,
    signal,
    stop,
  };
}
