// What --backend stands for: loops for matrix products, and with webgpu a GPU for the attention between clients. Where
// there is no GPU, one line says why and the processor does everything.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chooseBackend } from '../fast/backends.ts';
import type { AttentionDevice } from '../fast/device-attention.ts';
import { fitsDevice } from '../fast/device-attention.ts';
import type { MatmulBackend } from '../numeric/matmul.ts';

/** What a run computes with. */
export interface OpenBackend {
  /** For reports: the backend, or webgpu. */
  readonly name: string;
  readonly backend: MatmulBackend;
  readonly device?: AttentionDevice;
  close(): void;
}

/** Drivers get this long to answer. */
const PATIENCE_MS = 60_000;

/**
 * Opens a backend by its name; the fastest of the processor unless told.
 *
 * @param clients of the data that are to be trained on; likewise items
 */
export async function openBackend(
  name: string | undefined,
  clients: number,
  items: number,
): Promise<OpenBackend> {
  if (name !== 'webgpu') {
    const backend = chooseBackend(name);
    return { name: backend.name, backend, close() {} };
  }
  const backend = chooseBackend();
  const refuse = (reason: string): OpenBackend => {
    console.error(`fedtlrec: --backend webgpu: ${reason}; the processor does it all (${backend.name})`);
    return { name: backend.name, backend, close() {} };
  };
  if (!fitsDevice(clients, items))
    return refuse(`the personal parts of ${clients} clients and ${items} items take more than 512 MiB`);
  const refusal = await probe();
  if (refusal !== null) return refuse(refusal);
  const { openConfiguredGpu } = await import('./configured-gpu.ts');
  const { gpuAttention } = await import('../webgpu/attention-device.ts');
  const { gpu, reason } = await openConfiguredGpu();
  if (!gpu) return refuse(reason);
  return { name: 'webgpu', backend, device: gpuAttention(gpu), close: () => gpu.close() };
}

/**
 * Opens the GPU in a process of its own first: there, drivers may write to stderr and may crash.
 *
 * @returns why the GPU cannot be used; null if it can
 */
function probe(): Promise<string | null> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const program = fileURLToPath(new URL(`./probe-gpu.${extension}`, import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [...process.execArgv, program], { timeout: PATIENCE_MS }, (error, stdout) => {
      const answer = /^\{"reason":.*\}$/m.exec(stdout);
      if (answer) resolve((JSON.parse(answer[0]) as { reason: string | null }).reason);
      else if (error?.killed) resolve(`the driver does not answer within ${PATIENCE_MS / 1000} s`);
      else resolve(`the driver ends the process (${error?.signal ?? error?.code ?? 'without an answer'})`);
    });
  });
}
