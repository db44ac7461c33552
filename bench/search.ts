// Chooses the recipes' settings: three trials for each recipe, ours included, judged on validation and nothing else.
// In: a ratings file and recipe names (default: all); out: bench/search.json, with every trial that was ever run.
// Trials that are in the file already are not run again, so the search may be stopped and continued.
//
//   npx tsx bench/search.ts PATH/ml-100k/u.data.gz [recipe …]
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
const COMMON: Tried = { seed: SEED, recency: null, evaluateEvery: 15 };

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

async function main([path, ...names]: string[]): Promise<void> {
  if (path === undefined) throw new RangeError('search: a ratings file is needed, got nothing');
  const { ratings } = await readRatingsFile(path, { name: basename(dirname(path)) });
  const split = leaveOneOut(ratings);
  for (const trial of inTurns(trials)) {
    const { name } = trial.recipe;
    if (names.length > 0 && !names.includes(name)) continue;
    const finished = readFinished();
    const wanted = keyOf({ ...trial, recipe: name, dataset: split.name });
    if (finished.some((known) => keyOf(known) === wanted)) continue;
    const done = await runTrial(trial, split);
    finished.push(done);
    writeFileSync(resultFile, `[\n${finished.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`);
    const chosen = JSON.stringify({ ...trial.settings, ...trial.options });
    console.log(`${name} ${chosen} NDCG@10 ${done.validation.ndcg10} HR@10 ${done.validation.hr10}`);
  }
}

await main(process.argv.slice(2));
