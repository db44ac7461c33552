// What liars do to a federation, and what servers that combine updates differently make of it, on MovieLens-100K.
// In: the ratings beside the repository (or a path); out: bench/results/robust.json, and the tables of docs/robust.md.
// `npx tsx bench/robust.ts [FILE]`; with `--table`, nothing is run and only the tables are written again. Rows that
// robust.json already has are not run again: remove it to start afresh.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bytesText, share } from '../lib/cli/figures.ts';
import { leaveOneOut } from '../lib/data/split.ts';
import { CRITERION } from '../lib/evaluation/metrics.ts';
import { type PerUser, summarize } from '../lib/evaluation/protocol.ts';
import type { Combine } from '../lib/federated/combine.ts';
import type { Recipe } from '../lib/federated/recipe.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import { withoutLowRank } from '../lib/federated/recipes/without-low-rank.ts';
import type { Settings } from '../lib/federated/settings.ts';
import { readRatingsFile } from '../lib/node/ratings-file.ts';
import { coordinateMedian } from '../lib/robust/coordinate-median.ts';
import { type Exposure, exposureOf } from '../lib/robust/exposure.ts';
import { type OpenRun, openRun } from '../lib/training/open-run.ts';
import { allParts } from '../lib/training/parts.ts';
import { mixesToTry } from '../lib/training/rounds.ts';
import { markdownTable } from './bench.ts';

const quick: Partial<Settings> = { rounds: 40, serverLearningRate: 0.1 };
const resultsFile = fileURLToPath(new URL('results/robust.json', import.meta.url));
const page = fileURLToPath(new URL('../docs/robust.md', import.meta.url));
const dataFile =
  process.argv.slice(2).find((word) => word !== '--table') ??
  fileURLToPath(new URL('../../shared/data/ml-100k/u.data.gz', import.meta.url));
/** The promoted item has this many users: it is on nobody's list unless somebody lies. */
const NICHE = 10;

interface Experiment {
  readonly recipe: 'fedtlrec' | 'without-low-rank';
  readonly combine: Settings['combine'] | 'median with zeros';
  readonly attack: Settings['attack'];
  readonly liars: number;
}

/** What clients get: from the shared table alone, or with attention between clients. */
interface Figures {
  readonly mix: number;
  readonly hr10: number;
  readonly standardError: number;
  readonly exposure: Exposure;
}

interface Row extends Experiment {
  readonly alone: Figures;
  readonly attention: Figures;
  /** HR@10 with attention and the private re-fit. */
  readonly refitted: number;
  /** Memory for kept updates in a round. */
  readonly bytesKept: number;
}

const recipes: Record<Experiment['recipe'], Recipe> = { fedtlrec, 'without-low-rank': withoutLowRank };
const attacks = [
  ['none', 0],
  ['sign-flip', 0.1],
  ['promote', 0.1],
  ['sign-flip', 0.3],
  ['promote', 0.01],
  ['scale', 0.1],
  ['random', 0.1],
] as const;
/** Each strategy under so many of the attacks; what tells most for its time comes first. */
const plan = [
  ['fedtlrec', 'sum', 7],
  ['fedtlrec', 'norm-bound', 7],
  ['fedtlrec', 'multi-krum', 3],
  ['fedtlrec', 'trimmed-mean', 3],
  ['fedtlrec', 'median with zeros', 1],
  ['without-low-rank', 'sum', 2],
  ['without-low-rank', 'norm-bound', 2],
  ['fedtlrec', 'median', 2],
  ['fedtlrec', 'krum', 1],
] as const;
const experiments: Experiment[] = plan.flatMap(([recipe, combine, count]) =>
  attacks.slice(0, count).map(([attack, liars]) => ({ recipe, combine, attack, liars })),
);

const split = leaveOneOut((await readRatingsFile(dataFile)).ratings);
const popularity = new Uint32Array(split.train.items);
for (const item of split.train.itemOf) popularity[item]!++;
const promoted = popularity.indexOf(NICHE);
const rows = readRows();

/** Trains and measures the last round; nothing is chosen but β, on validation. */
async function measure(experiment: Experiment): Promise<Row> {
  const { recipe, combine, attack, liars } = experiment;
  const isZeros = combine === 'median with zeros';
  const settings = { ...quick, combine: isZeros ? 'sum' : combine, attack, liars, promoted } as const;
  const wanted = recipes[recipe];
  const recipeOfRun = isZeros ? combining(wanted, coordinateMedian({ untouched: 'zero' })) : wanted;
  const run = openRun(recipeOfRun, split, { settings, parts: allParts });
  let bytesKept = 0;
  for await (const event of run.rounds({ evaluates: false }))
    if (event.type === 'updates-merged') bytesKept = Math.max(bytesKept, event.bytesKept ?? 0);
  const { recency } = run.settings;
  const mix = await bestMix(run, null);
  const [alone, attention] = [await figuresOf(run, 0), await figuresOf(run, mix)];
  const refitted = await test(run, recency, await bestMix(run, recency));
  return { ...experiment, alone, attention, refitted: refitted.hr10, bytesKept };
}

/** The recipe with a strategy that no setting names. */
function combining(recipe: Recipe, combine: Combine): Recipe {
  return {
    ...recipe,
    create(setup) {
      const loadParts = async () => ({ combine });
      return recipe.create({ ...setup, settings: { ...setup.settings, combine: 'median' }, loadParts });
    },
  };
}

async function bestMix({ executor }: OpenRun, recency: number | null): Promise<number> {
  const measured = await executor.evaluate({ part: 'validation', recency, mixes: mixesToTry });
  const figures = measured.map((perUser) => summarize(perUser)[CRITERION]);
  return mixesToTry[figures.indexOf(Math.max(...figures))]!;
}

async function figuresOf(run: OpenRun, mix: number): Promise<Figures> {
  const { hr10, standardErrors } = await test(run, null, mix);
  const exposure = exposureOf(run.program, split, promoted, { mix, recency: null });
  return { mix, hr10, standardError: standardErrors.hr10, exposure };
}

async function test({ executor }: OpenRun, recency: number | null, mix: number) {
  const [perUser] = (await executor.evaluate({ part: 'test', recency, mixes: [mix] })) as [PerUser];
  return summarize(perUser);
}

function isSame(row: Experiment, { recipe, combine, attack, liars }: Experiment): boolean {
  return row.recipe === recipe && row.combine === combine && row.attack === attack && row.liars === liars;
}

function readRows(): Row[] {
  try {
    return (JSON.parse(readFileSync(resultsFile, 'utf8')) as { rows: Row[] }).rows;
  } catch {
    return [];
  }
}

function writeRows(): void {
  mkdirSync(new URL('results/', import.meta.url), { recursive: true });
  const facts = { data: split.name, command: 'npx tsx bench/robust.ts', settings: quick, promoted };
  writeFileSync(resultsFile, `${JSON.stringify({ ...facts, rows }, null, 2)}\n`);
}

/** The rows, in the order of the experiments, as the table of docs/robust.md. */
function writeTable(): void {
  const found = experiments.flatMap((experiment) => rows.filter((row) => isSame(row, experiment)));
  const table = markdownTable(
    [
      'Strategy',
      'Liars',
      'HR@10',
      'attention',
      'and re-fit',
      'rank',
      'rank, attention',
      'top ten',
      'top ten, attention',
      'kept',
    ],
    found.map((row) => [
      row.recipe === 'fedtlrec' ? row.combine : `${row.combine}, whole rows`,
      row.attack === 'none' ? 'none' : `${100 * row.liars} % ${row.attack}`,
      `${share(row.alone.hr10)} ± ${share(row.alone.standardError)}`,
      share(row.attention.hr10),
      share(row.refitted),
      row.alone.exposure.rank.toFixed(0),
      row.attention.exposure.rank.toFixed(0),
      share(row.alone.exposure.topTen),
      share(row.attention.exposure.topTen),
      row.bytesKept > 0 ? bytesText(row.bytesKept) : '–',
    ]),
  );
  const text = readFileSync(page, 'utf8');
  const [before, after] = [text.split('<!-- table -->')[0], text.split('<!-- end of table -->')[1]];
  if (after === undefined) throw new Error(`${page} has no marks for the table`);
  writeFileSync(page, `${before}<!-- table -->\n\n${table}\n\n<!-- end of table -->${after}`);
}

for (const experiment of process.argv.includes('--table') ? [] : experiments) {
  if (rows.some((row) => isSame(row, experiment))) continue;
  const row = await measure(experiment);
  console.log(JSON.stringify(row));
  rows.push(row);
  writeRows();
}
writeTable();
