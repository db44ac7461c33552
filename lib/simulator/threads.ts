// The parallel simulator: a pool of worker_threads shares the clients of a round. State lies in shared memory, chunks
// are cut as everywhere and merged in order, so the digest is the same for any number of threads.
// A thread that dies takes nothing with it: the rows of its chunk are put back and the chunk runs once more.
import type { Split } from '../data/split.ts';
import { emptyPerUser } from '../evaluation/protocol.ts';
import type { ChunkResult, Program, Recipe, Setup } from '../federated/recipe.ts';
import { expectInteger } from '../numeric/ndarrays.ts';
import { blockSizeFor, scatter, variantsOf } from '../training/evaluate.ts';
import { chunksOf, type Executor, type ExecutorFactory } from '../training/executor.ts';
import { recipeNamed } from '../training/recipes.ts';
import { countItems, type ListTask } from '../training/recommend-block.ts';
import type { MakeTaskExecutor } from '../training/train-task.ts';
import { WorkerPool } from './pool.ts';
import { type ThreadTask, undo, undoBytes } from './task.ts';

/**
 * An executor over a pool of threads, for `train(recipe, split, { executor: threadsExecutor(4) })`. Threads load the run's own
 * recipe: by its name, or from its `module`.
 *
 * @param workers how many threads, 1 to 256
 * @throws RangeError if the memory is not shared, a channel function is set, which no thread could call, or threads could not
 *   load the recipe
 * @throws Error, from the run, if no thread can start, or a thread failed twice on the same work
 */
export function threadsExecutor(workers: number): ExecutorFactory {
  expectInteger('threadsExecutor', 'workers', workers, 1, 256);
  const make: ExecutorFactory = (program, setup) => {
    const { recipe } = setup;
    if (!recipe)
      throw new RangeError('threadsExecutor: the setup must say which recipe it is of; openRun does');
    return new ThreadsExecutor(workers, recipe, program, setup);
  };
  return Object.assign(make, { isShared: true });
}

/**
 * The same for `trainTask(task, { executor: taskThreads(2) })`; the task's module is imported again in each thread.
 *
 * @throws RangeError if the number of threads is not 1 to 256, or the task names no module
 */
export function taskThreads(workers: number): MakeTaskExecutor {
  expectInteger('taskThreads', 'workers', workers, 1, 256);
  const make: MakeTaskExecutor = ({ clients }, { task, settings, memory, loops, rank }) => {
    const { name, module } = task;
    if (module === undefined)
      throw new RangeError(
        `taskThreads: the task ${name} must name the module that exports it (module: import.meta.url)`,
      );
    const { arrays, derived } = memory;
    const workerData = {
      task: { name, module },
      settings,
      arrays,
      derived,
      loops: loops.name,
      rank,
      undo: [],
    };
    const pool = new WorkerPool<ChunkResult>(workers, workerData);
    return {
      workers,
      train: (round) =>
        pool.spread(chunksOf(clients), ([from, to]) => {
          const chunk: ThreadTask = { kind: 'train', round, from, to, watched: [], slot: 0 };
          return pool.runTwice(chunk, () => {}, chunkInWords(round, from, to));
        }),
      close: () => pool.close(),
    };
  };
  return Object.assign(make, { isShared: true });
}

class ThreadsExecutor implements Executor {
  readonly workers: number;
  private readonly program: Program;
  private readonly setup: Setup;
  private readonly undoBuffers: SharedArrayBuffer[];
  private readonly pool: WorkerPool<ChunkResult | Float64Array | Uint32Array>;
  private readonly recipe: Recipe;
  private loadable: Promise<void> | null = null;

  constructor(workers: number, recipe: Recipe, program: Program, setup: Setup) {
    if (!setup.memory.isShared)
      throw new RangeError('threadsExecutor: the memory must be shared (isShared: true)');
    if (setup.channel) throw new RangeError('threadsExecutor: a channel function needs the inline executor');
    this.workers = workers;
    this.recipe = recipe;
    this.program = program;
    this.setup = setup;
    const [[from, to] = [0, 0]] = chunksOf(setup.split.train.users);
    const bytes = undoBytes(setup.memory, to - from);
    this.undoBuffers = Array.from({ length: workers }, () => new SharedArrayBuffer(bytes));
    this.pool = new WorkerPool(workers, {
      recipe: { name: recipe.name, module: recipe.module },
      split: shareSplit(setup.split),
      settings: setup.settings,
      arrays: setup.memory.arrays,
      derived: setup.memory.derived,
      loops: setup.loops.name,
      undo: this.undoBuffers,
    });
  }

  async train(round: number, watched: ReadonlySet<number>): Promise<ChunkResult[]> {
    this.loadable ??= this.expectLoadable();
    await this.loadable;
    return this.pool.spread(chunksOf(this.setup.split.train.users), async ([from, to], slot) => {
      const task: ThreadTask = { kind: 'train', round, from, to, watched: [...watched], slot };
      const repair = () => undo(this.setup.memory, from, to, this.undoBuffers[slot]!);
      return (await this.pool.runTwice(task, repair, chunkInWords(round, from, to))) as ChunkResult;
    });
  }

  async evaluate(task: Parameters<Executor['evaluate']>[0]) {
    const { users } = this.setup.split.train;
    const results = variantsOf(task).map(() => emptyPerUser(users, task.further));
    await this.pool.spread(this.program.blocks(blockSizeFor(users)), async (block) => {
      const wanted: ThreadTask = { kind: 'evaluate', block, task };
      const measured = (await this.pool.runTwice(wanted, () => {}, 'evaluation')) as Float64Array;
      results.forEach((into, variant) => {
        scatter(measured, block, variant, into);
      });
    });
    return results;
  }

  async countRecommended(task: ListTask): Promise<Uint32Array> {
    const { users, items } = this.setup.split.train;
    const counts = new Uint32Array(items);
    await this.pool.spread(this.program.blocks(blockSizeFor(users)), async (block) => {
      const wanted: ThreadTask = { kind: 'recommend', block, task };
      countItems((await this.pool.runTwice(wanted, () => {}, 'recommending')) as Uint32Array, counts);
    });
    return counts;
  }

  /** A recipe made by the reader can be loaded by threads only if it says where it lies. */
  private async expectLoadable(): Promise<void> {
    const { name, module } = this.recipe;
    if (module !== undefined) return;
    const known = await recipeNamed(name).catch(() => null);
    if (known === this.recipe) return;
    throw new RangeError(
      `threadsExecutor: threads cannot load the recipe '${name}', which is not one of the library's; ` +
        'set its module to import.meta.url of the file that exports it',
    );
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}

function chunkInWords(round: number, from: number, to: number): string {
  return `clients ${from} to ${to - 1} in round ${round}`;
}

/** A copy of the split in shared memory, so that all threads read the same one. */
function shareSplit(split: Split): Split {
  return {
    ...split,
    train: { ...split.train, offsets: share(split.train.offsets), itemOf: share(split.train.itemOf) },
    validation: share(split.validation),
    test: share(split.test),
  };
}

function share<T extends Uint32Array | Int32Array>(values: T): T {
  const Type = values.constructor as new (buffer: SharedArrayBuffer) => T;
  const copy = new Type(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}
