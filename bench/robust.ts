// What liars do to a federation, and what servers that combine updates differently make of it, on MovieLens-100K.
// In: the ratings beside the repository (or a path); out: bench/results/robust.json, and the tables of docs/robust.md.
// `npx tsx bench/robust.ts [FILE]`; with `--table`, nothing is run and only the tables are written again. Rows that
// robust.json already has are not run again: remove it to start afresh. BENCH_STRATEGIES=norm-bound,multi-krum runs those of fedtlrec alone.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bytesText, differenceWithError, share } from '../lib/cli/figures.ts';
import { leaveOneOut } from '../lib/data/split.ts';
import { CRITERION } from '../lib/evaluation/metrics.ts';
import { meanAndStandardError, type PerUser, summarize } from '../lib/evaluation/protocol.ts';
import type { Combine } from '../lib/federated/combine.ts';
import type { Recipe } from '../lib/federated/recipe.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import { withoutLowRank } from '../lib/federated/recipes/without-low-rank.ts';
import type { Settings } from '../lib/federated/settings.ts';
import { readRatingsFile } from '../lib/node/ratings-file.ts';
import { isLiar } from '../lib/robust/attacks.ts';
import { coordinateMedian } from '../lib/robust/coordinate-median.ts';
import { type Exposure, exposureOf } from '../lib/robust/exposure.ts';
import { type OpenRun, openRun } from '../lib/training/open-run.ts';
import { allParts } from '../lib/training/parts.ts';
import { mixesToTry } from '../lib/training/rounds.ts';
import { markdownTable } from './bench.ts';

const quick: Partial<Settings> = { rounds: 40, serverLearningRate: 0.1, codec: 'float32' };
const resultsFile = fileURLToPath(new URL('results/robust.json', import.meta.url));
/** Figures of single users stay outside the repository: they are made of other people's data. */
const cache = new URL('.cache/robust/', import.meta.url);
const page = fileURLToPath(new URL('../docs/robust.md', import.meta.url));
const only = process.env.BENCH_STRATEGIES;
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
  /** What the attack changes, beside the same strategy without it; absent where that was not measured in the same way. */
  readonly harm?: Readonly<Record<Scoring, Harm>>;
  /** Memory for kept updates in a round. */
  readonly bytesKept: number;
}

/** How clients score: from the shared table, with attention, with attention and the re-fit. */
const scorings = ['alone', 'attention', 'refitted'] as const;
type Scoring = (typeof scorings)[number];
/** HR@10 of every user. */
type HitRates = Readonly<Record<Scoring, readonly number[]>>;

/** HR@10 under attack minus HR@10 without, user by user, with its standard error: of all users, and of those who do not lie. */
interface Harm {
  readonly everybody: readonly [mean: number, standardError: number];
  readonly honest: readonly [mean: number, standardError: number];
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

function isWanted({ recipe, combine }: Experiment): boolean {
  return only === undefined || (recipe === 'fedtlrec' && only.split(',').includes(combine));
}

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
  const rates = { alone: alone.rates, attention: attention.rates, refitted: ratesOf(refitted) };
  const harm = harmOf(experiment, rates, run.settings);
  return {
    ...{ ...experiment, alone: alone.figures, attention: attention.figures },
    ...{ refitted: summarize(refitted).hr10, harm, bytesKept },
  };
}

function ratesOf({ hr10 }: PerUser): number[] {
  return Array.from(hr10);
}

/** Keeps the rates of a run without liars, outside the repository; compares others with them. */
function harmOf(
  { recipe, combine, attack, liars }: Experiment,
  rates: HitRates,
  { seed }: Settings,
): Row['harm'] {
  const file = new URL(`${recipe}-${combine.replaceAll(' ', '-')}.json`, cache);
  if (attack === 'none') {
    mkdirSync(cache, { recursive: true });
    writeFileSync(file, JSON.stringify(rates));
    return undefined;
  }
  if (!existsSync(file)) return undefined;
  const without = JSON.parse(readFileSync(file, 'utf8')) as Record<Scoring, (number | null)[]>;
  const entries = scorings.map((scoring): [Scoring, Harm] => {
    const changes = rates[scoring].map((rate, user) => rate - (without[scoring][user] ?? Number.NaN));
    const ofThose = (isCounted: (user: number) => boolean) =>
      meanAndStandardError(changes.filter((change, user) => !Number.isNaN(change) && isCounted(user)));
    return [
      scoring,
      { everybody: ofThose(() => true), honest: ofThose((user) => !isLiar(user, seed, liars)) },
    ];
  });
  return Object.fromEntries(entries) as Record<Scoring, Harm>;
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

async function figuresOf(run: OpenRun, mix: number): Promise<{ figures: Figures; rates: number[] }> {
  const perUser = await test(run, null, mix);
  const { hr10, standardErrors } = summarize(perUser);
  const exposure = exposureOf(run.program, split, promoted, { mix, recency: null });
  return { figures: { mix, hr10, standardError: standardErrors.hr10, exposure }, rates: ratesOf(perUser) };
}

async function test({ executor }: OpenRun, recency: number | null, mix: number): Promise<PerUser> {
  const [perUser] = (await executor.evaluate({ part: 'test', recency, mixes: [mix] })) as [PerUser];
  return perUser;
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
  put('table', table);
  put('harm', harmTable(found));
}

/** What each attack changes, user by user. */
function harmTable(found: readonly Row[]): string {
  const cell = ([mean, error]: readonly [number, number]) => differenceWithError(mean, error);
  return markdownTable(
    [
      'Strategy',
      'Liars',
      'table',
      'attention',
      're-fit',
      'honest: table',
      'honest: attention',
      'honest: re-fit',
    ],
    found.flatMap((row) =>
      row.harm
        ? [
            [
              row.recipe === 'fedtlrec' ? row.combine : `${row.combine}, whole rows`,
              `${100 * row.liars} % ${row.attack}`,
              ...scorings.map((scoring) => cell(row.harm![scoring].everybody)),
              ...scorings.map((scoring) => cell(row.harm![scoring].honest)),
            ],
          ]
        : [],
    ),
  );
}

/** Replaces what stands between the marks of a table. */
function put(name: string, table: string): void {
  const text = readFileSync(page, 'utf8');
  const [before, after] = [text.split(`<!-- ${name} -->`)[0], text.split(`<!-- end of ${name} -->`)[1]];
  if (after === undefined) throw new Error(`${page} has no marks for the table ${name}`);
  writeFileSync(page, `${before}<!-- ${name} -->\n\n${table}\n\n<!-- end of ${name} -->${after}`);
}

const inTurn = attacks.flatMap(([attack, liars]) =>
  experiments.filter((one) => one.attack === attack && one.liars === liars && isWanted(one)),
);
for (const experiment of process.argv.includes('--table') ? [] : inTurn) {
  if (rows.some((row) => isSame(row, experiment))) continue;
  const row = await measure(experiment);
  console.log(JSON.stringify(row));
  rows.push(row);
  writeRows();
}
writeTable();
