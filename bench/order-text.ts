// What knowing order is worth, as a section of docs/results.md. In: bench/results/order-*.json; out: tables of differences.
import { differenceWithError, grouped, share } from '../lib/cli/figures.ts';
import { forEachMetric, type MetricName, type Metrics } from '../lib/evaluation/metrics.ts';
import { markdownTable } from './bench.ts';
import type { OrderFile, OrderRow } from './order.ts';

export function orderSections(files: readonly OrderFile[]): string[] {
  return files.map(orderSection);
}

export function orderSection({ title, command, measured, rows }: OrderFile): string {
  const labels = [...new Set(rows.map(({ label }) => label))];
  return [
    `## What knowing order is worth: ${title}`,
    `\`fedtlrec\` with its defaults and the re-fit; each row at the round and with the weights that are best on validation. Differences to
the same seed without windows, user by user, mean over the seeds ± standard error over users. "once": bytes of the table that
a client receives once in a run.`,
    markdownTable(
      [
        'order',
        'seeds',
        'B up',
        'B down',
        'once',
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
    `Measured ${measured}. Command: \`${command}\`.`,
  ].join('\n\n');
}

function cells(label: string, rows: readonly OrderRow[]): string[] {
  const mean = (read: (row: OrderRow) => number) =>
    rows.reduce((sum, row) => sum + read(row), 0) / rows.length;
  const over = (read: (row: OrderRow) => Metrics): Metrics =>
    forEachMetric((name) => mean((row) => read(row)[name]));
  const test = over(({ test }) => test);
  const [difference, errors] = [over((row) => row.difference), over((row) => row.standardErrors)];
  const [tried, triedErrors] = [over((row) => row.validationDifference), over((row) => row.validationErrors)];
  const isReference = label === 'without windows';
  const delta = (name: MetricName) =>
    isReference ? '–' : differenceWithError(difference[name], errors[name]);
  const bytes = (read: (row: OrderRow) => number) => (mean(read) > 0 ? grouped(mean(read)) : '–');
  return [
    `${label} (${rows[0]!.note})`,
    String(rows.length),
    bytes((row) => row.bytesUp),
    bytes((row) => row.bytesDown),
    bytes((row) => row.bytesOnce),
    ...[test.hr10, test.ndcg10, test.fullHr10, test.fullNdcg10].map(share),
    delta('ndcg10'),
    delta('fullHr10'),
    isReference ? '–' : differenceWithError(tried.ndcg10, triedErrors.ndcg10),
  ];
}
