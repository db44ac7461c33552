// Who does the work of the command line's runs, by the number given to --workers. The only place that decides it.
import type { RunOptions } from '../training/open-run.ts';

/** What `train` needs to work with this many threads beside its own; the result does not depend on the number. */
export async function makeExecutor(workers: number): Promise<Pick<RunOptions, 'executor'>> {
  if (workers === 0) return {};
  const { threadsExecutor } = await import('../simulator/threads.ts'); // the pool is loaded only where it is used
  return { executor: threadsExecutor(workers) };
}
