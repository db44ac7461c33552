// One thread of the pool: builds the run's program over the shared memory, then trains chunks and ranks blocks.
// It runs the same code as the main thread would; see lib/training/executor.ts for the one-threaded version.
import { workerData } from 'node:worker_threads';
import { chooseLoops } from '../fast/choose-loops.ts';
import { withDevice } from '../fast/device-attention.ts';
import { Memory } from '../federated/memory.ts';
import type { ChunkResult, Recipe } from '../federated/recipe.ts';
import type { Task } from '../federated/task.ts';
import { TaskProgram } from '../federated/task-program.ts';
import { evaluateBlock } from '../training/evaluate.ts';
import { allParts } from '../training/parts.ts';
import { recipeNamed } from '../training/recipes.ts';
import { recommendBlock } from '../training/recommend-block.ts';
import {
  forget,
  type RecipeThreadSetup,
  remember,
  type TaskThreadSetup,
  type ThreadSetup,
  type ThreadTask,
} from './task.ts';

/** What a thread can be asked to do. */
interface Work {
  train(task: Extract<ThreadTask, { kind: 'train' }>): ChunkResult;
  evaluate(task: Extract<ThreadTask, { kind: 'evaluate' }>): Float64Array;
  recommend(task: Extract<ThreadTask, { kind: 'recommend' }>): Uint32Array;
}

const setup = threadSetup(workerData);
const doers = await workOf(setup);

/** Does one task; the pool calls it. */
export async function work(task: ThreadTask): Promise<ChunkResult | Float64Array | Uint32Array | null> {
  if (task.kind === 'ready') return null;
  if (task.kind === 'train') return doers.train(task);
  return task.kind === 'evaluate' ? doers.evaluate(task) : doers.recommend(task);
}

/** Outside a thread, as a bundler's entry point may be looked at, there is no work. */
async function workOf(setup: ThreadSetup | undefined): Promise<Work> {
  if (setup) return 'task' in setup ? workOfTask(setup) : workOfRecipe(setup);
  const refuse = () => {
    throw new Error('fedtlrec/simulator/worker: this runs in the threads of threadsExecutor only');
  };
  return { train: refuse, evaluate: refuse, recommend: refuse };
}

async function workOfRecipe({ split, undo, ...setup }: RecipeThreadSetup): Promise<Work> {
  const memory = new Memory(true, setup.arrays, setup.derived);
  const recipe = await findRecipe(setup.recipe);
  const chosen = chooseLoops(setup.loops);
  const loops = memory.hasDerived ? withDevice(chosen) : chosen; // a device's results lie in the memory
  const program = recipe.create({ split, settings: setup.settings, memory, loops, ...allParts });
  await program.prepare?.();
  return {
    train({ round, from, to, watched, slot }) {
      forget(undo[slot]!);
      remember(memory, from, to, undo[slot]!);
      return program.trainChunk(round, from, to, new Set(watched));
    },
    evaluate: ({ block, task }) => evaluateBlock(program, { split, loops }, block, task),
    recommend: ({ block, task }) => recommendBlock(program, { split }, block, task),
  };
}

async function workOfTask({
  task: { name, module },
  settings,
  rank,
  ...setup
}: TaskThreadSetup): Promise<Work> {
  const memory = new Memory(true, setup.arrays, setup.derived);
  const task = await exportNamed<Task>(name, module);
  const program = new TaskProgram({
    task,
    settings,
    memory,
    loops: chooseLoops(setup.loops),
    rank,
    ...allParts,
  });
  await program.prepare();
  return {
    train: ({ round, from, to }) => program.trainChunk(round, from, to),
    evaluate: () => new Float64Array(0), // a task measures itself in the main thread
    recommend: () => new Uint32Array(0),
  };
}

/** The pool library hands its own data beside ours. */
function threadSetup(data: unknown): ThreadSetup | undefined {
  const parts = Array.isArray(data) ? data : [data];
  return parts.find(
    (part): part is ThreadSetup => part !== null && typeof part === 'object' && 'undo' in part,
  );
}

async function findRecipe({ name, module }: RecipeThreadSetup['recipe']): Promise<Recipe> {
  return module === undefined ? recipeNamed(name) : exportNamed<Recipe>(name, module);
}

/** What a module exports that has this name of its own. */
async function exportNamed<T extends { readonly name: string }>(name: string, module: string): Promise<T> {
  const exports = Object.values(await importModule(module)).flat();
  const found = exports.find(
    (value): value is T =>
      value !== null && typeof value === 'object' && 'name' in value && value.name === name,
  );
  if (found) return found;
  throw new RangeError(`worker: ${module} must export what is named ${name}; threads look for it there`);
}

/** A module of the reader; TypeScript, too, where this Node reads it or tsx is installed. */
async function importModule(module: string): Promise<Record<string, unknown>> {
  const isCompiled = import.meta.url.endsWith('.ts'); // as this file is
  const { typescript } = process.features as { typescript?: unknown };
  if (/\.[cm]?tsx?$/.test(module) && !isCompiled && !typescript) await compileTypeScript(module);
  return await import(/* @vite-ignore */ /* webpackIgnore: true */ module);
}

async function compileTypeScript(module: string): Promise<void> {
  const compiler = 'tsx/esm/api'; // a variable, so that bundlers leave it alone
  const { register } = await import(/* @vite-ignore */ /* webpackIgnore: true */ compiler).catch(() => {
    throw new Error(
      `this Node does not read TypeScript, such as ${module}: use a newer one, or npm install tsx`,
    );
  });
  register();
}
