// Operations that are prepared once and run many times, such as a training step.
import type { BufferPool } from './buffer-pool.ts';

/** Recorded operations. `result` holds what the recorded function returned: its matrices are filled by each `run`. */
export class Recording<T> {
  readonly result: T;
  private readonly pool: BufferPool;
  private readonly replay: () => void;

  /** @internal */
  constructor(result: T, pool: BufferPool, replay: () => void) {
    this.result = result;
    this.pool = pool;
    this.replay = replay;
  }

  /** Bytes of GPU memory that only this recording uses. */
  get bytes(): number {
    return this.pool.bytes;
  }

  /** Runs the operations once more, with one submission. */
  run(): void {
    this.replay();
  }

  /** Frees the memory of the recording, its results included; it cannot run again. */
  release(): void {
    this.pool.destroy();
  }
}
