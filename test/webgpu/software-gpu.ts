// A GPU that the processor plays: Mesa's OpenGL ES without a screen if it is there, else the SwiftShader that Debian's
// chromium brings. With FEDTLREC_TEST_GPU=real the tests get the GPU of the machine instead, and nothing else will do.
// Needs `npm run webgpu:install`; for tests and benchmarks.
import { existsSync } from 'node:fs';
import { type GpuOrReason, type OpenGpuOptions, openGpu } from '../../lib/webgpu/open-gpu.ts';
import type { WebgpuPackage } from '../../lib/webgpu/provider.ts';

/** Whether the tests are to run on the GPU of this machine. */
export const wantsRealGpu = process.env.FEDTLREC_TEST_GPU === 'real';

/** A way to get an adapter: variables that drivers read, and flags for the `webgpu` package. */
export interface Way {
  readonly name: string;
  readonly variables: Record<string, string>;
  readonly flags: readonly string[];
  readonly isPossible: boolean;
}

const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';
export const ways: readonly Way[] = [
  { name: 'the GPU of this machine', variables: {}, flags: ['backend=vulkan'], isPossible: wantsRealGpu },
  {
    name: 'Mesa',
    variables: { EGL_PLATFORM: 'surfaceless' },
    flags: ['backend=opengles'],
    isPossible: !wantsRealGpu,
  },
  {
    name: 'SwiftShader',
    variables: { VK_ICD_FILENAMES: swiftShader },
    flags: ['backend=vulkan'],
    isPossible: !wantsRealGpu && existsSync(swiftShader),
  },
];

/** Variables that hide every driver of a machine. */
export const noDriver = {
  VK_ICD_FILENAMES: '/nonexistent',
  VK_DRIVER_FILES: '/nonexistent',
  __EGL_VENDOR_LIBRARY_FILENAMES: '/nonexistent',
  LIBGL_DRIVERS_PATH: '/nonexistent',
};

/** Where the tests' own copy of the `webgpu` package lies. */
export const webgpuModule = new URL('./node_modules/webgpu/index.js', import.meta.url);

/** Opens a device of its own; whoever asks closes it. */
export async function openSoftwareGpu(options: OpenGpuOptions = {}, names?: string[]): Promise<GpuOrReason> {
  if (!existsSync(webgpuModule)) return { gpu: null, reason: 'npm run webgpu:install was not run' };
  const webgpu = (await import(webgpuModule.href)) as WebgpuPackage;
  const reasons: string[] = [];
  for (const { name, variables, flags, isPossible } of ways) {
    if (!isPossible || (names && !names.includes(name))) continue;
    Object.assign(process.env, variables);
    const result = await openGpu({ webgpu, flags, allowsSoftware: !wantsRealGpu, ...options });
    const isAsked = wantsRealGpu || (result.gpu?.isSoftware ?? false); // OpenGL ES may find a real one
    if (result.gpu && isAsked) return result;
    result.gpu?.close();
    reasons.push(`${name}: ${result.gpu ? 'it is real' : result.reason}`);
  }
  return { gpu: null, reason: reasons.join('; ') };
}
