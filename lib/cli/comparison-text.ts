// The comparison as text: the table, the differences, the curves, and the bytes in words.
import { type AnyMetric, metrics } from '../evaluation/metrics.ts';
import { defaultSettings } from '../federated/settings.ts';
import type { Comparison, RecipeFigures } from './comparison.ts';
import { plotCurves } from './curve-plot.ts';
import { type Dataset, dataFacts } from './dataset.ts';
import { bytesText, differenceWithError, grouped, secondsText, shareWithError } from './figures.ts';
import type { MeasuredRun } from './measured-run.ts';
import {
  briefMetrics,
  metricCells,
  metricsShown,
  metricTitles,
  missingBaselines,
  perUserAmong,
  protocolFacts,
  protocolName,
  settingsLine,
  trafficClause,
} from './run-text.ts';
import { labelledLines, textTable } from './table.ts';
import { warningFacts } from './warnings.ts';

/** All lines of the report; `example` is a run whose settings stand for the others. */
export function comparisonText(
  comparison: Comparison,
  dataset: Dataset,
  example: MeasuredRun,
  folder: string | null,
  report: string | null,
): string[] {
  const { protocol, seeds } = comparison;
  const shown = metricsShown(example.settings);
  const curves = plotCurves(
    comparison.recipes.map(({ recipe, curve }) => ({ label: recipe, points: curve })),
    dataset.baselines.validation,
  );
  const isUsual = example.settings.metrics === defaultSettings.metrics;
  return [
    ...labelledLines([
      ...dataFacts(dataset),
      [
        'Settings',
        settingsLine(example.settings, comparison.backend, example.isRefitted, dataset.split.ordered),
      ],
      ...protocolFacts(protocol, dataset.facts, shown),
      ...warningFacts(comparison.warnings),
    ]),
    '',
    ...figuresTable(comparison, isUsual ? briefMetrics : shown),
    '',
    ...differencesTable(comparison, shown),
    ...curves,
    ...(curves.length > 0 && seeds.length > 1 ? [`the curve of seed ${seeds[0]}`] : []),
    '',
    ...bytesInWords(comparison.recipes),
    ...(folder === null ? [] : ['', `Saved in ${folder}, a folder for each recipe`]),
    ...(report === null ? [] : ['', `Report: ${report} (open it in a browser)`]),
  ];
}

function figuresTable(comparison: Comparison, shown: readonly AnyMetric[]): string[] {
  const { recipes, protocol, seeds, standardErrorsOver } = comparison;
  const which = seeds.length > 1 ? `mean of seeds ${seeds.join(', ')}` : `seed ${seeds[0]}`;
  const rows = recipes.map((figures) => [
    figures.recipe,
    ...metricCells(figures.test, figures.testStandardErrors, shareWithError, shown),
    bytesCell(figures.bytesUpPerClientRound),
    bytesCell(figures.bytesDownPerClientRound),
    secondsText(figures.secondsTotal),
  ]);
  return [
    `Test, ${which}, ± standard error over ${standardErrorsOver}; ${protocolName(protocol)}`,
    ...textTable(
      ['recipe', ...metricTitles(shown), 'B up', 'B down', 'time'],
      [...rows, ...missingBaselines(comparison, shown)],
    ),
    `B up, B down: bytes of one client in one round, counted on the encoded messages${shown === briefMetrics ? elsewhere() : ''}`,
  ];
}

/** Names the metrics that the table has no room for. */
function elsewhere(): string {
  const others = metricTitles(metrics.filter(({ isBrief }) => !isBrief));
  return others.length > 0 ? `; ${others.join(', ')}: --report, --json` : '';
}

function differencesTable(
  { recipes, reference, protocol }: Comparison,
  chosen: readonly AnyMetric[],
): string[] {
  const shown = perUserAmong(chosen);
  const rows = recipes.flatMap(({ recipe, difference }) =>
    difference
      ? [[recipe, ...metricCells(difference.mean, difference.standardErrors, differenceWithError, shown)]]
      : [],
  );
  if (rows.length === 0 || shown.length === 0) return [];
  return [
    `Difference to ${reference}, paired user by user, ± its standard error; ${protocolName(protocol)}`,
    ...textTable(['recipe', ...metricTitles(shown)], rows),
    '',
  ];
}

function bytesCell(bytes: number): string {
  return bytes > 0 ? grouped(bytes) : '-';
}

/** The bytes of the first recipe that talks, and how much more or less the others take. */
function bytesInWords(recipes: readonly RecipeFigures[]): string[] {
  const talking = recipes.filter((figures) => figures.bytesUpPerClientRound > 0);
  const [first, ...others] = talking;
  if (!first) return ['Nothing is sent.'];
  const clause = (figures: RecipeFigures) =>
    trafficClause(figures.bytesUpPerClientRound, figures.bytesDownPerClientRound);
  const silent = recipes.filter((figures) => figures.bytesUpPerClientRound === 0);
  return [
    `In a round, one client of ${first.recipe} ${clause(first)}.`,
    ...others.map((figures) => {
      const up = timesText(figures.bytesUpPerClientRound / first.bytesUpPerClientRound);
      const down = timesText(figures.bytesDownPerClientRound / first.bytesDownPerClientRound);
      return `With ${figures.recipe} it ${clause(figures)}: ${up} and ${down} as much.`;
    }),
    ...windowsInWords(recipes),
    ...silent.map(({ recipe }) => `With ${recipe} nothing is sent in rounds.`),
  ];
}

/** Which recipes know order, and what that costs: otherwise the others would seem worse at what all of them do. */
export function windowsInWords(recipes: readonly RecipeFigures[]): string[] {
  const knowing = recipes.filter(({ bytesOncePerClient }) => bytesOncePerClient > 0);
  if (knowing.length === 0) return [];
  const costs = knowing.map((figures) => `${figures.recipe} ${bytesText(figures.bytesOncePerClient)}`);
  return [
    `Windows, what tends to come next, come on top with ${costs.join(', ')}, received once; without: --windows off.`,
  ];
}

function timesText(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)}×`;
}
