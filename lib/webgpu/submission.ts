// From recorded operations to work that a device can be handed: shapes in a uniform buffer, bind groups, one command buffer.
// In: dispatches, in order; out: a submission that can be handed over as often as one likes.
import { type BufferPool, bufferUsage, type PooledBuffer } from './buffer-pool.ts';
import { type CompiledKernel, UNIFORM_STRIDE } from './kernel.ts';

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

/** @internal A submission, ready to be handed over. */
export interface Work {
  readonly uniforms: PooledBuffer;
  readonly steps: readonly WorkStep[];
}

interface WorkStep {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  /** Of the dispatch's shape among the uniforms. */
  readonly offset: number;
  readonly groups: readonly [number, number];
}

/** Bind groups that a kernel keeps for later; after that it starts over. */
const MOST_BIND_GROUPS = 4096;

/**
 * @internal Builds what a submission needs: the shapes of all dispatches in one uniform buffer, and bind groups.
 *
 * @param keepsBindGroups whether bind groups are kept with their kernels, for the next submission with the same buffers
 */
export function prepareWork(
  device: GPUDevice,
  dispatches: readonly Dispatch[],
  pool: BufferPool,
  keepsBindGroups: boolean,
): Work {
  const data = new ArrayBuffer(Math.max(1, dispatches.length) * UNIFORM_STRIDE);
  const uniforms = pool.take(data.byteLength, bufferUsage.uniform | bufferUsage.copyTarget);
  const steps = dispatches.map(({ compiled, buffers, whole, real, groups }, index) => {
    const offset = index * UNIFORM_STRIDE;
    new Uint32Array(data, offset, whole.length).set(whole);
    new Float32Array(data, offset + 4 * whole.length, real.length).set(real);
    const kept = keepsBindGroups ? compiled.bindGroups : new Map<string, GPUBindGroup>();
    return {
      pipeline: compiled.pipeline,
      bindGroup: bindGroupFor(device, compiled, uniforms, buffers, kept),
      offset,
      groups,
    };
  });
  device.queue.writeBuffer(uniforms.buffer, 0, data);
  return { steps, uniforms };
}

/** @internal Hands work over: one command buffer with one pass; dispatches in it see what the earlier ones wrote. */
export function submitWork(device: GPUDevice, { steps }: Work): void {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const { pipeline, bindGroup, offset, groups } of steps) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup, [offset]);
    pass.dispatchWorkgroups(...groups);
  }
  pass.end();
  device.queue.submit([encoder.finish()]);
}

/** The bind group of these buffers: one that was kept, or a new one. */
function bindGroupFor(
  device: GPUDevice,
  { kernel, layout }: CompiledKernel,
  uniforms: PooledBuffer,
  buffers: readonly PooledBuffer[],
  kept: Map<string, GPUBindGroup>,
): GPUBindGroup {
  const key = [uniforms, ...buffers].map(({ id }) => id).join(' ');
  const known = kept.get(key);
  if (known) return known;
  const entries = buffers.map(({ buffer }, index) => ({ binding: index + 1, resource: { buffer } }));
  const shape = { binding: 0, resource: { buffer: uniforms.buffer, size: UNIFORM_STRIDE } };
  const made = device.createBindGroup({ label: kernel.name, layout, entries: [shape, ...entries] });
  if (kept.size >= MOST_BIND_GROUPS) kept.clear();
  kept.set(key, made);
  return made;
}
