// Whether attention over a client's own items tells what comes next better than windows do: the product as it is, the same with a
// block of a transformer at home in place of windows or beside them, and, as a bound, beside a central SASRec that saw every sequence.
// `npm run bench -- sequence` measures what is not in bench/results/sequence-DATA.json yet; BENCH_DATA chooses the data, BENCH_SEEDS
// the seeds, BENCH_PEERS= leaves the bound out, which only the first seed has. Large data have the bound alone. All rows of a seed
// score from the same run at the same round; weights are chosen on validation.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { leaveOneOut, type Split } from '../lib/data/split.ts';
import { CRITERION, type Metrics, metricsOnly } from '../lib/evaluation/metrics.ts';
import { pairedDifference } from '../lib/evaluation/paired-difference.ts';
import { type PerUser, summarize } from '../lib/evaluation/protocol.ts';
import { restore, snapshotOf } from '../lib/federated/memory.ts';
import type { Program, WhatComesNext } from '../lib/federated/recipe.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import type { Settings } from '../lib/federated/settings.ts';
import { type Order, ordersToTry, usualOrder } from '../lib/federated/windows/what-comes-next.ts';
import { readRatingsFile } from '../lib/node/ratings-file.ts';
import { sasrec } from '../lib/peers/sasrec.ts';
import { inlineExecutor } from '../lib/training/executor.ts';
import { type OpenRun, openRun } from '../lib/training/open-run.ts';
import { bestScoring } from '../lib/training/rounds.ts';
import { train } from '../lib/training/train.ts';
import type { Bench } from './bench.ts';
import { absenceOf, dataFile, isHere, movieLens1m, movieLens100k } from './data-files.ts';
import { describeMachine } from './machine.ts';
import { standardize, trainOwnAttention } from './own-attention.ts';
import { sequenceSection } from './sequence-text.ts';

interface Data {
  readonly title: string;
  readonly path: string;
  readonly seeds: string;
  /** Whether the block at home is tried. */
  readonly hasAttention: boolean;
  /** Of the product, where they are not its defaults. */
  readonly settings: Partial<Settings>;
}

/** As the default was when this was measured: B to the nearest level, a table of half the size. */
const before = { rounding: 'nearest', neighbours: 64 } as const;

const dataSets = {
  'ml-100k': {
    ...{ title: 'MovieLens-100K', path: movieLens100k },
    ...{ seeds: '1,2,3', hasAttention: true, settings: before },
  },
  'latest-small': {
    ...{ title: 'MovieLens latest-small', path: 'ml-latest-small/ratings.csv.gz' },
    ...{ seeds: '1,2,3', hasAttention: true, settings: before },
  },
  'ml-1m': {
    ...{ title: 'MovieLens-1M', path: movieLens1m },
    ...{ seeds: '1', hasAttention: false, settings: {} },
  },
} satisfies Record<string, Data>;

const dataName = (process.env.BENCH_DATA ?? 'ml-100k') as keyof typeof dataSets;
const hasBound = (process.env.BENCH_PEERS ?? 'sasrec') === 'sasrec';
const data: Data = dataSets[dataName];
const { title, path } = data;
const seeds = (process.env.BENCH_SEEDS ?? data.seeds).split(',').map(Number);
const file = new URL(`results/sequence-${dataName}.json`, import.meta.url);

/** Rounds between two looks at validation. */
const LOOKS = 30;

/** Weights that are tried for scores of deviation 1; the span of an order means nothing to them. */
const weights: readonly Order[] = [0.2, 0.4, 0.7, 1, 1.4].map((weight) => ({ weight, span: 1 }));

/** One seed of one row; differences are to the row `windows` of the same seed, user by user, with their standard errors. */
export interface SequenceRow {
  readonly label: string;
  readonly note: string;
  readonly seed: number;
  readonly weight: number | null;
  readonly test: Metrics;
  readonly difference: Metrics;
  readonly standardErrors: Metrics;
  readonly validation: Metrics;
  readonly validationDifference: Metrics;
  readonly validationErrors: Metrics;
}

export interface SequenceFile {
  readonly title: string;
  readonly command: string;
  readonly measured: string;
  /** Of the product, where they are not its defaults. */
  readonly settings: Partial<Settings>;
  readonly rows: readonly SequenceRow[];
}

export const bench: Bench = {
  title: `Attention over one's own items on ${title}`,
  async run(say) {
    if (!isHere(path)) return absenceOf(path);
    const split = leaveOneOut((await readRatingsFile(dataFile(path))).ratings);
    for (const seed of seeds) {
      const kept = await readKept();
      const has = (label: string) => kept.some((row) => row.label === label && row.seed === seed);
      const wanted = {
        attention: data.hasAttention && !has('attention'),
        bound: hasBound && seed === seeds[0] && !has('sasrec'),
      };
      if (!wanted.attention && !wanted.bound) continue;
      const rows = await measureSeed(split, seed, wanted, say);
      const isOld = ({ label, seed: measured }: SequenceRow) =>
        measured === seed && rows.some((row) => row.label === label);
      await writeKept([...kept.filter((row) => !isOld(row)), ...rows]);
    }
    return sequenceSection(JSON.parse(await readFile(file, 'utf8')) as SequenceFile);
  },
};

interface Figures {
  readonly order: Order | null;
  readonly test: PerUser;
  readonly validation: PerUser;
}

async function measureSeed(
  split: Split,
  seed: number,
  wanted: { attention: boolean; bound: boolean },
  say: (line: string) => void,
): Promise<SequenceRow[]> {
  const run = await atBestRound(openRun(fedtlrec, split, { settings: { ...data.settings, seed } }));
  const { program } = run;
  const windows = await figuresOf(run, program, [null, ...ordersToTry]);
  const rows = [rowOf('windows', 'the product', seed, windows, windows)];
  const add = async (label: string, note: string, next: WhatComesNext['add'], orders: readonly Order[]) => {
    const whatComesNext: WhatComesNext = { isReady: true, add: next };
    const changed = Object.create(program, { whatComesNext: { value: whatComesNext } }) as Program;
    const row = rowOf(label, note, seed, await figuresOf(run, changed, [null, ...orders]), windows);
    rows.push(row);
    say(
      `seed ${seed}: ${label}: NDCG@10 ${row.test.ndcg10.toFixed(4)}, to windows ${row.difference.ndcg10.toFixed(4)}`,
    );
  };
  const withWindows =
    (beside: WhatComesNext['add']): WhatComesNext['add'] =>
    (client, order, scores) => {
      if (windows.order) program.whatComesNext!.add(client, windows.order, scores);
      beside(client, order, scores);
    };
  await add('nothing', 'neither windows nor anything else', () => {}, []);
  if (wanted.attention) {
    const attention = trainOwnAttention(split, seed, run.memory.arrays.itemTable as Float32Array);
    const note = `${attention.weights} weights, ${attention.rounds} rounds of ${Math.round(100 * attention.fraction)} % of the clients`;
    say(`seed ${seed}: the block's loss: ${attention.losses.map((loss) => loss.toFixed(3)).join(' to ')}`);
    await add('attention', note, attention.add, weights);
    await add('windows and attention', 'both', withWindows(attention.add), weights);
  }
  if (wanted.bound) {
    const beside = besideScores(split, (await train(sasrec, split, { settings: { seed } })).program);
    await add('sasrec', 'central: it reads every sequence', beside, weights);
    await add('windows and sasrec', 'central: it reads every sequence', withWindows(beside), weights);
  }
  await run.executor.close();
  return rows;
}

/** Trains, and puts the memory back to the round at which the product is best on validation. */
async function atBestRound(run: OpenRun): Promise<OpenRun> {
  let best = -Infinity;
  let arrays = snapshotOf(run.memory.arrays);
  const look = async () => {
    const orders = run.program.whatComesNext?.isReady ? [null, usualOrder] : [null];
    const { validation } = await bestScoring(run.program, run.settings, run.executor, orders);
    if (!run.program.whatComesNext?.isReady || validation[CRITERION] <= best) return;
    best = validation[CRITERION];
    arrays = snapshotOf(run.memory.arrays);
  };
  for await (const event of run.rounds({ evaluates: false })) {
    if (event.type === 'round-started' && event.round > 1 && event.round % LOOKS === 1) await look();
  }
  await look();
  restore(run.memory.arrays, arrays);
  return run;
}

async function figuresOf(
  run: OpenRun,
  program: Program,
  orders: readonly (Order | null)[],
): Promise<Figures> {
  const executor = inlineExecutor(program, run.setup);
  const { mix, order } = await bestScoring(program, run.settings, executor, orders);
  const variant = { recency: run.settings.recency, mixes: [mix], orders: [order] };
  const [test] = (await executor.evaluate({ part: 'test', ...variant })) as [PerUser];
  const [validation] = (await executor.evaluate({ part: 'validation', ...variant })) as [PerUser];
  return { order, test, validation };
}

/** Adds another program's scores, with mean 0 and deviation `weight` over all items. */
function besideScores({ train }: Split, other: Program): WhatComesNext['add'] {
  const own = new Float32Array(train.items);
  return (client, { weight }, scores) => {
    other.score(client, null, own);
    standardize(own).forEach((score, item) => {
      scores[item]! += weight * score;
    });
  };
}

function rowOf(label: string, note: string, seed: number, own: Figures, windows: Figures): SequenceRow {
  const test = pairedDifference(own.test, windows.test);
  const validation = pairedDifference(own.validation, windows.validation);
  return {
    ...{ label, note, seed, weight: own.order?.weight ?? null },
    test: metricsOnly(summarize(own.test)),
    difference: test.mean,
    standardErrors: test.standardErrors,
    validation: metricsOnly(summarize(own.validation)),
    validationDifference: validation.mean,
    validationErrors: validation.standardErrors,
  };
}

async function readKept(): Promise<readonly SequenceRow[]> {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? [] : (JSON.parse(text) as SequenceFile).rows;
}

async function writeKept(rows: readonly SequenceRow[]): Promise<void> {
  const command = `BENCH_DATA=${dataName} npm run bench -- sequence`;
  const measured = `${new Date().toISOString().slice(0, 10)}, ${describeMachine()}`;
  const rounded = (_: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(6)) : value;
  await mkdir(new URL('results/', import.meta.url), { recursive: true });
  const kept: SequenceFile = { title, command, measured, settings: data.settings, rows };
  await writeFile(file, `${JSON.stringify(kept, rounded, 1)}\n`);
}
