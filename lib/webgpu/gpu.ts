// A GPU that is ready to work. Operations are recorded as dispatches, in order; `submit` hands all of them over at once,
// and whoever reads a result waits for it. Whatever goes wrong comes back as a GpuError from the next `read` or `finish`.
import { BufferPool, bufferUsage, type PooledBuffer } from './buffer-pool.ts';
import { DeviceErrors } from './device-errors.ts';
import { GpuError } from './gpu-error.ts';
import type { CompiledKernel } from './kernel.ts';
import { type Piece, readStaged, stage } from './read-back.ts';
import { Recording } from './recording.ts';
import { type Releasable, Scopes } from './releasable.ts';
import { type Dispatch, prepareWork, submitWork, type Work } from './submission.ts';

/** @internal What `openGpu` knows about a device. */
export interface GpuParts {
  readonly device: GPUDevice;
  readonly kernels: ReadonlyMap<string, CompiledKernel>;
  readonly name: string;
  readonly isSoftware: boolean;
  readonly blockBytes: number;
}

/** An open device. Made by `openGpu`; ended by `close`, without which a Node process may not end. */
export class Gpu {
  /** The adapter, for people: `NVIDIA H100 (vulkan)`, say. */
  readonly name: string;
  /** Whether a processor plays the GPU. */
  readonly isSoftware: boolean;
  /** The largest piece of a matrix that a kernel sees at once, in bytes; larger matrices are split by rows. */
  readonly blockBytes: number;
  private readonly device: GPUDevice;
  private readonly kernels: ReadonlyMap<string, CompiledKernel>;
  private readonly errors: DeviceErrors;
  private readonly scopes = new Scopes();
  private readonly bufferIds = { next: 0 };
  private readonly mainPool: BufferPool;
  private recordingPool: BufferPool | null = null;
  private waiting: Dispatch[] = [];

  /** @internal */
  constructor({ device, kernels, name, isSoftware, blockBytes }: GpuParts) {
    this.device = device;
    this.kernels = kernels;
    this.name = name;
    this.isSoftware = isSoftware;
    this.blockBytes = blockBytes;
    this.errors = new DeviceErrors(device);
    this.mainPool = new BufferPool(device, this.bufferIds);
  }

  /** Bytes of GPU memory that are held, in use or kept for the next operation. */
  get bytes(): number {
    return this.mainPool.bytes;
  }

  /**
   * Runs `body` and gives back the memory of every matrix that was made inside, except those in its result: a matrix, or
   * arrays and objects of them.
   */
  scope<T>(body: () => T): T {
    return this.scopes.run(body);
  }

  /**
   * Records the operations of `body` without running them. Each `run` of the recording replays them with one
   * submission: pipelines, bind groups and memory stay as they are, only the numbers in the inputs may change.
   *
   * @throws GpuError if a recording is already under way, or `body` uploads or reads
   */
  record<T>(body: () => T): Recording<T> {
    this.expectNoRecording('a recording cannot be made inside a recording');
    this.submit();
    const pool = new BufferPool(this.device, this.bufferIds);
    this.recordingPool = pool;
    try {
      const result = body();
      const work = this.prepare(this.waiting, pool);
      return new Recording(result, pool, () => this.run(work));
    } finally {
      this.waiting = [];
      this.recordingPool = null;
    }
  }

  /** Hands over all recorded operations. */
  submit(): void {
    if (this.waiting.length === 0 || this.recordingPool) return;
    const work = this.prepare(this.waiting, this.mainPool);
    this.waiting = [];
    this.run(work);
    this.mainPool.giveBack(work.uniforms); // a later write waits in the queue until this work is done
  }

  /**
   * Waits until everything that was handed over is done.
   *
   * @throws GpuError if anything went wrong since the last check
   */
  async finish(): Promise<void> {
    this.submit();
    await this.device.queue.onSubmittedWorkDone();
    await this.errors.check();
  }

  /** Frees the memory that is kept for later operations. */
  trim(): void {
    this.submit();
    this.mainPool.trim();
    for (const { bindGroups } of this.kernels.values()) bindGroups.clear();
  }

  /** Ends the device; no matrix can be used afterwards. */
  close(): void {
    this.errors.close();
    this.device.destroy();
  }

  /** @internal The pool that new memory comes from: a recording keeps its own. */
  get pool(): BufferPool {
    return this.recordingPool ?? this.mainPool;
  }

  /** @internal */
  kernel(name: string): CompiledKernel {
    const compiled = this.kernels.get(name);
    if (!compiled) throw new GpuError(`there is no kernel ${name}`);
    return compiled;
  }

  /** @internal Lets the scope around know of a matrix. */
  remember(matrix: Releasable): void {
    this.scopes.remember(matrix);
  }

  /** @internal Takes a buffer from the pool, with lack of memory noted. */
  allocate(bytes: number): PooledBuffer {
    this.errors.expectUsable();
    const usage = bufferUsage.storage | bufferUsage.copySource | bufferUsage.copyTarget;
    return this.errors.watch(() => this.pool.take(bytes, usage));
  }

  /** @internal Records an operation. */
  dispatch(dispatch: Dispatch): void {
    this.errors.expectUsable();
    this.waiting.push(dispatch);
  }

  /** @internal Writes numbers into a buffer, after everything that was recorded before. */
  write(target: PooledBuffer, data: Float32Array | Uint32Array): void {
    this.errors.expectUsable();
    this.expectNoRecording('nothing can be uploaded while a recording is made');
    this.submit();
    const values = data as Float32Array<ArrayBuffer>;
    this.errors.watch(() => this.device.queue.writeBuffer(target.buffer, 0, values));
  }

  /** @internal Copies the beginning of buffers to the processor's memory, all with one submission. */
  async readBuffers(pieces: readonly Piece[]): Promise<Float32Array[]> {
    this.errors.expectUsable();
    this.expectNoRecording('nothing can be read while a recording is made');
    this.submit();
    const staging = this.errors.watch(() => stage(this.device, this.mainPool, pieces));
    await this.errors.check();
    try {
      return await readStaged(staging, pieces);
    } catch (error) {
      throw this.errors.causeOf(error as Error);
    } finally {
      for (const target of staging) this.mainPool.giveBack(target);
    }
  }

  private prepare(dispatches: readonly Dispatch[], pool: BufferPool): Work {
    const keepsBindGroups = pool === this.mainPool; // a recording keeps its own with its work
    return this.errors.watch(() => prepareWork(this.device, dispatches, pool, keepsBindGroups));
  }

  /** Hands work over, after everything that was recorded before. */
  private run(work: Work): void {
    this.errors.expectUsable();
    this.submit();
    this.errors.watch(() => submitWork(this.device, work));
  }

  private expectNoRecording(rule: string): void {
    if (this.recordingPool) throw new GpuError(rule);
  }
}
