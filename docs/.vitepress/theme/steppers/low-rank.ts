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
import { numberInput } from './inputs.ts';

export const rows = 8;
export const columns = 5;
export const inputs = { rank: numberInput('Rank', [1, 2, 3, 4], 1) };

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

/** What has arrived after so many messages; before the first, what is wanted. */
export function lowRankCaption({ size, steps }: ReturnType<typeof feedbackSteps>, count: number): string {
  const now = steps[count - 1];
  if (!now)
    return `The server wants to send a step of size ${size.toFixed(2)}: ${rows * columns} numbers. A message of rank ${steps[0]!.numbers / (rows + columns)} has ${steps[0]!.numbers}.`;
  const nothingLeft = now.carriedSize < 0.005 ? ' Everything has arrived.' : '';
  const left =
    now.sentSize < 0.005
      ? 'there is nothing left to send'
      : `${(100 * now.relativeError).toFixed(0)} % of what there was to send is left out`;
  return `Message ${count} has size ${now.sentSize.toFixed(2)}; ${left}. Still missing: ${now.carriedSize.toFixed(2)}.${nothingLeft}`;
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
