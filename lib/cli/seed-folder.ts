// Where `compare --out DIR` keeps the model of each run.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../federated/settings.ts';
import type { Outputs } from './outputs.ts';
import type { RecipeChoice } from './recipe-choice.ts';

/** The folder of a recipe, or of its seed where there are several; null if nothing is kept. */
export async function seedFolder(
  { folder, attempt }: Outputs,
  { recipe }: RecipeChoice,
  { seed }: Settings,
  seeds: number,
): Promise<string | null> {
  if (!folder) return null;
  const place = join(folder.temporary, recipe.name);
  const seedPlace = seeds > 1 ? join(place, `seed-${seed}`) : place;
  await attempt(`the output folder ${folder.path}`, async () => {
    await mkdir(seedPlace, { recursive: true });
  });
  return seedPlace;
}
