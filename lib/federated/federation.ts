// A federated program, composed of parts: local model · what travels up · server optimiser · what travels down ·
// aggregator. This file is the whole round: clients train at home, messages cross the wire, the server merges.
// The border runs through it: `ClientSide` gets one client's row, state and the broadcast; `ServerSide` gets messages.
import { expectParts } from '../numeric/arguments.ts';
import { randomStream } from '../numeric/rng.ts';
import type { Aggregator } from './aggregator.ts';
import { consecutiveBlocks } from './client-index.ts';
import { type ClientParts, ClientSide } from './client-side.ts';
import type { RoundEvent } from './events.ts';
import type { SharedModel } from './local-model.ts';
import { absentPart, namingPart, withoutOptimizers } from './optional-parts.ts';
import { roundPersonalPart } from './personal-part.ts';
import type { ChunkResult, Program, Setup, WhatComesNext } from './recipe.ts';
import { type ServerParts, ServerSide } from './server-side.ts';
import type { MessageSealer, Reception, Sides } from './sides.ts';
import { carryWindows } from './windows/carry-windows.ts';
import type { CoOccurrenceWindows } from './windows/co-occurrence-windows.ts';
import { codecOfServer } from './wire.ts';

/** The parts of a federated recipe: those of the clients and those of the server. */
export interface Composition extends ClientParts, ServerParts {
  /** Columns of a message's rows where they are not those of the item table: optimiser and downlink work on these. */
  readonly messageDims?: number;
  /** Carries updates so that the server learns the sum of each chunk of clients only. Default: plain messages. */
  readonly secureSum?: MessageSealer & Reception;
  /** Co-occurrence windows, which travel beside the updates. Default: none. */
  readonly windows?: CoOccurrenceWindows;
}

/** A program that runs a composition over a split. */
export function federation(setup: Setup, composition: Composition): Program {
  expectParts('federation', 'setup', setup, 'what create(setup) gets', {
    split: 'object',
    settings: 'object',
    memory: 'object',
    loops: 'object',
  });
  expectParts('federation', 'composition', composition, '{ localModel, optimizer, downlink }', {
    localModel: 'object',
    downlink: 'object',
  });
  return new Federation(setup, composition);
}

class Federation implements Program {
  readonly hasRounds = true;
  readonly canRefit: boolean;
  readonly hasPersonalParts: boolean;
  readonly isDefended = true;
  readonly hasServerOptimizer = true;
  readonly isPulledBack: boolean;
  readonly aggregator: Aggregator | undefined;
  readonly whatComesNext: WhatComesNext | undefined;
  readonly sides: Sides | undefined;
  private readonly setup: Setup;
  private readonly parts: Composition;
  private readonly shared: SharedModel;
  private readonly clients: ClientSide;
  private readonly server: ServerSide;
  private isPrepared: boolean;

  constructor(setup: Setup, parts: Composition) {
    const { items } = setup.split.train;
    const { dims, extra } = parts.localModel;
    this.setup = setup;
    this.parts = parts;
    const version = setup.memory.uint32('modelVersion', 1);
    this.shared = {
      itemTable: setup.memory.float32('itemTable', items * dims),
      extra: setup.memory.float32('sharedExtra', extra),
      get version() {
        return version[0]!;
      },
    };
    this.clients = new ClientSide(setup, parts, this.shared);
    const messageDims = parts.messageDims ?? dims;
    const { makeOptimizer = withoutOptimizers, memory, settings } = setup;
    const optimizer = makeOptimizer(items * messageDims, memory, settings) ?? parts.optimizer;
    const model = { items, messageDims, shared: this.shared, version };
    this.server = new ServerSide({ ...parts, optimizer }, model, setup.loops);
    this.sides = this.sidesApart(version);
    const asksFor = namingPart(setup.settings);
    if (asksFor !== null && !setup.loadParts) throw absentPart(asksFor);
    this.isPrepared = asksFor === null;
    this.canRefit = this.clients.canRefit;
    this.isPulledBack = parts.localModel.isPulledBack ?? false;
    this.aggregator = parts.aggregator;
    this.whatComesNext = parts.windows?.client;
    this.hasPersonalParts = parts.aggregator !== undefined;
  }

  async prepare(): Promise<void> {
    if (this.isPrepared) return;
    const { settings, loadParts, split } = this.setup;
    const { combine, attack } = await loadParts!(settings, split.train.items);
    if (combine) this.server.combineWith(combine);
    if (attack) this.clients.lieWith(attack);
    this.isPrepared = true;
  }

  /** Both sides for those who run them apart; with secure sums, the masks are theirs to make. */
  private sidesApart(version: Uint32Array): Sides | undefined {
    const { clients, server, shared } = this;
    const { downlink, secureSum, windows } = this.parts;
    const { firstClient = 0 } = this.setup;
    if (!downlink.receive) return undefined;
    const home = {
      takeTurn: clients.takeTurn.bind(clients),
      receiveStep(message: Uint8Array, round: number) {
        downlink.receive!(message, shared, round);
        version[0]!++;
      },
      takeWindows: (place: number, round: number) =>
        windows?.client.takeTurn(place, round, firstClient + place)?.message ?? null,
      receiveTable: (message: Uint8Array, round: number) => windows?.client.receiveTable(message, round),
    };
    const receiving = {
      beginChunk: server.beginChunk.bind(server),
      receive: server.receive.bind(server),
      finishChunk: server.finishChunk.bind(server),
      receiveWindows: windows?.server.receive.bind(windows.server),
      wholeTable: windows?.server.wholeTable.bind(windows.server),
    };
    const messageDims = this.parts.messageDims ?? this.parts.localModel.dims;
    return { messageDims, shared, home, server: receiving, secureSum };
  }

  initialize(): void {
    this.parts.localModel.initializeShared(this.shared, randomStream(this.setup.settings.seed, 'server'));
    this.clients.initialize();
  }

  /** Messages from home to the server, client by client. */
  trainChunk(round: number, from: number, to: number, watched: ReadonlySet<number>): ChunkResult {
    const { clients, server } = this;
    if (!this.isPrepared)
      throw new RangeError(
        'federation: await program.prepare() before the first round; the settings name parts',
      );
    const { channel } = this.setup;
    const events: RoundEvent[] = [];
    const reject = (client: number, reason: string) =>
      events.push({ type: 'message-rejected', round, client, reason });
    let [trained, loss, bytesUp] = [0, 0, 0];
    const accepted: number[] = [];
    const present: number[] = [];
    server.beginChunk(round, clients.withRatings(from, to));
    for (let client = from; client < to; client++) {
      const turn = clients.takeTurn(client, round, watched.has(client));
      if (turn === null) continue;
      trained++;
      present.push(client);
      loss += turn.loss;
      events.push(...turn.events);
      if (turn.message === null) continue;
      bytesUp += turn.message.length;
      const arrived = channel ? channel(turn.message, client, round) : turn.message;
      const reason = server.receive(arrived, client, round);
      if (reason === null) accepted.push(client);
      else reject(client, reason);
    }
    const { sum, bytes, refusal } = server.finishChunk();
    if (refusal !== null) for (const client of accepted) reject(client, refusal);
    const result = { sum, trained, loss, bytesUp: bytesUp + bytes, events };
    if (!this.parts.windows) return result;
    const carried = carryWindows(this.parts.windows, present, round, watched);
    events.push(...carried.events);
    return { ...result, bytesUp: result.bytesUp + carried.bytes, windows: carried.lists };
  }

  finishRound(round: number, results: readonly ChunkResult[]): Iterable<RoundEvent> {
    this.parts.windows?.server.keep(results.flatMap(({ windows }) => windows ?? []));
    return this.server.finishRound(round, results);
  }

  *refresh(round: number): Iterable<RoundEvent> {
    yield* this.parts.windows?.server.refresh(round) ?? [];
    yield* this.parts.aggregator?.refresh(round) ?? [];
  }

  async finishRefresh(): Promise<void> {
    await this.parts.aggregator?.finishRefresh?.();
  }

  blocks(size: number): Uint32Array[] {
    return this.parts.aggregator?.blocks(size) ?? consecutiveBlocks(this.setup.split.train.users, size);
  }

  score(client: number, recency: number | null, scores: Float32Array): void {
    this.clients.score(client, recency, scores);
  }

  personalParts(block: Uint32Array, out: Float32Array): void {
    const { aggregator } = this.parts;
    if (!aggregator) {
      out.fill(0);
      return;
    }
    aggregator.personalParts(block, out);
    const { items } = this.setup.split.train;
    const codec = codecOfServer(this.setup.settings);
    for (let row = 0; row < block.length; row++) {
      roundPersonalPart(out.subarray(row * items, (row + 1) * items), codec);
    }
  }
}
