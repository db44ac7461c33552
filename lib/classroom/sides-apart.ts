// The two sides of a recipe, for those who run only one of them.
import type { Program, Recipe } from '../federated/recipe.ts';
import type { Sides } from '../federated/sides.ts';

/** @throws RangeError if the recipe's sides cannot be run apart */
export function sidesOf(recipe: Recipe, { sides }: Program): Sides {
  if (sides) return sides;
  throw new RangeError(
    `recipe: ${recipe.name} runs in the simulator only, its server and its clients cannot be told apart; a class can run fedtlrec, fedmf or colr`,
  );
}
