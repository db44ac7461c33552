// A line to the broker, as server and participants see it. In: topics and messages; out: the same, at the other end, possibly more
// than once. mqtt-link.ts makes one; tests may make others.

/** What hears what came. */
export type Listener = (topic: string, message: Uint8Array) => void;

export interface Link {
  /**
   * Sends a message.
   *
   * @param how `isRetained`: the broker keeps it for who comes later. `isConfirmed`: the broker confirms that it has it, and it is sent
   *   again until then; what is asked for again after a broken line need not be. Default: not retained, confirmed
   * @returns fulfilled once the broker has it, or, if that need not be confirmed, once it has left
   */
  publish(
    topic: string,
    message: Uint8Array,
    how?: { readonly isRetained?: boolean; readonly isConfirmed?: boolean },
  ): Promise<void>;
  /**
   * Listens to topics from now on, also after the line was broken.
   *
   * @param how `isConfirmed`: whether this end confirms to the broker what it has heard. Default: true
   */
  subscribe(
    topics: readonly string[],
    listener: Listener,
    how?: { readonly isConfirmed?: boolean },
  ): Promise<void>;
  /** Calls back now, and each time that the line is open again. */
  onOpen(callback: () => void): void;
  /** Calls back when the line breaks, with the reason as far as it is known. */
  onBroken(callback: (reason: string) => void): void;
  /** Hangs up; `isSilent`: without a farewell, as a device that dies. */
  close(isSilent?: boolean): Promise<void>;
}
