// What each ingredient does: one thing is changed at a time, and the difference to the default is measured per user.
// `npm run bench -- ablations` runs what is not in bench/results/ablations-DATA.json yet; BENCH_DATA=ml-1m or latest-small
// for other data, where fewer things are changed. Each run is the quick preset (40 rounds, larger steps) without the
// re-fit, which would hide small differences; figures are the test at the best validation round.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { leaveOneOut, type Split } from '../lib/data/split.ts';
import { forEachMetric, type MetricName, type Metrics, metricsOnly } from '../lib/evaluation/metrics.ts';
import { pairedDifference } from '../lib/evaluation/paired-difference.ts';
import { meanAndStandardError, type PerUser } from '../lib/evaluation/protocol.ts';
import { federation } from '../lib/federated/federation.ts';
import type { Recipe } from '../lib/federated/recipe.ts';
import { aOnly } from '../lib/federated/recipes/a-only.ts';
import { fedtlrec, lowRankFactorization } from '../lib/federated/recipes/fedtlrec.ts';
import { withoutAttention } from '../lib/federated/recipes/without-attention.ts';
import { withoutLowRank } from '../lib/federated/recipes/without-low-rank.ts';
import type { Settings } from '../lib/federated/settings.ts';
import { readRatingsFile } from '../lib/node/ratings-file.ts';
import { colr } from '../lib/peers/colr.ts';
import type { RunResult } from '../lib/training/run-result.ts';
import { train } from '../lib/training/train.ts';
import type { AblationFile, AblationRow } from './ablation-text.ts';
import type { Bench } from './bench.ts';
import { absenceOf, dataFile, isHere, movieLens1m, movieLens100k, readSplit } from './data-files.ts';
import { alone, inOrder } from './in-order.ts';
import { describeMachine } from './machine.ts';
import { writeResultsPage } from './results-page.ts';
import { withStaleParts } from './stale-parts.ts';

interface Variant {
  readonly group: string;
  readonly name: string;
  readonly recipe?: Recipe;
  readonly settings?: Partial<Settings>;
}

/** Messages are exact: rounding would be a second thing that differs. */
const quick: Partial<Settings> = {
  rounds: 40,
  serverLearningRate: 0.1,
  recency: null,
  windows: 'off',
  codec: 'float32',
};

/** B travels, A = [p, 1] stays at home: the server knows how much an item is wanted, not in which direction. */
const bOnly: Recipe = {
  name: 'b-only',
  summary: 'the items that a client wants, without its direction',
  create: (setup) =>
    federation(setup, {
      ...lowRankFactorization(setup),
      uplink: (update) => ({ ...update, right: update.right.map((_, at) => Number(at === update.dims - 1)) }),
    }),
};

function each<T>(group: string, values: readonly T[], settings: (value: T) => Partial<Settings>): Variant[] {
  return values.map((value) => ({ group, name: String(value), settings: settings(value) }));
}

/** With and without attention, other settings alike. */
function both(group: string, name: string, settings: Partial<Settings>): Variant[] {
  return [
    { group, name, settings },
    { group, name: `${name}, no attention`, recipe: withoutAttention, settings },
  ];
}

const noAttention: Variant = { group: 'attention', name: 'none', recipe: withoutAttention };
const absent = [0.1, 0.3, 0.5].flatMap((dropout) =>
  both('absent each round', `${100 * dropout} %`, { dropout }),
);
const silent = both('silent for good', '30 % after round 10', { silentShare: 0.3, silentAfter: 10 });

/** Where a run takes long. */
const few: readonly Variant[] = [
  noAttention,
  { group: 'what travels', name: 'int8 for B', settings: { codec: 'int8', rounding: 'nearest' } },
  ...each('own cluster only, of K clusters (def. 1)', [12], (clusters) => ({ clusters, probes: 1 })),
  ...each('nearest of 12 clusters', [3, 6], (probes) => ({ clusters: 12, probes })),
  ...absent.slice(2, 4),
  ...silent,
];

const many: readonly Variant[] = [
  noAttention,
  { group: 'what travels', name: 'whole rows up and down', recipe: withoutLowRank },
  { group: 'what travels', name: 'int8 for B', settings: { codec: 'int8', rounding: 'nearest' } },
  { group: 'what travels', name: 'A only, B stays private', recipe: aOnly },
  { group: 'what travels', name: 'B only, A stays private', recipe: bOnly },
  { group: 'what travels', name: 'a factor shared by all (colr)', recipe: colr },
  ...each('rank of the step down (default 2)', [1, 4, 8], (rank) => ({ rank })),
  ...each('clusters, own cluster only (default 1)', [2, 4, 8, 16], (clusters) => ({ clusters, probes: 1 })),
  ...each('nearest of 12 clusters', [1, 3, 6], (probes) => ({ clusters: 12, probes })),
  ...each('heads (default 1)', [2, 4], (heads) => ({ heads })),
  ...each('temperature τ (default .1)', [0.03, 0.05, 0.2, 0.4], (temperature) => ({ temperature })),
  ...each('memory of tokens (default .9)', [0.5, 0.8, 0.95], (tokenMemory) => ({ tokenMemory })),
  ...each('weight β (default: by validation)', [0.15, 0.3, 0.45, 0.7], (mix) => ({ mix })),
  ...[5, 10, 20].map((age) => ({
    group: 'age of personal parts (default 0)',
    name: `${age} rounds`,
    recipe: withStaleParts(fedtlrec, age),
    settings: { refreshEvery: 5 },
  })),
  ...absent,
  ...silent,
];

const dataSets = {
  'ml-100k': { title: 'MovieLens-100K', path: movieLens100k, seeds: [1], evaluateEvery: 10, variants: many },
  'latest-small': {
    title: 'MovieLens latest-small',
    path: 'ml-latest-small/ratings.csv.gz',
    seeds: [1],
    evaluateEvery: 20,
    variants: few,
  },
  'ml-1m': { title: 'MovieLens-1M', path: movieLens1m, seeds: [1], evaluateEvery: 40, variants: few },
} as const;

const dataName = (process.env.BENCH_DATA ?? 'ml-100k') as keyof typeof dataSets;
const { title, path, seeds, variants } = dataSets[dataName];
/** All runs, in the order of the table. */
const fedtlrecAsItIs: Variant = { group: 'fedtlrec', name: 'default' };
const rowOrder: readonly Variant[] = [fedtlrecAsItIs, ...variants];
const file = new URL(`results/ablations-${dataName}.json`, import.meta.url);

export const bench: Bench = {
  title: `Ablations on ${title}: one thing changed at a time`,
  async run(say) {
    if (!isHere(path)) return absenceOf(path);
    const split = await readSplit(path);
    const isKept = async (group: string, name: string) =>
      (await readKept()).some((row) => row.group === group && row.name === name);
    const tasks: AblationTask[] = [];
    for (const { group, name } of rowOrder) {
      for (const seed of seeds)
        if (!(await isKept(group, name))) tasks.push({ data: dataName, group, name, seed });
    }
    const list = {
      ...{ kind: 'ablation', nameOf, files: [dataFile(path)], say },
      here: (task: AblationTask) => ablationOf(task, split),
    };
    const references = new Map<number, PerUser>();
    let results: Measured[] = [];
    for await (const { task, result } of inOrder({ ...list, tasks })) {
      const { group, name, seed } = task;
      results.push(result);
      if (name === 'default') references.set(seed, result.testPerUser);
      if (!references.has(seed)) {
        const found = await alone(list, { data: dataName, group: 'fedtlrec', name: 'default', seed });
        references.set(seed, found.testPerUser);
      }
      if (results.length < seeds.length) continue;
      const row = rowOf(
        group,
        name,
        results,
        [...seeds].map((one) => references.get(one)!),
      );
      results = [];
      await writeKept([...(await readKept()), row]);
      say(`${group}: ${name}: HR@10 ${row.test.hr10.toFixed(3)}`);
    }
    return writeResultsPage();
  },
};

/** One run, as a worker gets it. */
interface AblationTask {
  readonly data: keyof typeof dataSets;
  readonly group: string;
  readonly name: string;
  readonly seed: number;
}

/** What is needed of it. */
interface Measured
  extends Pick<RunResult, 'testPerUser' | 'bytesUpPerClientRound' | 'bytesDownPerClientRound'> {
  readonly validation: Metrics;
  readonly test: Metrics;
}

function nameOf({ group, name, seed }: AblationTask): string {
  return `${group}: ${name}, seed ${seed}`;
}

async function ablationOf({ data, group, name, seed }: AblationTask, split: Split): Promise<Measured> {
  const { evaluateEvery, variants } = dataSets[data];
  const variant = [fedtlrecAsItIs, ...variants].find((one) => one.group === group && one.name === name)!;
  const recipe = variant.recipe ?? fedtlrec;
  const settings = { ...quick, evaluateEvery, ...recipe.defaults, ...variant.settings, seed };
  const { testPerUser, bytesUpPerClientRound, bytesDownPerClientRound, best, test } = await train(
    recipe,
    split,
    {
      settings,
    },
  );
  const bytes = { bytesUpPerClientRound, bytesDownPerClientRound };
  return { testPerUser, ...bytes, validation: metricsOnly(best.validation), test: metricsOnly(test) };
}

/** One run, at a worker. */
export async function measureAblation(task: unknown, [file]: readonly string[]): Promise<Measured> {
  const { ratings } = await readRatingsFile(file!);
  return ablationOf(task as AblationTask, leaveOneOut(ratings));
}

function rowOf(group: string, name: string, results: readonly Measured[], reference: PerUser[]): AblationRow {
  const differences = results.map(({ testPerUser }, at) => pairedDifference(testPerUser, reference[at]!));
  const over = (figure: (at: number, metric: MetricName) => number): Metrics => {
    return forEachMetric((metric) => meanAndStandardError(results.map((_, at) => figure(at, metric)))[0]);
  };
  return {
    ...{ group, name },
    bytesUp: results[0]!.bytesUpPerClientRound,
    bytesDown: results[0]!.bytesDownPerClientRound,
    validation: over((at, metric) => results[at]!.validation[metric]),
    test: over((at, metric) => results[at]!.test[metric]),
    difference: over((at, metric) => differences[at]!.mean[metric]),
    standardErrors: over((at, metric) => differences[at]!.standardErrors[metric]),
  };
}

async function readKept(): Promise<readonly AblationRow[]> {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? [] : (JSON.parse(text) as AblationFile).variants;
}

async function writeKept(rows: readonly AblationRow[]): Promise<void> {
  const placeOf = (row: AblationRow) =>
    rowOrder.findIndex(({ group, name }) => group === row.group && name === row.name);
  const command = dataName === 'ml-100k' ? '' : `BENCH_DATA=${dataName} `;
  const kept: AblationFile = {
    title,
    command: `${command}npm run bench -- ablations`,
    measured: `${new Date().toISOString().slice(0, 10)}, ${describeMachine()}`,
    seeds,
    variants: rows.toSorted((a, b) => placeOf(a) - placeOf(b)),
  };
  await mkdir(new URL('results/', import.meta.url), { recursive: true });
  const rounded = (_: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(6)) : value;
  await writeFile(file, `${JSON.stringify(kept, rounded, 1)}\n`);
}
