// Writes docs/results.md and the README's excerpt from the run files in bench/results/: no figure is typed by hand.
// `npm run bench -- table` and `-- ablations` call it after measuring; `npm run bench -- results-page` only writes.
import { readFileSync, writeFileSync } from 'node:fs';
import { differenceWithError, grouped, share } from '../lib/cli/figures.ts';
import {
  CRITERION,
  criterionLabel,
  forEachMetric,
  type ListedMetric,
  type Metrics,
  metrics,
} from '../lib/evaluation/metrics.ts';
import { meanAndStandardError } from '../lib/evaluation/protocol.ts';
import { type AblationFile, ablationSections } from './ablation-text.ts';
import { aggregatorSections } from './aggregator-text.ts';
import type { AggregatorFile } from './aggregators.ts';
import { type Bench, markdownTable } from './bench.ts';
import type { OrderFile } from './order.ts';
import { orderSections } from './order-text.ts';
import { searchSection } from './search-text.ts';
import type { SequenceFile } from './sequence.ts';
import { sequenceSections } from './sequence-text.ts';
import type { KeptRow, TableFile } from './table.ts';

const folder = new URL('results/', import.meta.url);
/** In this order; a data set without a file is left out. */
const dataNames = ['ml-100k', 'ml-1m', 'latest-small', 'filmtrust', 'movietweetings', 'lastfm'];
const inReadme = [
  'fedtlrec',
  'fedtlrec, no windows',
  'fedtlrec, no windows, float32',
  'without-attention',
  'fedmf',
  'colr',
  'bpr-mf',
  'ease',
  'ease-recency',
  'sasrec',
  'popularity',
];
/** Recipes that see all ratings in one place, or use nobody's. */
const central = ['popularity', 'item-knn', 'ease', 'markov', 'ease-recency', 'sasrec', 'bpr-mf', 'neumf'];
/** Variants of ours, which are no peers. */
const own = /fedtlrec|^without|^a-only|^local-only/;

export const bench: Bench = {
  title: 'The results page',
  async run() {
    return `${writeResultsPage()}\nThis is docs/results.md now; the excerpt in README.md is written, too.`;
  },
};

/** All seeds of a row, as one. */
interface Row {
  readonly label: string;
  readonly seeds: readonly number[];
  readonly rounds: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly bytesOnce: number;
  readonly plain: Metrics;
  readonly refitted: Metrics | null;
  readonly ahead: KeptRow['ahead'];
  /** The label of the row that `ahead` is about. */
  readonly reference: string;
}

/** Returns the page, too. */
export function writeResultsPage(): string {
  const tables = dataNames.flatMap((name) => {
    const table = readJson<TableFile>(`table/${name}.json`);
    return table ? [{ name, table, rows: rowsOf(table) }] : [];
  });
  const [main] = tables;
  if (!main) throw new Error('results-page: bench/results/table/ml-100k.json must exist');
  const sections = [
    introduction,
    ...tables.map(({ name, table, rows }) => tableSection(name, table, rows)),
    ...orderSections(filesNamed<OrderFile>('order-')),
    ...sequenceSections(filesNamed<SequenceFile>('sequence-')),
    searchSection(),
    ...ablationSections(filesNamed<AblationFile>('ablations-')),
    ...aggregatorSections(filesNamed<AggregatorFile>('aggregators-')),
  ];
  const page = `${sections.join('\n\n')}\n`;
  writeFileSync(new URL('../docs/results.md', import.meta.url), page);
  const excerpt = main.rows.filter(({ label }) => inReadme.includes(label));
  writeBetweenMarks('../README.md', excerptText(main.table, excerpt, measuredIn(main.rows)));
  return page;
}

const introduction = `# Results

Generated from the run files in [bench/results](../bench/results) by \`npm run bench -- results-page\`, which writes this page anew. What the
figures mean, and how they must not be measured, is in [evaluation.md](evaluation.md); what the recipes do, in
[recipes.md](recipes.md).

All rows are measured alike: leave-one-out, all unseen items as candidates ("full"), or the exact expectation over 99 of
them; negatives are drawn leak-free; the round and all weights are the best on validation, for each half on its own. The left
half scores with the trained vectors as they are. The right half ("default") is what a run reports: each client's vector is
re-fitted to its recent past before scoring, which costs no byte and which every recipe with a private user vector has; and
recipes of ours add what tends to come next from [windows](lessons/12-order.md), which costs bytes once in a run and tells the
server what was touched together. The row "no windows" does without; "no windows, float32" also sends exact numbers, where the
default sends [four bits](wire.md) each, rounded by chance. "nearest, 64 neighbours" is the default of before: to the nearest
level, as recipes of other papers still do, and a table of half the size. Bytes are those of one client in one round, those that come once are said apart.`;

function tableSection(name: string, table: TableFile, rows: readonly Row[]): string {
  const order = table.isOrdered
    ? 'the latest item of each user is the test'
    : 'a random item of each user is the test';
  return [
    `## ${table.title}`,
    `${grouped(table.users)} users, ${grouped(table.items)} items, ${grouped(table.interactions)} ratings; ${order}. Measured every ${table.evaluateEvery} rounds.`,
    figuresTable(rows),
    ...findings(rows),
    'How far `fedtlrec` is ahead: the difference user by user, mean over the seeds ± standard error over users. In the right half\nboth are as runs are by default. Where `fedtlrec` is without windows, float32, the other one sent exact numbers, too;\nwhere it is nearest, 64 neighbours, the other one was measured when clients rounded to the nearest level, which it did as well.',
    aheadTable(rows),
    `Measured ${[...new Set(table.rows.map(({ measured }) => measured))].join('; ')}. Command: \`BENCH_DATA=${name} npm run bench -- table\`.`,
  ].join('\n\n');
}

function figuresTable(rows: readonly Row[]): string {
  const shown = measuredIn(rows);
  const figures = cellsOf(shown);
  const head = shown.map(shortLabel);
  return markdownTable(
    [
      'recipe',
      'seeds',
      'rounds',
      'B up',
      'B down',
      'B once',
      ...head,
      ...head.map((title) => `${title}, default`),
    ],
    rows.map((row) => [
      row.label,
      String(row.seeds.length),
      row.rounds === 0 ? '–' : String(row.rounds),
      ...byteCells(row),
      ...figures(row.plain),
      ...figures(row.refitted),
    ]),
  );
}

/** What the table says about the two questions that it was made for, computed from it. */
function findings(rows: readonly Row[]): string[] {
  const ours = rows.find(({ label }) => label === 'fedtlrec');
  const peers = rows.filter(({ label }) => !own.test(label) && !central.includes(label));
  const references = rows.filter(({ label }) => central.includes(label));
  if (!ours || peers.length === 0) return [];
  const referenceOf = ({ reference }: Row) => rows.find(({ label }) => label === reference) ?? ours;
  const best = (candidates: readonly Row[], figures: (row: Row) => Metrics) =>
    candidates.reduce((a, b) => (figures(b)[CRITERION] > figures(a)[CRITERION] ? b : a));
  const comparisons = [
    { column: 'Bare', figures: (row: Row) => row.plain, ahead: (row: Row) => row.ahead.plain },
    {
      column: 'By default',
      figures: (row: Row) => row.refitted ?? row.plain,
      ahead: (row: Row) => row.ahead.refitted ?? row.ahead.plain,
    },
  ].map(({ column, figures, ahead }) => {
    const against = (row: Row) =>
      `\`${row.reference}\` (${share(figures(referenceOf(row))[CRITERION])}) against \`${row.label}\` (${criterionLabel} ${share(figures(row)[CRITERION])}): ${differenceWithError(ahead(row).mean[CRITERION], ahead(row).standardErrors[CRITERION])}`;
    const references_ =
      references.length > 0 ? `; the best central one: ${against(best(references, figures))}` : '';
    return `- ${column}, the best federated peer: ${against(best(peers, figures))}${references_}.`;
  });
  const widest = peers.reduce((a, b) => (b.bytesUp > a.bytesUp ? b : a));
  const bytes = `- Bytes up: ${grouped(ours.bytesUp)}, that is 1/${(widest.bytesUp / ours.bytesUp).toFixed(1)} of \`${widest.label}\`'s ${grouped(widest.bytesUp)}.`;
  return [[...comparisons, bytes].join('\n')];
}

function aheadTable(rows: readonly Row[]): string {
  const shown = measuredIn(rows).filter(({ isBrief }) => isBrief);
  const cells = (difference: KeptRow['ahead']['refitted']) =>
    shown.map(({ name }) =>
      difference ? differenceWithError(difference.mean[name], difference.standardErrors[name]) : '–',
    );
  const head = shown.map(shortLabel);
  return markdownTable(
    ['fedtlrec −', 'fedtlrec is', ...head, ...head.map((title) => `${title}, default`)],
    rows
      .filter(({ label, reference }) => label !== reference)
      .map(({ label, reference, ahead }) => [
        label,
        reference === 'fedtlrec' ? 'the default' : reference.replace(/^fedtlrec, /, ''),
        ...cells(ahead.plain),
        ...cells(ahead.refitted),
      ]),
  );
}

/** The README's part: fewer rows and columns. */
function excerptText(table: TableFile, rows: readonly Row[], measured: readonly ListedMetric[]): string {
  const shown = measured.filter(({ isBrief }) => isBrief);
  const cells = cellsOf(shown);
  const head = shown.map(shortLabel);
  const text = markdownTable(
    ['recipe', 'B up', 'B down', 'B once', ...head, ...head.map((title) => `${title}, default`)],
    rows.map((row) => [row.label, ...byteCells(row), ...cells(row.plain), ...cells(row.refitted)]),
  );
  return `${table.title}, ${grouped(table.users)} clients, the round and β that are best on validation; bytes are those of one client in
one round. Left: trained vectors as they are. Right ("default"): as runs report, with the re-fit to the recent past, and for our
recipes with [what tends to come next](docs/lessons/12-order.md), whose table is sent once in a run. ${exactNote(rows)}Standard errors, the other peers,
other data and the ablations are in [docs/results.md](docs/results.md).

${text}

Generated by \`npm run bench -- results-page\` from the run files in [bench/results](bench/results).`;
}

/** Which rows were measured before numbers were rounded. */
function exactNote(rows: readonly Row[]): string {
  const exact = rows.filter(({ reference, bytesUp }) => reference.includes('float32') && bytesUp > 0);
  return exact.length === 0 ? '' : `Rows with exact numbers: ${exact.map(({ label }) => label).join('; ')}. `;
}

/** Seeds of one label together. Recipes without rounds, or with one seed only, stand for themselves. */
function rowsOf({ rows }: TableFile): Row[] {
  const labels = [...new Set(rows.map(({ label }) => label))];
  return labels
    .map((label): Row => {
      const kept = rows.filter((row) => row.label === label);
      const mean = (figure: (row: KeptRow) => Metrics | undefined): Metrics | null =>
        kept.every((row) => figure(row)) ? meanOf(kept.map((row) => figure(row)!)) : null;
      const difference = (column: 'plain' | 'refitted') => {
        const means = mean((row) => row.ahead[column]?.mean);
        const standardErrors = mean((row) => row.ahead[column]?.standardErrors);
        return means && standardErrors ? { mean: means, standardErrors } : null;
      };
      return {
        label,
        seeds: kept.map(({ seed }) => seed),
        rounds: kept[0]!.rounds,
        bytesUp: meanAndStandardError(kept.map(({ bytesUp }) => bytesUp))[0],
        bytesDown: meanAndStandardError(kept.map(({ bytesDown }) => bytesDown))[0],
        bytesOnce: meanAndStandardError(kept.map(({ bytesOnce = 0 }) => bytesOnce))[0],
        plain: mean((row) => row.plain.test)!,
        refitted: mean((row) => row.refitted?.test),
        reference: kept[0]!.reference ?? 'fedtlrec',
        ahead: { plain: difference('plain')!, refitted: difference('refitted') },
      };
    })
    .sort((a, b) => (b.refitted ?? b.plain)[CRITERION] - (a.refitted ?? a.plain)[CRITERION]);
}

function meanOf(seeds: readonly Metrics[]): Metrics {
  return forEachMetric((name) => meanAndStandardError(seeds.map((one) => one[name]))[0]);
}

function byteCells({ bytesUp, bytesDown, bytesOnce }: Row): string[] {
  return [bytesUp, bytesDown, bytesOnce].map((bytes) => (bytes === 0 ? '–' : grouped(bytes)));
}

/** The metrics that all rows have: a run file may be older than a metric. */
function measuredIn(rows: readonly Row[]): readonly ListedMetric[] {
  return metrics.filter(({ name }) => rows.every(({ plain }) => !Number.isNaN(plain[name])));
}

function cellsOf(shown: readonly ListedMetric[]): (figures: Metrics | null) => string[] {
  return (figures) => shown.map(({ name }) => (figures ? share(figures[name]) : '–'));
}

/** Over a whole table the cutoff need not be said again. */
function shortLabel({ label }: ListedMetric): string {
  return label.replace(/^(full .*)@10$/, '$1');
}

/** The files of the data sets, in the tables' order. */
function filesNamed<T>(start: string): T[] {
  return dataNames.flatMap((name) => readJson<T>(`${start}${name}.json`) ?? []);
}

function readJson<T>(path: string): T | null {
  try {
    return JSON.parse(readFileSync(new URL(path, folder), 'utf8')) as T;
  } catch {
    return null;
  }
}

function writeBetweenMarks(path: string, section: string): void {
  const url = new URL(path, import.meta.url);
  const [begin, end] = ['<!-- results:begin -->', '<!-- results:end -->'];
  const [before, rest] = readFileSync(url, 'utf8').split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`results-page: ${path} must have ${begin} and ${end}`);
  writeFileSync(url, `${before}${begin}\n${section}\n${end}${after}`);
}
