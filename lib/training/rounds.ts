// The federated round as a stream of events. `for await` over it, stop in a debugger, record it, replay it: training
// itself is nothing but a reader of this stream.
import { CRITERION } from '../evaluation/metrics.ts';
import { summarize } from '../evaluation/protocol.ts';
import type { RoundEvent } from '../federated/events.ts';
import type { Program } from '../federated/recipe.ts';
import type { Settings } from '../federated/settings.ts';
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
 * updates-merged, broadcast-sent, and where they are due clients-clustered, attention-computed, evaluated.
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

/** Measures validation for every mix and reports the best one (by the criterion; the smaller mix on a tie). */
async function evaluate(
  program: Program,
  settings: Settings,
  executor: Executor,
  round: number,
): Promise<RoundEvent> {
  const mixes = mixesOf(program, settings);
  const measured = await executor.evaluate({ part: 'validation', recency: settings.recency, mixes });
  const summaries = measured.map(summarize);
  let best = 0;
  summaries.forEach((summary, index) => {
    if (summary[CRITERION] > summaries[best]![CRITERION]) best = index;
  });
  return { type: 'evaluated', round, validation: summaries[best]!, mix: mixes[best]! };
}

function mixesOf(program: Program, settings: Settings): readonly number[] {
  if (!program.hasPersonalParts) return [0];
  return settings.mix === 'auto' ? mixesToTry : [settings.mix];
}
