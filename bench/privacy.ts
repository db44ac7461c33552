// What privacy costs: accuracy against ε against what a curious server can still tell, on MovieLens-100K.
// In: the ratings beside the repository (or a path); out: bench/results/privacy.json, and the table of docs/privacy.md.
// `npx tsx bench/privacy.ts [FILE]`; with `--table`, nothing is run and only the table is written again. Rows that
// privacy.json already has are not run again: remove it to start afresh.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { grouped, share } from '../lib/cli/figures.ts';
import { itemsOf, leaveOneOut, type Split } from '../lib/data/split.ts';
import { type PerUser, summarize } from '../lib/evaluation/protocol.ts';
import type { DefenceSettings } from '../lib/federated/defence.ts';
import { isDefended } from '../lib/federated/optional-parts.ts';
import type { Recipe } from '../lib/federated/recipe.ts';
import { fedtlrec } from '../lib/federated/recipes/fedtlrec.ts';
import { withoutAttention } from '../lib/federated/recipes/without-attention.ts';
import type { Settings } from '../lib/federated/settings.ts';
import { decode, type Update } from '../lib/federated/wire.ts';
import { readRatingsFile } from '../lib/node/ratings-file.ts';
import { colr, sharedFactor } from '../lib/peers/colr.ts';
import { colrSecureSum } from '../lib/peers/colr-secure-sum.ts';
import { fedmf } from '../lib/peers/fedmf.ts';
import {
  areaUnderCurve,
  cosine,
  itemScores,
  type Reading,
  recoverUserVector,
} from '../lib/privacy/attack.ts';
import { noiseScale } from '../lib/privacy/defence.ts';
import { decodeMasked } from '../lib/privacy/masked-message.ts';
import { openRun } from '../lib/training/open-run.ts';
import { allParts } from '../lib/training/parts.ts';
import { markdownTable } from './bench.ts';

/** Messages are exact unless a row says otherwise, so that each row shows one thing. */
const quick: Partial<Settings> = {
  rounds: 40,
  serverLearningRate: 0.1,
  evaluateEvery: 40,
  recency: null,
  codec: 'float32',
};
const resultsFile = fileURLToPath(new URL('results/privacy.json', import.meta.url));
const page = fileURLToPath(new URL('../docs/privacy.md', import.meta.url));
const dataFile =
  process.argv.slice(2).find((word) => word !== '--table') ??
  fileURLToPath(new URL('../../shared/data/ml-100k/u.data.gz', import.meta.url));

/** Defences, and what else changes what the server sees. */
type Seen = Partial<DefenceSettings & Pick<Settings, 'codec' | 'rounding' | 'errorFeedback'>>;

interface Row {
  readonly recipe: string;
  readonly defence: Seen;
  readonly rounds: number;
  readonly noiseScale: number;
  readonly hr10: number;
  readonly ndcg10: number;
  readonly hr10StandardError: number;
  /** Mean over clients of the area under the curve, from the last message: among its rows, among all items. */
  readonly aucRows: number;
  readonly aucAll: number;
  /** The same among all items, from the sum of the scores of all rounds. */
  readonly aucAllRounds: number;
  /** Mean cosine of the user vector and what the last message shows of it; 0 if it shows none. */
  readonly userVector: number;
  readonly bytesUpPerClientRound: number;
  readonly secondsTotal: number;
}

interface Experiment {
  readonly recipe: Recipe;
  readonly defence: Seen;
}

const federated = [fedtlrec, withoutAttention, fedmf, colr, colrSecureSum];
/** Of the rows that name a codec, but for one: B to the nearest level, the same every time. */
const rounding = 'nearest' as const;
/** What tells most comes first. Noise needs a row for every item, which takes ten times as long. */
const experiments: Experiment[] = [
  ...federated.map((recipe) => ({ recipe, defence: {} })),
  ...(['int8', 'int4', 'int2'] as const).map((codec) => ({ recipe: fedtlrec, defence: { codec, rounding } })),
  { recipe: fedtlrec, defence: { codec: 'int4', rounding: 'random' } },
  { recipe: fedtlrec, defence: { codec: 'int2', rounding, errorFeedback: 'on' } },
  { recipe: fedtlrec, defence: { codec: 'int4', rounding, padding: 1 } },
  { recipe: fedtlrec, defence: { codec: 'int4', rounding, epsilon: 50 } },
  { recipe: fedtlrec, defence: { clip: 1 } },
  ...[1, 4].map((padding) => ({ recipe: fedtlrec, defence: { padding } })),
  ...[50, 10].flatMap((epsilon) =>
    [colrSecureSum, colr, fedtlrec].map((recipe) => ({ recipe, defence: { epsilon } })),
  ),
  { recipe: fedmf, defence: { epsilon: 50 } },
  { recipe: fedtlrec, defence: { epsilon: 50, noise: 'laplace' as const } },
];

const split = leaveOneOut((await readRatingsFile(dataFile)).ratings);
const rows = readRows();

/** Runs an experiment, listening to every message. */
async function measure({ recipe, defence }: Experiment, { train }: Split): Promise<Row> {
  const { users, items } = train;
  const ears = new Ears(recipe, users, items);
  const start = performance.now();
  const run = openRun(recipe, split, {
    parts: allParts,
    settings: { ...quick, ...recipe.defaults, ...defence },
    channel: (message, client, round) => {
      ears.hear(message, client, round, run.settings);
      return message;
    },
  });
  let [mix, bytes] = [0, 0];
  for await (const event of run.rounds()) {
    if (event.type === 'updates-merged') bytes += event.bytesUp / event.clients / run.settings.rounds;
    if (event.type === 'evaluated') mix = event.mix;
  }
  const { recency } = run.settings;
  const [perUser] = (await run.executor.evaluate({ part: 'test', recency, mixes: [mix] })) as [PerUser];
  await run.executor.close();
  const test = summarize(perUser);
  return {
    recipe: recipe.name,
    defence,
    rounds: run.settings.rounds,
    noiseScale: isDefended(run.settings) ? noiseScale(run.settings) : 0,
    hr10: test.hr10,
    ndcg10: test.ndcg10,
    hr10StandardError: test.standardErrors.hr10,
    ...ears.attack(run.memory.arrays.clientStates as Float32Array, run.settings),
    bytesUpPerClientRound: bytes,
    secondsTotal: (performance.now() - start) / 1000,
  };
}

/** The curious server: keeps the last message of each client and the sum of its scores over the rounds. */
class Ears {
  private readonly isSecure: boolean;
  private readonly reading: Reading;
  private readonly users: number;
  private readonly items: number;
  private readonly sums: Float32Array; // [users, items]
  private readonly last = new Map<number, { update: Update; scores: Float32Array }>();

  constructor(recipe: Recipe, users: number, items: number) {
    this.isSecure = recipe === colrSecureSum;
    this.reading = recipe === colr || recipe === colrSecureSum ? 'common-direction' : 'last-column';
    this.users = users;
    this.items = items;
    this.sums = new Float32Array(users * items);
  }

  hear(message: Uint8Array, client: number, round: number, settings: Settings): void {
    const { items } = this;
    const dims = this.reading === 'common-direction' ? settings.rank : settings.factors + 1;
    const update = this.isSecure
      ? asUpdate(decodeMasked(message, client, round, items * dims), client, round, dims)
      : decode(message, { client, round, items, dims, extra: 0 });
    const scores = itemScores(update, items, this.reading);
    for (let item = 0; item < items; item++) this.sums[client * items + item]! += scores[item]!;
    if (round === settings.rounds) this.last.set(client, { update, scores });
  }

  attack(states: Float32Array, { seed, rounds, rank, factors }: Settings) {
    const factor = sharedFactor(seed, rounds, rank, factors + 1);
    const found = { aucRows: 0, aucAll: 0, aucAllRounds: 0, userVector: 0 };
    let compared = 0; // clients whose last message names both kinds of items
    const width = states.length / this.users;
    for (const [client, { update, scores }] of this.last) {
      const truth = new Uint8Array(this.items);
      for (const item of itemsOf(split.train, client)) truth[item] = 1;
      const summed = this.sums.subarray(client * this.items, (client + 1) * this.items);
      const share = 1 / this.last.size;
      const amongRows = areaUnderCurve(scores, truth, update.rows);
      if (!Number.isNaN(amongRows)) found.aucRows += (amongRows - found.aucRows) / ++compared;
      found.aucAll += share * areaUnderCurve(scores, truth);
      found.aucAllRounds += share * areaUnderCurve(summed, truth);
      const vector = recoverUserVector(update, this.reading === 'common-direction' ? factor : undefined);
      const own = states.subarray(client * width, client * width + factors);
      found.userVector += share * (vector ? cosine(vector, own) : 0);
    }
    return found;
  }
}

/** Masked words read as if they were numbers: all that the server can try. */
function asUpdate(words: Uint32Array, client: number, round: number, dims: number): Update {
  const rowsOfAll = Uint32Array.from({ length: words.length / dims }, (_, item) => item);
  const nothing = new Float32Array(0);
  const left = Float32Array.from(words, (word) => word | 0);
  return { client, round, rows: rowsOfAll, rank: 0, dims, left, right: nothing, extra: nothing };
}

function isSame(row: Row, { recipe, defence }: Experiment): boolean {
  return row.recipe === recipe.name && JSON.stringify(row.defence) === JSON.stringify(defence);
}

function readRows(): Row[] {
  try {
    return (JSON.parse(readFileSync(resultsFile, 'utf8')) as { rows: Row[] }).rows;
  } catch {
    return [];
  }
}

function writeRows(done: readonly Row[]): void {
  mkdirSync(new URL('results/', import.meta.url), { recursive: true });
  const command = 'npx tsx bench/privacy.ts';
  writeFileSync(
    resultsFile,
    `${JSON.stringify({ data: split.name, command, settings: quick, rows: done }, null, 2)}\n`,
  );
}

/** Writes the rows, in the order of the experiments, between the marks on the page. */
function writeTable(): void {
  const found = rows.filter((row) => experiments.some((experiment) => isSame(row, experiment)));
  const names = federated.map(({ name }) => name);
  const order = (row: Row) => -(row.defence.epsilon ?? 1e9);
  const sorted = found.sort(
    (a, b) => order(a) - order(b) || names.indexOf(a.recipe) - names.indexOf(b.recipe),
  );
  const table = markdownTable(
    [
      'Recipe',
      'Defence',
      'HR@10',
      'NDCG@10',
      'AUC, rows',
      'AUC, all items',
      'AUC, 40 rounds',
      'cos p',
      'B up',
    ],
    sorted.map((row) => [
      `\`${row.recipe}\``,
      defenceText(row.defence),
      `${share(row.hr10)} ± ${share(row.hr10StandardError)}`,
      share(row.ndcg10),
      Number.isFinite(row.aucRows) ? share(row.aucRows) : '-', // a message may name no row
      share(row.aucAll),
      share(row.aucAllRounds),
      row.recipe === colrSecureSum.name ? '-' : share(row.userVector),
      grouped(row.bytesUpPerClientRound),
    ]),
  );
  const text = readFileSync(page, 'utf8');
  const [before, after] = [text.split('<!-- table -->')[0], text.split('<!-- end of table -->')[1]];
  if (after === undefined) throw new Error(`${page} has no marks for the table`);
  writeFileSync(page, `${before}<!-- table -->\n\n${table}\n\n<!-- end of table -->${after}`);
}

function defenceText({ codec, rounding, errorFeedback, ...defence }: Seen): string {
  if (!codec) return textOf(defence);
  const also = textOf(defence);
  const chance = rounding === 'random' ? ' by chance' : '';
  return `${codec}${chance}${errorFeedback === 'on' ? ', error feedback' : ''}${also === 'none' ? '' : `, ${also}`}`;
}

function textOf({ epsilon, noise, clip, padding }: Seen): string {
  if (epsilon) return `ε = ${epsilon}${noise === 'laplace' ? ', Laplace' : ''}`;
  if (padding) return `${padding} ${padding === 1 ? 'decoy' : 'decoys'} per positive`;
  return clip ? `clipped to ${clip}` : 'none';
}

for (const experiment of process.argv.includes('--table') ? [] : experiments) {
  if (rows.some((row) => isSame(row, experiment))) continue;
  const row = await measure(experiment, split);
  console.log(JSON.stringify(row));
  rows.push(row);
  writeRows(rows);
}
writeRows(rows);
writeTable();
