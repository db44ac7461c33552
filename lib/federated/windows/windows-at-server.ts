// The server's side of windows: it takes each client's once, counts, and sends the table of what is near what.
// In: messages; out: a table for everybody, made when parts are refreshed and new windows have come. It is given no ratings.
import type { RoundEvent } from '../events.ts';
import type { Memory } from '../memory.ts';
import type { Settings } from '../settings.ts';
import { WireError } from '../wire/bits.ts';
import { WindowCounts } from './count-windows.ts';
import { isSameRow, NearnessTable, strongest } from './nearness-table.ts';
import { decodeTable, encodeTable } from './table-message.ts';
import { decodeWindows } from './window-message.ts';

/** What a message amounts to: its windows one after the other, each its length, then its items; or why it is rejected. */
export type ReceivedWindows = { readonly list: Uint32Array } | { readonly refusal: string };

export class WindowsAtServer {
  private readonly items: number;
  private readonly settings: Settings;
  private readonly heard: Uint8Array; // 1 once a client's windows have come [clients]
  private readonly list: Uint32Array; // all windows [room]
  private readonly used: Uint32Array; // of the list, and how much the table was made of [2]
  private readonly table: NearnessTable;

  /** @param room for all windows together, with their lengths */
  constructor(clients: number, items: number, room: number, settings: Settings, memory: Memory) {
    this.items = items;
    this.settings = settings;
    this.heard = memory.rows('uint8', 'windowsHeard', clients, 1);
    this.list = memory.uint32AtServer('windowList', room);
    this.used = memory.uint32AtServer('windowListUsed', 2);
    this.table = new NearnessTable(items, settings.neighbours, memory);
  }

  /** Takes in one message; may run in any thread. What came through is counted by `count`. */
  receive(message: Uint8Array, client: number, round: number): ReceivedWindows {
    try {
      const windows = decodeWindows(message, { client, round }, this.items);
      if (this.heard[client] === 1)
        return { refusal: `wire: message rejected: client ${client} has sent its windows before` };
      this.heard[client] = 1;
      return { list: Uint32Array.from(windows.flatMap((window) => [window.length, ...window])) };
    } catch (error) {
      if (error instanceof WireError) return { refusal: error.message };
      throw error;
    }
  }

  /** Keeps the windows of a round, in the order of the clients; those for which there is no room are not counted. */
  keep(lists: readonly Uint32Array[]): void {
    for (const list of lists) {
      const end = this.used[0]! + list.length;
      if (end > this.list.length) continue;
      this.list.set(list, this.used[0]!);
      this.used[0] = end;
    }
  }

  /** The whole table, for who has none, or an old one; null as long as there is none. */
  wholeTable(round: number): Uint8Array | null {
    if (this.table.standardDeviation === 0) return null;
    const rows = Array.from({ length: this.items }, (_, item) => this.table.row(item));
    return encodeTable(rows, round, this.items);
  }

  /** Makes the table of all windows so far and sends what has changed. */
  *refresh(round: number): Iterable<RoundEvent> {
    const { refreshEvery, rounds, neighbours } = this.settings;
    const [used, counted] = this.used as unknown as [number, number];
    if (used === counted || (round % refreshEvery !== 0 && round !== rounds)) return;
    const counts = new WindowCounts(this.list, used, this.items);
    const nearness = new Float32Array(this.items);
    const made = Array.from({ length: this.items }, (_, item) => {
      counts.nearness(item, nearness);
      return strongest(item, nearness, neighbours);
    });
    const changed = made.filter((row) => counted === 0 || !isSameRow(row, this.table.row(row.item)));
    this.used[1] = used;
    const message = encodeTable(changed, round, this.items);
    this.table.replace(decodeTable(message, round, this.items, neighbours)); // as each client does
    yield { type: 'windows-counted', round, rows: changed.length, bytesDown: message.length };
  }
}
