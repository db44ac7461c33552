// How many users touched both of two items: what neighbourhood and linear models learn from.
// In: who touched what; out: one row of XᵀX at a time, so that nothing larger than the caller wants is ever held.
import type { Interactions } from '../data/ratings.ts';
import { itemsOf } from '../data/split.ts';

/** Counts users that two items have in common. */
export class CoOccurrence {
  private readonly interactions: Interactions;
  private readonly offsets: Uint32Array; // where each item's users begin, [items + 1]
  private readonly userOf: Uint32Array; // [interactions], item by item

  constructor(interactions: Interactions) {
    const { users, items, itemOf } = interactions;
    this.interactions = interactions;
    this.offsets = new Uint32Array(items + 1);
    this.userOf = new Uint32Array(itemOf.length);
    for (const item of itemOf) this.offsets[item + 1]!++;
    for (let item = 0; item < items; item++) this.offsets[item + 1]! += this.offsets[item]!;
    const next = this.offsets.slice(0, items);
    for (let user = 0; user < users; user++) {
      for (const item of itemsOf(interactions, user)) this.userOf[next[item]!++] = user;
    }
  }

  /** The number of users who touched an item. */
  count(item: number): number {
    return this.offsets[item + 1]! - this.offsets[item]!;
  }

  /** Writes row `item` of XᵀX into `out`, [items]: the users it shares with every item, itself included. */
  row(item: number, out: Float32Array): void {
    out.fill(0);
    for (let at = this.offsets[item]!; at < this.offsets[item + 1]!; at++) {
      const touched = itemsOf(this.interactions, this.userOf[at]!);
      for (let index = 0; index < touched.length; index++) out[touched[index]!]!++;
    }
  }
}
