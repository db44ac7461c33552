// The stream of a round's events, folded into one row a round: what `--json` prints, the bar shows and the learning
// curve is drawn from. Here is the only clock: the library itself has none.
import { performance } from 'node:perf_hooks';
import { type Metrics, metricsOnly } from '../evaluation/metrics.ts';
import type { RoundEvent } from '../federated/events.ts';

/** One round, or the only evaluation of a recipe without rounds (round 0). */
export interface RoundRow {
  readonly event: 'round';
  readonly round: number;
  /** Clients that trained; null where the recipe has no rounds. */
  trained: number | null;
  /** Clients whose message was merged; messages that were rejected. */
  clients: number;
  rejected: number;
  /** Mean loss of the clients; null if none trained. */
  loss: number | null;
  /** Bytes of this round: one client's message, on average, and what each client received. */
  bytesUpPerClient: number;
  bytesDownPerClient: number;
  /** Memory for the updates that the server kept side by side, where its strategy needs them. */
  bytesKept?: number;
  /** What one client has sent and received since the start. */
  megabytesPerClient: number;
  /** What the low-rank step left out, relative to the whole step. */
  cutOff: number;
  /** Seconds since the start. */
  seconds: number;
  /** Where this round was evaluated: the figures, and the weight β of the personal part that did best. */
  validation?: Metrics;
  mix?: number;
}

/** Folds events into rows. */
export class RoundRows {
  readonly rows: RoundRow[] = [];
  private readonly onRow: (row: RoundRow) => void;
  private readonly start = performance.now();
  private leftOut = 0; // milliseconds
  private current: RoundRow | null = null;
  private bytes = 0;

  /** @param onRow sees each row as soon as it is complete */
  constructor(onRow: (row: RoundRow) => void) {
    this.onRow = onRow;
  }

  /** Seconds since the rows were begun, less what was left out. */
  get seconds(): number {
    return (performance.now() - this.start - this.leftOut) / 1000;
  }

  /** Does something that does not belong to the run, such as recording it; its time does not count. */
  leaveOut(action: () => void): void {
    const begin = performance.now();
    action();
    this.leftOut += performance.now() - begin;
  }

  add(event: RoundEvent): void {
    if (event.type === 'round-started' || this.current === null) this.begin(event.round);
    const row = this.current!;
    if (event.type === 'updates-merged') {
      const messages = event.clients + event.rejected;
      row.trained = event.trained;
      row.clients = event.clients;
      row.rejected = event.rejected;
      row.loss = Number.isFinite(event.loss) ? event.loss : null;
      row.bytesUpPerClient = messages > 0 ? event.bytesUp / messages : 0;
      this.bytes += row.bytesUpPerClient;
      if (event.bytesKept !== undefined) row.bytesKept = event.bytesKept;
    } else if (event.type === 'broadcast-sent' || event.type === 'attention-computed') {
      row.bytesDownPerClient += event.bytesDown;
      this.bytes += event.bytesDown;
      if (event.type === 'broadcast-sent') row.cutOff = event.cutOff;
    } else if (event.type === 'windows-counted') {
      this.bytes += event.bytesDown; // once in a run, so it is no part of what a round takes
    } else if (event.type === 'evaluated') {
      row.validation = metricsOnly(event.validation);
      row.mix = event.mix;
    }
  }

  /** Completes the last row. */
  end(): void {
    if (this.current === null) return;
    this.current.megabytesPerClient = this.bytes / 1e6;
    this.current.seconds = this.seconds;
    this.rows.push(this.current);
    this.onRow(this.current);
    this.current = null;
  }

  private begin(round: number): void {
    this.end();
    const traffic = { bytesUpPerClient: 0, bytesDownPerClient: 0, megabytesPerClient: 0 };
    this.current = {
      event: 'round',
      round,
      trained: null,
      clients: 0,
      rejected: 0,
      loss: null,
      ...traffic,
      cutOff: 0,
      seconds: 0,
    };
  }
}
