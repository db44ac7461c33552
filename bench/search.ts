// Chooses the recipes' settings: three trials for each recipe, ours included, judged on validation and nothing else.
// In: MovieLens-100K and recipe names (BENCH_RECIPES=fedmf,colr; default: all); out: bench/search.json, with every trial that was ever
// run. Trials that are in the file already are not run again, so the search may be stopped and continued. `npm run bench -- search`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leaveOneOut, type Split } from '../lib/data/split.ts';
import { forEachMetric, type Metrics } from '../lib/evaluation/metrics.ts';
import type { Recipe } from '../lib/federated/recipe.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import type { Settings } from '../lib/federated/settings.ts';
import { readRatingsFile } from '../lib/node/ratings-file.ts';
import { bprMf } from '../lib/peers/bpr-mf.ts';
import { colr } from '../lib/peers/colr.ts';
import { ease } from '../lib/peers/ease.ts';
import { fedmf, fedmfFedavg } from '../lib/peers/fedmf.ts';
import { fedncf } from '../lib/peers/fedncf.ts';
import { fedrecon } from '../lib/peers/fedrecon.ts';
import { gpfedrecWith } from '../lib/peers/gpfedrec.ts';
import { itemKnnWith } from '../lib/peers/item-knn.ts';
import { neumf } from '../lib/peers/neumf.ts';
import { pfedrecWith } from '../lib/peers/pfedrec.ts';
import { train } from '../lib/training/train.ts';
import type { Bench } from './bench.ts';
import { absenceOf, dataFile, isHere, movieLens100k } from './data-files.ts';
import { inOrder } from './in-order.ts';

type Tried = Partial<Settings>;

interface Trial {
  readonly recipe: Recipe;
  readonly settings: Tried;
  /** A recipe's constants that are no settings. */
  readonly options?: Record<string, number>;
}

/** A finished trial, as it is kept. */
interface Finished {
  recipe: string;
  dataset: string;
  seed: number;
  settings: Tried;
  options: Record<string, number>;
  bestRound: number;
  mix: number;
  validation: Metrics;
}

const SEED = 1;
/** What all trials have in common. Rounds are the recipe's own default. */
const COMMON: Tried = { seed: SEED, recency: null, evaluateEvery: 15, codec: 'float32', windows: 'off' };

const trialsOf = (recipe: Recipe, settings: Tried[]): Trial[] =>
  settings.map((tried) => ({ recipe, settings: tried }));

const factorizationGrid: Tried[] = [
  { serverLearningRate: 0.03 },
  { serverLearningRate: 0.02 },
  { serverLearningRate: 0.05 },
];

const trials: Trial[] = [
  ...[20, 50].map((neighbours) => ({ neighbours, shrinkage: 20 })),
  { neighbours: 50, shrinkage: 0 },
]
  .map((options): Trial => ({ recipe: itemKnnWith(options), settings: {}, options }))
  .concat(
    trialsOf(
      ease,
      [0.1, 0.2, 0.3].map((regularization) => ({ regularization })),
    ),
    trialsOf(bprMf, [
      { serverLearningRate: 0.03, regularization: 0.02 },
      { serverLearningRate: 0.03, regularization: 0.01 },
      { serverLearningRate: 0.03, regularization: 0.005 },
    ]),
    trialsOf(colr, [
      { serverLearningRate: 0.05, clientLearningRate: 0.05 },
      { serverLearningRate: 0.05, clientLearningRate: 0.1 },
      { serverLearningRate: 0.1, clientLearningRate: 0.05 },
    ]),
    (
      [
        [0.1, 5],
        [0.1, 10],
        [0.3, 1],
      ] as const
    ).map(([itemLearningRate, serverLearningRate]) => ({
      recipe: pfedrecWith({ itemLearningRate }),
      settings: { serverLearningRate },
      options: { itemLearningRate },
    })),
    (
      [
        [1, 1],
        [1, 0.5],
        [2, 1],
      ] as const
    ).map(([threshold, serverLearningRate]) => ({
      recipe: gpfedrecWith({ threshold }),
      settings: { serverLearningRate },
      options: { threshold },
    })),
    trialsOf(fedrecon, [
      { serverLearningRate: 0.02, regularization: 0.01 },
      { serverLearningRate: 0.03, regularization: 0.01 },
      { serverLearningRate: 0.03, regularization: 0.03 },
    ]),
    trialsOf(neumf, [
      { serverLearningRate: 0.001, regularization: 1e-5 },
      { serverLearningRate: 0.003, regularization: 1e-5 },
      { serverLearningRate: 0.003, regularization: 1e-4 },
    ]),
    trialsOf(fedncf, [
      { serverLearningRate: 0.01, itemScale: 0.1 },
      { serverLearningRate: 0.005, itemScale: 0.1 },
      { serverLearningRate: 0.01, itemScale: 0.3 },
    ]),
    trialsOf(fedmf, factorizationGrid),
    trialsOf(fedmfFedavg, [
      { serverLearningRate: 1 },
      { serverLearningRate: 0.5 },
      { serverLearningRate: 2 },
    ]),
    trialsOf(fedtlrec, factorizationGrid),
  );

/** Every recipe's first trial, then every second one, …: wherever the search is stopped, budgets are equal. */
function inTurns(all: readonly Trial[]): Trial[] {
  const turnOf = new Map<Trial, number>();
  const taken = new Map<string, number>();
  for (const trial of all) {
    const turn = taken.get(trial.recipe.name) ?? 0;
    turnOf.set(trial, turn);
    taken.set(trial.recipe.name, turn + 1);
  }
  return [...all].sort((a, b) => turnOf.get(a)! - turnOf.get(b)!);
}

const resultFile = fileURLToPath(new URL('search.json', import.meta.url));

function keyOf(trial: { recipe: string; dataset: string; settings: Tried; options?: object }): string {
  return JSON.stringify([trial.recipe, trial.dataset, trial.settings, trial.options ?? {}]);
}

function readFinished(): Finished[] {
  return existsSync(resultFile) ? (JSON.parse(readFileSync(resultFile, 'utf8')) as Finished[]) : [];
}

async function runTrial({ recipe, settings, options = {} }: Trial, split: Split): Promise<Finished> {
  const result = await train(recipe, split, { settings: { ...COMMON, ...settings } });
  const rounded = (value: number) => Math.round(value * 1e5) / 1e5;
  return {
    recipe: recipe.name,
    dataset: split.name,
    seed: SEED,
    settings,
    options,
    bestRound: result.best.round,
    mix: result.best.mix,
    validation: forEachMetric((name) => rounded(result.best.validation[name])),
  };
}

/** One trial, as a worker gets it. */
interface TrialTask {
  readonly recipe: string;
  readonly settings: Tried;
  readonly options: Record<string, number>;
  readonly dataset: string;
}

/** One trial, at a worker. */
export async function measureTrial(task: unknown, [file]: readonly string[]): Promise<Finished> {
  const { dataset } = task as TrialTask;
  const { ratings } = await readRatingsFile(file!, { name: dataset });
  return runTrial(trialOf(task as TrialTask), leaveOneOut(ratings));
}

function trialOf(task: TrialTask): Trial {
  const wanted = keyOf(task);
  return trials.find(
    (trial) => keyOf({ ...trial, recipe: trial.recipe.name, dataset: task.dataset }) === wanted,
  )!;
}

export const bench: Bench = {
  title: 'The search for settings',
  async run(say) {
    if (!isHere(movieLens100k)) return absenceOf(movieLens100k);
    const path = dataFile(movieLens100k);
    const dataset = basename(dirname(path));
    const split = leaveOneOut((await readRatingsFile(path, { name: dataset })).ratings);
    const names = process.env.BENCH_RECIPES?.split(',');
    const known = new Set(readFinished().map(keyOf));
    const tasks = inTurns(trials)
      .map(
        ({ recipe, settings, options = {} }): TrialTask => ({
          recipe: recipe.name,
          settings,
          options,
          dataset,
        }),
      )
      .filter((task) => (!names || names.includes(task.recipe)) && !known.has(keyOf(task)));
    const chosen = ({ settings, options }: TrialTask) => JSON.stringify({ ...settings, ...options });
    const nameOf = (task: TrialTask) => `${task.recipe} ${chosen(task)}`;
    const here = (task: TrialTask) => runTrial(trialOf(task), split);
    for await (const { task, result } of inOrder({
      kind: 'trial',
      tasks,
      nameOf,
      files: [path],
      here,
      say,
    })) {
      const finished = [...readFinished(), result];
      writeFileSync(resultFile, `[\n${finished.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`);
      say(`${nameOf(task)} NDCG@10 ${result.validation.ndcg10} HR@10 ${result.validation.hr10}`);
    }
    return `${tasks.length} trials were run; docs/results.md shows them after npm run bench -- results-page.`;
  },
};
