// The workers of a page. One that has nothing to do is kept for the next run: starting a worker takes time and, where its file is
// no longer at hand, the network.

export class Workers {
  private readonly make: () => Worker;
  private readonly idle: Worker[] = [];

  /** @param make starts worker.ts; how depends on who bundles it */
  constructor(make: () => Worker) {
    this.make = make;
  }

  take(): Worker {
    return this.idle.pop() ?? this.make();
  }

  /** Keeps a worker that waits: it forgets its run when the next one begins. */
  giveBack(worker: Worker): void {
    this.idle.push(worker);
  }

  end(): void {
    for (const worker of this.idle.splice(0)) worker.terminate();
  }
}
