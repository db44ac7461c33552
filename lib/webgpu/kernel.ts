// A kernel: a small program in WGSL that thousands of threads of the GPU run at once.
// In: WGSL with a uniform `shape` at binding 0 and storage buffers from binding 1 on; out: a compiled pipeline, or an
// error that names the line. An invalid pipeline would compute zeros without a word: so nothing runs before this check.
import { GpuError } from './gpu-error.ts';

/** A kernel as its file in kernels/ describes it. */
export interface Kernel {
  readonly name: string;
  readonly code: string;
  /** What it does with the storage buffers at bindings 1, 2, …; 'write' may read as well. */
  readonly storage: readonly ('read' | 'write')[];
}

/** A kernel that is ready to run. */
export interface CompiledKernel {
  readonly kernel: Kernel;
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** Bind groups already made, by the numbers of their buffers. */
  readonly bindGroups: Map<string, GPUBindGroup>;
}

/** Room for one dispatch's `shape` among the uniforms; the distance that every adapter allows. */
export const UNIFORM_STRIDE = 256;
const COMPUTE = 0x4; // GPUShaderStage.COMPUTE

/**
 * Compiles a kernel.
 *
 * @throws GpuError with the compiler's messages and their lines
 */
export async function compileKernel(device: GPUDevice, kernel: Kernel): Promise<CompiledKernel> {
  const entries: GPUBindGroupLayoutEntry[] = kernel.storage.map((access, index) => ({
    binding: index + 1,
    visibility: COMPUTE,
    buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
  }));
  const uniform: GPUBindGroupLayoutEntry = {
    binding: 0,
    visibility: COMPUTE,
    buffer: { type: 'uniform', hasDynamicOffset: true, minBindingSize: UNIFORM_STRIDE },
  };
  device.pushErrorScope('validation');
  const layout = device.createBindGroupLayout({ label: kernel.name, entries: [uniform, ...entries] });
  const module = device.createShaderModule({ label: kernel.name, code: kernel.code });
  const scope = device.popErrorScope();
  const { messages } = await module.getCompilationInfo();
  const errors = messages.filter(({ type }) => type === 'error');
  if (errors.length > 0) {
    const lines = errors.map(({ lineNum, linePos, message }) => `line ${lineNum}:${linePos}: ${message}`);
    await scope;
    throw new GpuError(`kernel ${kernel.name} does not compile: ${lines.join('; ')}`);
  }
  const invalid = await scope;
  if (invalid) throw new GpuError(`kernel ${kernel.name} is not valid: ${invalid.message}`);
  try {
    const pipeline = await device.createComputePipelineAsync({
      label: kernel.name,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: 'main' },
    });
    return { kernel, pipeline, layout, bindGroups: new Map() };
  } catch (error) {
    throw new GpuError(`kernel ${kernel.name} gives no pipeline: ${(error as Error).message}`);
  }
}
