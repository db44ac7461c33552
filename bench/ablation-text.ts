// The ablations as sections of docs/results.md. In: bench/results/ablations-*.json; out: tables of differences.
import { differenceWithError, grouped, share } from '../lib/cli/figures.ts';
import type { Metrics } from '../lib/evaluation/metrics.ts';
import { markdownTable } from './bench.ts';

/** One variant and what it did. */
export interface AblationRow {
  readonly group: string;
  readonly name: string;
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Means over seeds. */
  readonly validation: Metrics;
  readonly test: Metrics;
  /** To the default, mean over seeds of the paired difference per user on the test, and its standard error over users. */
  readonly difference: Metrics;
  readonly standardErrors: Metrics;
}

export interface AblationFile {
  readonly title: string;
  readonly command: string;
  readonly measured: string;
  readonly seeds: readonly number[];
  readonly variants: readonly AblationRow[];
}

export function ablationSections(files: readonly AblationFile[]): string[] {
  return files.map(({ title, command, measured, seeds, variants }) =>
    [
      `## What each ingredient does: ${title}`,
      `One thing is changed at a time. The quick preset (40 rounds, larger steps), exact messages, neither windows nor the re-fit, which
would hide small differences; the test at the best validation round, ${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}. Differences to the default are user by user, ±
standard error over users: what is within two of them may be luck. Choices were made on validation, its NDCG@10 stands last.`,
      ablationTable(variants),
      `Measured ${measured}. Command: \`${command}\`.`,
    ].join('\n\n'),
  );
}

export function ablationTable(variants: readonly AblationRow[]): string {
  const rows = variants.map(
    ({ group, name, test, difference, standardErrors, bytesUp, bytesDown, validation }) => [
      group,
      name,
      share(test.hr10),
      differenceWithError(difference.hr10, standardErrors.hr10),
      differenceWithError(difference.ndcg10, standardErrors.ndcg10),
      share(test.fullHr10),
      grouped(bytesUp),
      grouped(bytesDown),
      share(validation.ndcg10),
    ],
  );
  const titles = [
    'changed',
    'to',
    'HR@10',
    'Δ HR@10',
    'Δ NDCG@10',
    'full HR',
    'B up',
    'B down',
    'validation',
  ];
  return markdownTable(titles, rows);
}
