// A federation whose server knows every client's token, for timing one attention refresh: random messages of 100 items,
// as many as a client of MovieLens-1M has in the mean (166) to within a factor of two.

import { chooseLoops } from '../lib/fast/choose-loops.ts';
import { DeviceAttention } from '../lib/fast/device-attention.ts';
import { AttentionAggregator } from '../lib/federated/attention-aggregator.ts';
import { Memory } from '../lib/federated/memory.ts';
import { completeSettings } from '../lib/federated/settings.ts';
import { randomStream } from '../lib/numeric/rng.ts';
import { sampleWithoutReplacement } from '../lib/numeric/sampling.ts';
import { blockSizeFor } from '../lib/training/evaluate.ts';
import { gpuAttention } from '../lib/webgpu/attention-device.ts';
import type { Gpu } from '../lib/webgpu/gpu.ts';

export interface RefreshShape {
  readonly name: string;
  readonly clients: number;
  readonly items: number;
}

const rowsPerMessage = 100;
const factors = 16;

/** The refresh of one federation, by the processor and by a GPU; each writes δ of every client. */
export function prepareRefresh({ clients, items }: RefreshShape, gpu: Gpu | null) {
  const size = blockSizeFor(clients); // clients per request, as in the evaluation
  const memory = new Memory();
  const attention = new AttentionAggregator(
    clients,
    items,
    completeSettings({ factors }),
    memory,
    chooseLoops(),
  );
  const rng = randomStream(1, 'bench', clients);
  for (let client = 0; client < clients; client++) {
    const rows = sampleWithoutReplacement(rowsPerMessage, items, rng).sort();
    const left = Float32Array.from(rows, () => rng.normal());
    const right = Float32Array.from({ length: factors + 1 }, (_, k) => (k === factors ? 1 : rng.normal()));
    const extra = new Float32Array(0);
    attention.receive({ client, round: 1, rows, rank: 1, dims: factors + 1, left, right, extra });
  }
  for (const _ of attention.refresh(1)); // the index of clients; both sides use it as it is
  const out = new Float32Array(size * items);
  const device = gpu && new DeviceAttention(attention, clients, items, memory, gpuAttention(gpu));
  return {
    /** δ of all clients, block by block, as the evaluation asks for it. */
    onProcessor() {
      for (const block of attention.blocks(size)) attention.personalParts(block, out);
    },
    async onGpu() {
      await device!.finishRefresh();
    },
    /** The largest difference of some clients' δ between the two, of numbers whose root mean square is 1. */
    difference(): number {
      const block = attention.blocks(size)[0]!;
      const other = new Float32Array(out.length);
      attention.personalParts(block, out);
      device!.personalParts(block, other);
      let worst = 0;
      for (let index = 0; index < block.length * items; index++) {
        worst = Math.max(worst, Math.abs(out[index]! - other[index]!));
      }
      return worst;
    },
  };
}
