// Who does the work of the command line's runs, by what was given to --workers and --queue. The only place that decides it.
import type { QueueExecutorOptions } from '../queue/queue-executor.ts';
import type { RunOptions } from '../training/open-run.ts';
import type { CommandOptions } from './options.ts';

/**
 * What `train` needs to work with so many threads beside its own, or with the workers of a queue, which train while the threads measure;
 * the result does not depend on either.
 */
export async function makeExecutor(
  { workers, queue }: Pick<CommandOptions, 'workers' | 'queue'>,
  hears: Omit<QueueExecutorOptions, 'evaluator'>,
): Promise<Pick<RunOptions, 'executor'>> {
  const threads = workers === 0 ? {} : { executor: await threadsOf(workers) };
  if (queue === undefined) return threads;
  const { queueExecutor } = await import('../queue/queue-executor.ts');
  return { executor: queueExecutor(queue, { ...hears, evaluator: threads.executor }) };
}

/** The pool is loaded only where it is used. */
async function threadsOf(workers: number) {
  const { threadsExecutor } = await import('../simulator/threads.ts');
  return threadsExecutor(workers);
}
