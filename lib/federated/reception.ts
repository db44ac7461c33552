// How a chunk of clients' messages becomes a sum at the server.
// In: messages as bytes, each decoded and checked; out: their sum. `CohortSum` is the other way, for masked messages.
import type { Aggregator } from './aggregator.ts';
import type { Loops } from './loops.ts';
import type { UpdateAdder, UpdateSum } from './update-sum.ts';
import { decode } from './wire.ts';

/** Takes in the messages of one chunk at a time. */
export interface Reception {
  /** Begins a chunk whose clients, `members`, may each send one message. */
  begin(round: number, members: readonly number[]): void;
  /** @throws WireError if the message breaks a rule; the client then counts as one that did not come through */
  receive(message: Uint8Array, client: number, round: number): void;
  finish(): ReceivedChunk;
}

/** What came of a chunk. */
export interface ReceivedChunk {
  readonly sum: UpdateSum;
  /** Bytes that clients sent besides their messages, to make the sum readable. */
  readonly bytes: number;
  /** Why none of the messages counts, or null. */
  readonly refusal: string | null;
}

/** Reads every message by itself and hands it to the aggregator as well, if there is one. */
export class PlainReception implements Reception {
  private readonly items: number;
  private readonly dims: number;
  private readonly extra: number;
  private readonly aggregator: Aggregator | undefined;
  private readonly adder: UpdateAdder;

  constructor(items: number, dims: number, extra: number, loops: Loops, aggregator?: Aggregator) {
    this.items = items;
    this.dims = dims;
    this.extra = extra;
    this.aggregator = aggregator;
    this.adder = loops.updateAdder(items, dims, extra);
  }

  begin(): void {
    this.adder.start();
  }

  receive(message: Uint8Array, client: number, round: number): void {
    const { items, dims, extra } = this;
    const update = decode(message, { client, items, dims, extra, round });
    this.adder.add(update);
    this.aggregator?.receive(update);
  }

  finish(): ReceivedChunk {
    return { sum: this.adder.finish(), bytes: 0, refusal: null };
  }
}
