// `fedtlrec evaluate`: measures a saved model again, e.g. without the recency re-fit or with another personal weight.
import { type Command, Option } from 'commander';
import { columnsText } from '../data/columns.ts';
import { candidateCounts } from '../evaluation/baselines.ts';
import { chooseMetrics } from '../evaluation/metric-choice.ts';
import { metricsOnly } from '../evaluation/metrics.ts';
import { type EvaluationSummary, type Part, type PerUser, summarize } from '../evaluation/protocol.ts';
import { completeSettings, type Settings } from '../federated/settings.ts';
import type { Order } from '../federated/windows/what-comes-next.ts';
import { readRun, restoreProgram, type SavedRun } from '../node/saved-run.ts';
import { inlineExecutor } from '../training/executor.ts';
import { measureLists } from '../training/measure-lists.ts';
import { baselinesOf, type DatasetFacts } from './dataset.ts';
import { shareWithError } from './figures.ts';
import type { Printing } from './printing.ts';
import { readName, readNumber, readNumberOr } from './read-value.ts';
import { chooseRecipe } from './recipe-choice.ts';
import { baselineRows, metricCells, metricTitles, protocolFacts, protocolName } from './run-text.ts';
import { labelledLines, textTable } from './table.ts';
import { UsageError } from './usage-error.ts';
import { dataWarnings, warningFacts } from './warnings.ts';

const examples = `
Examples:
  fedtlrec evaluate --model runs/first                   the test figures of a saved model
  fedtlrec evaluate --model runs/first --recency off     without the private re-fit
  fedtlrec evaluate --model runs/first --mix 0 --json    without the personal part`;

interface EvaluateOptions {
  readonly model: string;
  readonly part: Part;
  readonly recency?: number | 'off';
  readonly mix?: number;
  readonly windows?: 'auto' | 'off';
  readonly metrics?: string;
  readonly json?: boolean;
}

/** What is measured, how, and what came out. */
interface Measurement {
  readonly run: SavedRun;
  readonly part: Part;
  /** null also where the recipe cannot re-fit. */
  readonly recency: number | null;
  /** null where the recipe has no personal part. */
  readonly mix: number | null;
  /** null without windows. */
  readonly order: Order | null;
  readonly summary: EvaluationSummary;
  /** The setting `metrics`. */
  readonly chosen: string;
}

export function addEvaluateCommand(program: Command, printing: Printing): void {
  const option = (flags: string, help: string, read: (text: string) => unknown) =>
    new Option(flags, help).argParser(read);
  program
    .command('evaluate')
    .description('measure a model that train or compare has saved')
    .requiredOption('--model <DIR>', 'the folder of the model')
    .addOption(
      option('--part <NAME>', 'test or validation (default: test)', (text) =>
        readName('--part', text, ['test', 'validation']),
      ),
    )
    .addOption(
      option('--recency <TAU>', 'private re-fit to the recent past, or off (default: as trained)', (text) =>
        readNumberOr('off', '--recency', text),
      ),
    )
    .addOption(
      option('--mix <BETA>', 'weight of the personal part (default: the best on validation)', (text) =>
        readNumber('--mix', text),
      ),
    )
    .addOption(
      option('--windows <NAME>', 'auto or off: whether windows count (default: as trained)', (text) =>
        readName('--windows', text, ['auto', 'off']),
      ),
    )
    .option('--metrics <NAMES>', 'what to show, as in train (default: as trained)')
    .option('--json', 'JSON on stdout instead of text')
    .addHelpText('after', examples)
    .action((given: Partial<EvaluateOptions> & { model: string }) =>
      runEvaluate({ part: 'test', ...given }, printing),
    );
}

async function runEvaluate(options: EvaluateOptions, printing: Printing): Promise<void> {
  const measurement = await measure(options);
  if (options.json) printing.json(evaluationJson(measurement));
  else printing.lines(evaluationText(options.model, measurement));
}

async function measure(options: EvaluateOptions): Promise<Measurement> {
  const run = await readRun(options.model);
  const { document } = run;
  const settings = checkedSettings(document.settings, options);
  const { recipe } = await chooseRecipe(document.recipeModule ?? document.recipe);
  const { program, setup } = restoreProgram(options.model, run, recipe);
  const recency = program.canRefit ? settings.recency : null;
  const mix = options.mix ?? document.mix;
  const order = options.windows === 'off' ? null : (document.order ?? null);
  const { part } = options;
  const { further, lists } = chooseMetrics(settings.metrics);
  const executor = inlineExecutor(program, setup);
  const task = { part, recency, mixes: [mix], orders: [order], further };
  const [perUser] = (await executor.evaluate(task)) as [PerUser];
  const ofLists = await measureLists(executor, setup, { part, recency, mix, order }, lists);
  const summary = { ...summarize(perUser), ...ofLists };
  const usedMix = program.hasPersonalParts ? mix : null;
  return { run, part, recency, mix: usedMix, order, summary, chosen: settings.metrics };
}

function evaluationJson(measurement: Measurement): object {
  const { run, part, recency, mix, order, summary, chosen } = measurement;
  const { recipe, digest, settings } = run.document;
  const dataset = factsOf(measurement);
  const baselines = baselinesOf(run.split, part, chosen);
  return {
    event: 'evaluation',
    ...{ recipe, dataset, protocol: settings.protocol, seed: settings.seed, part, recency, mix, order },
    [part]: metricsOnly(summary),
    [`${part}StandardErrors`]: metricsOnly(summary.standardErrors),
    ...baselines,
    warnings: dataWarnings(dataset, baselines.guessing),
    digest,
  };
}

function evaluationText(model: string, measurement: Measurement): string[] {
  const { run, part, recency, mix, order, summary, chosen } = measurement;
  const { shown } = chooseMetrics(chosen);
  const { recipe, settings } = run.document;
  const personal = mix === null ? '' : `, personal weight ${mix}`;
  const next = order === null ? '' : `, windows with weight ${order.weight} and span ${order.span}`;
  const facts = factsOf(measurement);
  const baselines = baselinesOf(run.split, part, chosen);
  return [
    ...labelledLines([
      ['Model', `${model}: ${recipe}, seed ${settings.seed}, trained on ${run.split.name}`],
      ...(facts.columns ? [['Columns', columnsText(facts.columns)] as const] : []),
      ['Scoring', `recency ${recency ?? 'off'}${personal}${next}`],
      ...protocolFacts(settings.protocol, facts, shown),
      ...warningFacts(dataWarnings(facts, baselines.guessing)),
    ]),
    '',
    `± standard error over users; ${protocolName(settings.protocol)}`,
    ...textTable(
      ['', ...metricTitles(shown)],
      [
        [part, ...metricCells(summary, summary.standardErrors, shareWithError, shown)],
        ...baselineRows(baselines, shown),
      ],
    ),
  ];
}

function factsOf({ run, part, summary }: Measurement): DatasetFacts {
  const { name, train, ordered } = run.split;
  const saved = (run.document as { summary?: { dataset?: DatasetFacts } }).summary?.dataset;
  return {
    name,
    users: train.users,
    items: train.items,
    interactions: train.itemOf.length + 2 * summary.users, // a test and a validation item each
    evaluatedUsers: summary.users,
    candidates: candidateCounts(run.split, part),
    split: ordered ? 'latest' : 'random',
    columns: saved?.columns ?? null,
    minRating: saved?.minRating ?? null,
  };
}

function checkedSettings(saved: Settings, { recency, mix, metrics }: EvaluateOptions): Settings {
  const wanted = { ...saved };
  if (recency !== undefined) wanted.recency = recency === 'off' ? null : recency;
  if (mix !== undefined) wanted.mix = mix;
  if (metrics !== undefined) wanted.metrics = metrics;
  try {
    return completeSettings(wanted);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(error.message.replace(/^settings: /, '--'));
  }
}
