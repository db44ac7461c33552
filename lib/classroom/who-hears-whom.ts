// Who listens to whom, for the teacher's dashboard: the server's weights after a refresh, between few enough clients for a table. In: a run
// right after the refresh; out: shares. Participants are not told them.
import { ServerView } from '../trace/server-view.ts';
import type { OpenRun } from '../training/open-run.ts';

export interface WhoHearsWhom {
  readonly round: number;
  readonly clients: readonly number[];
  /** α, the mean over the heads, [clients, clients]: how much the row's client hears of the column's. */
  readonly shares: readonly (readonly number[])[];
}

/** Clients that a table has room for. */
const MOST_CLIENTS = 32;

/** @returns null if the recipe's clients do not listen to each other */
export function whoHearsWhom(run: OpenRun, round: number, clients: readonly number[]): WhoHearsWhom | null {
  const view = ServerView.of(run);
  if (!view) return null;
  const shown = clients.slice(0, MOST_CLIENTS);
  const { weights } = view.attention(Uint32Array.from(shown)); // [heads, clients, clients]
  const count = shown.length;
  const heads = weights.length / count ** 2;
  const share = (row: number, column: number) => {
    let sum = 0;
    for (let head = 0; head < heads; head++) sum += weights[(head * count + row) * count + column]!;
    return Math.round((1000 * sum) / heads) / 1000;
  };
  return {
    round,
    clients: shown,
    shares: shown.map((_, row) => shown.map((_, column) => share(row, column))),
  };
}
