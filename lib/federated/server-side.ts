// The server's side of a federation: messages come in, one broadcast goes out.
// In: messages as bytes, each accepted or rejected with a reason; out: a changed shared model, and its length in bytes.
// It is given no ratings and no client's state: what it knows, messages told it.
import type { Aggregator } from './aggregator.ts';
import type { Combine } from './combine.ts';
import type { RoundEvent } from './events.ts';
import type { SharedModel } from './local-model.ts';
import type { Loops } from './loops.ts';
import type { ChunkResult } from './recipe.ts';
import type { Downlink, ServerOptimizer } from './server.ts';
import type { ReceivedChunk, Reception } from './sides.ts';
import { addSum, bytesOfKept, emptySum, type UpdateAdder, type UpdateSum } from './update-sum.ts';
import { decode, type Update, WireError } from './wire.ts';

/** The parts of a federated recipe that work at the server. */
export interface ServerParts {
  readonly optimizer: ServerOptimizer;
  readonly downlink: Downlink;
  readonly aggregator?: Aggregator;
  /** Makes one update of the round's many. Default: their sum, or what the setting `combine` names. */
  readonly combine?: Combine;
  /** Reads masked messages. Default: each message is decoded by itself. */
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
  private reception: Reception;
  private combine: Combine | undefined;

  constructor(parts: ServerParts, model: ServerModel, loops: Loops) {
    const { items, messageDims, shared } = model;
    this.parts = parts;
    this.model = model;
    const adder = loops.updateAdder(items, messageDims, shared.extra.length);
    this.reception = parts.secureSum ?? plainReception(model, adder, parts.aggregator);
    if (parts.combine) this.combineWith(parts.combine);
  }

  /**
   * Takes a strategy in place of the sum.
   *
   * @throws RangeError if the server never sees a single update
   */
  combineWith(combine: Combine): void {
    if (this.parts.secureSum)
      throw new RangeError(
        'settings: combine must be sum where secure sums hide single updates from the server',
      );
    const { items, messageDims, shared } = this.model;
    this.combine = combine;
    const adder = combine.adder(items, messageDims, shared.extra.length);
    const listener = combine.judgesTogether ? undefined : this.parts.aggregator;
    this.reception = plainReception(this.model, adder, listener, combine.judge?.bind(combine));
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
    const { optimizer, downlink, aggregator } = this.parts;
    const total = emptySum(items, messageDims, shared.extra.length);
    yield* mergeChunks(round, results, total);
    const counting = this.combine?.finish?.(total);
    if (this.combine?.judgesTogether) for (const update of counting ?? []) aggregator?.receive(update);
    if (total.clients === 0) return; // nobody came through: the model stays as it is
    const step = new Float32Array(items * messageDims);
    optimizer.step(total, step);
    const extraStep = optimizer.extraStep?.(total) ?? total.extra.map((sum) => sum / total.clients);
    const { message, cutOff } = downlink.send(step, extraStep, shared, round);
    version[0]!++;
    yield { type: 'broadcast-sent', round, bytesDown: message.length, cutOff, message };
  }
}

/** Decodes every message, adds up what counts of it, and shows that to the aggregator if there is one. */
function plainReception(
  model: ServerModel,
  adder: UpdateAdder,
  aggregator?: Aggregator,
  judge: (update: Update) => Update = (update) => update,
): Reception {
  const { items, messageDims: dims, shared } = model;
  const extra = shared.extra.length;
  return {
    begin: () => adder.start(),
    receive(message, client, round) {
      const update = judge(decode(message, { client, items, dims, extra, round }));
      adder.add(update);
      aggregator?.receive(update);
    },
    finish: () => ({ sum: adder.finish(), bytes: 0, refusal: null }),
  };
}

/** Adds the chunks' sums to `total`, in their order; yields what happened in each, and the total. */
export function* mergeChunks(
  round: number,
  results: readonly ChunkResult[],
  total: UpdateSum,
): Iterable<RoundEvent> {
  let [trained, loss, bytesUp, rejected] = [0, 0, 0, 0];
  for (const result of results) {
    yield* result.events;
    if (result.sum) addSum(total, result.sum);
    trained += result.trained;
    loss += result.loss;
    bytesUp += result.bytesUp;
    rejected += result.events.filter(({ type }) => type === 'message-rejected').length;
  }
  const { clients, kept } = total;
  const merged = {
    type: 'updates-merged',
    round,
    clients,
    trained,
    rejected,
    bytesUp,
    loss: loss / trained,
  } as const;
  yield kept ? { ...merged, bytesKept: bytesOfKept(kept) } : merged;
}
