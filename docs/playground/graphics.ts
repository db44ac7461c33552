// What a run on a GPU needs, as a piece of its own: kernels and all. compute.ts loads it once a reader has chosen a GPU.
export { gpuAttention } from '../../lib/webgpu/attention-device.ts';
export { openGpu } from '../../lib/webgpu/open-gpu.ts';
