// `fedtlrec compare`: several recipes on the same data, the same split and the same seeds; one table, or one JSON
// document.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { Settings } from '../federated/settings.ts';
import { type OutputFolder, openOutputFolder } from '../node/output-folder.ts';
import { writeDocument } from '../node/saved-run.ts';
import { openBackend } from './backend.ts';
import { type Comparison, compareRuns } from './comparison.ts';
import { comparisonText } from './comparison-text.ts';
import { loadDataset } from './dataset.ts';
import { type InterruptWatch, watchInterrupt } from './interrupt.ts';
import { type MeasuredRun, measureRun, type RunTask } from './measured-run.ts';
import { addRunOptions, expectFits, type RunOptions, runOptionsOf, settingsFor } from './options.ts';
import { readCount, readName } from './read-value.ts';
import { chooseRecipes, type RecipeChoice } from './recipe-choice.ts';
import { REPORT_TRACE_BYTES, reportIn, writeComparisonReport } from './report.ts';
import { UsageError } from './usage-error.ts';
import { packageVersion } from './version.ts';

const examples = `
Examples:
  fedtlrec compare                                          the embedded data; what npm start shows
  fedtlrec compare --data u.data --recipes fedtlrec,fedmf   two recipes on MovieLens-100K
  fedtlrec compare --data u.data --seeds 1,2,3              means over three seeds
  fedtlrec compare --recipes fedtlrec,./my-recipe.ts        against a recipe of your own
  fedtlrec compare --data u.data --json > comparison.json   one JSON document`;

interface CompareOptions extends RunOptions {
  readonly recipes: string;
  readonly seeds: readonly number[] | undefined;
  readonly reference: string | undefined;
}

export function addCompareCommand(program: Command): void {
  const command = program
    .command('compare')
    .description('train several recipes on the same data and put them side by side')
    .option(
      '--recipes <NAMES>',
      'recipes or paths of modules, between commas',
      'fedtlrec,without-attention,fedmf,popularity',
    )
    .addOption(
      new Option('--seeds <LIST>', 'several seeds, such as 1,2,3: reports means over them').argParser(
        readSeeds,
      ),
    )
    .option('--reference <NAME>', 'the recipe that differences are taken to (default: the first)');
  addRunOptions(command)
    .addHelpText('after', examples)
    .action((given: Record<string, unknown>) =>
      runCompare({
        ...runOptionsOf(given),
        recipes: String(given.recipes),
        seeds: given.seeds as number[] | undefined,
        reference: given.reference as string | undefined,
      }),
    );
}

async function runCompare(options: CompareOptions): Promise<void> {
  if (options.seeds && options.settings.seed !== undefined) {
    throw new UsageError('--seed and --seeds cannot both be given');
  }
  const choices = await chooseRecipes(options.recipes);
  const names = choices.map(({ recipe }) => recipe.name);
  const reference = readName('--reference', options.reference ?? names[0]!, names);
  const plan = choices.map((choice) => ({ choice, settings: settingsOfSeeds(choice, options) }));
  const dataset = await loadDataset(options.data, options.reading);
  for (const { settings } of plan) expectFits(settings[0]!, dataset.split);
  const folder = options.out === undefined ? null : await openOutputFolder(options.out);
  const { users, items } = dataset.split.train;
  const backend = await openBackend(options.backend, users, items);
  const interrupt = watchInterrupt();
  try {
    const runsOf = new Map<string, MeasuredRun[]>();
    for (const { choice, settings } of plan) {
      const shared = { choice, dataset, options, backend, interrupt };
      runsOf.set(choice.recipe.name, await runSeeds(shared, settings, folder));
    }
    const comparison = compareRuns(runsOf, reference);
    const reports = [folder ? reportIn(folder.temporary) : [], options.report ?? []].flat();
    await writeComparisonReport(reports, comparison, runsOf, dataset);
    if (folder) await publish(folder, comparison);
    const page = options.report ?? (folder ? reportIn(folder.path) : undefined);
    const example = runsOf.get(reference)![0]!;
    if (options.json) console.log(JSON.stringify(comparison));
    else console.log(comparisonText(comparison, dataset, example, folder?.path, page).join('\n'));
  } finally {
    interrupt.stop();
    backend.close();
    await folder?.discard();
  }
}

async function runSeeds(
  shared: Omit<RunTask, 'settings' | 'folder'> & { interrupt: InterruptWatch },
  settingsPerSeed: readonly Settings[],
  folder: OutputFolder | null,
): Promise<MeasuredRun[]> {
  const runs: MeasuredRun[] = [];
  for (const settings of settingsPerSeed) {
    const place = folder && join(folder.temporary, shared.choice.recipe.name);
    const seedPlace = place && settingsPerSeed.length > 1 ? join(place, `seed-${settings.seed}`) : place;
    if (seedPlace) await mkdir(seedPlace, { recursive: true });
    const isShown = runs.length === 0 && (folder !== null || shared.options.report !== undefined);
    const traceBytes = isShown ? REPORT_TRACE_BYTES : undefined;
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
  const seeds = text.split(',').map((part) => readCount('--seeds', part.trim(), 0));
  const repeated = seeds.find((seed, place) => seeds.indexOf(seed) !== place);
  if (repeated !== undefined) throw new UsageError(`--seeds must name each seed once, got ${repeated} twice`);
  return seeds;
}
