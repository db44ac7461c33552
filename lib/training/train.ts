// Training from end to end: a reader of the round's events that remembers the best round on validation, and looks at
// the test once, there. In: a recipe, a split, settings; out: the run's figures and the trained program.
import type { Split } from '../data/split.ts';
import { chooseMetrics } from '../evaluation/metric-choice.ts';
import { CRITERION } from '../evaluation/metrics.ts';
import { type Part, type PerUser, summarize } from '../evaluation/protocol.ts';
import type { RoundEvent } from '../federated/events.ts';
import { restore, type StateArrays, snapshotOf } from '../federated/memory.ts';
import type { Recipe } from '../federated/recipe.ts';
import { ordersToTry } from '../federated/windows/what-comes-next.ts';
import { digestOf } from './digest.ts';
import { explainDivergence, LossWatch } from './divergence.ts';
import { expectKnownOptions, type OptionNames } from './known-options.ts';
import { measureLists } from './measure-lists.ts';
import { type OpenRun, openRun, type RunOptions, runOptionNames } from './open-run.ts';
import { bestScoring } from './rounds.ts';
import type { CurvePoint, RunResult, TrainingState, TrainOptions } from './run-result.ts';

const ownOptionNames: OptionNames<Omit<TrainOptions, keyof RunOptions>> = {
  watch: true,
  resume: true,
  afterRound: true,
  onOpen: true,
  onEvent: true,
  signal: true,
};

/**
 * Trains a recipe and measures it.
 *
 * @throws the reason of `signal` once it is aborted
 * @throws RangeError if an option or a setting is unknown or out of range, or numbers grow beyond all bounds because the
 *   learning rates are too high
 */
export async function train(recipe: Recipe, split: Split, options: TrainOptions = {}): Promise<RunResult> {
  expectKnownOptions('train', options, { ...runOptionNames, ...ownOptionNames });
  const { watch, resume, afterRound, onOpen, onEvent, signal, ...runOptions } = options;
  signal?.throwIfAborted();
  const run = openRun(recipe, split, runOptions, resume?.arrays);
  const { settings, memory, program, executor } = run;
  const losses = new LossWatch();
  let round = 0;
  try {
    onOpen?.(run);
    const record = new RunRecord(memory.arrays, resume);
    const firstRound = (resume?.round ?? 0) + 1;
    for await (const event of run.rounds({ watch, firstRound })) {
      if (event.type === 'round-started' && event.round > firstRound) {
        const finished = event.round - 1;
        await afterRound?.(finished, () => record.stateAfter(finished));
      }
      round = event.round;
      losses.add(event, settings);
      record.add(event);
      await onEvent?.(event);
      if (signal) await listen(signal);
    }
    const { best: bestPoint, state } = record.best();
    restore(memory.arrays, state);
    await program.finishRefresh?.(); // what a device made belongs to the last round
    const best = await tuned(bestPoint, run);
    const { mix, order } = best;
    const { recency } = settings;
    const { further, lists } = chooseMetrics(settings.metrics);
    const task = { part: 'test', recency, mixes: [mix], orders: [order], further } as const;
    const [testPerUser] = (await executor.evaluate(task)) as [PerUser];
    const listsOf = (part: Part) => measureLists(executor, run.setup, { part, recency, mix, order }, lists);
    return {
      recipe: recipe.name,
      settings,
      curve: record.curve,
      best: { ...best, validation: { ...best.validation, ...(await listsOf('validation')) } },
      test: { ...summarize(testPerUser), ...(await listsOf('test')) },
      testPerUser,
      ...record.traffic(),
      digest: await digestOf(memory.arrays),
      program,
      memory,
    };
  } catch (error) {
    throw explainDivergence(error, round, settings);
  } finally {
    await executor.close();
  }
}

/** Lets timers and clicks of this thread have their turn, then ends the run if one of them has aborted it. */
async function listen(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  signal.throwIfAborted();
}

/** The best round's point with the weight and the span of what tends to come next that are best on validation. */
async function tuned(point: CurvePoint, { program, settings, executor }: OpenRun): Promise<CurvePoint> {
  if (!program.whatComesNext?.isReady) return point;
  return { ...point, ...(await bestScoring(program, settings, executor, [null, ...ordersToTry])) };
}

/** Collects what the result needs from the events. */
class RunRecord {
  readonly curve: CurvePoint[];
  private readonly arrays: StateArrays;
  private bestState: StateArrays;
  private rounds: number;
  private messages: number;
  private rejected: number;
  private bytesUp: number;
  private bytesDown: number;
  private bytesOnce: number;

  constructor(arrays: StateArrays, resumed?: TrainingState) {
    const { record, bestArrays } = resumed ?? {};
    this.arrays = arrays;
    this.bestState = bestArrays ?? {};
    this.curve = [...(record?.curve ?? [])];
    this.rounds = record?.rounds ?? 0;
    this.messages = record?.messages ?? 0;
    this.rejected = record?.rejected ?? 0;
    this.bytesUp = record?.bytesUp ?? 0;
    this.bytesDown = record?.bytesDown ?? 0;
    this.bytesOnce = record?.bytesOnce ?? 0;
  }

  add(event: RoundEvent): void {
    if (event.type === 'updates-merged') {
      this.rounds++;
      this.messages += event.clients + event.rejected;
      this.rejected += event.rejected;
      this.bytesUp += event.bytesUp;
    } else if (event.type === 'broadcast-sent' || event.type === 'attention-computed') {
      this.bytesDown += event.bytesDown;
    } else if (event.type === 'windows-counted') {
      this.bytesOnce += event.bytesDown;
    } else if (event.type === 'evaluated') {
      const { round, validation, mix, order } = event;
      const point: CurvePoint = { round, validation, mix, order };
      const isBest = this.curve.every(
        ({ validation }) => point.validation[CRITERION] > validation[CRITERION],
      );
      this.curve.push(point);
      if (isBest) this.bestState = snapshotOf(this.arrays);
    }
  }

  best(): { best: CurvePoint; state: StateArrays } {
    const highest = Math.max(...this.curve.map(({ validation }) => validation[CRITERION]));
    return {
      best: this.curve.find(({ validation }) => validation[CRITERION] === highest)!,
      state: this.bestState,
    };
  }

  stateAfter(round: number): TrainingState {
    const { curve, rounds, messages, rejected, bytesUp, bytesDown, bytesOnce } = this;
    const record = { curve: [...curve], rounds, messages, rejected, bytesUp, bytesDown, bytesOnce };
    return { round, arrays: this.arrays, bestArrays: this.bestState, record };
  }

  traffic(): Pick<
    RunResult,
    'bytesUpPerClientRound' | 'bytesDownPerClientRound' | 'bytesOncePerClient' | 'rejectedMessages'
  > {
    return {
      bytesUpPerClientRound: this.messages > 0 ? this.bytesUp / this.messages : 0,
      bytesDownPerClientRound: this.rounds > 0 ? this.bytesDown / this.rounds : 0,
      bytesOncePerClient: this.bytesOnce,
      rejectedMessages: this.rejected,
    };
  }
}
