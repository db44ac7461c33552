// Opens the GPU of the command line. Three variables serve tests and unusual installations: where the package webgpu
// lies (nowhere if empty), flags for it (between commas), and whether a GPU that the processor plays will do.
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type GpuOrReason, openGpu } from '../webgpu/open-gpu.ts';
import type { WebgpuPackage } from '../webgpu/provider.ts';

/** Where `npm run webgpu:install` puts the package in a clone: npm never installs a root's own optional peer. */
const IN_A_CLONE = fileURLToPath(new URL('../../test/webgpu/node_modules/webgpu/index.js', import.meta.url));

export async function openConfiguredGpu(): Promise<GpuOrReason> {
  const { FEDTLREC_WEBGPU_FLAGS, FEDTLREC_WEBGPU_SOFTWARE } = process.env;
  const { FEDTLREC_WEBGPU = existsSync(IN_A_CLONE) ? IN_A_CLONE : '' } = process.env;
  let webgpu: WebgpuPackage | undefined;
  if (FEDTLREC_WEBGPU) {
    try {
      webgpu = (await import(pathToFileURL(FEDTLREC_WEBGPU).href)) as WebgpuPackage;
    } catch (error) {
      return {
        gpu: null,
        reason: `FEDTLREC_WEBGPU does not load: ${(error as Error).message.split('\n')[0]}`,
      };
    }
  }
  const flags = FEDTLREC_WEBGPU_FLAGS ? FEDTLREC_WEBGPU_FLAGS.split(',') : undefined;
  return openGpu({ webgpu, flags, allowsSoftware: FEDTLREC_WEBGPU_SOFTWARE === '1' });
}
