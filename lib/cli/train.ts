// `fedtlrec train`: one recipe, one seed.

import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Settings } from '../federated/settings.ts';
import { encodeTrace } from '../trace/trace-file.ts';
import { openBackend } from './backend.ts';
import {
  type Checkpoints,
  readRequest,
  resumeCheckpoints,
  startCheckpoints,
  type TrainRequest,
} from './checkpoints.ts';
import { expectCompanions } from './companions.ts';
import { resolvedData } from './data-place.ts';
import { type Dataset, loadDataset } from './dataset.ts';
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
import { expectOutputs, type Outputs, openOutputs } from './outputs.ts';
import type { Printing } from './printing.ts';
import { expectQueueable } from './queueable.ts';
import { readCount } from './read-value.ts';
import { chooseRecipe, recipeNames } from './recipe-choice.ts';
import { REPORT_TRACE_BYTES, reportIn, trainReport } from './report.ts';
import { trainText } from './train-text.ts';
import { UsageError } from './usage-error.ts';

const examples = `
Examples:
  fedtlrec train                                            FedTLRec on the embedded synthetic data
  fedtlrec train --data u.data --out runs/first             MovieLens-100K; keep the model
  fedtlrec train --data ratings.csv --recipe fedmf --json   one JSON object a line
  fedtlrec train --data u.data --dropout 0.5 --seed 2       half of the clients are absent in each round
  fedtlrec train --recipe colr-secure-sum --epsilon 50      clipped, noisy updates; see docs/privacy.md
  fedtlrec train --trace run.trace                          record the run round by round; see docs/trace.md
  fedtlrec train --data u.data --queue nats://localhost:4222   on many machines; see docs/many-machines.md
  fedtlrec train --recipe ./my-recipe.ts                    a recipe of your own`;

export function addTrainCommand(program: Command, printing: Printing): void {
  const command = program
    .command('train')
    .description('train one recipe and measure it')
    .option(
      '--recipe <NAME>',
      `one of ${recipeNames()}; or the path of a module that exports one`,
      'fedtlrec',
    );
  addRunOptions(command)
    .option('--checkpoint-every <N>', 'with --out: rounds between two checkpoints (default: 10)', (text) =>
      readCount('--checkpoint-every', text, 1, 1_000_000),
    )
    .option('--trace <FILE>', 'record the run for the viewer, or for Python; see docs/trace.md')
    .option(
      '--resume <DIR>',
      'continue the unfinished run of --out DIR; --rounds, --report, --trace, --workers, --queue and --json may be added',
    )
    .addHelpText('after', examples)
    .action(async (given: Record<string, unknown>) => {
      const { resume, ...others } = given;
      if (resume !== undefined) return runTrain(await resumedTask(String(resume), others), printing);
      const options = commandOptionsOf(others);
      const recipe = String(others.recipe);
      const traceFile = others.trace as string | undefined;
      if (others.checkpointEvery !== undefined && options.out === undefined)
        throw new UsageError('--checkpoint-every needs --out DIR, where checkpoints are kept');
      const checkpointEvery = Number(others.checkpointEvery ?? 10);
      return runTrain({ recipe, options, checkpointEvery, traceFile }, printing);
    });
}

/** The arrays of a trace file may take this many bytes. */
const TRACE_BYTES = 16e6;

interface TrainTask {
  readonly recipe: string;
  readonly options: CommandOptions;
  readonly checkpointEvery: number;
  /** Where to write the recorded run, if anywhere. */
  readonly traceFile?: string;
  /** What an unfinished run was asked to do, if this continues one. */
  readonly resumed?: TrainRequest;
}

const allowedWithResume = ['workers', 'queue', 'json', 'rounds', 'report', 'trace'];

/** The task of an unfinished run, with the given machine and output options and perhaps more rounds. */
async function resumedTask(path: string, given: Record<string, unknown>): Promise<TrainTask> {
  const { recipe: askedRecipe, ...others } = given; // the recipe always has its default here
  const other = Object.keys(others).find(
    (name) => given[name] !== undefined && !allowedWithResume.includes(name),
  );
  if (other !== undefined || askedRecipe !== 'fedtlrec') {
    throw new UsageError(
      '--resume takes everything from the unfinished run; only --rounds, --report, --trace, --workers, --queue and --json may be added',
    );
  }
  const saved = await readRequest(path);
  const asked = commandOptionsOf(given);
  const settings = withMoreRounds(saved.settings, asked.settings.rounds);
  const resumed = { ...saved, settings };
  const { data, reading, recipe, backend, checkpointEvery } = resumed;
  const options = { ...asked, data, reading, settings, backend, out: path };
  return { recipe, options, checkpointEvery, resumed, traceFile: given.trace as string | undefined };
}

function withMoreRounds(settings: Settings, rounds = settings.rounds): Settings {
  if (settings.epsilon !== null && rounds !== settings.rounds) {
    throw new UsageError(
      `--rounds cannot be changed with --resume where there is an ε: the noise was made for ${settings.rounds} rounds`,
    );
  }
  return { ...settings, rounds };
}

async function runTrain(task: TrainTask, printing: Printing): Promise<void> {
  const { options, traceFile, resumed } = task;
  const choice = await chooseRecipe(task.recipe);
  if (options.queue !== undefined) expectQueueable(options, [choice]);
  const settings = settingsFor(choice.recipe, options);
  if (!resumed) expectCompanions(options.settings);
  const { out, report } = options;
  const wanted = { out, report, trace: traceFile, inputs: inputsOf(options, [choice]) };
  await expectOutputs(wanted);
  const dataset = await loadDataset(options.data, options.reading, settings.metrics);
  expectFits(settings, dataset.split);
  const { users, items } = dataset.split.train;
  const backend = await openBackend(options.backend, users, items);
  const interrupt = watchInterrupt();
  try {
    const outputs = await openOutputs(wanted);
    try {
      const { checkpointEvery } = task;
      const request = resumed ?? {
        ...{ data: resolvedData(options.data), reading: options.reading },
        ...{ recipe: choice.module ?? task.recipe, settings, backend: backend.name, checkpointEvery },
      };
      const shared = { choice, dataset, settings, options, backend, interrupt, outputs, printing };
      await trainAndWrite(shared, task, request);
    } finally {
      await outputs.discard();
    }
  } finally {
    interrupt.stop();
    backend.close();
  }
}

/** Trains, writes what was asked for as far as the system lets it, and prints the results in any case. */
async function trainAndWrite(
  shared: Omit<RunTask, 'folder'>,
  { traceFile, resumed }: TrainTask,
  request: TrainRequest,
): Promise<void> {
  const { dataset, options, outputs, printing, interrupt } = shared;
  const { folder } = outputs;
  const open = resumed ? resumeCheckpoints : startCheckpoints;
  const checkpoints = folder ? await open(folder.path, request, dataset.split, interrupt) : undefined;
  try {
    const run = await measureRun({
      ...{ ...shared, checkpoints, folder: folder?.temporary ?? null },
      onRow: options.json ? printing.json : undefined,
      traceBytes: traceBytesOf(traceFile, options),
    });
    await writeOutputs(outputs, run, dataset, checkpoints);
    if (options.json) printing.json(run.summary);
    else printing.lines(trainText(run, dataset, outputs));
  } finally {
    await checkpoints?.discard();
  }
  outputs.expectAllWritten();
}

async function writeOutputs(
  outputs: Outputs,
  run: MeasuredRun,
  dataset: Dataset,
  checkpoints: Checkpoints | undefined,
): Promise<void> {
  const { folder, report, trace } = outputs;
  if (trace) await outputs.attempt(`--trace ${trace.path}`, () => trace.write(encodeTrace(run.trace!)));
  const page = folder || report ? await trainReport(run, dataset) : '';
  if (report) await outputs.attempt(`--report ${report.path}`, () => report.write(page));
  if (!folder) return;
  await outputs.attempt(`the output folder ${folder.path}`, async () => {
    await writeFile(reportIn(folder.temporary), page, { flush: true });
    await folder.publish();
    await checkpoints?.moveInto(folder.place.path);
  });
}

/** How much of the run is recorded; not at all where nobody will look at it. */
function traceBytesOf(traceFile: string | undefined, { out, report }: CommandOptions): number | undefined {
  if (traceFile !== undefined) return TRACE_BYTES;
  return out === undefined && report === undefined ? undefined : REPORT_TRACE_BYTES;
}
