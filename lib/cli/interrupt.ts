// Ctrl-C and SIGTERM: the run stops at the next event, so that everything half-written is removed on the way out. A
// second one stops at once.
import { setImmediate } from 'node:timers/promises';
import { Interrupted } from './usage-error.ts';

const signals = ['SIGINT', 'SIGTERM'] as const;

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

/** A signal that is aborted by Ctrl-C or SIGTERM, until `stop`; its reason is an `Interrupted` with this message. */
export function whenInterrupted(message?: string): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const abort = () => controller.abort(new Interrupted(message));
  for (const signal of signals) process.once(signal, abort);
  return {
    signal: controller.signal,
    stop: () => {
      for (const signal of signals) process.off(signal, abort);
    },
  };
}

/** Begins to watch for Ctrl-C and SIGTERM. */
export function watchInterrupt(): InterruptWatch {
  const controller = new AbortController();
  const { signal } = controller;
  const listen = () => {
    if (signal.aborted) process.exit(130);
    controller.abort(new Interrupted());
  };
  for (const signal of signals) process.on(signal, listen);
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
    stop: () => {
      for (const signal of signals) process.off(signal, listen);
    },
  };
}
