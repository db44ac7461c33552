// One row of the main table: a recipe trained once for each seed and judged both bare and as runs are by default: with the
// re-fit to the recent past and, where the recipe has windows, with what tends to come next. In: a split and a recipe; out:
// figures at the round that is best on validation, bytes, and figures per user. Training is the same for both, so one run
// serves both columns; each column chooses its own round and its own weights. The test is measured once per column, at the end.

import type { Split } from '../lib/data/split.ts';
import { CRITERION, type Metrics, metricsOnly } from '../lib/evaluation/metrics.ts';
import { type EvaluationSummary, type PerUser, summarize } from '../lib/evaluation/protocol.ts';
import { restore, type StateArrays, snapshotOf } from '../lib/federated/memory.ts';
import { defaultSettings, type Settings } from '../lib/federated/settings.ts';
import { type Order, ordersToTry, usualOrder } from '../lib/federated/windows/what-comes-next.ts';
import type { Variant } from '../lib/training/evaluate.ts';
import { type OpenRun, openRun } from '../lib/training/open-run.ts';
import { allParts } from '../lib/training/parts.ts';
import { recipeNamed } from '../lib/training/recipes.ts';
import { bestScoring } from '../lib/training/rounds.ts';

/** What a row of the table is made of. */
export interface RowRequest {
  /** As it stands in the table; the recipe's name unless a setting differs. */
  readonly label: string;
  readonly recipe: string;
  readonly settings?: Partial<Settings>;
  readonly seeds: readonly number[];
}

/** A recipe's figures for one seed and one way to score. */
export interface Column {
  readonly bestRound: number;
  readonly mix: number;
  /** How what tends to come next is weighed; null where it is not used, absent in files older than it. */
  readonly order?: Order | null;
  readonly validation: Metrics;
  readonly test: Metrics;
  /** Over users. */
  readonly standardErrors: Metrics;
}

export interface MeasuredSeed {
  readonly seed: number;
  readonly rounds: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** What a client gets once, beside the rounds. */
  readonly bytesOnce?: number;
  readonly plain: Column;
  /** With the re-fit and, where there are windows, what tends to come next; null where there is no user vector to re-fit. */
  readonly refitted: Column | null;
}

/** Test figures of every user, for paired differences. */
export interface PerUserColumns {
  readonly plain: PerUser;
  readonly refitted: PerUser | null;
}

/**
 * Trains a row's recipe with one seed.
 *
 * @param evaluateEvery a multiple of the rounds between refreshes, so that attention is fresh when it is measured
 */
export async function measureRow(
  request: RowRequest,
  split: Split,
  seed: number,
  evaluateEvery: number,
): Promise<{ figures: MeasuredSeed; perUser: PerUserColumns }> {
  const run = openRun(await recipeNamed(request.recipe), split, {
    settings: { ...request.settings, seed },
    parts: allParts,
  });
  const { program, settings } = run;
  const plain = new BestColumn(run, null, false);
  const refitted = program.canRefit ? new BestColumn(run, defaultSettings.recency, true) : null;
  const traffic = { rounds: 0, messages: 0, up: 0, down: 0, once: 0 };
  const look = async (round: number) => {
    await plain.look(round);
    await refitted?.look(round);
  };
  for await (const event of run.rounds({ evaluates: false })) {
    if (event.type === 'round-started' && event.round > 1 && (event.round - 1) % evaluateEvery === 0) {
      await look(event.round - 1);
    }
    if (event.type === 'updates-merged') {
      traffic.rounds++;
      traffic.messages += event.clients + event.rejected;
      traffic.up += event.bytesUp;
    } else if (event.type === 'broadcast-sent' || event.type === 'attention-computed') {
      traffic.down += event.bytesDown;
    } else if (event.type === 'windows-counted') traffic.once += event.bytesDown;
  }
  await look(program.hasRounds ? settings.rounds : 0);
  const bare = await plain.measure();
  const usual = (await refitted?.measure()) ?? null;
  await run.executor.close();
  const figures = {
    seed,
    rounds: traffic.rounds,
    bytesUp: traffic.up / Math.max(1, traffic.messages),
    bytesDown: traffic.down / Math.max(1, traffic.rounds),
    bytesOnce: traffic.once,
    plain: bare.column,
    refitted: usual?.column ?? null,
  };
  return { figures, perUser: { plain: bare.perUser, refitted: usual?.perUser ?? null } };
}

/** Remembers the best round on validation for one way to score. */
class BestColumn {
  private best: (Variant & { round: number; validation: EvaluationSummary; arrays: StateArrays }) | null =
    null;
  private readonly run: OpenRun;
  private readonly recency: number | null;
  private readonly knowsOrder: boolean;

  constructor(run: OpenRun, recency: number | null, knowsOrder: boolean) {
    this.run = run;
    this.recency = recency;
    this.knowsOrder = knowsOrder;
  }

  async look(round: number): Promise<void> {
    const found = await this.scoring([usualOrder]);
    if (this.best && found.validation[CRITERION] <= this.best.validation[CRITERION]) return;
    this.best = { ...found, round, arrays: snapshotOf(this.run.memory.arrays) };
  }

  /** Goes back to the best round, chooses all weights there and looks at the test. */
  async measure(): Promise<{ column: Column; perUser: PerUser }> {
    const { run, recency } = this;
    const { round, arrays } = this.best!;
    restore(run.memory.arrays, arrays);
    const { mix, order, validation } = await this.scoring(ordersToTry);
    const task = { part: 'test', recency, mixes: [mix], orders: [order] } as const;
    const [perUser] = (await run.executor.evaluate(task)) as [PerUser];
    const summary = summarize(perUser);
    const column = {
      ...{ bestRound: round, mix, order },
      validation: metricsOnly(validation),
      test: metricsOnly(summary),
      standardErrors: metricsOnly(summary.standardErrors),
    };
    return { column, perUser };
  }

  private scoring(orders: readonly Order[]): ReturnType<typeof bestScoring> {
    const { program, settings, executor } = this.run;
    const isReady = this.knowsOrder && program.whatComesNext?.isReady;
    return bestScoring(program, { ...settings, recency: this.recency }, executor, [
      null,
      ...(isReady ? orders : []),
    ]);
  }
}
