// A setting that would silently be left out is an error. In: a program and the settings it was made with; out: nothing, or an
// error where a defence, an optimiser, a server strategy or an attack was asked for that the program does not apply.
import { defenceAskedFor, isDefended, namingPart } from '../federated/optional-parts.ts';
import type { Program, Recipe } from '../federated/recipe.ts';
import type { Settings } from '../federated/settings.ts';

/**
 * Programs without rounds have neither messages nor server, so nothing to apply.
 *
 * @throws RangeError naming the setting and the recipe
 */
export function expectApplied({ name }: Recipe, program: Program, settings: Settings): void {
  if (!program.hasRounds) return;
  if (isDefended(settings) && !program.isDefended) {
    throw new RangeError(
      `settings: ${defenceAskedFor(settings)} must be off with the recipe ${name}, which has no defence`,
    );
  }
  if (settings.serverOptimizer !== 'auto' && !program.hasServerOptimizer) {
    throw new RangeError(
      `settings: serverOptimizer must be auto with the recipe ${name}, whose server is its own`,
    );
  }
  if (settings.proximal > 0 && !program.isPulledBack) {
    throw new RangeError(
      `settings: proximal must be 0 with the recipe ${name}: its clients take one step of the shared weights a round, ` +
        'from the very values that they would be pulled back to',
    );
  }
  const part = namingPart(settings);
  if (part === null || program.prepare) return;
  throw new RangeError(
    `settings: ${part} must be ${part === 'combine' ? 'sum' : 'none'} with the recipe ${name}, whose server is its own`,
  );
}
