// Ctrl-C: the run stops at the next event, so that everything half-written is removed on the way out. A second
// Ctrl-C stops at once.
import { setImmediate } from 'node:timers/promises';
import { Interrupted } from './usage-error.ts';

export interface InterruptWatch {
  /** Lets the signal in (training by itself never waits for the outside world) and throws if there was one. */
  check(): Promise<void>;
  /** The same, but tells instead of throwing. */
  wasInterrupted(): Promise<boolean>;
  /** Gives Ctrl-C its usual meaning back. */
  stop(): void;
}

/** Begins to watch for Ctrl-C. */
export function watchInterrupt(): InterruptWatch {
  let isInterrupted = false;
  const listen = () => {
    if (isInterrupted) process.exit(130);
    isInterrupted = true;
  };
  process.on('SIGINT', listen);
  const wasInterrupted = async () => {
    await setImmediate();
    return isInterrupted;
  };
  return {
    async check() {
      if (await wasInterrupted()) throw new Interrupted();
    },
    wasInterrupted,
    stop: () => {
      process.off('SIGINT', listen);
    },
  };
}
