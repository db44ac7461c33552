// `fedtlrec compare`: several recipes on the same data, the same split and the same seeds; one table, or one JSON
// document.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { Settings } from '../federated/settings.ts';
import type { OutputFolder } from '../node/output-folder.ts';
import { packageVersion } from '../node/package-version.ts';
import { writeDocument } from '../node/saved-run.ts';
import { openBackend } from './backend.ts';
import { expectCompanions } from './companions.ts';
import { type Comparison, compareRuns } from './comparison.ts';
import { comparisonText } from './comparison-text.ts';
import { loadDataset } from './dataset.ts';
import { watchInterrupt } from './interrupt.ts';
import { type MeasuredRun, measureRun, type RunTask } from './measured-run.ts';
import {
  addRunOptions,
  type CommandOptions,
  commandOptionsOf,
  expectFits,
  inputsOf,
  settingsFor,
} from './options.ts';
import { expectOutputs, type Outputs, openOutputs, writtenFolder, writtenReport } from './outputs.ts';
import type { Printing } from './printing.ts';
import { expectQueueable } from './queueable.ts';
import { type PlannedRuns, runQueued } from './queued-compare.ts';
import { readCount, readName } from './read-value.ts';
import { chooseRecipes, type RecipeChoice, recipeNames } from './recipe-choice.ts';
import { comparisonReport, REPORT_TRACE_BYTES, reportIn } from './report.ts';
import { seedFolder } from './seed-folder.ts';
import { UsageError } from './usage-error.ts';

const examples = `
Examples:
  fedtlrec compare                                          the embedded data; what npm start shows
  fedtlrec compare --data u.data --recipes fedtlrec,fedmf   two recipes on MovieLens-100K
  fedtlrec compare --data u.data --seeds 1,2,3              means over three seeds
  fedtlrec compare --data u.data --seeds 1..10 --queue nats://localhost:4222   on many machines; see docs/many-machines.md
  fedtlrec compare --recipes fedtlrec,./my-recipe.ts        against a recipe of your own
  fedtlrec compare --data u.data --json > comparison.json   one JSON document`;

/** Seeds in one range. */
const MOST_SEEDS = 1000;

interface CompareOptions extends CommandOptions {
  readonly recipes: string;
  readonly seeds: readonly number[] | undefined;
  readonly reference: string | undefined;
}

export function addCompareCommand(program: Command, printing: Printing): void {
  const command = program
    .command('compare')
    .description('train several recipes on the same data and put them side by side')
    .option(
      '--recipes <NAMES>',
      `some of ${recipeNames()}; or paths of modules that export one`,
      'fedtlrec,without-attention,fedmf,popularity',
    )
    .addOption(
      new Option(
        '--seeds <LIST>',
        'several seeds, such as 1,2,3 or 1..10: reports means over them',
      ).argParser(readSeeds),
    )
    .option('--reference <NAME>', 'the recipe that differences are taken to (default: the first)');
  addRunOptions(command)
    .addHelpText('after', examples)
    .action((given: Record<string, unknown>) =>
      runCompare(
        {
          ...commandOptionsOf(given),
          recipes: String(given.recipes),
          seeds: given.seeds as number[] | undefined,
          reference: given.reference as string | undefined,
        },
        printing,
      ),
    );
}

async function runCompare(options: CompareOptions, printing: Printing): Promise<void> {
  if (options.seeds && options.settings.seed !== undefined) {
    throw new UsageError('--seed and --seeds cannot both be given');
  }
  const choices = await chooseRecipes(options.recipes);
  if (options.queue !== undefined) {
    if (options.workers > 0)
      throw new UsageError('--workers and --queue cannot both be given; workers have --threads');
    expectQueueable(options, choices);
  }
  const names = choices.map(({ recipe }) => recipe.name);
  const reference = readName('--reference', options.reference ?? names[0]!, names);
  const plan = choices.map((choice) => ({ choice, settings: settingsOfSeeds(choice, options) }));
  expectCompanions(options.settings);
  const { out, report } = options;
  const wanted = { out, report, inputs: inputsOf(options, choices) };
  await expectOutputs(wanted);
  const dataset = await loadDataset(options.data, options.reading, plan[0]!.settings[0]!.metrics);
  for (const { settings } of plan) expectFits(settings[0]!, dataset.split);
  const { users, items } = dataset.split.train;
  const backend = await openBackend(options.backend, users, items);
  const interrupt = watchInterrupt();
  try {
    const outputs = await openOutputs(wanted);
    try {
      const shared = { dataset, options, backend, interrupt, outputs, printing };
      const runsOf =
        options.queue !== undefined
          ? await runQueued(options.queue, shared, plan)
          : await runAll(shared, plan);
      await writeAndPrint(shared, runsOf, reference);
    } finally {
      await outputs.discard();
    }
  } finally {
    interrupt.stop();
    backend.close();
  }
}

/** Trains all recipes here, one after the other. */
async function runAll(
  shared: Omit<RunTask, 'choice' | 'settings' | 'folder'>,
  plan: readonly PlannedRuns[],
): Promise<Map<string, MeasuredRun[]>> {
  const runsOf = new Map<string, MeasuredRun[]>();
  for (const { choice, settings } of plan) {
    runsOf.set(choice.recipe.name, await runSeeds({ ...shared, choice }, settings));
  }
  return runsOf;
}

/** Writes what was asked for as far as the system lets it, and prints the table in any case. */
async function writeAndPrint(
  { dataset, options, outputs, printing }: Omit<RunTask, 'choice' | 'settings' | 'folder'>,
  runsOf: ReadonlyMap<string, readonly MeasuredRun[]>,
  reference: string,
): Promise<void> {
  const comparison = compareRuns(runsOf, reference);
  await writeOutputs(outputs, comparison, () => comparisonReport(comparison, runsOf, dataset));
  if (options.json) printing.json(comparison);
  else {
    const example = runsOf.get(reference)![0]!;
    const [folder, page] = [writtenFolder(outputs), writtenReport(outputs)];
    printing.lines(comparisonText(comparison, dataset, example, folder, page));
  }
  outputs.expectAllWritten();
}

async function writeOutputs(
  outputs: Outputs,
  comparison: Comparison,
  makePage: () => Promise<string>,
): Promise<void> {
  const { folder, report } = outputs;
  const page = folder || report ? await makePage() : '';
  if (report) await outputs.attempt(`--report ${report.path}`, () => report.write(page));
  if (!folder) return;
  await outputs.attempt(`the output folder ${folder.path}`, async () => {
    await writeFile(reportIn(folder.temporary), page, { flush: true });
    await publish(folder, comparison);
  });
}

async function runSeeds(
  shared: Omit<RunTask, 'settings' | 'folder'>,
  settingsPerSeed: readonly Settings[],
): Promise<MeasuredRun[]> {
  const { isAny } = shared.outputs;
  const runs: MeasuredRun[] = [];
  for (const settings of settingsPerSeed) {
    const seedPlace = await seedFolder(shared.outputs, shared.choice, settings, settingsPerSeed.length);
    const traceBytes = runs.length === 0 && isAny ? REPORT_TRACE_BYTES : undefined;
    runs.push(await measureRun({ ...shared, settings, folder: seedPlace, traceBytes }));
    await shared.interrupt.check();
  }
  return runs;
}

/** The settings of a recipe, once for each seed. */
function settingsOfSeeds({ recipe }: RecipeChoice, options: CompareOptions): Settings[] {
  const seeds: readonly (number | undefined)[] = options.seeds ?? [undefined];
  return seeds.map((seed) => settingsFor(recipe, options, seed));
}

async function publish(folder: OutputFolder, comparison: Comparison): Promise<void> {
  await writeDocument(join(folder.temporary, 'run.json'), { fedtlrec: packageVersion(), ...comparison });
  await folder.publish();
}

function readSeeds(text: string): number[] {
  const seeds = text.split(',').flatMap((part) => readRange(part.trim()));
  const repeated = seeds.find((seed, place) => seeds.indexOf(seed) !== place);
  if (repeated !== undefined) throw new UsageError(`--seeds must name each seed once, got ${repeated} twice`);
  return seeds;
}

/** One seed, or `1..10`. */
function readRange(text: string): number[] {
  const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
  if (first === undefined) return [readCount('--seeds', text, 0)];
  const from = readCount('--seeds', first, 0);
  const count = readCount('--seeds', last!, from, from + MOST_SEEDS - 1) - from + 1;
  return Array.from({ length: count }, (_, place) => from + place);
}
