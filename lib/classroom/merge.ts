// What a round's messages amount to at the server: taken in by client, along the chunks of every executor, so that the order in
// which they came makes no difference, and the sums are those of the simulator, bit for bit.
// In: one message a client; out: the chunks' results, with what was rejected and why.
import type { RoundEvent } from '../federated/events.ts';
import type { ChunkResult } from '../federated/recipe.ts';
import type { ReceivingSide } from '../federated/sides.ts';
import { chunksOf } from '../training/executor.ts';

/**
 * Merges the messages of a round.
 *
 * @param clients number of clients in the federation, whether they have sent anything or not
 * @param losses the mean losses that clients have told
 * @param windows what clients sent beside their updates, once in a run
 */
export function mergeMessages(
  server: ReceivingSide,
  clients: number,
  round: number,
  messages: ReadonlyMap<number, Uint8Array>,
  losses: ReadonlyMap<number, number> = new Map(),
  windows: ReadonlyMap<number, Uint8Array> = new Map(),
): ChunkResult[] {
  const meanLoss = mean([...losses].filter(([client]) => messages.has(client)).map(([, loss]) => loss));
  return chunksOf(clients).map(([from, to]) => {
    const events: RoundEvent[] = [];
    const members = [...messages.keys()]
      .filter((client) => client >= from && client < to)
      .sort((a, b) => a - b);
    let bytesUp = 0;
    server.beginChunk(round, members);
    for (const client of members) {
      const message = messages.get(client)!;
      bytesUp += message.length;
      const reason = server.receive(message, client, round);
      if (reason !== null) events.push({ type: 'message-rejected', round, client, reason });
    }
    const { sum, bytes } = server.finishChunk();
    const lists: Uint32Array[] = [];
    for (const client of members) {
      const message = windows.get(client);
      const received = message && server.receiveWindows?.(message, client, round);
      if (!message || !received) continue;
      bytesUp += message.length;
      if ('list' in received) lists.push(received.list);
      else events.push({ type: 'message-rejected', round, client, reason: received.refusal });
    }
    // Who tells no loss counts with the mean of those who do.
    const loss = members.reduce((total, client) => total + (losses.get(client) ?? meanLoss), 0);
    return { sum, trained: members.length, loss, bytesUp: bytesUp + bytes, events, windows: lists };
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
