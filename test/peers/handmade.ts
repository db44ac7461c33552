// Small splits written out by hand, and what a recipe makes of them: for tests of recipes that learn centrally.
import type { Split } from '../../lib/data/split.ts';
import { chooseLoops } from '../../lib/fast/choose-loops.ts';
import { Memory } from '../../lib/federated/memory.ts';
import type { Recipe, Setup } from '../../lib/federated/recipe.ts';
import { completeSettings, type Settings } from '../../lib/federated/settings.ts';

/** Users' training items, written out; nothing is held out. */
export function splitOf(rows: number[][], items: number): Split {
  const offsets = Uint32Array.from([0, ...rows.map((_, user) => rows.slice(0, user + 1).flat().length)]);
  const nobody = new Int32Array(rows.length).fill(-1);
  return {
    name: 'by hand',
    train: { users: rows.length, items, offsets, itemOf: Uint32Array.from(rows.flat()) },
    validation: nobody,
    test: nobody,
    ordered: true,
    skippedUsers: 0,
  };
}

/** A setup with the recipe's own defaults. */
export function setupOf(recipe: Recipe, split: Split, wanted: Partial<Settings> = {}): Setup {
  const settings = completeSettings({ ...recipe.defaults, ...wanted });
  return { split, settings, memory: new Memory(), loops: chooseLoops() };
}

/** The scores of a recipe without rounds, [items]. */
export function scoresOf(
  recipe: Recipe,
  split: Split,
  user: number,
  wanted: Partial<Settings> = {},
): Float32Array {
  const program = recipe.create(setupOf(recipe, split, wanted));
  program.initialize();
  const scores = new Float32Array(split.train.items);
  program.score(user, null, scores);
  return scores;
}

/** Runs epochs of a central recipe; the program, its memory and the mean losses. */
export function afterEpochs(recipe: Recipe, split: Split, epochs: number, wanted: Partial<Settings>) {
  const setup = setupOf(recipe, split, wanted);
  const program = recipe.create(setup);
  program.initialize();
  const losses: number[] = [];
  for (let round = 1; round <= epochs; round++) {
    for (const event of program.finishRound(round, [])) {
      if (event.type === 'updates-merged') losses.push(event.loss);
    }
  }
  return { program, arrays: setup.memory.arrays, losses };
}
