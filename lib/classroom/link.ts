// A line to the broker, as server and participants see it. In: topics and messages; out: the same, at the other end, at least once
// and possibly more than once. mqtt-link.ts makes one; tests may make others.

/** What hears what came. */
export type Listener = (topic: string, message: Uint8Array) => void;

export interface Link {
  /** Sends a message; fulfilled once the broker has it. */
  publish(topic: string, message: Uint8Array, isRetained?: boolean): Promise<void>;
  /** Listens to topics from now on, also after the line was broken. */
  subscribe(topics: readonly string[], listener: Listener): Promise<void>;
  /** Calls back now, and each time that the line is open again. */
  onOpen(callback: () => void): void;
  /** Calls back when the line breaks, with the reason as far as it is known. */
  onBroken(callback: (reason: string) => void): void;
  /** Hangs up; `isSilent`: without a farewell, as a device that dies. */
  close(isSilent?: boolean): Promise<void>;
}
