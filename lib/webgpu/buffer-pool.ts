// Memory of the GPU, kept for the next one who needs as much: allocating costs more than a small product.
// In: sizes in bytes; out: buffers, whose numbers (`id`) name them in a cache of bind groups.

export interface PooledBuffer {
  readonly id: number;
  readonly buffer: GPUBuffer;
  /** What it was made for; the buffer may be larger than what was asked for. */
  readonly usage: number;
  readonly bytes: number;
}

/** Numbers of WebGPU's GPUBufferUsage, which is no global object in Node. */
export const bufferUsage = {
  mapRead: 0x1,
  copySource: 0x4,
  copyTarget: 0x8,
  uniform: 0x40,
  storage: 0x80,
} as const;

export class BufferPool {
  private readonly device: GPUDevice;
  private readonly ids: { next: number };
  private readonly free = new Map<string, PooledBuffer[]>();
  private readonly owned = new Set<PooledBuffer>();

  /** @param ids the next number to give; all pools of a device share it */
  constructor(device: GPUDevice, ids: { next: number }) {
    this.device = device;
    this.ids = ids;
  }

  /** Bytes of all buffers, lent or free. */
  get bytes(): number {
    let sum = 0;
    for (const { bytes } of this.owned) sum += bytes;
    return sum;
  }

  /** A buffer of at least this many bytes; its content is left over from earlier use. */
  take(bytes: number, usage: number): PooledBuffer {
    const size = roundUp(bytes);
    const waiting = this.free.get(keyOf(size, usage))?.pop();
    if (waiting) return waiting;
    const buffer = this.device.createBuffer({ size, usage });
    const pooled = { id: this.ids.next++, buffer, usage, bytes: size };
    this.owned.add(pooled);
    return pooled;
  }

  giveBack(pooled: PooledBuffer): void {
    const key = keyOf(pooled.bytes, pooled.usage);
    const waiting = this.free.get(key);
    if (waiting) waiting.push(pooled);
    else this.free.set(key, [pooled]);
  }

  /** Frees the buffers that nobody uses. */
  trim(): void {
    for (const pooled of [...this.free.values()].flat()) {
      pooled.buffer.destroy();
      this.owned.delete(pooled);
    }
    this.free.clear();
  }

  /** Frees all buffers, lent or not. */
  destroy(): void {
    for (const { buffer } of this.owned) buffer.destroy();
    this.owned.clear();
    this.free.clear();
  }
}

/** Sizes come in steps of at most an eighth, so that almost equal sizes share buffers. */
function roundUp(bytes: number): number {
  const least = Math.max(256, bytes);
  const step = Math.max(256, 2 ** (Math.floor(Math.log2(least)) - 3));
  return Math.ceil(least / step) * step;
}

function keyOf(bytes: number, usage: number): string {
  return `${usage}:${bytes}`;
}
