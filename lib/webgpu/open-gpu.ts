// Opens a GPU, or says why there is none. In: nothing, in most cases; out: a device with all kernels compiled.
// Adapters are tried in order: the system's own interface (Vulkan, Metal, Direct3D), then OpenGL ES where that is all.
import { Gpu } from './gpu.ts';
import { GpuError } from './gpu-error.ts';
import { compileKernel } from './kernel.ts';
import { kernels } from './kernels/index.ts';
import { type AdapterOptions, type Candidate, findCandidates, type WebgpuPackage } from './provider.ts';

export interface OpenGpuOptions {
  /** The npm package `webgpu`, if it is installed where this library cannot find it: `await import('webgpu')`. */
  readonly webgpu?: WebgpuPackage;
  /** Flags for that package, such as `backend=vulkan`. */
  readonly flags?: readonly string[];
  /** Whether an adapter that the processor simulates will do; for tests, because it is slower than the processor. */
  readonly allowsSoftware?: boolean;
  /** The largest piece of a matrix that a kernel sees at once; what the adapter allows unless told. */
  readonly blockBytes?: number;
}

/** A GPU, or the reason why there is none. */
export type GpuOrReason =
  | { readonly gpu: Gpu; readonly reason: null }
  | { readonly gpu: null; readonly reason: string };

/** Threads of a workgroup that the kernels need; compatibility mode has fewer unless they are asked for. */
const INVOCATIONS = 256;
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/**
 * Opens the best GPU there is. In Node, the optional package `webgpu` 0.6.2 is needed.
 * It never throws for want of a GPU: the reason is in the result, as half a sentence.
 */
export async function openGpu(options: OpenGpuOptions = {}): Promise<GpuOrReason> {
  try {
    return await openBest(await findCandidates(options.webgpu, options.flags), options);
  } catch (error) {
    return { gpu: null, reason: (error as Error).message };
  }
}

async function openBest(candidates: readonly Candidate[], options: OpenGpuOptions): Promise<GpuOrReason> {
  const reasons = new Set<string>();
  for (const { gpu, featureLevel } of candidates) {
    const wish: AdapterOptions = { featureLevel, powerPreference: 'high-performance' };
    const adapter = await gpu.requestAdapter(wish);
    if (!adapter) continue;
    const { name, isSoftware } = describe(adapter);
    if (isSoftware && !options.allowsSoftware) {
      reasons.add(`there is only a GPU that the processor simulates (${name})`);
    } else if (adapter.limits.maxComputeInvocationsPerWorkgroup < INVOCATIONS) {
      reasons.add(`${name} runs fewer than ${INVOCATIONS} threads in a workgroup`);
    } else {
      return { gpu: await openDevice(adapter, name, isSoftware, options), reason: null };
    }
  }
  if (reasons.size === 0) reasons.add('WebGPU finds no adapter on this machine');
  return { gpu: null, reason: [...reasons].join('; ') };
}

async function openDevice(
  adapter: GPUAdapter,
  name: string,
  isSoftware: boolean,
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

function describe(adapter: GPUAdapter): { name: string; isSoftware: boolean } {
  const { vendor, architecture, device, description } = adapter.info;
  const words = [vendor, architecture, device, description].filter((word) => word !== '');
  const name = words.join(' ') || 'an unnamed adapter';
  const { isFallbackAdapter } = adapter.info as GPUAdapterInfo & { isFallbackAdapter?: boolean };
  return { name, isSoftware: isFallbackAdapter === true || softwareNames.test(name) };
}
