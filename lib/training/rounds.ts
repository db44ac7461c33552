// The federated round as a stream of events. `for await` over it, stop in a debugger, record it, replay it: training
// itself is nothing but a reader of this stream.
import { chooseMetrics } from '../evaluation/metric-choice.ts';
import { CRITERION } from '../evaluation/metrics.ts';
import { pairedDifference } from '../evaluation/paired-difference.ts';
import { type EvaluationSummary, type PerUser, summarize } from '../evaluation/protocol.ts';
import type { RoundEvent } from '../federated/events.ts';
import type { Program } from '../federated/recipe.ts';
import type { Settings } from '../federated/settings.ts';
import { type Order, usualOrder } from '../federated/windows/what-comes-next.ts';
import { type Variant, variantsOf } from './evaluate.ts';
import type { Executor } from './executor.ts';
import { expectKnownOptions, type OptionNames } from './known-options.ts';

export interface RoundsOptions {
  /** The first round to run, from 1; later when a run is resumed. */
  readonly firstRound?: number;
  /** Clients whose training and messages appear as events. */
  readonly watch?: Iterable<number>;
  /** Whether to evaluate on validation every `evaluateEvery` rounds. Default: true. */
  readonly evaluates?: boolean;
}

const optionNames: OptionNames<RoundsOptions> = { firstRound: true, watch: true, evaluates: true };

/** Weights β that are tried on validation where `mix` is 'auto'. */
export const mixesToTry = [0, 0.15, 0.3, 0.45, 0.7] as const;

/**
 * Runs rounds and yields what happens, in order: round-started, (client-trained, update-sent, message-rejected)*,
 * updates-merged, broadcast-sent, and where they are due windows-counted, clients-clustered, attention-computed, evaluated.
 * A program without rounds yields one evaluation only.
 */
export async function* rounds(
  program: Program,
  settings: Settings,
  executor: Executor,
  options: RoundsOptions = {},
): AsyncGenerator<RoundEvent> {
  expectKnownOptions('rounds', options, optionNames);
  const watched = new Set(options.watch);
  const evaluates = options.evaluates ?? true;
  if (!program.hasRounds) {
    if (evaluates) yield await evaluate(program, settings, executor, 0);
    return;
  }
  await program.prepare?.();
  for (let round = options.firstRound ?? 1; round <= settings.rounds; round++) {
    yield { type: 'round-started', round };
    const results = await executor.train(round, watched);
    yield* program.finishRoundOnDevice?.(round, results) ?? program.finishRound(round, results);
    const isLast = round === settings.rounds;
    const evaluatesNow = evaluates && (isLast || round % settings.evaluateEvery === 0);
    if (evaluatesNow || isLast || round % settings.refreshEvery === 0) {
      yield* program.refresh(round);
      await program.finishRefresh?.();
    }
    if (evaluatesNow) yield await evaluate(program, settings, executor, round);
  }
}

/** Measures validation for every mix, with what tends to come next and without, and reports the best. */
async function evaluate(
  program: Program,
  settings: Settings,
  executor: Executor,
  round: number,
): Promise<RoundEvent> {
  const orders = program.whatComesNext?.isReady ? [null, usualOrder] : [null];
  return { type: 'evaluated', round, ...(await bestScoring(program, settings, executor, orders)) };
}

/**
 * The way of putting scores together that is best on validation, and what it is worth. What tends to come next is used only where it
 * is ahead by more than the standard error of the difference.
 */
export async function bestScoring(
  program: Program,
  settings: Settings,
  executor: Executor,
  orders: readonly (Order | null)[],
): Promise<Variant & { validation: EvaluationSummary }> {
  const mixes = mixesOf(program, settings);
  const { further } = chooseMetrics(settings.metrics);
  const task = { part: 'validation', recency: settings.recency, mixes, orders, further } as const;
  const measured = await executor.evaluate(task);
  const found = variantsOf(task).map((variant, index) => ({
    ...variant,
    validation: summarize(measured[index]!),
    perUser: measured[index]!,
  }));
  const without = bestOf(found.filter(({ order }) => order === null));
  const withOrder = bestOf(found.filter(({ order }) => order !== null));
  const isChosen = withOrder !== null && (without === null || isAhead(withOrder.perUser, without.perUser));
  const { mix, order, validation } = (isChosen ? withOrder : without)!;
  return { mix, order, validation };
}

/** The one with the best figure; the earlier one on a tie. */
function bestOf<T extends { validation: EvaluationSummary }>(found: readonly T[]): T | null {
  let [best = null] = found;
  for (const one of found) if (one.validation[CRITERION] > best!.validation[CRITERION]) best = one;
  return best;
}

/** Whether the mean difference is above its standard error: eight more choices find something to prefer by luck, too. */
function isAhead(a: PerUser, b: PerUser): boolean {
  const { mean, standardErrors } = pairedDifference(a, b);
  return mean[CRITERION] > standardErrors[CRITERION];
}

function mixesOf(program: Program, settings: Settings): readonly number[] {
  if (!program.hasPersonalParts) return [0];
  return settings.mix === 'auto' ? mixesToTry : [settings.mix];
}
