// Waiting for something to hold. It is asked again whenever something has changed, and once more when the time is up.

export class Waiting {
  private look: () => void = () => {};

  /** Something has changed: what is waited for may hold now. */
  changed(): void {
    this.look();
  }

  /**
   * Waits until `holds`.
   *
   * @param milliseconds after which `holds` is asked with true; infinite for never
   * @param onOverdue told if the time is up and it still does not hold
   * @throws the reason of `signal` once that is aborted
   */
  until(
    milliseconds: number,
    holds: (isTimeUp: boolean) => boolean,
    onOverdue: () => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    let isTimeUp = false;
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!signal?.aborted && !holds(isTimeUp)) return;
        clearTimeout(timer);
        this.look = () => {};
        if (signal?.aborted) reject(signal.reason as Error);
        else resolve();
      };
      const ring = () => {
        isTimeUp = true;
        look();
        if (this.look === look) onOverdue();
      };
      const timer = Number.isFinite(milliseconds) ? setTimeout(ring, milliseconds) : undefined;
      this.look = look;
      look();
    });
  }
}
