// Opens the GPU of the command line. Three variables serve tests and unusual installations: where the package webgpu
// lies, flags for it (between commas), and whether a GPU that the processor plays will do.
import { pathToFileURL } from 'node:url';
import { type GpuOrReason, openGpu } from '../webgpu/open-gpu.ts';
import type { WebgpuPackage } from '../webgpu/provider.ts';

export async function openConfiguredGpu(): Promise<GpuOrReason> {
  const { FEDTLREC_WEBGPU, FEDTLREC_WEBGPU_FLAGS, FEDTLREC_WEBGPU_SOFTWARE } = process.env;
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
