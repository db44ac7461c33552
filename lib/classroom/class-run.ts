// The server's side of a class: the rounds of a recipe, whose messages come from participants over a line. It holds nobody's
// ratings. In: a recipe, settings, a line to the broker; out: a trained model, the same bits as in the simulator.
// A round: announce, wait (class-executor.ts), merge in client order, step, keep on disk, and only then announce the next.
import type { Split } from '../data/split.ts';
import { plainLoops } from '../federated/loops.ts';
import { Memory, type StateArrays } from '../federated/memory.ts';
import type { Recipe } from '../federated/recipe.ts';
import { defaultSettings, type Settings } from '../federated/settings.ts';
import { WINDOW_LENGTH, windowCount } from '../federated/windows/draw-windows.ts';
import { digestOf } from '../training/digest.ts';
import { type OpenRun, openRun } from '../training/open-run.ts';
import { allParts } from '../training/parts.ts';
import { ClassExecutor } from './class-executor.ts';
import type { ClassOptions } from './class-options.ts';
import { sidesOf } from './sides-apart.ts';

/** A class whose rounds can be run. */
export interface OpenClass {
  readonly run: OpenRun;
  readonly executor: ClassExecutor;
  /** Runs what rounds are left, and tells everybody that it is over. @returns the digest of the server's arrays */
  finish(): Promise<string>;
}

/**
 * Opens a class.
 *
 * @throws RangeError if the recipe cannot run apart from its server, or the settings ask for what a class cannot do
 */
export async function openClass(options: ClassOptions): Promise<OpenClass> {
  const { recipe, settings, items, seats, loops, resume, signal } = options;
  expectSettingsOfClass(settings);
  let executor: ClassExecutor | undefined;
  const run = openRun(
    withRoomForWindows(recipe, seats, items),
    splitOfServer(seats, items),
    {
      ...{ settings, loops, parts: allParts },
      executor: (program, setup) => {
        executor = new ClassExecutor(options, program, sidesOf(recipe, program), setup.memory);
        return executor;
      },
    },
    resume && { ...stateOfHomes(recipe, options), ...resume.arrays },
  );
  if (!executor) throw new RangeError(`openClass: the recipe ${recipe.name} has no rounds`);
  const desk = executor;
  if (!resume) forgetHomes(run.memory);
  await desk.listen(resume?.modelRound ?? 0, resume?.round ?? 0);
  return {
    run,
    executor: desk,
    async finish() {
      const firstRound = (resume?.round ?? 0) + 1;
      for await (const event of run.rounds({ firstRound, evaluates: options.asksForFigures })) {
        desk.see(event);
        options.onEvent?.(event);
        signal?.throwIfAborted();
      }
      await desk.end();
      return serverDigest(run.memory);
    },
  };
}

/** The fingerprint of what the server holds: SHA-256 of all arrays but those that stay at home. */
export function serverDigest(memory: Memory): Promise<string> {
  const arrays = serverArrays(memory);
  const { windowList, windowListUsed } = arrays;
  if (!windowList || !windowListUsed) return digestOf(arrays);
  // How much room was set aside for windows tells nothing.
  return digestOf({ ...arrays, windowList: windowList.subarray(0, windowListUsed[0]) });
}

/** The arrays that a server needs to go on: none of those that stay at home. */
export function serverArrays({ arrays, atHome }: Memory): StateArrays {
  return Object.fromEntries(Object.entries(arrays).filter(([name]) => !atHome.has(name)));
}

/** Nobody's ratings: what the server of a class knows of them. */
export function splitOfServer(seats: number, items: number): Split {
  const nobody = new Int32Array(seats).fill(-1);
  return {
    name: 'class',
    train: { users: seats, items, offsets: new Uint32Array(seats + 1), itemOf: new Uint32Array(0) },
    validation: nobody,
    test: nobody,
    ordered: true, // those of whoever sends windows are
    skippedUsers: seats,
  };
}

/** Numbers for a seat's windows, on average: a thousand items. */
const ROOM_OF_A_SEAT = 250 * (1 + WINDOW_LENGTH);

/** The recipe for a server that does not know how many windows will come. */
export function withRoomForWindows(recipe: Recipe, seats: number, items: number): Recipe {
  const roomForWindows = seats * Math.min(ROOM_OF_A_SEAT, windowCount(items) * (1 + WINDOW_LENGTH));
  return { ...recipe, create: (setup) => recipe.create({ ...setup, roomForWindows }) };
}

/**
 * The recipes that a class can run: everybody gets the same change, and at most a personal part. Each is held to the simulator's
 * digest by a test.
 */
export const classRecipes: readonly string[] = [
  'fedtlrec',
  'without-attention',
  'without-clusters',
  'without-low-rank',
  'without-windows',
  'a-only',
  'fedmf',
  'fedmf-fedavg',
  'colr',
  'colr-all-rows',
  'colr-secure-sum',
];

/** @throws RangeError if a class cannot run the recipe, or cannot keep a setting */
export function expectRunsInClass(recipe: Recipe, settings: Settings, seats: number, items: number): void {
  if (!classRecipes.includes(recipe.name)) {
    throw new RangeError(
      `recipe: ${recipe.name} runs in the simulator only; a class can run ${classRecipes.join(', ')}`,
    );
  }
  expectSettingsOfClass(settings);
  const setup = { settings, memory: new Memory(), loops: plainLoops, ...allParts };
  sidesOf(recipe, recipe.create({ ...setup, split: splitOfServer(seats, items) }));
}

/** @throws RangeError naming the setting that a class cannot keep, and what to ask for */
export function expectSettingsOfClass({ protocol, metrics }: Settings): void {
  if (protocol !== 'leak-free')
    throw new RangeError(
      `class: protocol must be leak-free, got ${protocol}; the server knows no held-out items`,
    );
  if (metrics !== defaultSettings.metrics)
    throw new RangeError(
      `class: metrics must be ${defaultSettings.metrics}, got ${metrics}; participants tell these figures, and never their lists`,
    );
}

/** The server has no use for the states that a simulator would start clients with. */
export function forgetHomes({ arrays, atHome }: Memory): void {
  for (const name of atHome) arrays[name]!.fill(0);
}

/** Zeros in place of what stays at home. */
function stateOfHomes(recipe: Recipe, { settings, loops, items, seats }: ClassOptions): StateArrays {
  const memory = new Memory();
  withRoomForWindows(recipe, seats, items).create({
    ...{ split: splitOfServer(seats, items), settings, memory, loops, ...allParts },
  });
  return Object.fromEntries([...memory.atHome].map((name) => [name, memory.arrays[name]!]));
}
