// One run as the command line does it: trained, timed, and summed up in the words of the JSON contract.

import { type Metrics, metricsOnly } from '../evaluation/metrics.ts';
import type { PerUser } from '../evaluation/protocol.ts';
import type { Protocol, Settings } from '../federated/settings.ts';
import type { Order } from '../federated/windows/what-comes-next.ts';
import { packageVersion } from '../node/package-version.ts';
import { saveRun } from '../node/saved-run.ts';
import { type PrivacySpent, privacySpent } from '../privacy/defence.ts';
import type { Trace } from '../trace/trace.ts';
import { allParts } from '../training/parts.ts';
import type { RunResult } from '../training/run-result.ts';
import { train } from '../training/train.ts';
import type { OpenBackend } from './backend.ts';
import type { Checkpoints } from './checkpoints.ts';
import { showChunks } from './chunk-progress.ts';
import type { Dataset, DatasetFacts } from './dataset.ts';
import { makeExecutor } from './executor.ts';
import type { InterruptWatch } from './interrupt.ts';
import type { CommandOptions } from './options.ts';
import type { Outputs } from './outputs.ts';
import type { Printing } from './printing.ts';
import { startProgress } from './progress.ts';
import { expectRounds } from './queueable.ts';
import type { RecipeChoice } from './recipe-choice.ts';
import { type RoundRow, RoundRows } from './round-rows.ts';
import { startTracing } from './tracing.ts';
import { NobodyReads } from './usage-error.ts';
import { dataWarnings, participationWarnings } from './warnings.ts';

/** The last line of `train --json`. */
export interface RunSummary {
  readonly event: 'summary';
  readonly recipe: string;
  readonly dataset: DatasetFacts;
  readonly protocol: Protocol;
  readonly seed: number;
  /** Rounds that were run; 0 for a recipe without rounds. */
  readonly rounds: number;
  /** The round with the best validation NDCG@10; the model of that round is what was tested and is saved. */
  readonly bestRound: number;
  /** Weight β of the personal part, chosen on validation. */
  readonly mix: number;
  /** Weight and span of what tends to come next, chosen on validation; null without windows. */
  readonly order: Order | null;
  readonly test: Metrics;
  /** Standard errors over users. */
  readonly testStandardErrors: Metrics;
  readonly validation: Metrics;
  readonly validationStandardErrors: Metrics;
  /** What guessing and popularity get on the test. */
  readonly guessing: Metrics;
  readonly popularity: Metrics;
  /** What makes these figures say less than they seem to. */
  readonly warnings: readonly string[];
  readonly bytesUpPerClientRound: number;
  readonly bytesDownPerClientRound: number;
  /** Bytes of the nearness table, which a client receives once. */
  readonly bytesOncePerClient: number;
  readonly rejectedMessages: number;
  /** The ε that a client has spent at most, and how; null if no noise was added or nothing was sent. */
  readonly privacy: PrivacySpent | null;
  readonly secondsPerRound: number;
  readonly secondsTotal: number;
  /** Largest resident memory of this process so far. */
  readonly peakRssMb: number;
  readonly backend: string;
  readonly workers: number;
  readonly digest: string;
}

/** What remains of a run when its model is saved or forgotten. */
export interface MeasuredRun {
  readonly summary: RunSummary;
  readonly settings: Settings;
  readonly rows: readonly RoundRow[];
  readonly testPerUser: PerUser;
  /** Whether the recency re-fit was asked for and possible. */
  readonly isRefitted: boolean;
  /** The recorded run, if it was to be recorded. */
  readonly trace: Trace | null;
}

/** A run of a command, which prints and writes more than the run. */
export interface RunTask extends MeasureTask {
  readonly options: CommandOptions;
  readonly interrupt: InterruptWatch;
  readonly outputs: Outputs;
  readonly printing: Printing;
}

export interface MeasureTask {
  readonly choice: RecipeChoice;
  readonly dataset: Dataset;
  readonly settings: Settings;
  readonly options: Pick<CommandOptions, 'workers' | 'queue' | 'out'>;
  /** What the run computes with; opened and closed by whoever asks for the run. */
  readonly backend: OpenBackend;
  readonly interrupt: Pick<InterruptWatch, 'check' | 'signal'>;
  readonly outputs: Pick<Outputs, 'attempt' | 'isAny'>;
  readonly printing: Pick<Printing, 'hasEnded'>;
  /** An existing folder to save the run in, or null. */
  readonly folder: string | null;
  /** Where to continue and what to keep on the way. Default: nothing. */
  readonly checkpoints?: Checkpoints;
  readonly onRow?: (row: RoundRow) => void;
  /** Records the run; the trace's arrays may take this many bytes. */
  readonly traceBytes?: number;
}

/** Trains one recipe with a progress bar, measures it, and saves it if there is a folder. */
export async function measureRun(task: MeasureTask): Promise<MeasuredRun> {
  const { choice, dataset, settings, options } = task;
  const progress = startProgress(choice.recipe.name, settings.rounds);
  const rows = new RoundRows((row) => {
    progress.show(row);
    task.onRow?.(row);
  });
  const tracing =
    task.traceBytes === undefined ? null : startTracing(choice.recipe.name, dataset, task.traceBytes);
  try {
    const result = await train(choice.recipe, dataset.split, {
      settings,
      loops: task.backend.loops,
      device: task.backend.device,
      parts: allParts,
      ...(await makeExecutor(options, {
        ...showChunks(progress, settings.rounds),
        signal: task.checkpoints ? undefined : task.interrupt.signal, // with checkpoints the round is finished first
      })),
      resume: task.checkpoints?.resume,
      afterRound: task.checkpoints?.afterRound,
      watch: tracing?.watch,
      onOpen: (run) => {
        if (options.queue !== undefined) expectRounds(run);
        rows.leaveOut(() => tracing?.onOpen?.(run));
      },
      onEvent: async (event) => {
        rows.add(event);
        rows.leaveOut(() => tracing?.add(event));
        if (event.type !== 'round-started') return;
        if (task.printing.hasEnded && !task.outputs.isAny) throw new NobodyReads();
        // Where checkpoints are kept, the end of a round looks for Ctrl-C, so that what was trained is saved.
        if (!task.checkpoints) await task.interrupt.check();
      },
    });
    rows.end();
    const summary = summaryOf(result, rows, dataset, {
      backend: task.backend.name,
      workers: options.workers,
    });
    const { folder, outputs } = task;
    if (folder !== null) {
      await outputs.attempt(`the output folder ${options.out}`, () =>
        save(folder, task, result, rows.rows, summary),
      );
    }
    const { testPerUser } = result;
    const isRefitted = settings.recency !== null && result.program.canRefit;
    const trace = tracing?.finish() ?? null;
    return { summary, settings, rows: rows.rows, testPerUser, isRefitted, trace };
  } finally {
    progress.stop();
  }
}

function summaryOf(
  result: RunResult,
  { rows, seconds }: RoundRows,
  dataset: Dataset,
  machine: Pick<RunSummary, 'backend' | 'workers'>,
): RunSummary {
  const rounds = rows.at(-1)?.round ?? 0;
  const isAnythingSent = result.bytesUpPerClientRound > 0;
  return {
    event: 'summary',
    recipe: result.recipe,
    dataset: dataset.facts,
    protocol: result.settings.protocol,
    seed: result.settings.seed,
    rounds,
    bestRound: result.best.round,
    mix: result.best.mix,
    order: result.best.order,
    test: metricsOnly(result.test),
    testStandardErrors: metricsOnly(result.test.standardErrors),
    validation: metricsOnly(result.best.validation),
    validationStandardErrors: metricsOnly(result.best.validation.standardErrors),
    ...dataset.baselines.test,
    warnings: [
      ...dataWarnings(dataset.facts, dataset.baselines.test.guessing),
      ...participationWarnings(rows),
    ],
    bytesUpPerClientRound: result.bytesUpPerClientRound,
    bytesDownPerClientRound: result.bytesDownPerClientRound,
    bytesOncePerClient: result.bytesOncePerClient,
    rejectedMessages: result.rejectedMessages,
    privacy: isAnythingSent ? privacySpent(result.settings, rounds) : null,
    secondsPerRound: rounds > 0 ? seconds / rounds : 0,
    secondsTotal: seconds,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    ...machine,
    digest: result.digest,
  };
}

async function save(
  folder: string,
  { choice, dataset, settings }: MeasureTask,
  result: RunResult,
  rows: readonly RoundRow[],
  summary: RunSummary,
): Promise<void> {
  const { split, ratings } = dataset;
  const { mix, order, round } = result.best;
  const perUser = Object.entries(result.testPerUser).map(([name, values]) => [name, Array.from(values)]);
  await saveRun(folder, {
    facts: {
      fedtlrec: packageVersion(),
      recipe: choice.recipe.name,
      recipeModule: choice.module,
      settings,
      mix,
      order,
      digest: result.digest,
    },
    figures: { bestRound: round, summary, rounds: rows, testPerUser: Object.fromEntries(perUser) },
    memory: result.memory,
    split,
    ids: { users: ratings.users, items: ratings.items },
  });
}
