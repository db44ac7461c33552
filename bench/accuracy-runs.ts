// Which comparisons stand in the documentation, and how each is run: one call of the command line, whose figures are
// kept in bench/results/NAME.json. accuracy.ts makes the tables of them.
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Comparison, RecipeFigures } from '../lib/cli/comparison.ts';
import { dataFile, isHere } from './data-files.ts';
import { describeMachine, describeVersions } from './machine.ts';

/** One comparison: a data set, its recipes, seeds and settings. */
export interface AccuracyRun {
  /** Name of the file in bench/results/. */
  readonly name: string;
  /** What the data set is called in tables. */
  readonly title: string;
  /** The ratings, as paths below the data folder; several are parts of one file. */
  readonly data: readonly string[];
  /** What is given to `compare` besides `--data`. */
  readonly options: readonly string[];
}

/** What is kept of a comparison. */
export interface AccuracyResult {
  readonly command: string;
  readonly date: string;
  readonly machine: string;
  readonly versions: string;
  readonly dataset: Comparison['dataset'];
  readonly seeds: string;
  readonly recipes: readonly Omit<RecipeFigures, 'curve' | 'runs'>[];
}

const fourRecipes = 'fedtlrec,without-attention,fedmf,popularity';
const threeRecipes = 'fedtlrec,without-attention,popularity';
/** The settings' own number of rounds, or few with larger steps where a round takes long. */
const full = ['--rounds', '150'];
const quick = ['--preset', 'quick'];
const ml100k = ['ml-100k/u.data.gz'];

function onMovieLens100k(recency: string, dropout: string, recipes: string, seeds: string): AccuracyRun {
  const isAdapter = recipes.includes('a-only');
  return {
    name: `ml-100k-recency-${recency}-dropout-${dropout}${isAdapter ? '-a-only' : ''}`,
    title: 'MovieLens-100K',
    data: ml100k,
    options: [
      ...['--recipes', recipes, '--reference', isAdapter ? recipes : 'without-attention'],
      ...['--seeds', seeds, '--recency', recency, '--dropout', dropout, ...full],
    ],
  };
}

/** With and without the recency re-fit, and where every client misses half of the rounds. */
export const conditions = [
  { recency: '4', dropout: '0' },
  { recency: 'off', dropout: '0' },
  { recency: '4', dropout: '0.5' },
  { recency: 'off', dropout: '0.5' },
] as const;

/** The README's runs. */
export const mainRuns: readonly AccuracyRun[] = [
  ...conditions.map(({ recency, dropout }) => onMovieLens100k(recency, dropout, fourRecipes, '1,2,3')),
  ...conditions.slice(0, 2).map(({ recency, dropout }) => onMovieLens100k(recency, dropout, 'a-only', '1')),
];

function elsewhere(name: string, title: string, data: readonly string[], pace = full): AccuracyRun {
  return {
    name,
    title,
    data,
    options: [
      ...['--recipes', threeRecipes, '--reference', 'without-attention'],
      ...['--seeds', '1', '--evaluate-every', '10', ...pace],
    ],
  };
}

/** The runs on other data, from the quickest on. */
export const otherRuns: readonly AccuracyRun[] = [
  elsewhere(
    'filmtrust',
    'FilmTrust',
    [0, 1, 2, 3].map((part) => `filmtrust/ratings_${part}.txt`),
  ),
  elsewhere('movietweetings-10k', 'MovieTweetings-10K', ['movietweetings/snapshots/10K/ratings.dat']),
  elsewhere('ml-latest-small', 'MovieLens latest-small', ['ml-latest-small/ratings.csv.gz']),
  elsewhere('lastfm-2k', 'Last.FM', ['lastfm-2k/user_artists.dat.gz'], quick),
  elsewhere('ml-1m', 'MovieLens-1M', ['ml-1m/ratings-rank.dat.gz'], quick),
];

const folder = fileURLToPath(new URL('results/', import.meta.url));

/** The kept figures of a run, or null. */
export async function readResult({ name }: AccuracyRun): Promise<AccuracyResult | null> {
  try {
    return JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as AccuracyResult;
  } catch {
    return null;
  }
}

/** Runs a comparison with two threads and keeps its figures. */
export async function runAndKeep(run: AccuracyRun): Promise<AccuracyResult | null> {
  if (!run.data.every(isHere)) return null;
  const cli = fileURLToPath(new URL('../lib/cli.ts', import.meta.url));
  const words = ['--import', 'tsx', cli, 'compare', '--data', await joinParts(run), ...run.options];
  const { stdout } = await promisify(execFile)(process.execPath, [...words, '--workers', '2', '--json'], {
    maxBuffer: 2 ** 26,
    cwd: fileURLToPath(new URL('..', import.meta.url)),
  });
  const { dataset, seeds, recipes } = JSON.parse(stdout) as Comparison;
  const fileName = run.data.length > 1 ? 'ratings.txt' : run.data[0]!.split('/').at(-1)!;
  const result: AccuracyResult = {
    command: `fedtlrec compare --data ${fileName} ${run.options.join(' ')}`,
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    versions: describeVersions(),
    dataset: { ...dataset, name: run.title },
    seeds: seeds.join(', '),
    recipes: recipes.map(({ curve, runs, ...figures }) => figures),
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${run.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

/** The path of the ratings; parts are put together in a temporary file. */
async function joinParts({ name, data }: AccuracyRun): Promise<string> {
  if (data.length === 1) return dataFile(data[0]!);
  const parts = await Promise.all(data.map((path) => readFile(dataFile(path), 'utf8')));
  const path = join(os.tmpdir(), `fedtlrec-bench-${name}.txt`);
  await writeFile(path, parts.map((part) => `${part.trimEnd()}\n`).join(''));
  return path;
}
