// What --backend stands for: the loops of a run, and with webgpu a GPU for the attention between clients. Where
// there is no GPU, one line says why and the processor does everything.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chooseLoops } from '../fast/choose-loops.ts';
import { fitsDevice } from '../fast/device-attention.ts';
import type { AttentionDevice } from '../federated/attention-device.ts';
import type { Loops } from '../federated/loops.ts';

/** What a run computes with. */
export interface OpenBackend {
  /** For reports: the name of the loops, or webgpu. */
  readonly name: string;
  readonly loops: Loops;
  readonly device?: AttentionDevice;
  close(): void;
}

/** Drivers get this long to answer. */
const PATIENCE_MS = 60_000;

/**
 * Opens a backend by its name. Default: the fastest of the processor.
 *
 * @param clients number of clients in the training data
 * @param items number of items in the training data
 */
export async function openBackend(
  name: string | undefined,
  clients: number,
  items: number,
): Promise<OpenBackend> {
  if (name !== 'webgpu') {
    const loops = chooseLoops(name);
    return { name: loops.name, loops, close() {} };
  }
  const loops = chooseLoops();
  const refuse = (reason: string): OpenBackend => {
    console.error(`fedtlrec: --backend webgpu: ${reason}; the processor does it all (${loops.name})`);
    return { name: loops.name, loops, close() {} };
  };
  if (!fitsDevice(clients, items))
    return refuse(`the personal parts of ${clients} clients and ${items} items take more than 512 MiB`);
  const refusal = await probe();
  if (refusal !== null) return refuse(refusal);
  const { openConfiguredGpu } = await import('./configured-gpu.ts');
  const { gpuAttention } = await import('../webgpu/attention-device.ts');
  const { gpu, reason } = await openConfiguredGpu();
  if (!gpu) return refuse(reason);
  return { name: 'webgpu', loops, device: gpuAttention(gpu), close: () => gpu.close() };
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
