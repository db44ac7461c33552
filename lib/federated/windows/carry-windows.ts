// Windows on their way from the clients of a chunk to the server, beside their updates.
// In: the clients that are present; out: what came through, in the order of the clients, and what it took.
import type { RoundEvent } from '../events.ts';
import type { CoOccurrenceWindows } from './co-occurrence-windows.ts';

/** What became of the windows of a chunk. */
export interface CarriedWindows {
  readonly bytes: number;
  readonly events: readonly RoundEvent[];
  /** One list a client; see `ReceivedWindows`. */
  readonly lists: readonly Uint32Array[];
}

/** Lets those clients send whose turn has come; most rounds, nobody. */
export function carryWindows(
  { client: home, server }: CoOccurrenceWindows,
  present: readonly number[],
  round: number,
  watched: ReadonlySet<number>,
): CarriedWindows {
  const events: RoundEvent[] = [];
  const lists: Uint32Array[] = [];
  let bytes = 0;
  for (const client of present) {
    const turn = home.takeTurn(client, round);
    if (!turn) continue;
    const { message, windows } = turn;
    bytes += message.length;
    if (watched.has(client))
      events.push({ type: 'windows-sent', round, client, windows, bytes: message.length });
    const received = server.receive(message, client, round);
    if ('list' in received) lists.push(received.list);
    else events.push({ type: 'message-rejected', round, client, reason: received.refusal });
  }
  return { bytes, events, lists };
}
