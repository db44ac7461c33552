// Which recipes to run: names of the library's, or paths of modules that export one of your own.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Recipe } from '../federated/recipe.ts';
import { recipeCatalogue, recipeNamed } from '../training/recipes.ts';
import { UsageError } from './usage-error.ts';

/** The names of the library's recipes, for help texts. */
export function recipeNames(): string {
  return recipeCatalogue.map(({ name }) => name).join(', ');
}

/** A recipe and, if it came from a file, the file's full path. */
export interface RecipeChoice {
  readonly recipe: Recipe;
  readonly module: string | null;
}

/**
 * Finds a recipe by its name, or in a module such as `./my-recipe.ts`.
 *
 * @throws RangeError naming the closest recipe
 * @throws UsageError if the module cannot be loaded or does not export exactly one recipe
 */
export async function chooseRecipe(name: string): Promise<RecipeChoice> {
  const isPath = /[/\\]|\.[cm]?[jt]s$/.test(name);
  return isPath ? loadRecipe(name) : { recipe: await recipeNamed(name), module: null };
}

/**
 * Finds several recipes, given as names and paths between commas.
 *
 * @throws UsageError also if one is named twice
 */
export async function chooseRecipes(names: string): Promise<RecipeChoice[]> {
  const choices: RecipeChoice[] = [];
  for (const name of names.split(',')) {
    const choice = await chooseRecipe(name.trim());
    if (choices.some(({ recipe }) => recipe.name === choice.recipe.name)) {
      throw new UsageError(`--recipes must name each recipe once, got "${choice.recipe.name}" twice`);
    }
    choices.push(choice);
  }
  return choices;
}

async function loadRecipe(path: string): Promise<RecipeChoice> {
  const module = resolve(path);
  if (!existsSync(module)) throw new UsageError(`the recipe file ${path} does not exist`);
  const loaded = await importModule(path, module);
  const found = [...new Set(Object.values(loaded).filter(isRecipe))];
  if (found.length !== 1) {
    throw new UsageError(
      `the recipe file ${path} must export one Recipe (name, summary, create), got ${found.length}`,
    );
  }
  const recipe = found[0]!;
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(recipe.name)) {
    const rule = 'lower-case words joined by hyphens';
    throw new UsageError(`the recipe file ${path}: the recipe's name must be ${rule}, got "${recipe.name}"`);
  }
  // Threads import the module again; they need to know from where.
  const forThreads: Recipe = {
    ...{ name: recipe.name, summary: recipe.summary, reference: recipe.reference },
    ...{ defaults: recipe.defaults, fixed: recipe.fixed },
    module: pathToFileURL(module).href,
    create: (setup) => recipe.create(setup),
  };
  return { recipe: forThreads, module };
}

async function importModule(path: string, module: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(module).href)) as Record<string, unknown>;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason =
      code === 'ERR_UNKNOWN_FILE_EXTENSION'
        ? 'this Node does not read TypeScript; use a .js file, or start with node --import tsx'
        : message;
    throw new UsageError(`the recipe file ${path} cannot be loaded: ${reason}`);
  }
}

function isRecipe(value: unknown): value is Recipe {
  if (typeof value !== 'object' || value === null) return false;
  const { name, summary, create } = value as Partial<Recipe>;
  return typeof name === 'string' && typeof summary === 'string' && typeof create === 'function';
}
