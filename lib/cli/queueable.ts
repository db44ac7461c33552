// What may be asked of the workers of a queue (`--queue`); checked before anything is read.
import type { OpenRun } from '../training/open-run.ts';
import type { CommandOptions } from './options.ts';
import type { RecipeChoice } from './recipe-choice.ts';
import { UsageError } from './usage-error.ts';

/** @throws UsageError if workers could not do what is asked for */
export function expectQueueable(
  { backend }: Pick<CommandOptions, 'backend'>,
  choices: readonly RecipeChoice[],
): void {
  if (backend === 'webgpu')
    throw new UsageError('--backend webgpu and --queue cannot both be given: other machines may have no GPU');
  const own = choices.find(({ module }) => module !== null);
  if (own)
    throw new UsageError(
      `--queue: workers know the library's recipes only, not ${own.recipe.name} of ${own.module}`,
    );
}

/** @throws UsageError if there is nothing to share out */
export function expectRounds({ program, setup }: Pick<OpenRun, 'program' | 'setup'>): void {
  if (!program.hasRounds)
    throw new UsageError(`--queue shares out rounds, and ${setup.recipe!.name} has none; leave it out`);
}
