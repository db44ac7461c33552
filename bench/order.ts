// What knowing order is worth: windows against the model without them, other ways to tell order, and central recipes that
// see every sequence. `npm run bench -- order` measures what is not in bench/results/order-DATA.json yet; BENCH_DATA chooses
// the data, BENCH_SEEDS the seeds. Training is the same with and without windows, so one run serves both; each chooses its
// round and its weights on validation, and differences are user by user.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { itemsOf, leaveOneOut, type Split } from '../lib/data/split.ts';
import { CRITERION, type Metrics, metricsOnly } from '../lib/evaluation/metrics.ts';
import { pairedDifference } from '../lib/evaluation/paired-difference.ts';
import { type EvaluationSummary, type PerUser, summarize } from '../lib/evaluation/protocol.ts';
import { restore, type StateArrays, snapshotOf } from '../lib/federated/memory.ts';
import type { Program, Recipe } from '../lib/federated/recipe.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import { defaultSettings } from '../lib/federated/settings.ts';
import { type Order, ordersToTry, usualOrder } from '../lib/federated/windows/what-comes-next.ts';
import { readRatingsFile } from '../lib/node/ratings-file.ts';
import type { Variant } from '../lib/training/evaluate.ts';
import { inlineExecutor } from '../lib/training/executor.ts';
import { type OpenRun, openRun } from '../lib/training/open-run.ts';
import { recipeNamed } from '../lib/training/recipes.ts';
import { bestScoring } from '../lib/training/rounds.ts';
import { train } from '../lib/training/train.ts';
import type { Bench } from './bench.ts';
import { absenceOf, dataFile, isHere, movieLens1m, movieLens100k } from './data-files.ts';
import { describeMachine } from './machine.ts';
import { trainedJointly } from './order-joint.ts';
import { orderSection } from './order-text.ts';
import { orderVariants, whatComesNextBy } from './order-variants.ts';

const dataSets = {
  'ml-100k': { title: 'MovieLens-100K', path: movieLens100k },
  'latest-small': { title: 'MovieLens latest-small', path: 'ml-latest-small/ratings.csv.gz' },
  'ml-1m': { title: 'MovieLens-1M', path: movieLens1m },
  movietweetings: { title: 'MovieTweetings-10K', path: 'movietweetings/snapshots/10K/ratings.dat' },
} as const;

const dataName = (process.env.BENCH_DATA ?? 'ml-100k') as keyof typeof dataSets;
const seeds = (process.env.BENCH_SEEDS ?? '1,2,3').split(',').map(Number);
const { title, path } = dataSets[dataName];
/** Central recipes that know order; one seed of each, since they are references. */
const central = (process.env.BENCH_PEERS ?? 'ease,markov,ease-recency,sasrec').split(',').filter(Boolean);
/** Training that knows order, with the product's span and two weights. */
const jointVariants = [0.4, 1].map((weight) => ({
  label: `trained jointly, weight ${weight}`,
  note: 'clients train on what windows do not explain already',
  order: { weight, span: usualOrder.span },
}));
const file = new URL(`results/order-${dataName}.json`, import.meta.url);

/** One seed of one row. */
export interface OrderRow {
  readonly label: string;
  readonly note: string;
  readonly seed: number;
  readonly round: number;
  readonly mix: number;
  readonly order: Order | null;
  readonly validation: Metrics;
  readonly test: Metrics;
  /** To `without windows` of the same seed, user by user on the test, with the standard error over users. */
  readonly difference: Metrics;
  readonly standardErrors: Metrics;
  /** The same on validation. */
  readonly validationDifference: Metrics;
  readonly validationErrors: Metrics;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly bytesOnce: number;
}

export interface OrderFile {
  readonly title: string;
  readonly command: string;
  readonly measured: string;
  readonly rows: readonly OrderRow[];
}

export const bench: Bench = {
  title: `Order on ${title}`,
  async run(say) {
    if (!isHere(path)) return absenceOf(path);
    const { ratings } = await readRatingsFile(dataFile(path));
    const split = leaveOneOut(ratings);
    const times =
      ratings.times && dataName !== 'ml-1m' ? timesOf(split, ratings.offsets, ratings.times) : null;
    for (const seed of seeds) {
      const kept = await readKept();
      const has = (label: string) => kept.some((row) => row.label === label && row.seed === seed);
      const wanted = [{ label: 'with windows' }, ...orderVariants, ...jointVariants]
        .map(({ label }) => label)
        .filter((label) => !has(label));
      const peers = seed === seeds[0] ? central.filter((label) => !has(label)) : [];
      if (wanted.length === 0 && peers.length === 0) continue;
      const rows = await measureSeed(split, seed, times, new Set(wanted), peers, say);
      await writeKept([
        ...kept.filter((row) => !rows.some(({ label }) => label === row.label && row.seed === seed)),
        ...rows,
      ]);
    }
    return orderSection(JSON.parse(await readFile(file, 'utf8')) as OrderFile);
  },
};

/** A way of scoring at the round where it is best. */
interface Best extends Variant {
  readonly round: number;
  readonly validation: EvaluationSummary;
  readonly arrays: StateArrays;
}

async function measureSeed(
  split: Split,
  seed: number,
  times: readonly Float64Array[] | null,
  wanted: ReadonlySet<string>,
  peers: readonly string[],
  say: (line: string) => void,
): Promise<OrderRow[]> {
  const trained = await trainAndLook(fedtlrec, split, seed);
  const { run, without, withWindows, bytes } = trained;
  const reference = await figuresAt(run, run.program, without);
  const rows: OrderRow[] = [
    rowOf('without windows', 'neither told nor used', seed, without, reference, reference, bytes),
  ];
  const add = async (label: string, note: string, program: Program) => {
    restore(run.memory.arrays, withWindows.arrays);
    const executor = inlineExecutor(program, run.setup);
    const found = await bestScoring(program, run.settings, executor, [null, ...ordersToTry]);
    const best = { ...withWindows, ...found };
    const figures = await figuresAt(run, program, best);
    const once = label === 'with windows' ? trained.once : 0;
    rows.push(rowOf(label, note, seed, best, figures, reference, { ...bytes, bytesOnce: once }));
    say(
      `seed ${seed}: ${label}: NDCG@10 ${figures.test.ndcg10.toFixed(4)} (${figures.reference.ndcg10.toFixed(4)} without)`,
    );
    return figures;
  };
  if (wanted.has('with windows'))
    await add('with windows', `top ${defaultSettings.neighbours} in 4 bits`, run.program);
  for (const variant of orderVariants) {
    if (!wanted.has(variant.label)) continue;
    const rowsOfM = variant.rows(split, seed, times);
    if (!rowsOfM) continue;
    const next = { isReady: true, add: whatComesNextBy(split, rowsOfM) };
    await add(
      variant.label,
      variant.note,
      Object.create(run.program, { whatComesNext: { value: next } }) as Program,
    );
  }
  for (const { label, note, order } of jointVariants) {
    if (!wanted.has(label)) continue;
    const recipe = trainedJointly(split, orderVariants[0]!.rows(split, seed, times)!, order);
    const joint = await trainAndLook(recipe, split, seed);
    restore(joint.run.memory.arrays, joint.withWindows.arrays);
    const { program, setup, settings } = joint.run;
    const executor = inlineExecutor(program, setup);
    const best = {
      ...joint.withWindows,
      ...(await bestScoring(program, settings, executor, [null, ...ordersToTry])),
    };
    const figures = await figuresAt(joint.run, program, best);
    rows.push(rowOf(label, note, seed, best, figures, reference, { ...joint.bytes, bytesOnce: joint.once }));
    say(`seed ${seed}: ${label}: NDCG@10 ${figures.test.ndcg10.toFixed(4)}`);
    await joint.run.executor.close();
  }
  for (const name of peers) {
    const result = await train(await recipeNamed(name), split, { settings: { seed } });
    const validation = (
      await inlineExecutor(result.program, { ...run.setup, settings: result.settings }).evaluate({
        ...{ part: 'validation', recency: result.settings.recency, mixes: [0] },
      })
    )[0]!;
    const figures: Figures = {
      perUser: result.testPerUser,
      validationPerUser: validation,
      test: result.test,
      reference: reference.test,
    };
    rows.push(
      rowOf(name, 'central', seed, result.best, figures, reference, {
        bytesUp: 0,
        bytesDown: 0,
        bytesOnce: 0,
      }),
    );
    say(`seed ${seed}: ${name}: NDCG@10 ${result.test.ndcg10.toFixed(4)}`);
  }
  await run.executor.close();
  return rows;
}

/** Trains once and keeps what is best on validation, without windows and with them. */
async function trainAndLook(recipe: Recipe, split: Split, seed: number) {
  const run = openRun(recipe, split, { settings: { seed, evaluateEvery: 10 } });
  const traffic = { rounds: 0, messages: 0, up: 0, down: 0, once: 0 };
  let without: Best | null = null;
  let withWindows: Best | null = null;
  const look = async (round: number) => {
    without = (await better(run, round, without, [null])) ?? without;
    if (run.program.whatComesNext?.isReady)
      withWindows = (await better(run, round, withWindows, [usualOrder])) ?? withWindows;
  };
  for await (const event of run.rounds({ evaluates: false })) {
    if (event.type === 'round-started' && event.round > 1 && event.round % 10 === 1)
      await look(event.round - 1);
    if (event.type === 'updates-merged') {
      traffic.rounds++;
      traffic.messages += event.clients + event.rejected;
      traffic.up += event.bytesUp;
    } else if (event.type === 'windows-counted') traffic.once += event.bytesDown;
    else if (event.type === 'broadcast-sent' || event.type === 'attention-computed')
      traffic.down += event.bytesDown;
  }
  await look(run.settings.rounds);
  const bytes = {
    bytesUp: traffic.up / traffic.messages,
    bytesDown: traffic.down / traffic.rounds,
    bytesOnce: 0,
  };
  return { run, without: without!, withWindows: withWindows!, bytes, once: traffic.once };
}

async function better(
  run: OpenRun,
  round: number,
  best: Best | null,
  orders: (Order | null)[],
): Promise<Best | null> {
  const found = await bestScoring(run.program, run.settings, run.executor, orders);
  if (best && found.validation[CRITERION] <= best.validation[CRITERION]) return null;
  return { round, ...found, arrays: snapshotOf(run.memory.arrays) };
}

interface Figures {
  readonly perUser: PerUser;
  readonly validationPerUser: PerUser;
  readonly test: Metrics;
  readonly reference: Metrics;
}

let lastReference: Metrics | null = null;

async function figuresAt(run: OpenRun, program: Program, { arrays, mix, order }: Best): Promise<Figures> {
  restore(run.memory.arrays, arrays);
  const executor = inlineExecutor(program, run.setup);
  const variant = { recency: run.settings.recency, mixes: [mix], orders: [order] };
  const [perUser] = (await executor.evaluate({ part: 'test', ...variant })) as [PerUser];
  const [validationPerUser] = (await executor.evaluate({ part: 'validation', ...variant })) as [PerUser];
  const test = metricsOnly(summarize(perUser));
  if (order === null) lastReference = test;
  return { perUser, validationPerUser, test, reference: lastReference ?? test };
}

function rowOf(
  label: string,
  note: string,
  seed: number,
  { round, mix, order }: Pick<Best, 'round' | 'mix' | 'order'>,
  figures: Figures,
  reference: Figures,
  bytes: Pick<OrderRow, 'bytesUp' | 'bytesDown' | 'bytesOnce'>,
): OrderRow {
  const test = pairedDifference(figures.perUser, reference.perUser);
  const validation = pairedDifference(figures.validationPerUser, reference.validationPerUser);
  return {
    ...{ label, note, seed, round, mix, order },
    validation: metricsOnly(summarize(figures.validationPerUser)),
    test: metricsOnly(figures.test),
    difference: test.mean,
    standardErrors: test.standardErrors,
    validationDifference: validation.mean,
    validationErrors: validation.standardErrors,
    ...bytes,
  };
}

/** The times of each client's training items. */
function timesOf(split: Split, offsets: Uint32Array, times: Float64Array): Float64Array[] {
  return Array.from({ length: split.train.users }, (_, client) =>
    times.slice(offsets[client]!, offsets[client]! + itemsOf(split.train, client).length),
  );
}

async function readKept(): Promise<readonly OrderRow[]> {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? [] : (JSON.parse(text) as OrderFile).rows;
}

async function writeKept(rows: readonly OrderRow[]): Promise<void> {
  const command = `BENCH_DATA=${dataName} npm run bench -- order`;
  const measured = `${new Date().toISOString().slice(0, 10)}, ${describeMachine()}`;
  const rounded = (_: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(6)) : value;
  await mkdir(new URL('results/', import.meta.url), { recursive: true });
  const kept: OrderFile = { title, command, measured, rows };
  await writeFile(file, `${JSON.stringify(kept, rounded, 1)}\n`);
}
