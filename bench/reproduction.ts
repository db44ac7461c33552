// Everything docs/reproduction.md says, measured: runs the released program under three protocols and with other servers,
// counts negatives, demonstrates the one-element softmax, keeps all figures in bench/reproduction.json and writes the
// tables of the page from it. `node --import tsx bench/reproduction.ts`, or with the names of runs to do these only.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { absenceOf, isHere, movieLens100k, readSplit } from './data-files.ts';
import { describeMachine, describeVersions } from './machine.ts';
import { oneElementSoftmax, type SoftmaxFacts, trainedAsNegative } from './reproduction-facts.ts';
import { type Curve, checkpoints, measure, seed, variants } from './reproduction-runs.ts';

interface Figures {
  measured: string;
  runs: Record<string, Curve>;
  /** By round: the share of evaluation negatives, and of test items, that were trained as 0. */
  trainedAsNegative?: Record<'released' | 'leakFree', ReturnType<typeof trainedAsNegative>>;
  softmax?: { loneRows: SoftmaxFacts; betweenClients: SoftmaxFacts };
}

const store = new URL('reproduction.json', import.meta.url);
const page = new URL('../docs/reproduction.md', import.meta.url);

const names = process.argv.slice(2);
const unknown = names.find((name) => !(name in variants) && name !== 'facts' && name !== 'page');
if (unknown !== undefined) {
  const known = [...Object.keys(variants), 'facts', 'page'].join(', ');
  console.error(`reproduction: the name must be one of ${known}, got ${unknown}`);
  process.exitCode = 2;
} else if (!isHere(movieLens100k)) console.log(absenceOf(movieLens100k));
else await reproduce(names.length > 0 ? names : [...Object.keys(variants), 'facts']);

/** Does the named parts; the others stay as they are in the file. */
async function reproduce(parts: readonly string[]): Promise<void> {
  const figures: Figures = existsSync(store)
    ? (JSON.parse(readFileSync(store, 'utf8')) as Figures)
    : { measured: '', runs: {} };
  const split = await readSplit(movieLens100k);
  const save = () => {
    figures.measured = `${new Date().toISOString().slice(0, 10)}, seed ${seed}; ${describeMachine()}; ${describeVersions()}`;
    writeFileSync(store, `${JSON.stringify(figures, null, 2)}\n`);
    writePage(figures);
  };
  for (const part of parts) {
    if (part === 'page') writePage(figures);
    else if (part === 'facts') {
      const count = (forbids: boolean) => trainedAsNegative(split, seed, 8, checkpoints, forbids);
      figures.trainedAsNegative = { released: count(true), leakFree: count(false) };
      figures.softmax = oneElementSoftmax(256);
      save();
    } else {
      await measure(variants[part]!, split, (curve) => {
        figures.runs[part] = curve;
        const { round, hr10 } = curve.points.at(-1)!;
        console.log(`${curve.title}, round ${round}: HR@10 ${hr10.toFixed(3)}`);
        save();
      });
    }
  }
}

/** Puts each table between its marks in the page. */
function writePage(figures: Figures): void {
  const tables: Record<string, string> = {
    measured: `Measured on ${figures.measured}.`,
    climb: climbTable(
      figures,
      ['released', 'placebo', 'alone', 'leak-free', 'absent-and-noisy'],
      checkpoints,
    ),
    negatives: negativesTable(figures),
    softmax: softmaxTable(figures),
    sharing: climbTable(
      figures,
      ['a-alone', 'a-random', 'a-mean', 'leak-free', 'both-mean', 'described', 'popularity'],
      [5, 25],
      { 'leak-free': 'A comes back from the encoder, as released' },
    ),
  };
  let text = readFileSync(page, 'utf8');
  for (const [name, table] of Object.entries(tables)) {
    const marks = new RegExp(`(<!-- figures: ${name} -->\n)[^]*?(\n<!-- end -->)`);
    if (!marks.test(text)) throw new Error(`docs/reproduction.md has no place for the figures "${name}"`);
    text = text.replace(marks, (_, begin: string, end: string) => `${begin}${table}${end}`);
  }
  writeFileSync(page, text);
}

function climbTable(
  { runs }: Figures,
  rows: readonly string[],
  rounds: readonly number[],
  titles: Record<string, string> = {},
): string {
  const at = (name: string, round: number) => {
    const points = runs[name]?.points ?? [];
    const point = points.find((candidate) => candidate.round === round || candidate.round === 0);
    return point ? `${share(point.hr10)} ± ${share(point.standardError)}` : '';
  };
  return markdownTable(
    ['HR@10 by round', ...rounds.map(String)],
    rows.map((name) => [titles[name] ?? variants[name]!.title, ...rounds.map((round) => at(name, round))]),
  );
}

function negativesTable({ trainedAsNegative: shares }: Figures): string {
  if (!shares) return '';
  return markdownTable(
    ['Trained as 0 at least once, by round', ...checkpoints.map(String)],
    [
      ['evaluation negatives, as released', ...shares.released.map(({ others }) => share(others))],
      ['test items, as released', ...shares.released.map(({ targets }) => share(targets))],
      ['evaluation negatives, leak-free', ...shares.leakFree.map(({ others }) => share(others))],
      ['test items, leak-free', ...shares.leakFree.map(({ targets }) => share(targets))],
    ],
  );
}

function softmaxTable({ softmax }: Figures): string {
  if (!softmax) return '';
  const row = (title: string, facts: SoftmaxFacts) => [
    title,
    `${facts.changedOthers} of ${facts.clients - 1}`,
    size(facts.queryAndKeyGradient),
    size(facts.valueGradient),
  ];
  return markdownTable(
    [
      'The sequence is',
      'other clients whose output changed',
      'largest gradient by Wq, bq, Wk, bk',
      'by Wv, bv',
    ],
    [row('one client, as released', softmax.loneRows), row('the clients', softmax.betweenClients)],
  );
}

function markdownTable(head: readonly string[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '--:'))), ...rows.map(line)].join(
    '\n',
  );
}

/** A share without its leading zero: .998. */
function share(value: number): string {
  return value.toFixed(3).replace(/^0/, '');
}

function size(value: number): string {
  return value === 0 ? 'exactly 0' : value.toPrecision(2);
}
