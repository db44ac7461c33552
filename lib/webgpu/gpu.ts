// A GPU that is ready to work. Operations are recorded as dispatches, in order; `submit` hands all of them over at once,
// and whoever reads a result waits for it. WebGPU is silent by default: here every validation error, lack of memory
// and lost device comes back as a GpuError from the next `read` or `finish`.
import { BufferPool, bufferUsage, type PooledBuffer } from './buffer-pool.ts';
import { GpuError } from './gpu-error.ts';
import { type CompiledKernel, UNIFORM_STRIDE } from './kernel.ts';
import { Recording, type Work } from './recording.ts';
import { type Releasable, releasablesIn } from './releasable.ts';

/** @internal One run of a kernel. */
export interface Dispatch {
  readonly compiled: CompiledKernel;
  /** For bindings 1, 2, … */
  readonly buffers: readonly PooledBuffer[];
  /** The fields of the kernel's `shape`: whole numbers first, then real ones. */
  readonly whole: readonly number[];
  readonly real: readonly number[];
  /** Workgroups in x and y. */
  readonly groups: readonly [number, number];
}

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
  private readonly bufferIds = { next: 0 };
  private readonly mainPool: BufferPool;
  private recordingPool: BufferPool | null = null;
  private waiting: Dispatch[] = [];
  private scopes: Set<Releasable>[] = [];
  private checks: Promise<void>[] = [];
  private failure: GpuError | null = null;
  private isClosed = false;

  /** @internal */
  constructor({ device, kernels, name, isSoftware, blockBytes }: GpuParts) {
    this.device = device;
    this.kernels = kernels;
    this.name = name;
    this.isSoftware = isSoftware;
    this.blockBytes = blockBytes;
    this.mainPool = new BufferPool(device, this.bufferIds);
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      this.fail((event as GPUUncapturedErrorEvent).error.message);
    });
    device.lost.then(({ message, reason }) => {
      if (!this.isClosed) this.fail(`the device was lost: ${message || reason}`);
    });
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
    const made = new Set<Releasable>();
    this.scopes.push(made);
    try {
      const result = body();
      for (const kept of releasablesIn(result)) {
        if (made.delete(kept)) this.scopes.at(-2)?.add(kept);
      }
      return result;
    } finally {
      this.scopes.pop();
      for (const matrix of made) matrix.release();
    }
  }

  /**
   * Records the operations of `body` without running them. Each `run` of the recording replays them with one
   * submission: pipelines, bind groups and memory stay as they are, only the numbers in the inputs may change.
   *
   * @throws GpuError if a recording is already under way, or `body` uploads or reads
   */
  record<T>(body: () => T): Recording<T> {
    if (this.recordingPool) throw new GpuError('a recording cannot be made inside a recording');
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
    await this.check();
  }

  /** Frees the memory that is kept for later operations. */
  trim(): void {
    this.submit();
    this.mainPool.trim();
    for (const { bindGroups } of this.kernels.values()) bindGroups.clear();
  }

  /** Ends the device; no matrix can be used afterwards. */
  close(): void {
    this.isClosed = true;
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

  /** @internal */
  remember(matrix: Releasable): void {
    this.scopes.at(-1)?.add(matrix);
  }

  /** @internal */
  dispatch(dispatch: Dispatch): void {
    this.expectUsable();
    this.waiting.push(dispatch);
  }

  /** @internal Writes numbers into a buffer, after everything that was recorded before. */
  write(target: PooledBuffer, data: Float32Array | Uint32Array): void {
    this.expectUsable();
    if (this.recordingPool) throw new GpuError('nothing can be uploaded while a recording is made');
    this.submit();
    this.watched(() => this.device.queue.writeBuffer(target.buffer, 0, data as Float32Array<ArrayBuffer>));
  }

  /** @internal Takes a buffer from the pool, with lack of memory noted. */
  allocate(bytes: number): PooledBuffer {
    this.expectUsable();
    const usage = bufferUsage.storage | bufferUsage.copySource | bufferUsage.copyTarget;
    return this.watched(() => this.pool.take(bytes, usage));
  }

  /** @internal Copies the beginning of buffers to the processor's memory, all with one submission. */
  async readBuffers(sources: readonly { buffer: PooledBuffer; bytes: number }[]): Promise<Float32Array[]> {
    this.expectUsable();
    if (this.recordingPool) throw new GpuError('nothing can be read while a recording is made');
    this.submit();
    const staging = this.watched(() => {
      const encoder = this.device.createCommandEncoder();
      const targets = sources.map(({ buffer, bytes }) => {
        const target = this.mainPool.take(bytes, bufferUsage.mapRead | bufferUsage.copyTarget);
        if (bytes > 0) encoder.copyBufferToBuffer(buffer.buffer, 0, target.buffer, 0, bytes);
        return target;
      });
      this.device.queue.submit([encoder.finish()]);
      return targets;
    });
    await this.check();
    const mapped = staging.map(async (target, index) => {
      const { bytes } = sources[index]!;
      if (bytes === 0) return new Float32Array(0);
      await target.buffer.mapAsync(1, 0, bytes); // GPUMapMode.READ
      const copy = new Float32Array(target.buffer.getMappedRange(0, bytes).slice(0));
      target.buffer.unmap();
      return copy;
    });
    try {
      return await Promise.all(mapped);
    } catch (error) {
      throw this.failure ?? new GpuError((error as Error).message);
    } finally {
      for (const target of staging) this.mainPool.giveBack(target);
    }
  }

  /** Builds what a submission needs: the shapes of all dispatches in one uniform buffer, and bind groups. */
  private prepare(dispatches: readonly Dispatch[], pool: BufferPool): Work {
    return this.watched(() => {
      const data = new ArrayBuffer(Math.max(1, dispatches.length) * UNIFORM_STRIDE);
      const uniforms = pool.take(data.byteLength, bufferUsage.uniform | bufferUsage.copyTarget);
      const steps = dispatches.map(({ compiled, buffers, whole, real, groups }, index) => {
        const offset = index * UNIFORM_STRIDE;
        new Uint32Array(data, offset, whole.length).set(whole);
        new Float32Array(data, offset + 4 * whole.length, real.length).set(real);
        const cache = pool === this.mainPool ? compiled.bindGroups : new Map<string, GPUBindGroup>();
        const bindGroup = this.bindGroup(compiled, uniforms, buffers, cache);
        return { pipeline: compiled.pipeline, bindGroup, offset, groups };
      });
      this.device.queue.writeBuffer(uniforms.buffer, 0, data);
      return { steps, uniforms };
    });
  }

  private bindGroup(
    { kernel, layout }: CompiledKernel,
    uniforms: PooledBuffer,
    buffers: readonly PooledBuffer[],
    cache: Map<string, GPUBindGroup>,
  ): GPUBindGroup {
    const key = [uniforms, ...buffers].map(({ id }) => id).join(' ');
    const known = cache.get(key);
    if (known) return known;
    const entries = buffers.map(({ buffer }, index) => ({ binding: index + 1, resource: { buffer } }));
    const shape = { binding: 0, resource: { buffer: uniforms.buffer, size: UNIFORM_STRIDE } };
    const made = this.device.createBindGroup({ label: kernel.name, layout, entries: [shape, ...entries] });
    if (cache.size >= 4096) cache.clear();
    cache.set(key, made);
    return made;
  }

  /** One command buffer with one pass; dispatches in a pass see what the earlier ones wrote. */
  private run({ steps }: Work): void {
    this.expectUsable();
    this.submit();
    this.watched(() => {
      const encoder = this.device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (const { pipeline, bindGroup, offset, groups } of steps) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, bindGroup, [offset]);
        pass.dispatchWorkgroups(...groups);
      }
      pass.end();
      this.device.queue.submit([encoder.finish()]);
    });
  }

  /** Calls the device and notes what it finds wrong, for the next `check`. */
  private watched<T>(body: () => T): T {
    const filters = ['validation', 'out-of-memory', 'internal'] as const;
    for (const filter of filters) this.device.pushErrorScope(filter);
    try {
      return body();
    } finally {
      for (const filter of [...filters].reverse()) {
        const noted = this.device.popErrorScope().then(
          (error) => {
            if (error)
              this.fail(filter === 'out-of-memory' ? `out of memory: ${error.message}` : error.message);
          },
          (error: Error) => this.fail(error.message),
        );
        this.checks.push(noted);
      }
    }
  }

  private async check(): Promise<void> {
    const checks = this.checks;
    this.checks = [];
    await Promise.all(checks);
    if (this.failure) throw this.failure;
  }

  private fail(message: string): void {
    this.failure ??= new GpuError(message);
  }

  private expectUsable(): void {
    if (this.isClosed) throw new GpuError('the device is closed');
    if (this.failure) throw this.failure;
  }
}
