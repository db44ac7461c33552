// The main table: every recipe on MovieLens-100K, those that matter most on MovieLens-1M, and ours on smaller data.
// `npm run bench -- table` runs what has no figures in bench/results/table/ yet and writes docs/results.md and the
// README's excerpt; BENCH_DATA=ml-100k,ml-1m names the data, BENCH_RECIPES=fedtlrec,ease the rows.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { threadId } from 'node:worker_threads';
import { leaveOneOut, type Split } from '../lib/data/split.ts';
import { type Metrics, metrics } from '../lib/evaluation/metrics.ts';
import { pairedDifference } from '../lib/evaluation/paired-difference.ts';
import { readRatingsFile } from '../lib/node/ratings-file.ts';
import type { Bench } from './bench.ts';
import { dataFile, isHere, movieLens1m, movieLens100k } from './data-files.ts';
import { alone, inOrder } from './in-order.ts';
import { describeMachine } from './machine.ts';
import { writeResultsPage } from './results-page.ts';
import { type MeasuredSeed, measureRow, type PerUserColumns, type RowRequest } from './table-runs.ts';

/** What is kept of a row and seed: its figures and how far `fedtlrec` is ahead. */
export interface KeptRow extends MeasuredSeed {
  readonly label: string;
  readonly recipe: string;
  readonly settings: object;
  /**
   * The reference, by default `fedtlrec`, − this one over the same users and seed, with its standard error over users. Where this one has no user
   * vector to re-fit, the re-fitted fedtlrec is compared with it as it is.
   */
  readonly ahead: { plain: Difference; refitted: Difference | null };
  /** The reference, if it is another row: what was measured before windows and four bits was compared with fedtlrec of then. */
  readonly reference?: string;
  readonly measured: string;
}

export interface Difference {
  readonly mean: Metrics;
  readonly standardErrors: Metrics;
}

export interface TableFile {
  readonly title: string;
  readonly users: number;
  readonly items: number;
  readonly interactions: number;
  readonly isOrdered: boolean;
  readonly evaluateEvery: number;
  readonly rows: KeptRow[];
}

interface TableData {
  readonly title: string;
  /** The ratings, as paths below the data folder; several are parts of one file. */
  readonly paths: readonly string[];
  readonly evaluateEvery: number;
  readonly rows: readonly RowRequest[];
}

const three = [1, 2, 3];
const row = (recipe: string, seeds: readonly number[] = [1]): RowRequest => ({
  label: recipe,
  recipe,
  seeds,
});
const halfAbsent = (recipe: string): RowRequest => ({
  label: `${recipe}, half absent`,
  recipe,
  settings: { dropout: 0.5 },
  seeds: three,
});
/** 30 % of the clients fall silent for good after round 30. */
const silent = (recipe: string): RowRequest => ({
  label: `${recipe}, 30 % fall silent`,
  recipe,
  settings: { silentShare: 0.3, silentAfter: 30 },
  seeds: three,
});
/** What fedtlrec is without its two youngest parts: windows, and numbers in four bits. */
const withoutWindows = (seeds: readonly number[]): RowRequest => ({
  label: 'fedtlrec, no windows',
  recipe: 'fedtlrec',
  settings: { windows: 'off' },
  seeds,
});
const exactWithoutWindows = (seeds: readonly number[]): RowRequest => ({
  label: 'fedtlrec, no windows, float32',
  recipe: 'fedtlrec',
  settings: { windows: 'off', codec: 'float32' },
  seeds,
});
/** What the default was before: rounded to the nearest level, and a table of half the size. */
const nearest = (seeds: readonly number[]): RowRequest => ({
  label: 'fedtlrec, nearest, 64 neighbours',
  recipe: 'fedtlrec',
  settings: { rounding: 'nearest', neighbours: 64 },
  seeds,
});
const ours = (seeds: readonly number[]): readonly RowRequest[] => [
  ...[row('fedtlrec', seeds), exactWithoutWindows(seeds), withoutWindows(seeds), nearest(seeds)],
  ...['without-attention', 'popularity', 'ease', 'markov', 'ease-recency'].map((recipe) => row(recipe)),
];

/** Data sets and rows in the order of the tables; the first row is always `fedtlrec`. */
export const tables: Record<string, TableData> = {
  'ml-100k': {
    title: 'MovieLens-100K',
    paths: [movieLens100k],
    evaluateEvery: 10,
    rows: [
      ...[row('fedtlrec', three), exactWithoutWindows(three), withoutWindows(three), nearest(three)],
      ...['popularity', 'item-knn', 'ease', 'markov', 'ease-recency', 'sasrec', 'bpr-mf'].map((recipe) =>
        row(recipe),
      ),
      ...['without-attention', 'fedmf', 'colr'].map((recipe) => row(recipe, three)),
      row('neumf'),
      ...['fedmf-fedavg', 'pfedrec', 'gpfedrec', 'fedrecon'].map((recipe) => row(recipe, three)),
      row('fedncf'),
      ...['without-low-rank', 'without-clusters', 'local-only', 'a-only'].map((recipe) => row(recipe)),
      ...['fedtlrec', 'without-attention'].flatMap((recipe) => [halfAbsent(recipe), silent(recipe)]),
      ...['fedtlrec-as-described', 'fedtlrec-released'].map((recipe) => row(recipe)),
    ],
  },
  'ml-1m': {
    title: 'MovieLens-1M',
    paths: [movieLens1m],
    evaluateEvery: 30,
    rows: [
      ...[row('fedtlrec', [1, 2]), exactWithoutWindows([1, 2]), nearest([1, 2])],
      ...['popularity', 'ease', 'markov', 'ease-recency', 'sasrec'].map((recipe) => row(recipe)),
      ...['without-attention', 'fedmf', 'colr', 'pfedrec'].map((recipe) => row(recipe)),
    ],
  },
  'latest-small': {
    title: 'MovieLens latest-small',
    paths: ['ml-latest-small/ratings.csv.gz'],
    evaluateEvery: 10,
    rows: ours(three),
  },
  filmtrust: {
    title: 'FilmTrust',
    paths: [0, 1, 2, 3].map((part) => `filmtrust/ratings_${part}.txt`),
    evaluateEvery: 10,
    rows: ours(three),
  },
  movietweetings: {
    title: 'MovieTweetings-10K',
    paths: ['movietweetings/snapshots/10K/ratings.dat'],
    evaluateEvery: 10,
    rows: ours([1]),
  },
  lastfm: {
    title: 'Last.FM',
    paths: ['lastfm-2k/user_artists.dat.gz'],
    evaluateEvery: 30,
    rows: ours([1]),
  },
};

const folder = fileURLToPath(new URL('results/table/', import.meta.url));
/** Figures of single users stay outside the repository: they are made of other people's data. */
const cache = fileURLToPath(new URL('.cache/', import.meta.url));

export const bench: Bench = {
  title: 'The main table',
  async run(say) {
    const wantedData = process.env.BENCH_DATA?.split(',') ?? Object.keys(tables);
    const wantedRecipes = process.env.BENCH_RECIPES?.split(',');
    for (const name of wantedData) {
      const data = tables[name]!;
      if (data.paths.every(isHere)) await fill(name, data, wantedRecipes, say);
      else say(`${data.title}: not here`);
    }
    return writeResultsPage();
  },
};

/** Measures the rows that are not in the file yet. */
async function fill(
  name: string,
  data: TableData,
  wanted: readonly string[] | undefined,
  say: (line: string) => void,
): Promise<void> {
  const files = data.paths.map(dataFile);
  const split = await splitOf(data.title, files);
  const isKnown = async ({ request, seed }: RowTask) =>
    (await readTable(name))?.rows.some((kept) => kept.label === request.label && kept.seed === seed) ?? false;
  const tasks: RowTask[] = [];
  for (const request of data.rows.filter(({ recipe }) => !wanted || wanted.includes(recipe))) {
    for (const seed of request.seeds) {
      const task = { request, seed, title: data.title, evaluateEvery: data.evaluateEvery };
      if (!(await isKnown(task))) tasks.push(task);
    }
  }
  // Here, another run may have added a row meanwhile.
  const here = async (task: RowTask) => ((await isKnown(task)) ? null : rowOf(task, split));
  const list = { kind: 'row', nameOf, files, say };
  const measure = (task: RowTask) => alone({ ...list, here: (one: RowTask) => rowOf(one, split) }, task);
  for await (const { task, result } of inOrder({ ...list, tasks, here })) {
    if (!result) continue;
    const { request, seed } = task;
    const { figures, perUser } = result;
    const reference = await referenceFor(name, data, request, seed, perUser, measure);
    const { label, recipe, settings = {} } = request;
    const ahead = differences(reference, perUser);
    await keep(name, data, split, { label, recipe, settings, ...figures, ahead, measured: measuredOn() });
    const best = figures.refitted ?? figures.plain;
    say(`${data.title}: ${label}, seed ${seed}: NDCG@10 ${best.test.ndcg10.toFixed(3)}`);
  }
}

function measuredOn(): string {
  const where = process.env.BENCH_QUEUE === undefined ? describeMachine() : 'by the workers of a queue';
  return `${new Date().toISOString().slice(0, 10)}, ${where}, node ${process.versions.node}`;
}

function differences(reference: PerUserColumns, own: PerUserColumns): KeptRow['ahead'] {
  const plain = pairedDifference(reference.plain, own.plain);
  const refitted = reference.refitted && pairedDifference(reference.refitted, own.refitted ?? own.plain);
  return { plain, refitted };
}

/** Adds a row to the file as it is now: another run may have added some meanwhile. */
async function keep(name: string, data: TableData, split: Split, kept: KeptRow): Promise<void> {
  const file = (await readTable(name)) ?? headOf(data, split);
  const text = JSON.stringify({ ...file, rows: [...file.rows, kept] }, (_, value) => rounded(value), 1);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.json`), `${text}\n`);
}

/** The figures per user of fedtlrec with this seed: measured before, or now. */
async function referenceFor(
  name: string,
  data: TableData,
  request: RowRequest,
  seed: number,
  own: PerUserColumns,
  measure: (task: RowTask) => Promise<MeasuredRow>,
): Promise<PerUserColumns> {
  const path = join(cache, `${name}-${seed}.json`);
  const [first] = data.rows;
  if (request.label === first!.label) {
    await mkdir(cache, { recursive: true });
    await writeFile(
      path,
      JSON.stringify(own, (_, value) => (value instanceof Float64Array ? [...value] : value)),
    );
    return own;
  }
  const known = await readFile(path, 'utf8').catch(() => null);
  if (known !== null) {
    const columns = JSON.parse(known, (_, value) =>
      Array.isArray(value) ? numbers(value) : value,
    ) as PerUserColumns;
    if (metrics.every(({ name }) => name in columns.plain)) return columns; // else it is older than a metric
  }
  const { title, evaluateEvery } = data;
  const { perUser } = await measure({ request: first!, seed, title, evaluateEvery });
  return referenceFor(name, data, first!, seed, perUser, measure);
}

/** JSON writes NaN as null. */
function numbers(values: (number | null)[]): Float64Array {
  return Float64Array.from(values, (value) => value ?? Number.NaN);
}

export async function readTable(name: string): Promise<TableFile | null> {
  const text = await readFile(join(folder, `${name}.json`), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as TableFile);
}

function headOf({ title, evaluateEvery }: TableData, split: Split): TableFile {
  const { users, items, offsets } = split.train;
  const held = [split.validation, split.test].map((part) => part.filter((item) => item >= 0).length);
  const interactions = offsets[users]! + held[0]! + held[1]!;
  return { title, users, items, interactions, isOrdered: split.ordered, evaluateEvery, rows: [] };
}

/** One run of the table, as a worker gets it. */
interface RowTask {
  readonly request: RowRequest;
  readonly seed: number;
  readonly title: string;
  readonly evaluateEvery: number;
}

type MeasuredRow = Awaited<ReturnType<typeof measureRow>>;

function nameOf({ request, seed, title }: RowTask): string {
  return `${request.label} on ${title}, seed ${seed}`;
}

function rowOf({ request, seed, evaluateEvery }: RowTask, split: Split): Promise<MeasuredRow> {
  return measureRow(request, split, seed, evaluateEvery);
}

/** One run of the table, at a worker. */
export async function measureRowTask(task: unknown, files: readonly string[]): Promise<MeasuredRow> {
  return rowOf(task as RowTask, await splitOf((task as RowTask).title, files));
}

/** Reads a data set; parts are put together in a temporary file. */
async function splitOf(title: string, paths: readonly string[]): Promise<Split> {
  let path = paths[0]!;
  if (paths.length > 1) {
    const parts = await Promise.all(paths.map((part) => readFile(part, 'utf8')));
    path = join(os.tmpdir(), `fedtlrec-bench-${process.pid}-${threadId}.txt`);
    await writeFile(path, parts.map((part) => `${part.trimEnd()}\n`).join(''));
  }
  const { ratings } = await readRatingsFile(path, { name: title });
  return leaveOneOut(ratings);
}

function rounded(value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}
