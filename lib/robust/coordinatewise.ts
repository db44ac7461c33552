// What the coordinate median and the trimmed mean share: each number of the table is decided by itself, from the sorted
// list of what clients want it to be changed by.
// In: all updates of a round, a centre for sorted numbers; out: centre × senders, so that it stands where a sum would.
import type { Combine } from '../federated/combine.ts';
import { forEachItem, fromAllUpdates } from './kept-updates.ts';

/** Whether a client that did not touch an item has no say in it, or says 0. */
export type Untouched = 'skip' | 'zero';

export function coordinatewise(untouched: Untouched, centre: (sorted: Float32Array) => number): Combine {
  return fromAllUpdates((updates, total) => {
    const { items, senders, extra } = total;
    const dims = senders.length > 0 ? items.length / senders.length : 0;
    const values = new Float32Array(updates.length);
    /** `values` holds `count` numbers. */
    const centreOf = (count: number) => {
      if (untouched === 'zero') values.fill(0, count);
      return centre(values.subarray(0, untouched === 'zero' ? updates.length : count).sort());
    };
    forEachItem(updates, senders.length, (item, rows, touchers) => {
      senders[item] = untouched === 'zero' ? updates.length : touchers;
      for (let k = 0; k < dims; k++) {
        for (let at = 0; at < touchers; at++) values[at] = rows[at * dims + k]!;
        items[item * dims + k] = senders[item]! * centreOf(touchers);
      }
    });
    total.clients = updates.length;
    for (let index = 0; index < extra.length; index++) {
      updates.forEach((update, at) => {
        values[at] = update.extra[index]!;
      });
      extra[index] = updates.length * centreOf(updates.length);
    }
  });
}

/** @throws RangeError if a share is not from 0 to below one half */
export function expectShare(caller: string, name: string, share: number): void {
  if (share >= 0 && share < 0.5) return;
  throw new RangeError(`${caller}: ${name} must be a number from 0 to below 0.5, got ${share}`);
}
