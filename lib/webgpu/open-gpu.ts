// Opens a GPU, or says why there is none. In: nothing, in most cases; out: a device with all kernels compiled.
import { type AdapterWish, type FoundAdapter, findAdapter, INVOCATIONS } from './find-adapter.ts';
import { Gpu } from './gpu.ts';
import { GpuError } from './gpu-error.ts';
import { compileKernel } from './kernel.ts';
import { kernels } from './kernels/index.ts';

export interface OpenGpuOptions extends AdapterWish {
  /** The largest piece of a matrix that a kernel sees at once. Default: what the adapter allows. */
  readonly blockBytes?: number;
}

/** A GPU, or the reason why there is none. */
export type GpuOrReason =
  | { readonly gpu: Gpu; readonly reason: null }
  | { readonly gpu: null; readonly reason: string };

/**
 * Opens the best GPU there is. In Node, the optional package `webgpu` 0.6.2 is needed.
 * It never throws for want of a GPU: the reason is in the result, as half a sentence.
 */
export async function openGpu(options: OpenGpuOptions = {}): Promise<GpuOrReason> {
  try {
    const { found, reason } = await findAdapter(options);
    return found ? { gpu: await openDevice(found, options), reason } : { gpu: null, reason };
  } catch (error) {
    return { gpu: null, reason: (error as Error).message };
  }
}

async function openDevice(
  { adapter, name, isSoftware }: FoundAdapter,
  { blockBytes }: OpenGpuOptions,
): Promise<Gpu> {
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredLimits: {
      maxComputeInvocationsPerWorkgroup: INVOCATIONS,
      maxComputeWorkgroupSizeX: INVOCATIONS,
      maxStorageBufferBindingSize,
      maxBufferSize,
    },
  });
  try {
    const largest = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    if (blockBytes !== undefined && !(blockBytes >= 256 && blockBytes <= largest)) {
      throw new GpuError(`blockBytes must be between 256 and ${largest}, got ${blockBytes}`);
    }
    const compiled = await Promise.all(kernels.map((kernel) => compileKernel(device, kernel)));
    const byName = new Map(compiled.map((entry) => [entry.kernel.name, entry]));
    return new Gpu({ device, kernels: byName, name, isSoftware, blockBytes: blockBytes ?? largest });
  } catch (error) {
    device.destroy();
    throw error;
  }
}
