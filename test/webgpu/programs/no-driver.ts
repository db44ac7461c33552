// Looks for a GPU on a machine without any driver and prints the reason why there is none.
import { openGpu } from '../../../lib/webgpu/open-gpu.ts';
import type { WebgpuPackage } from '../../../lib/webgpu/provider.ts';
import { webgpuModule } from '../software-gpu.ts';

const webgpu = (await import(webgpuModule.href)) as WebgpuPackage;
const { gpu, reason } = await openGpu({ webgpu });
console.log(gpu ? `found ${gpu.name}` : reason);
gpu?.close();
