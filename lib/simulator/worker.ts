// One thread of the pool: builds the run's program over the shared memory, then trains chunks and ranks blocks.
// It runs the same code as the main thread would; see lib/training/executor.ts for the one-threaded version.
import { workerData } from 'node:worker_threads';
import { chooseLoops } from '../fast/choose-loops.ts';
import { withDevice } from '../fast/device-attention.ts';
import { Memory } from '../federated/memory.ts';
import type { ChunkResult, Recipe } from '../federated/recipe.ts';
import { evaluateBlock } from '../training/evaluate.ts';
import { allParts } from '../training/parts.ts';
import { recipeNamed } from '../training/recipes.ts';
import { forget, remember, type ThreadSetup, type ThreadTask } from './task.ts';

const setup = threadSetup(workerData);
const memory = new Memory(true, setup.arrays, setup.derived);
const recipe = await findRecipe(setup.recipe);
const chosen = chooseLoops(setup.loops);
const loops = memory.hasDerived ? withDevice(chosen) : chosen; // a device's results lie in the memory
const program = recipe.create({ ...setup, memory, loops, ...allParts });
await program.prepare?.();

/** Does one task; the pool calls it. */
export async function work(task: ThreadTask): Promise<ChunkResult | Float64Array> {
  if (task.kind === 'evaluate') {
    return evaluateBlock(program, { split: setup.split, loops }, task.block, task.task);
  }
  const undoBuffer = setup.undo[task.slot]!;
  forget(undoBuffer);
  remember(memory, task.from, task.to, undoBuffer);
  return program.trainChunk(task.round, task.from, task.to, new Set(task.watched));
}

/** The pool library hands its own data beside ours. */
function threadSetup(data: unknown): ThreadSetup {
  const parts = Array.isArray(data) ? data : [data];
  return parts.find(
    (part): part is ThreadSetup => part !== null && typeof part === 'object' && 'undo' in part,
  )!;
}

async function findRecipe({ name, module }: ThreadSetup['recipe']): Promise<Recipe> {
  if (!module) return await recipeNamed(name);
  const exports = Object.values((await import(module)) as Record<string, unknown>);
  return exports.find(
    (value): value is Recipe =>
      value !== null && typeof value === 'object' && 'name' in value && value.name === name,
  )!;
}
