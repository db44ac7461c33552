// biome-ignore-all assist/source/organizeImports: the order is the reading order
// WebGPU: matrices and their operations on a GPU, in browsers, Deno and Node. Read the files in this order.
import './opaque-types.ts';
export { type AdapterOrReason, type AdapterWish, findAdapter, type FoundAdapter } from './find-adapter.ts';
export * from './open-gpu.ts';
export { Gpu } from './gpu.ts';
export * from './gpu-error.ts';
export { GpuMatrix, readAll } from './gpu-matrix.ts';
export type { Recording } from './recording.ts';
export * from './matmul.ts';
export * from './elementwise.ts';
export * from './rows.ts';
export * from './softmax.ts';
export * from './layer-norm.ts';
export * from './optimizer.ts';
export * from './linear.ts';
export * from './multi-head-attention.ts';
export * from './encoder-block.ts';
export * from './encoder-trainer.ts';
export * from './personal-parts.ts';
export * from './attention-device.ts';
