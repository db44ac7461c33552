// A federated program, composed of parts: local model · what travels up · server optimiser · what travels down ·
// aggregator. This file is the whole round: clients train at home, messages cross the wire, the server merges.
// The border: client code gets one client's row, state and the broadcast; server code gets decoded messages.
import { NegativeSampler } from '../data/negatives.ts';
import { itemsOf } from '../data/ratings.ts';
import { randomStream } from '../numeric/rng.ts';
import type { Aggregator } from './aggregator.ts';
import { isPresent } from './dropout.ts';
import type { RoundEvent } from './events.ts';
import type { LocalModel, SharedModel } from './local-model.ts';
import type { CohortSum } from './privacy/cohort-sum.ts';
import { type Defence, makeDefence } from './privacy/defence.ts';
import { RecencyRefit } from './recency.ts';
import { type ChunkResult, consecutiveBlocks, type Program, type Setup } from './recipe.ts';
import type { Downlink, ServerOptimizer } from './server.ts';
import { addSum, emptySum, UpdateAdder } from './update-sum.ts';
import { decode, encode, type Update, WireError } from './wire.ts';

/** The parts of a federated recipe. */
export interface Composition {
  readonly localModel: LocalModel;
  readonly optimizer: ServerOptimizer;
  readonly downlink: Downlink;
  /** Changes an update before it is encoded, e.g. `expandUpdate`; sent as it is unless told. */
  readonly uplink?: (update: Update) => Update;
  /** Columns of a message's rows where they are not those of the item table: optimiser and downlink work on these. */
  readonly messageDims?: number;
  readonly aggregator?: Aggregator;
  /** Carries updates so that the server learns the sum of each chunk of clients only; plain messages unless told. */
  readonly secureSum?: CohortSum;
}

/** A program that runs a composition over a split. */
export function federation(setup: Setup, composition: Composition): Program {
  return new Federation(setup, composition);
}

class Federation implements Program {
  readonly hasRounds = true;
  readonly canRefit: boolean;
  readonly hasPersonalParts: boolean;
  readonly isDefended = true;
  private readonly setup: Setup;
  private readonly parts: Composition;
  private readonly clients: number;
  private readonly items: number;
  private readonly messageDims: number;
  private readonly shared: SharedModel;
  private readonly version: Uint32Array; // counts broadcasts [1]
  private readonly states: Float32Array; // private states [clients, stateLength]; only client code reads a row
  private readonly sampler: NegativeSampler;
  private readonly adder: UpdateAdder;
  private readonly defence: Defence | null;
  private readonly refitter: RecencyRefit;

  constructor(setup: Setup, parts: Composition) {
    this.setup = setup;
    this.parts = parts;
    this.clients = setup.split.train.users;
    this.items = setup.split.train.items;
    this.messageDims = parts.messageDims ?? parts.localModel.dims;
    this.canRefit = parts.localModel.userVector !== undefined && setup.split.ordered;
    this.hasPersonalParts = parts.aggregator !== undefined;
    const version = setup.memory.uint32('modelVersion', 1);
    this.version = version;
    this.shared = {
      itemTable: setup.memory.float32('itemTable', this.items * parts.localModel.dims),
      extra: setup.memory.float32('sharedExtra', parts.localModel.extra),
      get version() {
        return version[0]!;
      },
    };
    this.states = setup.memory.rows('float32', 'clientStates', this.clients, parts.localModel.stateLength);
    this.sampler = new NegativeSampler(this.items);
    this.adder = new UpdateAdder(this.items, this.messageDims, parts.localModel.extra, setup.backend.name);
    this.refitter = new RecencyRefit(this.items, setup.settings, setup.backend.name);
    this.defence = makeDefence(setup.settings, this.items, () => parts.secureSum?.noiseShare ?? 1);
  }

  initialize(): void {
    const { seed } = this.setup.settings;
    this.parts.localModel.initializeShared(this.shared, randomStream(seed, 'server'));
    for (let client = 0; client < this.clients; client++) {
      this.parts.localModel.initialize(this.stateOf(client), randomStream(seed, 'client', client));
    }
  }

  trainChunk(round: number, from: number, to: number, watched: ReadonlySet<number>): ChunkResult {
    if (this.parts.secureSum) return this.trainCohort(this.parts.secureSum, round, from, to, watched);
    this.adder.start();
    const result = { trained: 0, loss: 0, bytesUp: 0, events: [] as RoundEvent[] };
    for (let client = from; client < to; client++) {
      const sent = this.trainClient(client, round, watched.has(client), result);
      if (sent === null) continue;
      result.bytesUp += sent.length;
      const received = this.receive(sent, client, round, result.events);
      if (received === null) continue;
      this.adder.add(received);
      this.parts.aggregator?.receive(received);
    }
    return { ...result, sum: this.adder.finish() };
  }

  /** A chunk as a cohort of secure sums: messages are masked, and nobody but their sum is ever seen. */
  private trainCohort(
    secureSum: CohortSum,
    round: number,
    from: number,
    to: number,
    watched: ReadonlySet<number>,
  ): ChunkResult {
    const result = { trained: 0, loss: 0, bytesUp: 0, events: [] as RoundEvent[] };
    const cohort = Array.from({ length: to - from }, (_, place) => from + place).filter(
      (client) => itemsOf(this.setup.split.train, client).length > 0,
    );
    const received: number[] = [];
    secureSum.begin(round, cohort);
    for (const client of cohort) {
      const sent = this.trainClient(client, round, watched.has(client), result);
      if (sent === null) continue;
      result.bytesUp += sent.length;
      const message = this.setup.channel ? this.setup.channel(sent, client, round) : sent;
      const isReceived = this.accept(client, round, result.events, () =>
        secureSum.receive(message, client, round),
      );
      if (isReceived) received.push(client);
    }
    const { sum, bytes, refusal } = secureSum.finish();
    if (refusal !== null) {
      for (const client of received)
        result.events.push({ type: 'message-rejected', round, client, reason: refusal });
    }
    return { ...result, bytesUp: result.bytesUp + bytes, sum };
  }

  *finishRound(round: number, results: readonly ChunkResult[]): Iterable<RoundEvent> {
    const { localModel, optimizer, downlink } = this.parts;
    const total = emptySum(this.items, this.messageDims, localModel.extra);
    let [trained, loss, bytesUp, rejected] = [0, 0, 0, 0];
    for (const result of results) {
      yield* result.events;
      if (result.sum) addSum(total, result.sum);
      trained += result.trained;
      loss += result.loss;
      bytesUp += result.bytesUp;
      rejected += result.events.filter((event) => event.type === 'message-rejected').length;
    }
    yield {
      type: 'updates-merged',
      round,
      clients: total.clients,
      trained,
      rejected,
      bytesUp,
      loss: loss / trained,
    };
    if (total.clients === 0) return; // nobody came through: the model stays as it is
    const step = new Float32Array(this.items * this.messageDims);
    optimizer.step(total, step);
    const extraStep = total.extra.map((sum) => sum / total.clients);
    const { bytes, cutOff } = downlink.send(step, extraStep, this.shared, round);
    this.version[0]!++;
    yield { type: 'broadcast-sent', round, bytesDown: bytes, cutOff };
  }

  refresh(round: number): Iterable<RoundEvent> {
    return this.parts.aggregator?.refresh(round) ?? [];
  }

  async finishRefresh(): Promise<void> {
    await this.parts.aggregator?.finishRefresh?.();
  }

  blocks(size: number): Uint32Array[] {
    return this.parts.aggregator?.blocks(size) ?? consecutiveBlocks(this.clients, size);
  }

  score(client: number, recency: number | null, scores: Float32Array): void {
    const { localModel } = this.parts;
    const positives = itemsOf(this.setup.split.train, client);
    const { state, shared } = this.ownModel(client, positives);
    if (recency === null || !this.canRefit || positives.length === 0) {
      localModel.score(state, shared, scores);
      return;
    }
    const trained = localModel.userVector!(state);
    this.refitter.score(client, positives, trained, shared, recency, scores);
  }

  /** What a client scores with: its state and the broadcast, or what it makes of them at home. */
  private ownModel(client: number, positives: Uint32Array): { state: Float32Array; shared: SharedModel } {
    const { setup, shared } = this;
    const { localModel } = this.parts;
    const state = this.stateOf(client);
    if (!localModel.personalize || positives.length === 0) return { state, shared };
    const rng = randomStream(setup.settings.seed, 'scoring', client);
    const sample = this.sampler.draw(
      positives,
      setup.settings.negatives * positives.length,
      rng,
      this.forbidden(client),
    );
    return localModel.personalize({ client, round: 0, sample, shared }, state);
  }

  personalParts(block: Uint32Array, out: Float32Array): void {
    if (this.parts.aggregator) this.parts.aggregator.personalParts(block, out);
    else out.fill(0);
  }

  /** The client's side: from its own row and state to the bytes it sends, or null if it is absent or has nothing. */
  private trainClient(
    client: number,
    round: number,
    isWatched: boolean,
    result: { trained: number; loss: number; events: RoundEvent[] },
  ): Uint8Array | null {
    const { settings, split } = this.setup;
    const positives = itemsOf(split.train, client);
    if (positives.length === 0 || !isPresent(client, round, settings)) return null;
    const rng = randomStream(settings.seed, 'negatives', round, client);
    const sample = this.sampler.draw(
      positives,
      settings.negatives * positives.length,
      rng,
      this.forbidden(client),
    );
    const task = { client, round, sample, shared: this.shared };
    const { update: trained, loss } = this.parts.localModel.train(task, this.stateOf(client));
    const update = trained && this.defence ? this.defence(trained, task) : trained;
    result.trained++;
    result.loss += loss;
    if (isWatched) {
      const { rows, counts, labels, size } = sample; // the sampler's memory is reused: keep copies
      const kept = { rows: rows.slice(), counts: counts.slice(), labels: labels.slice(), size };
      result.events.push({ type: 'client-trained', round, client, sample: kept, loss });
    }
    if (update === null) return null;
    const sent = this.parts.uplink ? this.parts.uplink(update) : update;
    const message = this.parts.secureSum?.seal(sent) ?? encode(sent, this.items, settings.codec);
    if (isWatched) {
      const { rows, left, right, extra } = update;
      const kept = {
        ...update,
        rows: rows.slice(),
        left: left.slice(),
        right: right.slice(),
        extra: extra.slice(),
      };
      result.events.push({ type: 'update-sent', round, client, update: kept, bytes: message.length });
    }
    return message;
  }

  /** The server's side of one message: decoded, or rejected and reported. */
  private receive(sent: Uint8Array, client: number, round: number, events: RoundEvent[]): Update | null {
    const { extra } = this.parts.localModel;
    const dims = this.messageDims;
    const message = this.setup.channel ? this.setup.channel(sent, client, round) : sent;
    let update: Update | null = null;
    this.accept(client, round, events, () => {
      update = decode(message, { client, items: this.items, dims, extra, round });
    });
    return update;
  }

  /** Reads a message; one that breaks a rule of the wire is reported. */
  private accept(client: number, round: number, events: RoundEvent[], read: () => void): boolean {
    try {
      read();
      return true;
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      events.push({ type: 'message-rejected', round, client, reason: error.message });
      return false;
    }
  }

  private stateOf(client: number): Float32Array {
    const { stateLength } = this.parts.localModel;
    return this.states.subarray(client * stateLength, (client + 1) * stateLength);
  }

  /** Items that must not be drawn as negatives: none, unless the released protocol's leak is to be shown. */
  private forbidden(client: number): number[] {
    const { split, settings } = this.setup;
    if (settings.protocol === 'leak-free') return [];
    return [split.validation[client]!, split.test[client]!].filter((item) => item >= 0);
  }
}
