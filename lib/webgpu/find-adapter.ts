// Asks for an adapter, the browser's or the package's word for a GPU, without making anything on it: so little code that a
// page can ask before it loads the rest. In: what will do; out: the best adapter, or why there is none.
// Adapters are tried in order: the system's own interface (Vulkan, Metal, Direct3D), then OpenGL ES where that is all.
import { type AdapterOptions, findCandidates, type WebgpuPackage } from './provider.ts';

export interface AdapterWish {
  /** The npm package `webgpu`, if it is installed where this library cannot find it: `await import('webgpu')`. */
  readonly webgpu?: WebgpuPackage;
  /** Flags for that package, such as `backend=vulkan`. */
  readonly flags?: readonly string[];
  /** Whether an adapter that the processor simulates will do; for tests, because it is slower than the processor. */
  readonly allowsSoftware?: boolean;
}

/** An adapter that can run the kernels. */
export interface FoundAdapter {
  readonly adapter: GPUAdapter;
  /** For people. */
  readonly name: string;
  readonly isSoftware: boolean;
}

/** An adapter, or the reason why there is none. */
export type AdapterOrReason =
  | { readonly found: FoundAdapter; readonly reason: null }
  | { readonly found: null; readonly reason: string };

/** @internal Threads of a workgroup that the kernels need; compatibility mode has fewer unless they are asked for. */
export const INVOCATIONS = 256;
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/** Finds the best GPU there is. It never throws for want of one: the reason is in the result, as half a sentence. */
export async function findAdapter(wish: AdapterWish = {}): Promise<AdapterOrReason> {
  const reasons = new Set<string>();
  try {
    for (const { gpu, featureLevel } of await findCandidates(wish.webgpu, wish.flags)) {
      const options: AdapterOptions = { featureLevel, powerPreference: 'high-performance' };
      const adapter = await gpu.requestAdapter(options);
      if (!adapter) continue;
      const refusal = refusalOf(adapter, wish);
      if (refusal === null) return { found: { adapter, ...describe(adapter) }, reason: null };
      reasons.add(refusal);
    }
  } catch (error) {
    return { found: null, reason: (error as Error).message };
  }
  if (reasons.size === 0) reasons.add('WebGPU finds no adapter on this machine');
  return { found: null, reason: [...reasons].join('; ') };
}

/** Why an adapter will not do; null if it will. */
function refusalOf(adapter: GPUAdapter, { allowsSoftware }: AdapterWish): string | null {
  const { name, isSoftware } = describe(adapter);
  if (isSoftware && !allowsSoftware) return `there is only a GPU that the processor simulates (${name})`;
  if (adapter.limits.maxComputeInvocationsPerWorkgroup < INVOCATIONS)
    return `${name} runs fewer than ${INVOCATIONS} threads in a workgroup`;
  return null;
}

function describe(adapter: GPUAdapter): { name: string; isSoftware: boolean } {
  const { vendor, architecture, device, description } = adapter.info;
  const words = [vendor, architecture, device, description].filter((word) => word !== '');
  const name = words.join(' ') || 'an unnamed adapter';
  const { isFallbackAdapter } = adapter.info as GPUAdapterInfo & { isFallbackAdapter?: boolean };
  return { name, isSoftware: isFallbackAdapter === true || softwareNames.test(name) };
}
