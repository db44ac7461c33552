// WebGPU is silent by default: a mistake computes zeros. Here every validation error, lack of memory and lost device is
// noted, and whoever asks next gets it as a GpuError; it is the first one that counts, since the others follow from it.
import { GpuError } from './gpu-error.ts';

/** @internal */
export class DeviceErrors {
  private readonly device: GPUDevice;
  private checks: Promise<void>[] = [];
  private failure: GpuError | null = null;
  private isClosed = false;

  constructor(device: GPUDevice) {
    this.device = device;
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      this.note((event as GPUUncapturedErrorEvent).error.message);
    });
    device.lost.then(({ message, reason }) => {
      if (!this.isClosed) this.note(`the device was lost: ${message || reason}`);
    });
  }

  /** Calls the device and notes what it finds wrong, for the next `check`. */
  watch<T>(body: () => T): T {
    const filters = ['validation', 'out-of-memory', 'internal'] as const;
    for (const filter of filters) this.device.pushErrorScope(filter);
    try {
      return body();
    } finally {
      for (const filter of [...filters].reverse()) {
        const noted = this.device.popErrorScope().then(
          (error) => {
            if (error)
              this.note(filter === 'out-of-memory' ? `out of memory: ${error.message}` : error.message);
          },
          (error: Error) => this.note(error.message),
        );
        this.checks.push(noted);
      }
    }
  }

  /**
   * Waits for the verdict on everything that was watched.
   *
   * @throws GpuError if anything went wrong
   */
  async check(): Promise<void> {
    const checks = this.checks;
    this.checks = [];
    await Promise.all(checks);
    if (this.failure) throw this.failure;
  }

  /** @throws GpuError if the device is closed, or anything is known to have gone wrong */
  expectUsable(): void {
    if (this.isClosed) throw new GpuError('the device is closed');
    if (this.failure) throw this.failure;
  }

  /** What lies behind an error: what was noted first, or the error itself. */
  causeOf(error: Error): GpuError {
    return this.failure ?? new GpuError(error.message);
  }

  /** From now on a lost device is no error. */
  close(): void {
    this.isClosed = true;
  }

  private note(message: string): void {
    this.failure ??= new GpuError(message);
  }
}
