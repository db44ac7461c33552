// What reports say of ratings besides their numbers. In: ratings; out: who is too short for the split, and the span of time.
import type { Ratings } from './ratings.ts';
import { fewestForSplit } from './split.ts';

/** How many users have fewer ratings than leave-one-out needs: they train, but are not evaluated. */
export function countUsersLeftOutOfSplit({ offsets }: Ratings): number {
  let count = 0;
  for (let user = 0; user + 1 < offsets.length; user++) {
    if (offsets[user + 1]! - offsets[user]! < fewestForSplit) count++;
  }
  return count;
}

/** The earliest and the latest time of all ratings; null without times. */
export function timeSpanOf({ times }: Ratings): { first: number; last: number } | null {
  if (!times) return null;
  let first = Infinity;
  let last = -Infinity;
  for (const time of times) {
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return { first, last };
}
