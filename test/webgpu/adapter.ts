// The device that all WebGPU tests share; where there is none, they skip and say why.
import test from 'tape';
import type { Gpu } from '../../lib/webgpu/gpu.ts';
import { openSoftwareGpu } from './software-gpu.ts';

const shared = await openSoftwareGpu();
test.onFinish(() => shared.gpu?.close());

/** Options for `test(name, options, …)`: skips with the reason where there is no adapter. */
export const needsGpu = { skip: shared.gpu ? false : `no WebGPU: ${shared.reason}` };

/** The device that all tests share. */
export function testGpu(): Gpu {
  if (!shared.gpu) throw new Error('a test that uses the GPU must be declared with needsGpu');
  return shared.gpu;
}

/** The device behind a `Gpu`, which hides it. */
export function deviceOf(gpu: Gpu): GPUDevice {
  return Reflect.get(gpu, 'device') as GPUDevice;
}
