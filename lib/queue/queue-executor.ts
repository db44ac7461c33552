// Rounds by the workers of a queue, behind the same seam as threads: each chunk of clients is a job. What was trained is measured here.
import type { Setup } from '../federated/recipe.ts';
import { packageVersion } from '../node/package-version.ts';
import { type Executor, type ExecutorFactory, inlineExecutor } from '../training/executor.ts';
import { recipeNamed } from '../training/recipes.ts';
import { ChunkRounds, type ChunkRoundsOptions } from './chunk-rounds.ts';
import { COMMAND_LINE_POOL, ownEdition } from './job.ts';
import { JobQueue } from './job-queue.ts';

export interface QueueExecutorOptions extends ChunkRoundsOptions {
  /** Who measures what was trained, on this machine, e.g. `threadsExecutor(4)`. Default: this thread. */
  readonly evaluator?: ExecutorFactory;
  /** Hears when the line to the server breaks and when it is back. */
  readonly onChange?: (isThere: boolean) => void;
}

/**
 * An executor over the workers of a queue, for `train(recipe, split, { executor: queueExecutor('nats://localhost:4222') })`. Workers are
 * processes of `fedtlrec worker nats://localhost:4222`, of this version, on any number of machines; they know the library's own recipes.
 *
 * @param address of the NATS server, `nats://HOST` or `tls://HOST`
 * @throws RangeError, from the run, if a device or a channel function is set, or the recipe is not one of the library's
 * @throws QueueError, from the run, if the server is not there, a chunk failed five times, or somebody else asks for the same run
 */
export function queueExecutor(address: string, options: QueueExecutorOptions = {}): ExecutorFactory {
  const evaluator: ExecutorFactory = options.evaluator ?? inlineExecutor;
  const make: ExecutorFactory = (program, setup) => {
    expectTrainable(setup);
    return new QueueExecutor(address, setup, evaluator(program, setup), options);
  };
  return Object.assign(make, { isShared: evaluator.isShared ?? false });
}

class QueueExecutor implements Executor {
  readonly workers: number;
  private readonly address: string;
  private readonly setup: Setup;
  private readonly here: Executor;
  private readonly options: QueueExecutorOptions;
  private queue: JobQueue | null = null;
  private rounds: ChunkRounds | null = null;

  constructor(address: string, setup: Setup, here: Executor, options: QueueExecutorOptions) {
    this.workers = here.workers;
    this.address = address;
    this.setup = setup;
    this.here = here;
    this.options = options;
  }

  async train(round: number, watched: ReadonlySet<number>) {
    this.rounds ??= await this.open();
    return this.rounds.train(round, watched);
  }

  evaluate(task: Parameters<Executor['evaluate']>[0]) {
    return this.here.evaluate(task);
  }

  countRecommended(task: Parameters<Executor['countRecommended']>[0]) {
    return this.here.countRecommended(task);
  }

  async close(): Promise<void> {
    await this.queue?.close();
    await this.here.close();
  }

  private async open(): Promise<ChunkRounds> {
    const { signal, onTrouble, onChange } = this.options;
    await expectKnown(this.setup);
    this.queue = await JobQueue.open(this.address, {
      ...{ edition: ownEdition(packageVersion()), pool: COMMAND_LINE_POOL },
      ...{ signal, onTrouble, onChange },
    });
    return ChunkRounds.open(this.queue, this.setup, this.options);
  }
}

function expectTrainable({ channel, device, recipe }: Setup): void {
  if (!recipe) throw new RangeError('queueExecutor: the setup must say which recipe it is of; openRun does');
  if (channel)
    throw new RangeError('queueExecutor: a channel function needs the inline executor; none travels');
  if (device) throw new RangeError('queueExecutor: workers have no device; leave out the option device');
}

/** Workers find recipes by their names. */
async function expectKnown({ recipe }: Setup): Promise<void> {
  const { name } = recipe!;
  if ((await recipeNamed(name).catch(() => null)) === recipe) return;
  throw new RangeError(`queueExecutor: workers know the library's recipes only, and '${name}' is none`);
}
