// Who does the work of a round: this thread, or a pool of threads. The cut into chunks depends on the number of
// clients only, and results are used in chunk order, so every executor gives the same bits.

import { emptyPerUser, type PerUser } from '../evaluation/protocol.ts';
import type { ChunkResult, Program, Setup } from '../federated/recipe.ts';
import { blockSizeFor, type EvaluationTask, evaluateBlock, scatter, variantsOf } from './evaluate.ts';
import { countItems, type ListTask, recommendBlock } from './recommend-block.ts';

export interface Executor {
  /** Threads that work beside this one; 0 if this one does everything. */
  readonly workers: number;
  /** One round of all clients; the results of the chunks in order. */
  train(round: number, watched: ReadonlySet<number>): Promise<ChunkResult[]>;
  /** Metrics per client, once for each of the task's `variantsOf`. */
  evaluate(task: EvaluationTask): Promise<PerUser[]>;
  /** In how many clients' lists each item stands, [items]. */
  countRecommended(task: ListTask): Promise<Uint32Array>;
  close(): Promise<void>;
}

/** Makes the executor of a run, from what the run is made of. */
export interface ExecutorFactory {
  (program: Program, setup: Setup): Executor;
  /** Whether the memory must be one that threads can share. */
  readonly isShared?: boolean;
}

/** At most this many chunks a round, so that merging them stays cheap. */
const MOST_CHUNKS = 16;
const SMALLEST_CHUNK = 16;

/** The chunks [from, to) that a round is cut into; a function of the number of clients alone. */
export function chunksOf(clients: number): [from: number, to: number][] {
  const size = Math.max(SMALLEST_CHUNK, Math.ceil(clients / MOST_CHUNKS));
  return Array.from({ length: Math.ceil(clients / size) }, (_, chunk) => [
    chunk * size,
    Math.min(clients, (chunk + 1) * size),
  ]);
}

/** Does everything in this thread. */
export function inlineExecutor(program: Program, setup: Setup): Executor {
  const { users } = setup.split.train;
  return {
    workers: 0,
    async train(round, watched) {
      return chunksOf(users).map(([from, to]) => program.trainChunk(round, from, to, watched));
    },
    async evaluate(task) {
      const results = variantsOf(task).map(() => emptyPerUser(users, task.further));
      for (const block of program.blocks(blockSizeFor(users))) {
        const measured = evaluateBlock(program, setup, block, task);
        results.forEach((into, variant) => {
          scatter(measured, block, variant, into);
        });
      }
      return results;
    },
    async countRecommended(task) {
      const counts = new Uint32Array(setup.split.train.items);
      for (const block of program.blocks(blockSizeFor(users))) {
        countItems(recommendBlock(program, setup, block, task), counts);
      }
      return counts;
    },
    async close() {},
  };
}
