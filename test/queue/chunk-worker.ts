// Workers of a federation for tests, in this process: what `fedtlrec worker` does with the chunks of its rounds.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageVersion } from '../../lib/node/package-version.ts';
import { chunkOf } from '../../lib/queue/chunk-thread.ts';
import { FetchedFiles } from '../../lib/queue/fetched-files.ts';
import { COMMAND_LINE_POOL, type Job, ownEdition } from '../../lib/queue/job.ts';
import { type Broker, openQueue, startWorker } from './broker.ts';

/** The queue of the command line's workers. */
export function openWorkersQueue(broker: Broker) {
  return openQueue(broker, COMMAND_LINE_POOL, { edition: ownEdition(packageVersion()) });
}

/**
 * Starts a worker.
 *
 * @param before does something before each job, e.g. fails
 */
export async function startChunkWorker(
  broker: Broker,
  { lanes = 1, before }: { lanes?: number; before?: (job: Job) => unknown } = {},
) {
  const queue = await openWorkersQueue(broker);
  const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-chunks-'));
  const files = new FetchedFiles(queue.data, folder);
  const threads = Array.from({ length: lanes }, () => chunkOf());
  const names: string[] = [];
  const run = async (job: Job) => {
    names.push(job.name);
    const train = threads.pop()!;
    const { paths, done } = await files.use(job.data);
    try {
      await before?.(job);
      return await train({ ...job, files: paths });
    } finally {
      threads.push(train);
      await done();
    }
  };
  const worker = startWorker(queue, { lanes, run });
  return {
    ...worker,
    /** The jobs it was given. */
    names,
    folder,
    async end() {
      worker.giveUp();
      await worker.outcome;
      await queue.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
