// The client's side of windows: it draws its own, sends them once, and uses the table that comes back.
// In: one client's training items, oldest first; out: one message in the whole run, and scores that know what tends to follow.
import { itemsOf } from '../../data/split.ts';
import { streamsOfRun } from '../own-stream.ts';
import type { Setup } from '../recipe.ts';
import { drawWindows, windowCount } from './draw-windows.ts';
import { NearnessTable } from './nearness-table.ts';
import { decodeTable } from './table-message.ts';
import { addWhatComesNext, type Order } from './what-comes-next.ts';
import { encodeWindows } from './window-message.ts';

/** Clients send in the first rounds, not all at once; who is absent then sends when it is back. */
const FIRST_ROUNDS = 5;

export class WindowsAtHome {
  private readonly setup: Setup;
  private readonly sent: Uint8Array; // 1 once a client has sent its windows [clients]
  private readonly table: NearnessTable;

  constructor(setup: Setup) {
    const { users, items } = setup.split.train;
    this.setup = setup;
    this.sent = setup.memory.rowsAtHome('uint8', 'windowsSent', users, 1);
    this.table = new NearnessTable(items, setup.settings.neighbours, setup.memory);
  }

  /** Whether a table has come. */
  get isReady(): boolean {
    return this.table.standardDeviation > 0;
  }

  /**
   * What a client that is present sends beside its update: its windows, once, else null.
   *
   * @param place the client's row in the memory
   * @param client its number in the federation. Default: the same
   */
  takeTurn(
    place: number,
    round: number,
    client = place,
  ): { message: Uint8Array; windows: readonly Uint32Array[] } | null {
    const { settings, ownStream = streamsOfRun(settings) } = this.setup;
    const { refreshEvery } = settings;
    if (this.sent[place] === 1) return null;
    const sequence = itemsOf(this.setup.split.train, place);
    if (windowCount(sequence.length) === 0) return null;
    const rng = ownStream('windows', client);
    const turn = 1 + rng.integer(Math.min(FIRST_ROUNDS, refreshEvery));
    if (round < turn) return null;
    this.sent[place] = 1;
    const windows = drawWindows(sequence, rng);
    return { message: encodeWindows(windows, { client, round }, this.setup.split.train.items), windows };
  }

  /** Takes in the table that the server has made. @throws WireError if the message breaks a rule */
  receiveTable(message: Uint8Array, round: number): void {
    const { split, settings } = this.setup;
    this.table.replace(decodeTable(message, round, split.train.items, settings.neighbours));
  }

  /** Adds what tends to come next to a client's scores, [items]. */
  add(client: number, order: Order, scores: Float32Array): void {
    addWhatComesNext(this.table, itemsOf(this.setup.split.train, client), order, scores);
  }
}
