// Who does the work of the command line's runs, by the number given to --workers. The only place that decides it.
import type { TrainOptions } from '../federated/train.ts';
import { UsageError } from './usage-error.ts';

/**
 * What `train` needs to work with this many threads beside its own.
 *
 * @throws UsageError if there are no such threads
 */
export function makeExecutor(workers: number): Pick<TrainOptions, 'executor' | 'isShared'> {
  if (workers !== 0) {
    throw new UsageError(`--workers must be 0, this version trains in one thread, got ${workers}`);
  }
  return { isShared: false };
}
