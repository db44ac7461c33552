/** Something the GPU could not do: an invalid kernel, too little memory, a lost device. */
export class GpuError extends Error {
  constructor(message: string) {
    super(`webgpu: ${message}`);
    this.name = 'GpuError';
  }
}
