// Error feedback at the client: what rounding cut off B is kept at home and added to the next message, so that nothing is lost,
// it only arrives later (Eq. 8, on the way up). In: an update of rank one; out: the update to send, and afterwards what is kept.
// A moves a little from round to round, so what is kept meets a slightly different A. Seide et al. (2014), Karimireddy et al. (2019).
import type { Memory } from './memory.ts';
import type { Update } from './wire.ts';

export class ErrorFeedback {
  private readonly items: number;
  private readonly kept: Float32Array; // e [clients, items]

  constructor(clients: number, items: number, memory: Memory) {
    this.items = items;
    this.kept = memory.rowsAtHome('float32', 'uplinkError', clients, items);
  }

  /**
   * The update with what was kept, on its own rows and on those of earlier rounds: B + e.
   *
   * @param place whose row is meant. Default: that of the update's client
   * @throws RangeError if the update is not of rank one
   */
  add(update: Update, place = update.client): Update {
    const { rows, rank, left } = update;
    if (rank !== 1) {
      throw new RangeError(
        `ErrorFeedback: it needs updates of rank one, got rank ${rank}; turn errorFeedback off`,
      );
    }
    const total = this.keptBy(place).slice(); // [items]
    const isNamed = Uint8Array.from(total, (value) => (value === 0 ? 0 : 1));
    rows.forEach((item, row) => {
      total[item]! += left[row]!;
      isNamed[item] = 1;
    });
    const named = Uint32Array.from(total.keys()).filter((item) => isNamed[item] === 1);
    return { ...update, rows: named, left: Float32Array.from(named, (item) => total[item]!) };
  }

  /** e ← what was meant to be sent, less what arrives; a row that is not sent is kept whole. */
  keep(sent: Update, received: Update, place = sent.client): void {
    const kept = this.keptBy(place);
    sent.rows.forEach((item, row) => {
      kept[item] = sent.left[row]!;
    });
    received.rows.forEach((item, row) => {
      kept[item]! -= received.left[row]!;
    });
  }

  private keptBy(client: number): Float32Array {
    return this.kept.subarray(client * this.items, (client + 1) * this.items);
  }
}
