// Training whose steps are too large ends in numbers that are none. In: a round's mean loss, or what was thrown on the
// way; out: an error that names the settings to change.
import type { RoundEvent } from '../federated/events.ts';
import type { Settings } from '../federated/settings.ts';

/** Watches the loss of a run's rounds. */
export class LossWatch {
  /** Some recipes do not know their loss: NaN tells something only after a number. */
  private hasBeenFinite = false;

  /** @throws RangeError if clients have trained and their mean loss is no finite number any more */
  add(event: RoundEvent, settings: Settings): void {
    if (event.type !== 'updates-merged' || event.trained === 0) return;
    if (Number.isFinite(event.loss)) this.hasBeenFinite = true;
    else if (this.hasBeenFinite || !Number.isNaN(event.loss)) {
      throw diverged(`the loss became ${event.loss} in round ${event.round}`, settings);
    }
  }
}

/** The error to tell instead: numbers that are none have many ways to fail further on, and one cause. */
export function explainDivergence(error: unknown, round: number, settings: Settings): unknown {
  if (!(error instanceof Error) || error.message.startsWith('train: ')) return error;
  const isNumeric = error instanceof RangeError || error.name === 'WireError';
  const isDiverged = /\b(NaN|-?Infinity)\b|^solvePositiveDefinite: /.test(error.message);
  if (!isNumeric || !isDiverged) return error;
  return diverged(`numbers became too large in round ${round} (${error.message})`, settings, error);
}

function diverged(what: string, settings: Settings, cause?: Error): RangeError {
  const { clientLearningRate, serverLearningRate } = settings;
  return new RangeError(
    `train: ${what}; lower serverLearningRate (--server-learning-rate, now ${serverLearningRate}) or ` +
      `clientLearningRate (--client-learning-rate, now ${clientLearningRate})`,
    { cause },
  );
}
