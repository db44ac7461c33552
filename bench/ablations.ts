// What each ingredient does: one thing is changed at a time, and the difference to the default is measured per user.
// `npm run bench -- ablations` on MovieLens-100K; BENCH_DATA=ml-1m or latest-small for the others, BENCH_SEEDS=1,2,3
// for other seeds. Each run is the quick preset (40 rounds, larger steps) without the recency re-fit, which would hide
// small differences; figures are the test at the best validation round.
import { mkdir, writeFile } from 'node:fs/promises';
import { meanAndStandardError, metricNames, pairedDifference } from '../lib/evaluation/protocol.ts';
import type { Metrics } from '../lib/evaluation/ranking.ts';
import { recipeNamed } from '../lib/federated/recipes/index.ts';
import type { Settings } from '../lib/federated/settings.ts';
import { type RunResult, train } from '../lib/federated/train.ts';
import { threadsExecutor } from '../lib/simulator/threads.ts';
import { type Bench, markdownTable } from './bench.ts';
import { absenceOf, isHere, movieLens1m, movieLens100k, readSplit } from './data-files.ts';

interface Variant {
  readonly group: string;
  readonly name: string;
  readonly recipe?: string;
  readonly settings?: Partial<Settings>;
}

const quick: Partial<Settings> = { rounds: 40, serverLearningRate: 0.1, recency: null, evaluateEvery: 10 };

function each<T>(group: string, values: readonly T[], settings: (value: T) => Partial<Settings>): Variant[] {
  return values.map((value) => ({ group, name: String(value), settings: settings(value) }));
}

const variants: readonly Variant[] = [
  { group: 'what travels', name: 'whole rows up and down', recipe: 'without-low-rank' },
  { group: 'what travels', name: 'int8 for B', settings: { codec: 'int8' } },
  { group: 'what travels', name: 'A only, B stays private', recipe: 'a-only' },
  { group: 'what travels', name: 'shared factor (colr)', recipe: 'colr' },
  ...each('rank of the step down (default 2)', [1, 4, 8], (rank) => ({ rank })),
  { group: 'attention', name: 'none', recipe: 'without-attention' },
  ...each('clusters, own cluster only (default 1)', [2, 4, 8, 16], (clusters) => ({ clusters, probes: 1 })),
  ...each('nearest of 12 clusters', [1, 3, 6], (probes) => ({ clusters: 12, probes })),
  ...each('heads (default 1)', [2, 4], (heads) => ({ heads })),
  ...each('temperature τ (default .1)', [0.03, 0.05, 0.2, 0.4], (temperature) => ({ temperature })),
  ...each('memory of tokens (default .9)', [0.5, 0.8, 0.95], (tokenMemory) => ({ tokenMemory })),
  ...each('weight β (default: by validation)', [0.15, 0.3, 0.45, 0.7], (mix) => ({ mix })),
  ...[0.1, 0.3, 0.5].flatMap((dropout): Variant[] => [
    { group: 'absent each round', name: `${100 * dropout} %`, settings: { dropout } },
    {
      group: 'absent each round',
      name: `${100 * dropout} %, no attention`,
      recipe: 'without-attention',
      settings: { dropout },
    },
  ]),
  ...['fedtlrec', 'without-attention'].map(
    (recipe): Variant => ({
      group: '30 % silent for good after round 10',
      name: recipe,
      recipe,
      settings: { silentShare: 0.3, silentAfter: 10 },
    }),
  ),
];

interface Measured extends Variant {
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Means over seeds. */
  readonly test: Metrics;
  /** To the default, mean over seeds of the paired difference per user, and its standard error over users. */
  readonly difference: Metrics;
  readonly standardErrors: Metrics;
}

const dataSets = {
  'ml-100k': { title: 'MovieLens-100K', path: movieLens100k },
  'latest-small': { title: 'MovieLens latest-small', path: 'ml-latest-small/ratings.csv.gz' },
  'ml-1m': { title: 'MovieLens-1M', path: movieLens1m },
} as const;

const dataName = (process.env.BENCH_DATA ?? 'ml-100k') as keyof typeof dataSets;
const seeds = (process.env.BENCH_SEEDS ?? '1,2').split(',').map(Number);

export const bench: Bench = {
  title: `Ablations on ${dataSets[dataName].title}: one thing changed at a time`,
  async run(say) {
    const { path } = dataSets[dataName];
    if (!isHere(path)) return absenceOf(path);
    const split = await readSplit(path);
    const run = (variant: Variant, seed: number) => {
      const recipe = recipeNamed(variant.recipe ?? 'fedtlrec');
      const settings = { ...quick, ...recipe.defaults, ...variant.settings, recency: null, seed };
      return train(recipe, split, { settings, isShared: true, executor: threadsExecutor(2, recipe) });
    };
    const runAll = async (variant: Variant) => {
      const results: RunResult[] = [];
      for (const seed of seeds) results.push(await run(variant, seed));
      return results;
    };
    const reference = await runAll({ group: '', name: 'default' });
    const measured: Measured[] = [compare({ group: 'fedtlrec', name: 'default' }, reference, reference)];
    for (const variant of variants) {
      const result = compare(variant, await runAll(variant), reference);
      measured.push(result);
      say(`${variant.group}: ${variant.name}: HR@10 ${result.test.hr10.toFixed(3)}`);
    }
    await mkdir(new URL('results/', import.meta.url), { recursive: true });
    const kept = { data: dataName, seeds, settings: quick, variants: measured };
    const file = new URL(`results/ablations-${dataName}.json`, import.meta.url);
    await writeFile(file, `${JSON.stringify(kept, null, 2)}\n`);
    return ablationTable(measured, seeds);
  },
};

function compare(variant: Variant, results: readonly RunResult[], reference: readonly RunResult[]): Measured {
  const differences = results.map(({ testPerUser }, at) =>
    pairedDifference(testPerUser, reference[at]!.testPerUser),
  );
  const over = (figure: (at: number, name: keyof Metrics) => number): Metrics => {
    const entries = metricNames.map((name) => {
      const [mean] = meanAndStandardError(results.map((_, at) => figure(at, name)));
      return [name, mean] as const;
    });
    return Object.fromEntries(entries) as unknown as Metrics;
  };
  return {
    ...variant,
    bytesUp: results[0]!.bytesUpPerClientRound,
    bytesDown: results[0]!.bytesDownPerClientRound,
    test: over((at, name) => results[at]!.test[name]),
    difference: over((at, name) => differences[at]!.mean[name]),
    standardErrors: over((at, name) => differences[at]!.standardErrors[name]),
  };
}

/** The table, as Markdown; differences with their standard error over users. */
export function ablationTable(measured: readonly Measured[], seedList: readonly number[]): string {
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4).slice(1)}`;
  const rows = measured.map(({ group, name, test, difference, standardErrors, bytesUp, bytesDown }) => [
    group,
    name,
    test.hr10.toFixed(3).slice(1),
    `${signed(difference.hr10)} ± ${standardErrors.hr10.toFixed(4).slice(1)}`,
    `${signed(difference.ndcg10)} ± ${standardErrors.ndcg10.toFixed(4).slice(1)}`,
    test.fullHr10.toFixed(3).slice(1),
    Math.round(bytesUp).toLocaleString('en'),
    Math.round(bytesDown).toLocaleString('en'),
  ]);
  const titles = ['changed', 'to', 'HR@10', 'Δ HR@10', 'Δ NDCG@10', 'full HR@10', 'bytes up', 'bytes down'];
  const note = `Means over the seeds ${seedList.join(', ')}; ± is the standard error over users of the paired difference to the default.`;
  return `${note}\n\n${markdownTable(titles, rows)}`;
}
