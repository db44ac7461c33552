// Lesson 3: a step of the server, the sum of six clients, sent down with a low rank, round by round. What was cut off is
// carried and sent later. The same numbers as examples/02-low-rank-update.ts prints for rank one.
import {
  compressWithFeedback,
  expand,
  frobeniusNorm,
  merge,
  rankOneUpdate,
} from '../../../../lib/model/lora.ts';
import { toRows, vector, zeros } from '../../../../lib/numeric/matrix.ts';
import { randomStream } from '../../../../lib/numeric/rng.ts';

export const rows = 8;
export const columns = 5;

export interface FeedbackStep {
  readonly sentSize: number;
  readonly carriedSize: number;
  readonly relativeError: number;
  /** [rows, columns] each: what this message brings, what the clients have by now, what is still missing. */
  readonly sent: number[][];
  readonly received: number[][];
  readonly carried: number[][];
  /** Numbers of this message, as factors. */
  readonly numbers: number;
}

/** The step that the server wants to send, and what arrives of it in `rounds` messages of a rank. */
export function feedbackSteps(
  rank: number,
  rounds = 5,
): { wanted: number[][]; size: number; steps: FeedbackStep[] } {
  const rng = randomStream(1, 'example');
  const wanted = zeros(rows, columns);
  for (let client = 0; client < 6; client++) {
    const g = vector(Array.from({ length: rows }, () => rng.normal()));
    const p = vector(Array.from({ length: columns - 1 }, () => rng.normal()));
    merge(wanted, rankOneUpdate(g, p), 1);
  }
  const carried = zeros(rows, columns);
  const received = zeros(rows, columns);
  const steps = Array.from({ length: rounds }, (_, round) => {
    const update = round === 0 ? wanted : zeros(rows, columns); // wanted once, then nothing more
    const { sent, relativeError } = compressWithFeedback(update, carried, rank);
    merge(received, sent, 1);
    const message = expand(sent);
    return {
      sentSize: frobeniusNorm(message),
      carriedSize: frobeniusNorm(carried),
      relativeError,
      sent: toRows(message),
      received: toRows(received),
      carried: toRows(carried),
      numbers: rank * (rows + columns),
    };
  });
  return { wanted: toRows(wanted), size: frobeniusNorm(wanted), steps };
}
