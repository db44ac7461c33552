// What the server adds to the plain sum: a personal part δ_u for every client, made from the other clients' messages.
// In: decoded messages; out, when a block of clients asks: δ [clients, items]. An aggregator sees messages only.
import type { RoundEvent } from './events.ts';
import type { Update } from './wire.ts';

export interface Aggregator {
  /** The aggregator whose work this one does ahead, if it is made of another. */
  readonly inner?: Aggregator;
  /** Takes in one decoded message; may run in any thread, but sees a client at most once per round. */
  receive(update: Update): void;
  /** Prepares what `personalParts` needs, from the messages received so far. */
  refresh(round: number): Iterable<RoundEvent>;
  /** Computes ahead what `personalParts` will be asked for, where a device does it; called after each refresh. */
  finishRefresh?(): Promise<void>;
  /** The clients in blocks that share work (the members of a cluster, say). */
  blocks(size: number): Uint32Array[];
  /**
   * Writes δ of a block's clients, [block, items], scaled to a root mean square of 1 per client; a client nobody
   * can help gets zeros. The weight β is the reader's choice.
   */
  personalParts(block: Uint32Array, out: Float32Array): void;
}
