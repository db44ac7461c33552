// The attention between clients with its refresh on another device, a GPU say: what the loops of AttentionAggregator do
// block by block when they are asked, a device does for everybody right after the refresh, while the round waits.
// In: that aggregator's tokens and clusters; out: δ [clients, items], kept until the next refresh and shared with
// threads. What the device has not made (yet), the aggregator's own loops make.

import type { Aggregator } from '../federated/aggregator.ts';
import type { AttentionAggregator } from '../federated/attention-aggregator.ts';
import type { AttentionDevice } from '../federated/attention-device.ts';
import type { RoundEvent } from '../federated/events.ts';
import type { Loops } from '../federated/loops.ts';
import type { Memory } from '../federated/memory.ts';
import type { Update } from '../federated/wire.ts';

/** The personal parts of all clients are kept, so there is a limit to their number. */
const LARGEST_BYTES = 512 * 2 ** 20;

/** Whether a federation is small enough for its personal parts to be made on a device. */
export function fitsDevice(clients: number, items: number): boolean {
  return 4 * clients * items <= LARGEST_BYTES;
}

/**
 * The same loops beside a device that computes personal parts ahead, where they are few enough to be kept.
 *
 * @param device none in a thread that reads what another one's device has made
 */
export function withDevice(loops: Loops, device?: AttentionDevice): Loops {
  return {
    ...loops,
    ahead: (attention, clients, items, memory) =>
      fitsDevice(clients, items) ? new DeviceAttention(attention, clients, items, memory, device) : attention,
  };
}

export class DeviceAttention implements Aggregator {
  readonly inner: AttentionAggregator;
  private readonly items: number;
  private readonly device: AttentionDevice | undefined;
  private readonly parts: Float32Array; // δ [clients, items]
  private readonly version: Uint32Array; // of the index when δ was made; 0 if never [1]

  /** @param device none in a thread that reads what another one's device has made */
  constructor(
    inner: AttentionAggregator,
    clients: number,
    items: number,
    memory: Memory,
    device?: AttentionDevice,
  ) {
    this.inner = inner;
    this.items = items;
    this.device = device;
    this.parts = memory.derivedFloat32('devicePersonalParts', clients * items);
    this.version = memory.derivedUint32('devicePersonalPartsVersion', 1);
  }

  receive(update: Update): void {
    this.inner.receive(update);
  }

  refresh(round: number): Iterable<RoundEvent> {
    return this.inner.refresh(round);
  }

  blocks(size: number): Uint32Array[] {
    return this.inner.blocks(size);
  }

  personalParts(block: Uint32Array, out: Float32Array): void {
    const { items, parts } = this;
    if (this.version[0] !== this.inner.index.version) {
      this.inner.personalParts(block, out);
      return;
    }
    block.forEach((client, row) => {
      out.set(parts.subarray(client * items, (client + 1) * items), row * items);
    });
  }

  /** Computes δ of all clients, cluster by cluster. */
  async finishRefresh(): Promise<void> {
    const { device, items, parts, inner } = this;
    const { index, temperatures } = inner;
    if (!device || index.version === 0) return;
    this.version[0] = 0;
    parts.fill(0); // for clients that the server has not heard of
    const known = Uint32Array.from(index.clusterOf.keys()).filter((client) => index.clusterOf[client] !== 0);
    const center = this.meanOf(known);
    for (const members of membersOf(index.clusterOf)) {
      const cluster = index.clusterOf[members[0]!]! - 1;
      const others = index.clientsNear(cluster).filter((client) => index.clusterOf[client] !== 1 + cluster);
      const peers = new Uint32Array(members.length + others.length);
      peers.set(members);
      peers.set(others, members.length);
      const rows = this.tokensOf(peers);
      const valueMean = peers.length === known.length ? center : this.meanOf(peers);
      const queries = members.length;
      const made = await device.personalParts({
        items,
        tokens: rows,
        queries,
        center,
        valueMean,
        temperatures,
      });
      if (made === null) return; // the version stays 0: the loops do it all when they are asked
      members.forEach((client, row) => {
        parts.set(made.subarray(row * items, (row + 1) * items), client * items);
      });
    }
    this.version[0] = index.version;
  }

  /** T [clients, items]; the tokens themselves, without a copy, if all of them are asked for. */
  private tokensOf(clients: Uint32Array): Float32Array {
    const { items } = this;
    const { tokens } = this.inner;
    if (tokens.dense && isEveryone(clients, tokens.known.length)) return tokens.dense;
    const rows = new Float32Array(clients.length * items);
    clients.forEach((client, row) => {
      tokens.read(client, rows.subarray(row * items, (row + 1) * items));
    });
    return rows;
  }

  private meanOf(clients: Uint32Array): Float32Array {
    const token = new Float32Array(this.items);
    const sum = new Float64Array(this.items);
    for (const client of clients) {
      this.inner.tokens.read(client, token);
      for (let item = 0; item < sum.length; item++) sum[item]! += token[item]!;
    }
    return Float32Array.from(sum, (value) => value / clients.length);
  }
}

/** The clients of each cluster that has any, in increasing order. */
function membersOf(clusterOf: Uint32Array): Uint32Array[] {
  const members = new Map<number, number[]>();
  clusterOf.forEach((label, client) => {
    if (label === 0) return;
    const list = members.get(label);
    if (list) list.push(client);
    else members.set(label, [client]);
  });
  return [...members.values()].map((clients) => Uint32Array.from(clients));
}

function isEveryone(clients: Uint32Array, count: number): boolean {
  return clients.length === count && clients.every((client, row) => client === row);
}
