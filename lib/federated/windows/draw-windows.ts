// Windows: short stretches of what a client touched one after the other, each told as a set (Eq. 38).
// In: a client's training items, oldest first; out: sorted sets of at most 16 items. Where a stretch begins is random, so
// a set says which items were touched near each other, but neither when nor in which order.
import type { RandomStream } from '../../numeric/rng.ts';

/** Items of a whole window; those at the ends of a history are clipped. */
export const WINDOW_LENGTH = 16;
/** Windows that an item stands in, on average. */
const WINDOWS_PER_ITEM = 4;

/** ⌈4n / 16⌉ for n items; none for a history of fewer than two, in which nothing is near anything. */
export function windowCount(items: number): number {
  return items < 2 ? 0 : Math.ceil((WINDOWS_PER_ITEM * items) / WINDOW_LENGTH);
}

/**
 * Draws a client's windows: starts s uniform in [−14, n − 2], the items at s … s + 15, clipped, in increasing order.
 *
 * @param sequence distinct items, oldest first
 * @returns sets of 2 to 16 items
 */
export function drawWindows(sequence: Uint32Array, rng: RandomStream): Uint32Array[] {
  const shortest = 2;
  const starts = sequence.length + WINDOW_LENGTH - 2 * shortest + 1; // how many there are
  return Array.from({ length: windowCount(sequence.length) }, () => {
    const start = rng.integer(starts) - WINDOW_LENGTH + shortest;
    return sequence.slice(Math.max(0, start), start + WINDOW_LENGTH).sort();
  });
}
