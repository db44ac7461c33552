// Everything a run needs, put together: settings, memory, program, and who does the work.
// For those who read the rounds themselves; `train` does it for those who want the result.
import { withPlacebo } from '../data/placebo.ts';
import type { Split } from '../data/split.ts';
import { chooseLoops } from '../fast/choose-loops.ts';
import { withDevice } from '../fast/device-attention.ts';
import type { AttentionDevice } from '../federated/attention-device.ts';
import type { RoundEvent } from '../federated/events.ts';
import type { Loops } from '../federated/loops.ts';
import { Memory, restore, type StateArrays } from '../federated/memory.ts';
import type { OptionalParts } from '../federated/optional-parts.ts';
import type { Program, Recipe, Setup } from '../federated/recipe.ts';
import { shown } from '../federated/setting-kinds.ts';
import { completeSettings, type Settings } from '../federated/settings.ts';
import { type Executor, type ExecutorFactory, inlineExecutor } from './executor.ts';
import { expectApplied } from './expect-applied.ts';
import { expectKnownOptions, expectNoOptionAmong, type OptionNames } from './known-options.ts';
import { type RoundsOptions, rounds } from './rounds.ts';

export interface RunOptions {
  readonly settings?: Partial<Settings>;
  /** The loops in which the run spends its time, e.g. `plainLoops`. Default: `chooseLoops()`, the fastest. */
  readonly loops?: Loops;
  /** Computes the attention between clients, e.g. `gpuAttention(gpu)` of fedtlrec/webgpu. Default: the loops do. */
  readonly device?: AttentionDevice;
  /** Makes the executor, e.g. `threadsExecutor(4)` of fedtlrec/simulator. Default: everything runs in this thread. */
  readonly executor?: ExecutorFactory;
  /** Whether threads will share the memory. Default: what the executor needs. */
  readonly isShared?: boolean;
  /** What happens to a message on its way to the server; for lessons and tests. */
  readonly channel?: Setup['channel'];
  /** Defences, server strategies and attacks, for settings that ask for them: `allParts` of fedtlrec/parts. Default: none. */
  readonly parts?: OptionalParts;
}

/** The names of the options. */
export const runOptionNames: OptionNames<RunOptions> = {
  settings: true,
  loops: true,
  device: true,
  executor: true,
  isShared: true,
  channel: true,
  parts: true,
};

/** A run that is ready to start. */
export interface OpenRun {
  readonly settings: Settings;
  readonly memory: Memory;
  readonly setup: Setup;
  readonly program: Program;
  readonly executor: Executor;
  /** The rounds as a stream of events. */
  rounds(options?: RoundsOptions): AsyncGenerator<RoundEvent>;
}

/**
 * Prepares a run of a recipe on a split.
 *
 * @param arrays the memory of an earlier run to continue. Default: a fresh one
 * @throws RangeError if an option or a setting is unknown or out of range, or asks for a defence that the recipe does
 *   not have
 */
export function openRun(
  recipe: Recipe,
  split: Split,
  options: RunOptions = {},
  arrays?: StateArrays,
): OpenRun {
  expectRecipe('openRun', recipe);
  expectKnownOptions('openRun', options, runOptionNames);
  expectNoOptionAmong('openRun', options.settings, runOptionNames);
  const settings = completeSettings(recipe.defaults, options.settings, recipe.fixed);
  expectLoops(options.loops);
  const memory = new Memory(options.isShared ?? options.executor?.isShared);
  const loops = options.loops ?? chooseLoops();
  const setup: Setup = {
    split: settings.protocol === 'placebo' ? withPlacebo(split, settings.seed) : split,
    settings,
    memory,
    loops: options.device ? withDevice(loops, options.device) : loops,
    device: options.device,
    channel: options.channel,
    ...options.parts,
    recipe,
  };
  const program = recipe.create(setup);
  expectApplied(recipe, program, settings);
  if (arrays) restore(memory.arrays, arrays);
  else program.initialize();
  // A program without rounds is measured once: not worth a pool of threads.
  const executor = ((program.hasRounds ? options.executor : undefined) ?? inlineExecutor)(program, setup);
  return {
    settings,
    memory,
    setup,
    program,
    executor,
    rounds: (roundsOptions) => rounds(program, settings, executor, roundsOptions),
  };
}

/** A name or an awaited-for recipe in place of a recipe is a common slip. */
function expectRecipe(caller: string, recipe: unknown): void {
  if (typeof recipe === 'object' && recipe !== null && 'create' in recipe) return;
  const found = recipe instanceof Promise ? 'a promise' : typeof recipe === 'string' ? `'${recipe}'` : 'none';
  throw new RangeError(
    `${caller}: recipe must be a Recipe, got ${found}; await recipeNamed(name) of fedtlrec/recipes finds one`,
  );
}

/** A name in place of the loops is a common slip, too. */
function expectLoops(loops: unknown): void {
  if (loops === undefined || (typeof loops === 'object' && loops !== null && 'matmul' in loops)) return;
  throw new RangeError(`openRun: loops must be Loops, got ${shown(loops)}; chooseLoops(name) opens them`);
}
