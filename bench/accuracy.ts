// The honest tables: runs what has no figures in bench/results/ yet, and writes the tables between the result marks of
// README.md and docs/evaluation.md. `npm run bench -- accuracy`; BENCH_TABLES=1 only writes the tables anew.
import { readFile, writeFile } from 'node:fs/promises';
import { differenceWithError, grouped, shareWithError } from '../lib/cli/figures.ts';
import { metricNames } from '../lib/evaluation/protocol.ts';
import {
  type AccuracyResult,
  type AccuracyRun,
  conditions,
  mainRuns,
  otherRuns,
  readResult,
  runAndKeep,
} from './accuracy-runs.ts';
import { type Bench, markdownTable } from './bench.ts';

const onlyTables = process.env.BENCH_TABLES !== undefined;
const titles = ['HR@10', 'NDCG@10', 'full HR@10', 'full NDCG@10'];

export const bench: Bench = {
  title: 'Accuracy',
  async run(say) {
    const results = new Map<AccuracyRun, AccuracyResult>();
    for (const run of [...mainRuns, ...otherRuns]) {
      const kept = await readResult(run);
      if (!kept && !onlyTables) say(`${run.name}: running`);
      const result = kept ?? (onlyTables ? null : await runAndKeep(run));
      if (result) results.set(run, result);
      else say(`${run.name}: no figures`);
    }
    await writeBetweenMarks('../README.md', mainSection(results));
    await writeBetweenMarks('../docs/evaluation.md', otherSection(results));
    return 'The tables are in README.md and docs/evaluation.md, their figures in bench/results/.';
  },
};

type Results = ReadonlyMap<AccuracyRun, AccuracyResult>;

/** MovieLens-100K: every recipe under every condition, and what attention adds. */
function mainSection(results: Results): string {
  const rows: string[][] = [];
  const gains: string[][] = [];
  const first = results.get(mainRuns[0]!);
  if (!first) return 'No results have been recorded for this version yet.';
  conditions.forEach(({ recency, dropout }, index) => {
    const condition = [recency === 'off' ? 'off' : `τ ${recency}`, `${100 * Number(dropout)} %`];
    for (const run of mainRuns.filter((_, place) => place % conditions.length === index)) {
      for (const figures of results.get(run)?.recipes ?? []) {
        if (figures.recipe === 'popularity' && index > 0) continue; // no rounds and no user vector: always the same
        const name = figures.recipe === 'a-only' ? 'a-only ¹' : figures.recipe;
        rows.push([
          ...(name === 'popularity' ? [name, '–', '–'] : [name, ...condition]),
          ...metricNames.map((metric) =>
            shareWithError(figures.test[metric], figures.testStandardErrors[metric]),
          ),
          grouped(figures.bytesUpPerClientRound),
          grouped(figures.bytesDownPerClientRound),
        ]);
        if (figures.recipe === 'fedtlrec') gains.push([...condition, ...gainCells(figures)]);
      }
    }
  });
  const hasAdapter = rows.some(([name]) => name?.startsWith('a-only'));
  return [
    `MovieLens-100K, 150 rounds, the best one on validation; mean ± standard error over seeds ${first.seeds}. "re-fit" is the
private re-fit to the recent past, "absent" how many clients miss each round; bytes are those of one client in one round.`,
    markdownTable(['recipe', 're-fit', 'absent', ...titles, 'B up', 'B down'], rows),
    ...(hasAdapter ? ['¹ one seed, ± standard error over users.'] : []),
    `What attention between clients adds: fedtlrec − without-attention, paired user by user (each the mean of the seeds), ±
standard error over users.`,
    markdownTable(['re-fit', 'absent', ...titles], gains),
    ...missingOf(mainRuns, results),
    footer(first),
  ].join('\n\n');
}

/** The other data sets, one seed each. */
function otherSection(results: Results): string {
  const known = otherRuns.flatMap((run) => results.get(run) ?? []);
  const sample = known[0];
  if (!sample) return 'No results have been recorded for this version yet.';
  const rows = known.flatMap(({ dataset, recipes }) =>
    recipes.map((figures) => [
      dataset.name,
      figures.recipe,
      ...metricNames.map((metric) =>
        shareWithError(figures.test[metric], figures.testStandardErrors[metric]),
      ),
      grouped(figures.bytesUpPerClientRound),
      grouped(figures.bytesDownPerClientRound),
    ]),
  );
  const gains = known.map(({ dataset, recipes, command }) => [
    dataset.name,
    grouped(dataset.users),
    grouped(dataset.items),
    grouped(dataset.interactions),
    dataset.split,
    command.includes('--preset quick') ? '40' : '150',
    ...gainCells(recipes.find(({ recipe }) => recipe === 'fedtlrec')!),
  ]);
  return [
    'The table of MovieLens-100K stands in the [README](../README.md#results). Here: one seed, ± standard error over users; where a round takes long, the 40 rounds of the quick preset.',
    markdownTable(['data', 'recipe', ...titles, 'B up', 'B down'], rows),
    'The data, whether the latest or random items are held out, and what attention adds (fedtlrec − without-attention, paired):',
    markdownTable(['data', 'users', 'items', 'ratings', 'held out', 'rounds', ...titles], gains),
    ...missingOf(otherRuns, results),
    footer(sample),
  ].join('\n\n');
}

function gainCells({ difference }: AccuracyResult['recipes'][number]): string[] {
  return metricNames.map((metric) =>
    difference ? differenceWithError(difference.mean[metric], difference.standardErrors[metric]) : '–',
  );
}

function missingOf(runs: readonly AccuracyRun[], results: Results): string[] {
  const missing = runs.filter((run) => !results.has(run)).map(({ name }) => name);
  return missing.length > 0 ? [`Not measured yet: ${missing.join(', ')}.`] : [];
}

function footer({ command, date, machine, versions }: AccuracyResult): string {
  const own = versions.split(', ').slice(0, 2).join(', '); // node and this library
  return `Generated by \`npm run bench -- accuracy\` on ${date}: ${machine}; ${own}. The first rows are
\`${command}\`; each file in [bench/results](bench/results) has its own command.`;
}

async function writeBetweenMarks(path: string, section: string): Promise<void> {
  const url = new URL(path, import.meta.url);
  const text = await readFile(url, 'utf8');
  const [begin, end] = ['<!-- results:begin -->', '<!-- results:end -->'];
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (rest === undefined || after === undefined)
    throw new Error(`accuracy: ${path} must have ${begin} and ${end}`);
  const link = path.includes('docs/') ? '(../bench/results)' : '(bench/results)';
  const linked = section.replace('(bench/results)', link);
  await writeFile(url, `${before}${begin}\n${linked}\n${end}${after}`);
}
