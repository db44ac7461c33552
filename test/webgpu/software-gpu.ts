// A GPU that the processor plays: Mesa's OpenGL ES without a screen if it is there, else the SwiftShader that Debian's
// chromium brings. Needs `npm run webgpu:install`; for tests and benchmarks.
import { existsSync } from 'node:fs';
import { type GpuOrReason, type OpenGpuOptions, openGpu } from '../../lib/webgpu/open-gpu.ts';
import type { WebgpuPackage } from '../../lib/webgpu/provider.ts';

/** A way to get a software adapter: variables that drivers read, and flags for the `webgpu` package. */
export interface Way {
  readonly name: string;
  readonly variables: Record<string, string>;
  readonly flags: readonly string[];
  readonly isPossible: boolean;
}

const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';
export const ways: readonly Way[] = [
  { name: 'Mesa', variables: { EGL_PLATFORM: 'surfaceless' }, flags: ['backend=opengles'], isPossible: true },
  {
    name: 'SwiftShader',
    variables: { VK_ICD_FILENAMES: swiftShader },
    flags: ['backend=vulkan'],
    isPossible: existsSync(swiftShader),
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
    const result = await openGpu({ webgpu, flags, allowsSoftware: true, ...options });
    if (result.gpu) return result;
    reasons.push(`${name}: ${result.reason}`);
  }
  return { gpu: null, reason: reasons.join('; ') };
}
