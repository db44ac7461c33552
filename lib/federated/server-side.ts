// The server's side of a federation: messages come in, one broadcast goes out.
// In: messages as bytes, each accepted or rejected with a reason; out: a changed shared model, and its length in bytes.
// It is given no ratings and no client's state: what it knows, messages told it.
import type { Aggregator } from './aggregator.ts';
import type { RoundEvent } from './events.ts';
import type { SharedModel } from './local-model.ts';
import type { Loops } from './loops.ts';
import { mergeChunks } from './merge-chunks.ts';
import { PlainReception, type ReceivedChunk, type Reception } from './reception.ts';
import type { ChunkResult } from './recipe.ts';
import type { Downlink, ServerOptimizer } from './server.ts';
import { emptySum } from './update-sum.ts';
import { WireError } from './wire.ts';

/** The parts of a federated recipe that work at the server. */
export interface ServerParts {
  readonly optimizer: ServerOptimizer;
  readonly downlink: Downlink;
  readonly aggregator?: Aggregator;
  /** Reads masked messages; each is decoded by itself unless told. */
  readonly secureSum?: Reception;
}

/** What the server works on. */
export interface ServerModel {
  readonly items: number;
  /** Columns of a message's rows. */
  readonly messageDims: number;
  readonly shared: SharedModel;
  /** Counts broadcasts, [1]. */
  readonly version: Uint32Array;
}

export class ServerSide {
  private readonly parts: ServerParts;
  private readonly model: ServerModel;
  private readonly reception: Reception;

  constructor(parts: ServerParts, model: ServerModel, loops: Loops) {
    const { items, messageDims, shared } = model;
    this.parts = parts;
    this.model = model;
    this.reception =
      parts.secureSum ?? new PlainReception(items, messageDims, shared.extra.length, loops, parts.aggregator);
  }

  /** Begins a chunk of clients that may send. */
  beginChunk(round: number, members: readonly number[]): void {
    this.reception.begin(round, members);
  }

  /** Takes in one message; returns why it is rejected, or null. */
  receive(message: Uint8Array, client: number, round: number): string | null {
    try {
      this.reception.receive(message, client, round);
      return null;
    } catch (error) {
      if (error instanceof WireError) return error.message;
      throw error;
    }
  }

  /** What the chunk's messages add up to. */
  finishChunk(): ReceivedChunk {
    return this.reception.finish();
  }

  /** Merges all chunks, makes a step of their sum and sends it to everyone. */
  *finishRound(round: number, results: readonly ChunkResult[]): Iterable<RoundEvent> {
    const { items, messageDims, shared, version } = this.model;
    const { optimizer, downlink } = this.parts;
    const total = emptySum(items, messageDims, shared.extra.length);
    yield* mergeChunks(round, results, total);
    if (total.clients === 0) return; // nobody came through: the model stays as it is
    const step = new Float32Array(items * messageDims);
    optimizer.step(total, step);
    const extraStep = total.extra.map((sum) => sum / total.clients);
    const { bytes, cutOff } = downlink.send(step, extraStep, shared, round);
    version[0]!++;
    yield { type: 'broadcast-sent', round, bytesDown: bytes, cutOff };
  }
}
