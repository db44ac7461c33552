// A run as text: what was asked for, the figures at the best round, the learning curve, and what it cost.
import { curveOf, plotCurves } from './curve-plot.ts';
import { type Dataset, dataFacts } from './dataset.ts';
import { secondsText, shareWithError } from './figures.ts';
import type { MeasuredRun } from './measured-run.ts';
import { type Outputs, writtenFolder, writtenReport } from './outputs.ts';
import {
  baselineRows,
  keptFacts,
  metricCells,
  metricsShown,
  metricTitles,
  privacyFacts,
  protocolFacts,
  protocolName,
  settingsLine,
  trafficClause,
  windowFacts,
} from './run-text.ts';
import { labelledLines, textTable } from './table.ts';
import { warningFacts } from './warnings.ts';

/** All lines that are printed after a run. */
export function trainText(run: MeasuredRun, dataset: Dataset, outputs: Outputs): string[] {
  const { summary, settings } = run;
  const { validation, test, protocol } = summary;
  const shown = metricsShown(settings);
  const facts: [string, string][] = [
    ...dataFacts(dataset),
    ['Recipe', `${summary.recipe}, seed ${summary.seed}`],
    ['Settings', settingsLine(settings, summary.backend, run.isRefitted, dataset.split.ordered)],
    ...protocolFacts(protocol, dataset.facts, shown),
    ...warningFacts(summary.warnings),
  ];
  const when = summary.rounds > 0 ? `round ${summary.bestRound} of ${summary.rounds}` : 'no rounds';
  return [
    ...labelledLines(facts),
    '',
    `Result at the best round (${when}), ± standard error over users; ${protocolName(protocol)}`,
    ...textTable(
      ['', ...metricTitles(shown)],
      [
        ['validation', ...metricCells(validation, summary.validationStandardErrors, shareWithError, shown)],
        ['test', ...metricCells(test, summary.testStandardErrors, shareWithError, shown)],
        ...baselineRows(summary, shown),
      ],
    ),
    '',
    ...plotCurves([{ label: summary.recipe, points: curveOf(run.rows) }], dataset.baselines.validation),
    ...(summary.rounds > 0 ? [''] : []),
    ...labelledLines(costFacts(run, outputs)),
  ];
}

function costFacts(run: MeasuredRun, outputs: Outputs): [string, string][] {
  const { summary } = run;
  const facts: [string, string][] = [];
  const { bytesUpPerClientRound: up, bytesDownPerClientRound: down, rounds } = summary;
  if (up + down > 0) facts.push(['Bytes', `in a round, one client ${trafficClause(up, down)} on average`]);
  facts.push(...keptFacts(run), ...windowFacts(summary), ...privacyFacts(run));
  if (summary.rejectedMessages > 0) facts.push(['Rejected', `${summary.rejectedMessages} messages`]);
  const perRound = rounds > 0 ? `, ${secondsText(summary.secondsPerRound)} a round` : '';
  facts.push([
    'Time',
    `${secondsText(summary.secondsTotal)}${perRound}, peak memory ${summary.peakRssMb.toFixed(0)} MB`,
  ]);
  facts.push(['Digest', summary.digest]);
  const folder = writtenFolder(outputs);
  if (folder) facts.push(['Saved in', `${folder} (try: fedtlrec recommend --model ${folder} --user ID)`]);
  const page = writtenReport(outputs);
  if (page !== null) facts.push(['Report', `${page} (open it in a browser)`]);
  return facts;
}
