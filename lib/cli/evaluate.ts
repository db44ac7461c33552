// `fedtlrec evaluate`: measures a saved model again, e.g. without the recency re-fit or with another personal weight.
import { type Command, Option } from 'commander';
import { type Part, type PerUser, summarize } from '../evaluation/protocol.ts';
import { inlineExecutor } from '../federated/executor.ts';
import { completeSettings, type Settings } from '../federated/settings.ts';
import { readRun, restoreProgram } from '../node/saved-run.ts';
import type { DatasetFacts } from './dataset.ts';
import { readName, readNumber } from './options.ts';
import { chooseRecipe } from './recipe-choice.ts';
import { metricsOnly } from './round-rows.ts';
import { metricCells, metricTitles, protocolLines, protocolName } from './run-text.ts';
import { labelledLines, textTable } from './table.ts';
import { UsageError } from './usage-error.ts';

const examples = `
Examples:
  fedtlrec evaluate --model runs/first                   the test figures of a saved model
  fedtlrec evaluate --model runs/first --recency off     without the private re-fit
  fedtlrec evaluate --model runs/first --mix 0 --json    without the personal part`;

interface EvaluateOptions {
  readonly model: string;
  readonly part: Part;
  readonly recency?: number | null;
  readonly mix?: number;
  readonly json?: boolean;
}

export function addEvaluateCommand(program: Command): void {
  const numberOption = (flags: string, help: string, word?: string) =>
    new Option(flags, help).argParser((text) =>
      text === word ? null : readNumber(flags.split(' ')[0]!, text, word && ` or "${word}"`),
    );
  program
    .command('evaluate')
    .description('measure a model that train or compare has saved')
    .requiredOption('--model <DIR>', 'the folder of the model')
    .addOption(
      new Option('--part <NAME>', 'test or validation')
        .default('test')
        .argParser((text) => readName('--part', text, ['test', 'validation'])),
    )
    .addOption(
      numberOption(
        '--recency <TAU>',
        'private re-fit to the recent past, or off (default: as trained)',
        'off',
      ),
    )
    .addOption(numberOption('--mix <BETA>', 'weight of the personal part (default: the best on validation)'))
    .option('--json', 'JSON on stdout instead of text')
    .addHelpText('after', examples)
    .action((options: EvaluateOptions) => runEvaluate(options));
}

async function runEvaluate(options: EvaluateOptions): Promise<void> {
  const run = await readRun(options.model);
  const { document, split } = run;
  const settings = checkedSettings(document.settings, options);
  const { recipe } = await chooseRecipe(document.recipeModule ?? document.recipe);
  const { program, setup } = restoreProgram(options.model, run, recipe);
  const mix = options.mix ?? document.mix;
  const task = { part: options.part, recency: settings.recency, mixes: [mix] };
  const [perUser] = (await inlineExecutor(program, setup).evaluate(task)) as [PerUser];
  const summary = summarize(perUser);
  const facts: DatasetFacts = {
    name: split.name,
    users: split.train.users,
    items: split.train.items,
    interactions: split.train.itemOf.length + 2 * summary.users,
    evaluatedUsers: summary.users,
    split: split.ordered ? 'latest' : 'random',
  };
  const { protocol } = settings;
  const figures = metricsOnly(summary);
  const standardErrors = metricsOnly(summary.standardErrors);
  if (options.json) {
    const { recipe: name, digest } = document;
    const what = {
      recipe: name,
      dataset: facts,
      protocol,
      part: options.part,
      recency: settings.recency,
      mix,
    };
    console.log(JSON.stringify({ event: 'evaluation', ...what, figures, standardErrors, digest }));
    return;
  }
  const personal = program.hasPersonalParts ? `, personal weight ${mix}` : '';
  const lines = [
    ...labelledLines([
      ['Model', `${options.model}: ${document.recipe}, seed ${settings.seed}, trained on ${facts.name}`],
      ['Scoring', `recency ${program.canRefit ? (settings.recency ?? 'off') : 'off'}${personal}`],
      ...protocolLines(protocol, facts).map((line, index): [string, string] => [
        index === 0 ? 'Protocol' : '',
        line,
      ]),
    ]),
    '',
    `± standard error over users; ${protocolName(protocol)}`,
    ...textTable(['', ...metricTitles], [[options.part, ...metricCells(figures, standardErrors)]]),
  ];
  console.log(lines.join('\n'));
}

function checkedSettings(settings: Settings, { recency, mix }: EvaluateOptions): Settings {
  try {
    return completeSettings({
      ...settings,
      ...(recency === undefined ? {} : { recency }),
      ...(mix === undefined ? {} : { mix }),
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(error.message.replace(/^settings: /, '--'));
  }
}
