// The parallel simulator: a pool of worker_threads shares the clients of a round. State lies in shared memory, chunks
// are cut as everywhere and merged in order, so the digest is the same for any number of threads.
// A thread that dies takes nothing with it: the rows of its chunk are put back and the chunk runs once more.
import { Piscina } from 'piscina';
import type { Split } from '../data/split.ts';
import { emptyPerUser } from '../evaluation/protocol.ts';
import type { ChunkResult, Program, Recipe, Setup } from '../federated/recipe.ts';
import { expectInteger } from '../numeric/matrix.ts';
import { blockSizeFor, scatter } from '../training/evaluate.ts';
import { chunksOf, type Executor } from '../training/executor.ts';
import { type ThreadSetup, type ThreadTask, undo, undoBytes } from './task.ts';

/**
 * An executor over a pool of threads, for `train(recipe, split, { executor, isShared: true })`.
 *
 * @param workers how many threads, 1 to 256
 * @throws RangeError if the memory is not shared, or a channel function is set, which no thread could call
 */
export function threadsExecutor(
  workers: number,
  recipe: Recipe,
): (program: Program, setup: Setup) => Executor {
  expectInteger('threadsExecutor', 'workers', workers, 1, 256);
  return (program, setup) => new ThreadsExecutor(workers, recipe, program, setup);
}

class ThreadsExecutor implements Executor {
  readonly workers: number;
  private readonly program: Program;
  private readonly setup: Setup;
  private readonly undoBuffers: SharedArrayBuffer[];
  private readonly pool: Piscina<ThreadTask, ChunkResult | Float64Array>;

  constructor(workers: number, recipe: Recipe, program: Program, setup: Setup) {
    if (!setup.memory.isShared)
      throw new RangeError('threadsExecutor: the memory must be shared (isShared: true)');
    if (setup.channel) throw new RangeError('threadsExecutor: a channel function needs the inline executor');
    this.workers = workers;
    this.program = program;
    this.setup = setup;
    const [[from, to] = [0, 0]] = chunksOf(setup.split.train.users);
    const bytes = undoBytes(setup.memory, to - from);
    this.undoBuffers = Array.from({ length: workers }, () => new SharedArrayBuffer(bytes));
    const workerData: ThreadSetup = {
      recipe: { name: recipe.name, module: recipe.module },
      split: shareSplit(setup.split),
      settings: setup.settings,
      arrays: setup.memory.arrays,
      derived: setup.memory.derived,
      loops: setup.loops.name,
      undo: this.undoBuffers,
    };
    const source = import.meta.url.endsWith('.ts') ? './worker-from-source.mjs' : './worker.js';
    this.pool = new Piscina({
      filename: new URL(source, import.meta.url).href,
      name: 'work',
      minThreads: workers,
      maxThreads: workers,
      // Little garbage is made here; a smaller nursery for it saves some 20 MB a thread.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
      workerData,
    });
  }

  async train(round: number, watched: ReadonlySet<number>): Promise<ChunkResult[]> {
    return this.spread(chunksOf(this.setup.split.train.users), async ([from, to], slot) => {
      const task: ThreadTask = { kind: 'train', round, from, to, watched: [...watched], slot };
      const repair = () => undo(this.setup.memory, from, to, this.undoBuffers[slot]!);
      return (await this.runTwice(task, repair)) as ChunkResult;
    });
  }

  async evaluate(task: Parameters<Executor['evaluate']>[0]) {
    const { users } = this.setup.split.train;
    const results = task.mixes.map(() => emptyPerUser(users));
    await this.spread(this.program.blocks(blockSizeFor(users)), async (block) => {
      const measured = (await this.runTwice({ kind: 'evaluate', block, task }, () => {})) as Float64Array;
      results.forEach((into, mix) => {
        scatter(measured, block, mix, into);
      });
    });
    return results;
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  /** Works through a list with as many lanes as there are threads; results keep the order of the list. */
  private async spread<T, R>(list: readonly T[], work: (entry: T, lane: number) => Promise<R>): Promise<R[]> {
    const results = new Array<R>(list.length);
    let next = 0;
    const lane = async (_: unknown, index: number) => {
      while (next < list.length) {
        const position = next++;
        results[position] = await work(list[position]!, index);
      }
    };
    await Promise.all(Array.from({ length: this.workers }, lane));
    return results;
  }

  /** A thread may die once per task; the second failure ends the run. */
  private async runTwice(task: ThreadTask, repair: () => void): Promise<ChunkResult | Float64Array> {
    try {
      return await this.pool.run(task);
    } catch {
      repair();
    }
    try {
      return await this.pool.run(task);
    } catch (error) {
      repair();
      const what =
        task.kind === 'train'
          ? `clients ${task.from} to ${task.to - 1} in round ${task.round}`
          : 'evaluation';
      throw new Error(`simulator: a worker failed twice on ${what}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
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
