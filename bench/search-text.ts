// The search for settings as a section of docs/results.md. In: bench/search.json; out: what was tried for each recipe, the
// best one first, on validation.
import { readFileSync } from 'node:fs';
import { share } from '../lib/cli/figures.ts';
import type { Metrics } from '../lib/evaluation/metrics.ts';
import { markdownTable } from './bench.ts';

interface Trial {
  readonly recipe: string;
  readonly settings: Record<string, number>;
  readonly options: Record<string, number>;
  readonly validation: Metrics;
}

export function searchSection(): string {
  const trials = JSON.parse(readFileSync(new URL('search.json', import.meta.url), 'utf8')) as Trial[];
  const recipes = [...new Set(trials.map(({ recipe }) => recipe))].sort();
  const rows = recipes.map((recipe) => {
    const tried = trials
      .filter((trial) => trial.recipe === recipe)
      .sort((a, b) => b.validation.ndcg10 - a.validation.ndcg10);
    const [best] = tried;
    const all = tried.map(({ validation }) => share(validation.ndcg10)).join(' ');
    return [recipe, describe(best!), all];
  });
  return [
    '## The search for settings',
    `Each recipe got the same small budget on MovieLens-100K, seed 1, without the re-fit, judged by NDCG@10 on validation. The best
settings are the recipe's defaults, except where the old default was less than .003 behind, which is within the noise; all
trials are in [bench/search.json](../bench/search.json), the script is
\`npm run bench -- search\`. What is not named was left at its default.`,
    markdownTable(['recipe', 'best settings', 'validation NDCG@10 of all trials'], rows),
  ].join('\n\n');
}

function describe({ settings, options }: Trial): string {
  return Object.entries({ ...settings, ...options })
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
