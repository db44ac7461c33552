// What computes the attention between clients in a worker: the processor, or a GPU that is opened when it is first needed
// and given up at its first failure, so that a run goes on. In: what the reader chose; out: a device for `openRun`, and
// news for the page. Asking for a GPU takes little code; what makes it work is loaded only once it has been chosen.
import { fitsDevice } from '../../lib/fast/device-attention.ts';
import type { AttentionDevice } from '../../lib/federated/attention-device.ts';
import { findAdapter } from '../../lib/webgpu/find-adapter.ts';
import type { Compute } from './configuration.ts';
import type { GpuNews } from './protocol.ts';

/** A device that is at work, or why there is none. */
export type DeviceAnswer =
  | { readonly device: AttentionDevice; readonly close: () => void; readonly reason: null }
  | { readonly device: null; readonly reason: string };

/** What this browser offers besides its processor. */
export async function askForGpu(compute: Compute): Promise<GpuNews> {
  const missing = missingInterface();
  if (missing !== null) return { type: 'gpu-found', name: null, reason: missing };
  const { found, reason } = await findAdapter({ allowsSoftware: compute === 'simulated' });
  return found ? { type: 'gpu-found', name: found.name, reason } : { type: 'gpu-found', name: null, reason };
}

/** The device of a run with this many clients and items; undefined if the processor does everything. */
export function deviceFor(
  compute: Compute,
  clients: number,
  items: number,
  tell: (news: GpuNews) => void,
): AttentionDevice | undefined {
  if (compute === 'processor') return undefined;
  return forgivingDevice(async () => {
    if (!fitsDevice(clients, items))
      return {
        device: null,
        reason: `the personal parts of ${clients} clients and ${items} items take more than 512 MiB`,
      };
    const missing = missingInterface();
    if (missing !== null) return { device: null, reason: missing };
    const { gpuAttention, openGpu } = await import('./graphics.ts');
    const { gpu, reason } = await openGpu({ allowsSoftware: compute === 'simulated' });
    if (!gpu) return { device: null, reason };
    return { device: gpuAttention(gpu), close: () => gpu.close(), reason };
  }, tell);
}

/**
 * A device that is opened by the first question, and that gives null to every question once it has failed: then the
 * library's own loops do the work.
 */
export function forgivingDevice(
  open: () => Promise<DeviceAnswer>,
  tell: (news: GpuNews) => void,
): AttentionDevice {
  let opening: Promise<DeviceAnswer> | null = null;
  let isAtWork = false;
  let hasStopped = false;
  let name = 'not opened yet';
  const stop = (reason: string) => {
    hasStopped = true;
    tell({ type: 'gpu-stopped', wasAtWork: isAtWork, reason });
  };
  const ask = async <T>(question: (device: AttentionDevice) => Promise<T | null>): Promise<T | null> => {
    if (hasStopped) return null;
    opening ??= open();
    let opened: DeviceAnswer | null = null;
    try {
      opened = await opening;
      if (!opened.device) {
        stop(opened.reason);
        return null;
      }
      name = opened.device.name;
      const answer = await question(opened.device);
      if (!isAtWork) tell({ type: 'gpu-works', name });
      isAtWork = true;
      return answer;
    } catch (error) {
      if (opened?.device) opened.close();
      stop(error instanceof Error ? error.message : String(error));
      return null;
    }
  };
  return {
    get name() {
      return name;
    },
    personalParts: (group) => ask((device) => device.personalParts(group)),
    trainEncoder: (task) => ask(async (device) => (await device.trainEncoder?.(task)) ?? null),
  };
}

/** Why this place cannot even be asked for a GPU; null if it can. */
function missingInterface(): string | null {
  if ((navigator as { gpu?: unknown }).gpu) return null;
  return isSecureContext
    ? 'this browser offers no WebGPU to a page’s workers'
    : 'browsers offer WebGPU only to pages that came over https';
}
