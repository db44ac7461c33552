// One row of the main table: a recipe trained once for each seed and judged both with and without the re-fit to the
// recent past. In: a split and a recipe; out: figures at the round that is best on validation, bytes, and figures per user.
// Training is the same with and without the re-fit, so one run serves both columns; each column chooses its own round
// and its own β. The test is measured beside every new best of validation and shown for the last of them only.

import type { Split } from '../lib/data/split.ts';
import { CRITERION, type Metrics, metricsOnly } from '../lib/evaluation/metrics.ts';
import { type PerUser, summarize } from '../lib/evaluation/protocol.ts';
import { defaultSettings, type Settings } from '../lib/federated/settings.ts';
import { type OpenRun, openRun } from '../lib/training/open-run.ts';
import { allParts } from '../lib/training/parts.ts';
import { recipeNamed } from '../lib/training/recipes.ts';
import { mixesToTry } from '../lib/training/rounds.ts';

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
  readonly plain: Column;
  /** With the re-fit; null where there is no user vector to re-fit. */
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
  const plain = new BestColumn(run, null);
  const refitted = program.canRefit ? new BestColumn(run, defaultSettings.recency) : null;
  const traffic = { rounds: 0, messages: 0, up: 0, down: 0 };
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
    }
  }
  await look(program.hasRounds ? settings.rounds : 0);
  await run.executor.close();
  const figures = {
    seed,
    rounds: traffic.rounds,
    bytesUp: traffic.up / Math.max(1, traffic.messages),
    bytesDown: traffic.down / Math.max(1, traffic.rounds),
    plain: plain.column!,
    refitted: refitted?.column ?? null,
  };
  return { figures, perUser: { plain: plain.perUser!, refitted: refitted?.perUser ?? null } };
}

/** Remembers the best round on validation for one way to score. */
class BestColumn {
  column: Column | null = null;
  perUser: PerUser | null = null;
  private readonly run: OpenRun;
  private readonly recency: number | null;

  constructor(run: OpenRun, recency: number | null) {
    this.run = run;
    this.recency = recency;
  }

  async look(round: number): Promise<void> {
    const { run, recency } = this;
    const mixes = run.program.hasPersonalParts ? mixesToTry : [0];
    const measured = await run.executor.evaluate({ part: 'validation', recency, mixes });
    for (const [index, perUser] of measured.entries()) {
      const validation = summarize(perUser);
      if (this.column && validation[CRITERION] <= this.column.validation[CRITERION]) continue;
      const mix = mixes[index]!;
      this.column = { bestRound: round, mix, validation: metricsOnly(validation), ...(await this.test(mix)) };
    }
  }

  private async test(mix: number): Promise<Pick<Column, 'test' | 'standardErrors'>> {
    const task = { part: 'test', recency: this.recency, mixes: [mix] } as const;
    const [perUser] = await this.run.executor.evaluate(task);
    this.perUser = perUser!;
    const summary = summarize(perUser!);
    return { test: metricsOnly(summary), standardErrors: metricsOnly(summary.standardErrors) };
  }
}
