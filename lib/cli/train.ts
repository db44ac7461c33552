// `fedtlrec train`: one recipe, one seed.
import type { Command } from 'commander';
import { type OutputFolder, openOutputFolder } from '../node/output-folder.ts';
import { openBackend } from './backend.ts';
import { readRequest, resumeCheckpoints, startCheckpoints, type TrainRequest } from './checkpoints.ts';
import { curveOf, plotCurves } from './curve-plot.ts';
import { type Dataset, dataFacts, loadDataset } from './dataset.ts';
import { secondsText } from './figures.ts';
import { watchInterrupt } from './interrupt.ts';
import { type MeasuredRun, measureRun } from './measured-run.ts';
import { addRunOptions, expectFits, type RunOptions, runOptionsOf, settingsFor } from './options.ts';
import { readCount } from './read-value.ts';
import { chooseRecipe } from './recipe-choice.ts';
import { REPORT_TRACE_BYTES, reportIn, writeTrainReport } from './report.ts';
import {
  metricCells,
  metricTitles,
  privacyText,
  protocolFacts,
  protocolName,
  settingsLine,
  trafficClause,
} from './run-text.ts';
import { labelledLines, textTable } from './table.ts';
import { expectTraceFile, writeTrace } from './tracing.ts';
import { UsageError } from './usage-error.ts';

const examples = `
Examples:
  fedtlrec train                                            FedTLRec on the embedded synthetic data
  fedtlrec train --data u.data --out runs/first             MovieLens-100K; keep the model
  fedtlrec train --data ratings.csv --recipe fedmf --json   one JSON object a line
  fedtlrec train --data u.data --dropout 0.5 --seed 2       half of the clients are absent in each round
  fedtlrec train --recipe colr-secure-sum --epsilon 50      clipped, noisy updates; see docs/privacy.md
  fedtlrec train --trace run.trace                          record the run round by round; see docs/trace.md
  fedtlrec train --recipe ./my-recipe.ts                    a recipe of your own`;

export function addTrainCommand(program: Command): void {
  const command = program
    .command('train')
    .description('train one recipe and measure it')
    .option('--recipe <NAME>', 'a recipe, or the path of a module that exports one', 'fedtlrec');
  addRunOptions(command)
    .option('--checkpoint-every <N>', 'with --out: rounds between two checkpoints (default: 10)', (text) =>
      readCount('--checkpoint-every', text, 1, 1_000_000),
    )
    .option('--trace <FILE>', 'record the run for the viewer, or for Python; see docs/trace.md')
    .option(
      '--resume <DIR>',
      'continue the unfinished run of --out DIR; only --workers and --json may be added',
    )
    .addHelpText('after', examples)
    .action(async (given: Record<string, unknown>) => {
      const { resume, ...others } = given;
      if (resume !== undefined) return runTrain(await resumedTask(String(resume), others));
      const options = runOptionsOf(others);
      const recipe = String(others.recipe);
      const traceFile = others.trace as string | undefined;
      const checkpointEvery = Number(others.checkpointEvery ?? 10);
      return runTrain({ recipe, options, checkpointEvery, traceFile });
    });
}

/** The arrays of a trace file may take this many bytes. */
const TRACE_BYTES = 16e6;

interface TrainTask {
  readonly recipe: string;
  readonly options: RunOptions;
  readonly checkpointEvery: number;
  /** Where to write the recorded run, if anywhere. */
  readonly traceFile?: string;
  /** What an unfinished run was asked to do, if this continues one. */
  readonly resumed?: TrainRequest;
}

/** The task of an unfinished run, with the given machine and output options. */
async function resumedTask(path: string, given: Record<string, unknown>): Promise<TrainTask> {
  const allowed = ['workers', 'json', 'recipe']; // the recipe always has its default here
  const other = Object.keys(given).find((name) => given[name] !== undefined && !allowed.includes(name));
  if (other !== undefined || given.recipe !== 'fedtlrec') {
    throw new UsageError(
      '--resume takes everything from the unfinished run; only --workers and --json may be added',
    );
  }
  const resumed = await readRequest(path);
  const { data, reading, settings, backend, checkpointEvery } = resumed;
  const options = { ...runOptionsOf(given), data, reading, settings, backend, out: path };
  return { recipe: resumed.recipe, options, checkpointEvery, resumed };
}

async function runTrain({ recipe, options, checkpointEvery, traceFile, resumed }: TrainTask): Promise<void> {
  const choice = await chooseRecipe(recipe);
  const settings = settingsFor(choice.recipe, options);
  const dataset = await loadDataset(options.data, options.reading);
  expectFits(settings, dataset.split);
  if (traceFile !== undefined) await expectTraceFile(traceFile);
  const folder = options.out === undefined ? null : await openOutputFolder(options.out);
  const { users, items } = dataset.split.train;
  const backend = await openBackend(options.backend, users, items);
  const interrupt = watchInterrupt();
  const print = (value: object) => console.log(JSON.stringify(value));
  try {
    const { data, reading } = options;
    const request = resumed ?? { data, reading, recipe, settings, backend: backend.name, checkpointEvery };
    const open = resumed ? resumeCheckpoints : startCheckpoints;
    const checkpoints = folder ? await open(folder.path, request, dataset.split, interrupt) : undefined;
    const onRow = options.json ? print : undefined;
    const temporary = folder?.temporary ?? null;
    const run = await measureRun({
      ...{ choice, dataset, settings, options, backend, interrupt, checkpoints },
      folder: temporary,
      onRow,
      traceBytes: traceBytesOf(traceFile, options),
    });
    if (traceFile !== undefined) await writeTrace(traceFile, run.trace!);
    const reports = [temporary ? reportIn(temporary) : [], options.report ?? []].flat();
    await writeTrainReport(reports, run, dataset);
    if (temporary) await checkpoints?.moveInto(temporary);
    await folder?.publish();
    if (options.json) print(run.summary);
    else console.log(trainText(run, dataset, folder, options.report).join('\n'));
  } finally {
    interrupt.stop();
    backend.close();
    await folder?.discard();
  }
}

/** How much of the run is recorded; not at all where nobody will look at it. */
function traceBytesOf(traceFile: string | undefined, { out, report }: RunOptions): number | undefined {
  if (traceFile !== undefined) return TRACE_BYTES;
  return out === undefined && report === undefined ? undefined : REPORT_TRACE_BYTES;
}

function trainText(
  run: MeasuredRun,
  dataset: Dataset,
  folder: OutputFolder | null,
  report: string | undefined,
): string[] {
  const { summary, settings } = run;
  const { validation, test, protocol } = summary;
  const facts: [string, string][] = [
    ...dataFacts(dataset),
    ['Recipe', `${summary.recipe}, seed ${summary.seed}`],
    ['Settings', settingsLine(settings, summary.backend, run.isRefitted)],
    ...protocolFacts(protocol, dataset.facts),
  ];
  const when = summary.rounds > 0 ? `round ${summary.bestRound} of ${summary.rounds}` : 'no rounds';
  return [
    ...labelledLines(facts),
    '',
    `Result at the best round (${when}), ± standard error over users; ${protocolName(protocol)}`,
    ...textTable(
      ['', ...metricTitles()],
      [
        ['validation', ...metricCells(validation, summary.validationStandardErrors)],
        ['test', ...metricCells(test, summary.testStandardErrors)],
      ],
    ),
    '',
    ...plotCurves([{ label: summary.recipe, points: curveOf(run.rows) }]),
    ...(summary.rounds > 0 ? [''] : []),
    ...labelledLines(costFacts(run, folder, report)),
  ];
}

function costFacts(
  { summary }: MeasuredRun,
  folder: OutputFolder | null,
  report: string | undefined,
): [string, string][] {
  const facts: [string, string][] = [];
  const { bytesUpPerClientRound: up, bytesDownPerClientRound: down, rounds } = summary;
  if (up + down > 0) facts.push(['Bytes', `in a round, one client ${trafficClause(up, down)} on average`]);
  if (summary.privacy) facts.push(['Privacy', privacyText(summary.privacy, rounds)]);
  if (summary.rejectedMessages > 0) facts.push(['Rejected', `${summary.rejectedMessages} messages`]);
  const perRound = rounds > 0 ? `, ${secondsText(summary.secondsPerRound)} a round` : '';
  facts.push([
    'Time',
    `${secondsText(summary.secondsTotal)}${perRound}, peak memory ${summary.peakRssMb.toFixed(0)} MB`,
  ]);
  facts.push(['Digest', summary.digest]);
  if (folder)
    facts.push(['Saved in', `${folder.path} (try: fedtlrec recommend --model ${folder.path} --user ID)`]);
  const page = report ?? (folder ? reportIn(folder.path) : undefined);
  if (page !== undefined) facts.push(['Report', `${page} (open it in a browser)`]);
  return facts;
}
