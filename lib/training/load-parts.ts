// Server strategies and attacks are loaded when a setting names one, so that nobody else reads or downloads them.
// In: settings; out: the parts, or an error where a program could not take them.
import { type LoadParts, namesParts } from '../federated/combine.ts';
import type { Program, Recipe } from '../federated/recipe.ts';
import type { Settings } from '../federated/settings.ts';

export const loadParts: LoadParts = async (settings, items) => {
  const { namedParts } = await import('../robust/named.ts');
  return namedParts(settings, items);
};

/**
 * A strategy or an attack that would silently be left out is an error. Programs without rounds have neither server nor liars.
 *
 * @throws RangeError if the settings name parts that the program cannot take
 */
export function expectTakesParts(recipe: Recipe, program: Program, settings: Settings): void {
  if (!program.hasRounds || program.prepare || !namesParts(settings)) return;
  const [name, plain] = settings.combine !== 'sum' ? ['combine', 'sum'] : ['attack', 'none'];
  throw new RangeError(
    `settings: ${name} must be ${plain} with the recipe ${recipe.name}, whose server is its own`,
  );
}
