// What a thread of `npm run bench -- worker` does: one run of a benchmark. In: what to measure and files with the data; out: bytes.
import { pack } from '../lib/queue/packed.ts';
import { QueueError } from '../lib/queue/queue-error.ts';
import type { ThreadJob } from '../lib/queue/threads.ts';

type Does = (task: unknown, files: readonly string[]) => Promise<unknown>;

const kinds: Readonly<Record<string, () => Promise<Does>>> = {
  row: async () => (await import('./table.ts')).measureRowTask,
  ablation: async () => (await import('./ablations.ts')).measureAblation,
  trial: async () => (await import('./search.ts')).measureTrial,
};

/** Does one job; the pool calls it. */
export async function work({ kind, request, files }: ThreadJob): Promise<Uint8Array> {
  const find = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (!find) throw new QueueError(`this worker does not know how to do a job of kind "${kind}"`);
  const does = await find();
  return pack(await does(request, files));
}
