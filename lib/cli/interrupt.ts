// Ctrl-C: the run stops at the next event, so that everything half-written is removed on the way out. A second
// Ctrl-C stops at once.
import { setImmediate } from 'node:timers/promises';
import { Interrupted } from './usage-error.ts';

export interface InterruptWatch {
  /** Lets the signal in (training by itself never waits for the outside world) and throws if there was one. */
  check(): Promise<void>;
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
  return {
    async check() {
      await setImmediate();
      if (isInterrupted) throw new Interrupted();
    },
    stop: () => {
      process.off('SIGINT', listen);
    },
  };
}
