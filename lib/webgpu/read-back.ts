// The way back from the GPU: its storage cannot be read by the processor, so numbers are copied into buffers that can.
// In: buffers and how much of each; out: copies in the processor's memory.
import { type BufferPool, bufferUsage, type PooledBuffer } from './buffer-pool.ts';

/** @internal The beginning of a buffer. */
export interface Piece {
  readonly buffer: PooledBuffer;
  readonly bytes: number;
}

/** @internal Copies all pieces with one submission; the buffers must be given back to the pool. */
export function stage(device: GPUDevice, pool: BufferPool, pieces: readonly Piece[]): PooledBuffer[] {
  const encoder = device.createCommandEncoder();
  const staging = pieces.map(({ buffer, bytes }) => {
    const target = pool.take(bytes, bufferUsage.mapRead | bufferUsage.copyTarget);
    if (bytes > 0) encoder.copyBufferToBuffer(buffer.buffer, 0, target.buffer, 0, bytes);
    return target;
  });
  device.queue.submit([encoder.finish()]);
  return staging;
}

/** @internal Waits for the copies and reads them. */
export function readStaged(
  staging: readonly PooledBuffer[],
  pieces: readonly Piece[],
): Promise<Float32Array[]> {
  const mapped = staging.map(async ({ buffer }, index) => {
    const { bytes } = pieces[index]!;
    if (bytes === 0) return new Float32Array(0);
    await buffer.mapAsync(1, 0, bytes); // GPUMapMode.READ
    const copy = new Float32Array(buffer.getMappedRange(0, bytes).slice(0));
    buffer.unmap();
    return copy;
  });
  return Promise.all(mapped);
}
