// What a program shows that ran with a student's functions in the library's place: figures by round, by user, and the
// fingerprint of all parameters.
import type { RunResult } from '../../lib/training/run-result.ts';

export interface Plugged {
  /** What `curve` and `perUser` measure, such as 'NDCG@10'. */
  readonly measure: string;
  readonly curve: readonly { readonly round: number; readonly value: number }[];
  readonly perUser: readonly number[];
  readonly digest: string;
  /** Bytes of a client's message, and of what it is sent, per round. */
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** The figures of a training run. */
export function pluggedOf(run: RunResult): Plugged {
  return {
    measure: 'NDCG@10',
    curve: run.curve.map(({ round, validation }) => ({ round, value: validation.ndcg10 })),
    perUser: Array.from(run.testPerUser.ndcg10),
    digest: run.digest,
    bytesUp: run.bytesUpPerClientRound,
    bytesDown: run.bytesDownPerClientRound,
  };
}
