// The candidates for attention between clients as a section of docs/results.md. In: bench/results/aggregators-*.json.
import { differenceWithError, share } from '../lib/cli/figures.ts';
import type { AggregatorFile } from './aggregators.ts';
import { markdownTable } from './bench.ts';

export function aggregatorSections(files: readonly AggregatorFile[]): string[] {
  if (files.length === 0) return [];
  const names = [...new Set(files.flatMap(({ candidates }) => candidates.map(({ name }) => name)))];
  const rows = names.map((name) => [
    name,
    ...files.flatMap(({ candidates }) => {
      const found = candidates.find((candidate) => candidate.name === name);
      if (!found) return ['–', '–'];
      return [share(found.ndcg10), differenceWithError(found.difference, found.standardError)];
    }),
  ]);
  const head = files.flatMap(({ title }) => [`NDCG@10, ${title}`, 'Δ']);
  return [
    [
      '## Can the attention be trained?',
      `The state of \`fedtlrec\` after ${files[0]!.round} rounds of the quick preset, seed 1; validation, without the re-fit, each candidate with the β
that is best for it. Δ is to the untrained cosine, user by user ± standard error. What is trained sees messages only: "own
token" hides half of the items from the signatures and asks for them back, "next message" asks for what the client sends a
round later, "ranking loss" asks for the order of hidden items. ${winners(files)}`,
      markdownTable(['candidate', ...head], rows),
      `Measured ${files.map(({ title, measured }) => `${title}: ${measured}`).join('; ')}. Command: \`BENCH_DATA=${files.map(({ data }) => data).join(' or ')} npm run bench -- aggregators\`; the candidates are in
[bench/aggregators.py](../bench/aggregators.py).`,
    ].join('\n\n'),
  ];
}

/** Which candidates beat the untrained cosine by more than two standard errors, and where. */
function winners(files: readonly AggregatorFile[]): string {
  const found = files.flatMap(({ title, candidates }) =>
    candidates
      .filter(({ difference, standardError }) => difference > 2 * standardError)
      .map(({ name }) => `"${name}" on ${title}`),
  );
  return found.length > 0
    ? `More than two standard errors ahead of the untrained cosine: ${found.join(', ')}.`
    : 'None is more than two standard errors ahead of the untrained cosine, so that stays the default.';
}
