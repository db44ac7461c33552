// The paper's idea: attention between clients, with K-means deciding who is compared with whom (Eq. 11–12).
// In: tokens T_u, made of messages, and the index of clients; out: δ_u, what clients with a similar token want that
// client u's own model does not give it. It uses the others only, so it also serves clients that were absent. Another way to
// weigh the others is one function, `WeighPeers`; tokens, clusters, mixing, unit size and bytes stay as they are.

import type { LloydOptions } from '../model/kmeans.ts';
import { expectKind, expectParts } from '../numeric/arguments.ts';
import { expectInteger } from '../numeric/ndarrays.ts';

import type { Aggregator } from './aggregator.ts';
import type { ClientAttention, WeighPeers } from './client-attention.ts';
import { ClientIndex } from './client-index.ts';
import type { RoundEvent } from './events.ts';
import type { Memory } from './memory.ts';
import { bytesOfPersonalPart, toUnitRootMeanSquare } from './personal-part.ts';
import type { Settings } from './settings.ts';
import { headTemperatures } from './temperature.ts';
import { type RunningMean, Tokens } from './tokens.ts';
import { codecOfServer, type Update } from './wire.ts';

/** Clients that ask at a time, at most. */
const LARGEST_BLOCK = 256;

/** The clients that a cluster's members attend to. */
interface Peers {
  readonly version: number; // of the index
  readonly cluster: number;
  readonly placeOf: ReadonlyMap<number, number>; // where a client stands among them
}

/** Those of the run's `Loops` in which it spends its time. */
interface AttentionLoops {
  runningMean(items: number): RunningMean;
  clientAttention(items: number, mostAsking: number): ClientAttention;
  readonly kmeans: LloydOptions['loops'];
}

export class AttentionAggregator implements Aggregator {
  /** T, what the server remembers of each client. */
  readonly tokens: Tokens;
  /** Who is compared with whom. */
  readonly index: ClientIndex;
  /** How peers are weighed where it is not by attention. */
  readonly weigh: WeighPeers | undefined;
  private readonly settings: Settings;
  private readonly round: Uint32Array; // of the last refresh [1]
  private readonly items: number;
  private readonly mean: Float32Array; // m, the mean token of all known clients [items]
  private readonly lengths: Float32Array; // |T_u − m|, 0 where the server has not heard of the client [clients]
  private readonly attention: ClientAttention;
  private peers: Peers | null = null;

  constructor(
    clients: number,
    items: number,
    settings: Settings,
    memory: Memory,
    loops: AttentionLoops,
    weigh?: WeighPeers,
  ) {
    const caller = 'AttentionAggregator';
    expectInteger(caller, 'clients', clients, 1);
    expectInteger(caller, 'items', items, 1);
    expectParts(caller, 'settings', settings, 'completeSettings()', { heads: 'number' });
    expectParts(caller, 'memory', memory, 'setup.memory', { rows: 'function' });
    expectKind(caller, 'loops', loops, 'object', 'plainLoops');
    this.items = items;
    this.settings = settings;
    this.weigh = weigh;
    this.round = memory.note('refreshRound');
    this.tokens = new Tokens(clients, items, memory, settings.tokenMemory, {
      runningMean: loops.runningMean(items),
    });
    this.mean = memory.float32AtServer('meanToken', items);
    this.lengths = memory.float32AtServer('tokenNorms', clients);
    this.attention = loops.clientAttention(items, LARGEST_BLOCK);
    this.index = new ClientIndex(clients, settings, memory, loops.kmeans);
  }

  /** τ of each head at the last refresh. */
  get temperatures(): readonly number[] {
    return headTemperatures(this.settings, this.round[0]!);
  }

  receive(update: Update): void {
    this.tokens.receive(update);
    this.index.receive(update);
  }

  *refresh(round: number): Iterable<RoundEvent> {
    const { known } = this.tokens;
    const clients = Uint32Array.from(known.keys()).filter((client) => known[client] === 1);
    if (clients.length === 0) return;
    this.measure(clients);
    this.round[0] = round;
    yield this.index.refresh(clients, round);
    const { probes } = this.index;
    const bytesDown = bytesOfPersonalPart(this.items, round, codecOfServer(this.settings));
    yield { type: 'attention-computed', round, peers: clients.length, probes, bytesDown };
  }

  blocks(size: number): Uint32Array[] {
    return this.index.blocks(size);
  }

  personalParts(block: Uint32Array, out: Float32Array): void {
    const { items } = this;
    const { clusterOf } = this.index;
    let from = 0;
    for (let to = 1; to <= block.length; to++) {
      const goesOn = to < block.length && clusterOf[block[to]!] === clusterOf[block[from]!];
      if (goesOn && to - from < LARGEST_BLOCK) continue;
      this.attend(block.subarray(from, to), out.subarray(from * items, to * items));
      from = to;
    }
  }

  /**
   * Writes s_u = (T_u − m) / |T_u − m| into `out` [items]; zeros where the length is 0. A token that has changed since the
   * refresh still has a direction of length 1.
   */
  direction(client: number, out: Float32Array): void {
    const { mean } = this;
    this.tokens.read(client, out);
    let squares = 0;
    for (let item = 0; item < out.length; item++) {
      const centred = out[item]! - mean[item]!;
      out[item] = centred;
      squares += centred * centred;
    }
    const scale = this.lengths[client]! > 0 && squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let item = 0; item < out.length; item++) out[item]! *= scale;
  }

  /** The mean token, and how far each client's token is from it. */
  private measure(known: Uint32Array): void {
    const { items, mean, lengths } = this;
    const token = new Float32Array(items);
    const sum = new Float64Array(items);
    for (const client of known) {
      this.tokens.read(client, token);
      for (let item = 0; item < items; item++) sum[item]! += token[item]!;
    }
    for (let item = 0; item < items; item++) mean[item] = sum[item]! / known.length;
    for (const client of known) {
      this.tokens.read(client, token);
      let squares = 0;
      for (let item = 0; item < items; item++) squares += (token[item]! - mean[item]!) ** 2;
      lengths[client] = Math.sqrt(squares);
    }
  }

  /** δ of clients of one cluster. */
  private attend(block: Uint32Array, out: Float32Array): void {
    const { items } = this;
    const cluster = this.index.clusterOf[block[0]!]! - 1;
    if (cluster < 0) {
      out.fill(0);
      return;
    }
    const { placeOf } = this.peersOf(cluster);
    const asking = block.map((client) => placeOf.get(client)!);
    if (this.weigh) this.attention.mix(asking, this.weigh, out);
    else this.attention.attend(asking, this.temperatures, out);
    for (let row = 0; row < block.length; row++) {
      toUnitRootMeanSquare(out.subarray(row * items, (row + 1) * items));
    }
  }

  /** The clients that a cluster's members attend to; kept, because blocks come cluster by cluster. */
  private peersOf(cluster: number): Peers {
    const { version } = this.index;
    if (this.peers?.version === version && this.peers.cluster === cluster) return this.peers;
    const clients = this.index.clientsNear(cluster);
    const lengths = Float32Array.from(clients, (client) => this.lengths[client]!);
    this.attention.setPeers(lengths, (peer, out) => this.direction(clients[peer]!, out));
    const placeOf = new Map(Array.from(clients, (client, place) => [client, place]));
    this.peers = { version, cluster, placeOf };
    return this.peers;
  }
}
