// Attention over one's own items against windows, as a section of docs/results.md. In: bench/results/sequence-*.json; out: tables
// of differences.
import { differenceWithError, share } from '../lib/cli/figures.ts';
import { forEachMetric, type Metrics } from '../lib/evaluation/metrics.ts';
import { markdownTable } from './bench.ts';
import type { SequenceFile, SequenceRow } from './sequence.ts';

const inOrder = [
  ...['windows', 'nothing', 'attention', 'windows and attention'],
  ...['sasrec', 'windows and sasrec'],
];

const block = `a block of a transformer that each client runs over its own last 50 items, whose weights the clients train together
over the item factors of the run; or both. `;

const bound = 'a central [SASRec](recipes.md#sasrec), which reads every sequence in one place';

export function sequenceSections(files: readonly SequenceFile[]): string[] {
  return files.map(sequenceSection);
}

export function sequenceSection({ title, command, measured, settings, rows }: SequenceFile): string {
  const labels = inOrder.filter((label) => rows.some((row) => row.label === label));
  const hasAttention = labels.includes('attention');
  const options = Object.entries(settings).map(([name, value]) => `\`--${name} ${value}\``);
  const product = `\`fedtlrec\` with ${options.length > 0 ? options.join(' and ') : 'its defaults'}`;
  const added = hasAttention
    ? `windows, as it is by default; ${block}${labels.includes('sasrec') ? `As a bound: ${bound}. ` : ''}`
    : `windows, as it is by default; ${bound}; or both. `;
  return [
    `## ${hasAttention ? "Attention over one's own items" : 'A central transformer beside ours'}: ${title}`,
    `${product} at its best round, and what is added to its scores: ${added}Differences to windows, user by user, mean over the seeds
± standard error over users; weights are the best on validation.`,
    markdownTable(
      [
        'added',
        'seeds',
        'HR@10',
        'NDCG@10',
        'full HR',
        'full NDCG',
        'Δ NDCG@10',
        'Δ full HR',
        'Δ NDCG@10, validation',
      ],
      labels.map((label) =>
        cells(
          label,
          rows.filter((row) => row.label === label),
        ),
      ),
    ),
    ...(hasAttention ? [verdict(rows)] : []),
    `Measured ${measured}. Command: \`${command}\`.`,
  ].join('\n\n');
}

function cells(label: string, rows: readonly SequenceRow[]): string[] {
  const over = meansOver(rows);
  const test = over((row) => row.test);
  const [difference, errors] = [over((row) => row.difference), over((row) => row.standardErrors)];
  const [tried, triedErrors] = [over((row) => row.validationDifference), over((row) => row.validationErrors)];
  const delta = (mean: number, error: number) =>
    label === 'windows' ? '–' : differenceWithError(mean, error);
  return [
    `${label} (${rows[0]!.note})`,
    String(rows.length),
    ...[test.hr10, test.ndcg10, test.fullHr10, test.fullNdcg10].map(share),
    delta(difference.ndcg10, errors.ndcg10),
    delta(difference.fullHr10, errors.fullHr10),
    delta(tried.ndcg10, triedErrors.ndcg10),
  ];
}

/** The rule, and what it says here: validation decides. */
function verdict(rows: readonly SequenceRow[]): string {
  const over = meansOver(rows.filter(({ label }) => label === 'attention'));
  const difference = over((row) => row.validationDifference).ndcg10;
  const error = over((row) => row.validationErrors).ndcg10;
  const isAhead = difference > 2 * error;
  return `Attention would take the place of windows if it were ahead by two standard errors on validation, and ${
    isAhead ? 'here it is' : 'here it is not'
  }: ${differenceWithError(difference, error)}.`;
}

function meansOver(rows: readonly SequenceRow[]) {
  return (read: (row: SequenceRow) => Metrics): Metrics =>
    forEachMetric((name) => rows.reduce((sum, row) => sum + read(row)[name], 0) / rows.length);
}
