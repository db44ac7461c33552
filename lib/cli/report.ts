// What the reports of `train` and `compare` say, in the words of their tables. In: measured runs; out: a page.
import { join } from 'node:path';
import { visibleJson } from '../data/visible-text.ts';
import type { AnyMetric } from '../evaluation/metrics.ts';
import type { Settings } from '../federated/settings.ts';
import { packageVersion } from '../node/package-version.ts';
import { type ReportInput, type ReportTable, reportPage } from '../node/report.ts';
import type { Comparison, RecipeFigures } from './comparison.ts';
import { windowsInWords } from './comparison-text.ts';
import { type Dataset, dataFacts } from './dataset.ts';
import { differenceWithError, grouped, secondsText, shareWithError } from './figures.ts';
import type { MeasuredRun } from './measured-run.ts';
import {
  baselineRows,
  metricCells,
  metricsShown,
  metricTitles,
  missingBaselines,
  perUserAmong,
  privacyFacts,
  protocolFacts,
  protocolName,
  settingsLine,
} from './run-text.ts';
import { warningFacts } from './warnings.ts';

/** Arrays of a run that is recorded for a report. */
export const REPORT_TRACE_BYTES = 2e6;

/** The report's place inside an output folder. */
export function reportIn(folder: string): string {
  return join(folder, 'report.html');
}

/** The report of one run, as HTML. */
export function trainReport(run: MeasuredRun, dataset: Dataset): Promise<string> {
  const { summary, settings } = run;
  const { protocol, validation, test } = summary;
  const shown = metricsShown(settings);
  const when = summary.rounds > 0 ? `round ${summary.bestRound} of ${summary.rounds}` : 'no rounds';
  const facts: [string, string][] = [
    ...dataFacts(dataset),
    ['Settings', settingsLine(settings, summary.backend, run.isRefitted, dataset.split.ordered)],
    ...protocolFacts(protocol, dataset.facts, shown),
    ...warningFacts(summary.warnings),
    ['Time', `${secondsText(summary.secondsTotal)}, ${summary.workers} threads beside the main one`],
    ['Digest', summary.digest],
    ['Round', `${when}, the best on validation: all figures and the model saved beside them are of it`],
    recordOf(run.isRefitted, settings),
    versions(),
  ];
  facts.push(...privacyFacts(run));
  const table: ReportTable = {
    caption: `Result at the best round (${when}), ± standard error over users; ${protocolName(protocol)}`,
    header: ['', ...metricTitles(shown), 'bytes up', 'bytes down'],
    rows: [
      [
        'validation',
        ...metricCells(validation, summary.validationStandardErrors, shareWithError, shown),
        '',
        '',
      ],
      ['test', ...metricCells(test, summary.testStandardErrors, shareWithError, shown), ...traffic(summary)],
      ...baselineRows(summary, shown).map((row) => [...row, '', '']),
    ],
    note: 'Bytes of one client in one round, counted on the encoded messages.',
  };
  const title = `${summary.recipe} on ${summary.dataset.name}, seed ${summary.seed}`;
  return reportPage({ title, facts, tables: [table], ...common(settings), runs: recorded([run]) });
}

/** The report of a comparison, as HTML; its curves are those of the first seed. */
export function comparisonReport(
  comparison: Comparison,
  runsOf: ReadonlyMap<string, readonly MeasuredRun[]>,
  dataset: Dataset,
): Promise<string> {
  const { protocol, seeds, recipes, reference } = comparison;
  const firstRuns = [...runsOf.values()].map(([first]) => first!);
  const example = runsOf.get(reference)![0]!;
  const shown = metricsShown(example.settings);
  const title = `${recipes.map(({ recipe }) => recipe).join(', ')} on ${comparison.dataset.name}`;
  const facts: [string, string][] = [
    ...dataFacts(dataset),
    [
      'Settings',
      settingsLine(example.settings, comparison.backend, example.isRefitted, dataset.split.ordered),
    ],
    ...protocolFacts(protocol, dataset.facts, shown),
    ...warningFacts(comparison.warnings),
    ['Round', 'of each run the best on validation; the curves below are of the first seed'],
    recordOf(example.isRefitted, example.settings),
    versions(),
  ];
  const which = seeds.length > 1 ? `mean of seeds ${seeds.join(', ')}` : `seed ${seeds[0]}`;
  const tables: ReportTable[] = [
    {
      caption: `Test, ${which}, ± standard error over ${comparison.standardErrorsOver}; ${protocolName(protocol)}`,
      header: ['recipe', ...metricTitles(shown), 'bytes up', 'bytes down', 'time'],
      rows: [
        ...recipes.map((figures) => [
          figures.recipe,
          ...metricCells(figures.test, figures.testStandardErrors, shareWithError, shown),
          ...traffic(figures),
          secondsText(figures.secondsTotal),
        ]),
        ...missingBaselines(comparison, shown).map((row) => [...row, '', '', '']),
      ],
      note: [
        'Bytes of one client in one round, counted on the encoded messages.',
        ...windowsInWords(recipes),
      ].join(' '),
    },
    ...differences(recipes, reference, perUserAmong(shown)),
  ];
  const shared = common(example.settings);
  return reportPage({ title, facts, tables, ...shared, runs: recorded(firstRuns) });
}

function differences(
  recipes: readonly RecipeFigures[],
  reference: string,
  shown: readonly AnyMetric[],
): ReportTable[] {
  const rows = recipes.flatMap(({ recipe, difference }) =>
    difference
      ? [[recipe, ...metricCells(difference.mean, difference.standardErrors, differenceWithError, shown)]]
      : [],
  );
  if (rows.length === 0 || shown.length === 0) return [];
  const caption = `Difference to ${reference}, paired user by user, ± its standard error`;
  return [{ caption, header: ['recipe', ...metricTitles(shown)], rows }];
}

function traffic({
  bytesUpPerClientRound: up,
  bytesDownPerClientRound: down,
}: Pick<RecipeFigures, 'bytesUpPerClientRound' | 'bytesDownPerClientRound'>): [string, string] {
  return [up > 0 ? grouped(up) : '–', down > 0 ? grouped(down) : '–'];
}

/** Whether this runs from the sources of a clone, not from an installed package. */
const isClone = import.meta.url.endsWith('.ts');

/** Whether clients fit their vectors again before they are evaluated. */
function recordOf(isRefitted: boolean, { recency }: Settings): [string, string] {
  return [
    'Re-fit',
    isRefitted
      ? `before it is evaluated, each client fits its vector to its own list once more, the latest ratings with the most weight (recency ${recency})`
      : 'none: clients are evaluated with the vectors that they trained',
  ];
}

function versions(): [string, string] {
  return [
    'Versions',
    `fedtlrec ${packageVersion()}, Node ${process.version}, ${process.platform} ${process.arch}`,
  ];
}

function common(settings: Settings): Pick<ReportInput, 'commands' | 'configuration'> {
  const words = process.argv.slice(2).map((word) => (/^[\w./:=,-]+$/.test(word) ? word : visibleJson(word)));
  return {
    commands: [
      ...(isClone
        ? [`# in a clone of fedtlrec ${packageVersion()}, with the data at the same place`, 'npm ci']
        : []),
      `${isClone ? 'npm run -s fedtlrec --' : 'npx fedtlrec'} ${words.join(' ')}`,
    ],
    configuration: { fedtlrec: packageVersion(), node: process.version, ...settings },
  };
}

function recorded(runs: readonly MeasuredRun[]): ReportInput['runs'] {
  return runs.flatMap(({ summary, trace }) => (trace ? [{ label: summary.recipe, trace }] : []));
}
