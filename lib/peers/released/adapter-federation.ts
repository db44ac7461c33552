// The federation of the released program and of its repair: clients train the score network with a LoRA adapter, the
// factor A travels (B too, in the repair), and the server answers every client with an A of its own.
// The border: client code gets one client's ratings and state and what the server sent; the server gets messages.
import { itemsOf } from '../../data/split.ts';
import { consecutiveBlocks } from '../../federated/client-index.ts';
import { ClientSampler, copyOfSample, isPresent } from '../../federated/client-side.ts';
import type { RoundEvent } from '../../federated/events.ts';
import type { ChunkResult, Program, Setup } from '../../federated/recipe.ts';
import { mergeChunks } from '../../federated/server-side.ts';
import { addRows, addUpdate, emptySum, type UpdateSum } from '../../federated/update-sum.ts';
import { decode, encode, type Update, WireError } from '../../federated/wire.ts';
import { randomStream } from '../../numeric/rng.ts';
import { AdapterClient } from './adapter-client.ts';
import type { AdapterServer, ReceivedRows } from './adapter-server.ts';

export interface AdapterFederationParts {
  /** Whether B is shared: its changes are sent, and the server keeps one B for all. */
  readonly sharesB: boolean;
  /** b of the Laplace noise that clients add to A before they send it; 0 for none. */
  readonly laplaceScale: number;
  server(setup: Setup, dim: number): AdapterServer;
}

export class AdapterFederation implements Program {
  readonly hasRounds = true;
  readonly canRefit = false;
  readonly hasPersonalParts = false;
  private readonly setup: Setup;
  private readonly parts: AdapterFederationParts;
  private readonly clients: number;
  private readonly items: number;
  private readonly rank: number;
  private readonly dim: number; // length of A
  private readonly client: AdapterClient;
  private readonly server: AdapterServer;
  private readonly answers: Float32Array; // A that the server sent last [clients, dim]
  private readonly sharedB: Float32Array; // [items, rank], or empty
  private readonly received: Float32Array; // A that each client sent last [clients, dim]
  private readonly isHere: Uint8Array; // whether this round's message came through [clients]
  private readonly sampler: ClientSampler;
  readonly finishRoundOnDevice?: Program['finishRoundOnDevice'];

  constructor(setup: Setup, parts: AdapterFederationParts) {
    const { split, settings, memory } = setup;
    this.setup = setup;
    this.parts = parts;
    this.clients = split.train.users;
    this.items = split.train.items;
    this.rank = settings.rank;
    this.dim = settings.rank * settings.factors;
    this.answers = memory.float32('answers', this.clients * this.dim);
    this.sharedB = memory.float32('sharedB', parts.sharesB ? this.items * this.rank : 0);
    this.received = memory.rows('float32', 'receivedA', this.clients, this.dim);
    this.isHere = memory.rows('uint8', 'isHere', this.clients, 1);
    this.client = new AdapterClient(setup, parts.sharesB);
    this.server = parts.server(setup, this.dim);
    const { answerOnDevice } = this.server;
    if (answerOnDevice)
      this.finishRoundOnDevice = (round, results) => this.finishWith(answerOnDevice, round, results);
    this.sampler = new ClientSampler(setup);
  }

  initialize(): void {
    const { a, b } = this.client.initialize();
    this.sharedB.set(this.parts.sharesB ? b : []);
    for (let client = 0; client < this.clients; client++) {
      this.answers.set(a, client * this.dim);
      this.received.set(a, client * this.dim);
    }
    this.server.initialize();
  }

  trainChunk(round: number, from: number, to: number, watched: ReadonlySet<number>): ChunkResult {
    const sum = this.emptySum();
    const result = { sum, trained: 0, loss: 0, bytesUp: 0, events: [] as RoundEvent[] };
    for (let client = from; client < to; client++) {
      this.isHere[client] = 0;
      const update = this.trainClient(client, round, watched.has(client), result);
      // An absent client has trained too, as in the released program; its message does not get through.
      if (update === null || !isPresent(client, round, this.setup.settings)) continue;
      const message = encode(update, this.items, this.setup.settings.codec);
      result.bytesUp += message.length;
      if (watched.has(client)) {
        result.events.push({ type: 'update-sent', round, client, update, bytes: message.length });
      }
      this.receive(message, client, round, result);
    }
    return result;
  }

  *finishRound(round: number, results: readonly ChunkResult[]): Iterable<RoundEvent> {
    const total = yield* this.merge(round, results);
    if (total.clients === 0) return; // nobody came through: everybody keeps what it has
    yield* this.server.answer(round, this.heard(), this.answers);
    yield this.send(round, total);
  }

  /** The same, with answers that a device makes. */
  private async *finishWith(
    answer: NonNullable<AdapterServer['answerOnDevice']>,
    round: number,
    results: readonly ChunkResult[],
  ): AsyncGenerator<RoundEvent> {
    const total = yield* this.merge(round, results);
    if (total.clients === 0) return;
    yield* answer(round, this.heard(), this.answers);
    yield this.send(round, total);
  }

  /** The sum of what came through. */
  private *merge(round: number, results: readonly ChunkResult[]): Generator<RoundEvent, UpdateSum> {
    const total = this.emptySum();
    yield* mergeChunks(round, results, total);
    return total;
  }

  private heard(): ReceivedRows {
    return { clients: this.membersOf(), rows: this.received, isPresent: this.isHere };
  }

  private send(round: number, total: UpdateSum): RoundEvent {
    const bytesDown = this.sendAnswers(round, this.membersOf()) + this.sendB(round, total);
    return { type: 'broadcast-sent', round, bytesDown, cutOff: 0 };
  }

  refresh(): Iterable<RoundEvent> {
    return [];
  }

  blocks(size: number): Uint32Array[] {
    return consecutiveBlocks(this.clients, size);
  }

  score(client: number, _recency: number | null, scores: Float32Array): void {
    this.client.score(client, this.parts.sharesB ? this.factorsFor(client) : null, scores);
  }

  personalParts(_block: Uint32Array, out: Float32Array): void {
    out.fill(0);
  }

  /** The client's side: from its own row and state to what it sends, or null if it has no ratings. */
  private trainClient(
    client: number,
    round: number,
    isWatched: boolean,
    result: { trained: number; loss: number; events: RoundEvent[] },
  ): Update | null {
    const { settings, split } = this.setup;
    if (itemsOf(split.train, client).length === 0) return null;
    const sample = this.sampler.draw(client, randomStream(settings.seed, 'negatives', round, client));
    const { loss, extra, rows, left } = this.client.train(client, round, sample, this.factorsFor(client));
    result.trained++;
    result.loss += loss;
    if (isWatched)
      result.events.push({ type: 'client-trained', round, client, sample: copyOfSample(sample), loss });
    if (this.parts.laplaceScale > 0) {
      const noise = randomStream(settings.seed, 'noise', round, client);
      for (let at = 0; at < extra.length; at++) extra[at]! += noise.laplace(this.parts.laplaceScale);
    }
    const dims = this.parts.sharesB ? this.rank : 0;
    return { client, round, rows, rank: 0, dims, left, right: new Float32Array(0), extra };
  }

  /** What the client has received: its own A, and B if that is shared. */
  private factorsFor(client: number): { a: Float32Array; b: Float32Array } {
    return { a: this.answers.subarray(client * this.dim, (client + 1) * this.dim), b: this.sharedB };
  }

  /** The server's side of one message: decoded and kept, or rejected and reported. */
  private receive(
    sent: Uint8Array,
    client: number,
    round: number,
    result: { sum: UpdateSum; events: RoundEvent[] },
  ): void {
    const { channel } = this.setup;
    const dims = this.parts.sharesB ? this.rank : 0;
    try {
      const expected = { client, items: this.items, dims, extra: this.dim, round };
      const update = decode(channel ? channel(sent, client, round) : sent, expected);
      addUpdate(result.sum, { ...update, extra: noNumbers });
      this.received.set(update.extra, client * this.dim);
      this.isHere[client] = 1;
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      result.events.push({ type: 'message-rejected', round, client, reason: error.message });
    }
  }

  /** Sends every client its A through the wire format; returns the length of one message. */
  private sendAnswers(round: number, members: Uint32Array): number {
    let bytes = 0;
    for (const client of members) {
      const extra = this.factorsFor(client).a;
      const nothing = { rows: new Uint32Array(0), rank: 0, dims: 0, left: noNumbers, right: noNumbers };
      const message = encode({ client, round, ...nothing, extra }, this.items);
      const expected = { client, items: this.items, dims: 0, extra: this.dim, round };
      extra.set(decode(message, expected).extra);
      bytes = message.length;
    }
    return bytes;
  }

  /** B moves, item by item, by the mean change of the clients that trained the item; everybody receives the change. */
  private sendB(round: number, total: UpdateSum): number {
    if (!this.parts.sharesB) return 0;
    const left = total.items.map((sum, at) => sum / Math.max(1, total.senders[Math.floor(at / this.rank)]!));
    const rows = Uint32Array.from({ length: this.items }, (_, item) => item);
    const change = {
      client: 0,
      round,
      rows,
      rank: 0,
      dims: this.rank,
      left,
      right: noNumbers,
      extra: noNumbers,
    };
    const message = encode(change, this.items);
    const expected = { client: 0, items: this.items, dims: this.rank, extra: 0, round };
    addRows(this.sharedB, decode(message, expected));
    return message.length;
  }

  private emptySum(): UpdateSum {
    const isShared = this.parts.sharesB;
    return emptySum(isShared ? this.items : 0, isShared ? this.rank : 0, 0);
  }

  /** Clients with ratings: the others never train. */
  private membersOf(): Uint32Array {
    const { train } = this.setup.split;
    return Uint32Array.from({ length: this.clients }, (_, client) => client).filter(
      (client) => itemsOf(train, client).length > 0,
    );
  }
}

const noNumbers = new Float32Array(0);
