// What a thread of `fedtlrec worker` does: one job of any kind that it knows. In: a request and files with its data; out: bytes.
import { chunkOf } from '../queue/chunk-thread.ts';
import type { Outcome } from '../queue/job.ts';
import { QueueError } from '../queue/queue-error.ts';
import type { ThreadJob } from '../queue/threads.ts';
import { runOf } from './queued-run.ts';

/** The functions that do jobs, by kind. */
const kinds: Readonly<Record<string, (job: ThreadJob) => Promise<Outcome>>> = {
  run: runOf(),
  chunk: chunkOf(),
};

/** Does one job; the pool calls it. */
export async function work(job: ThreadJob): Promise<Outcome> {
  const does = Object.hasOwn(kinds, job.kind) ? kinds[job.kind] : undefined;
  if (!does) throw new QueueError(`this worker does not know how to do a job of kind "${job.kind}"`);
  return does(job);
}
