// What an epoch trains on: everybody's history, cut into stretches that a transformer reads one by one.
// In: all training items, oldest first; out: stretches in random order. Each rating but a user's first stands once after the
// one before it, so each is predicted once an epoch; where the cuts lie is drawn afresh.
import type { Interactions } from '../../data/ratings.ts';
import { itemsOf } from '../../data/split.ts';
import type { RandomStream } from '../../numeric/rng.ts';
import { shuffle } from '../../numeric/sampling.ts';

/**
 * Cuts every history into stretches of at most `length` + 1 items; neighbours share one, the last of the one and the first of the
 * other, which is read but not predicted. The oldest and the newest stretch of a history may be shorter.
 */
export function drawStretches(train: Interactions, length: number, rng: RandomStream): Uint32Array[] {
  const stretches: Uint32Array[] = [];
  for (let user = 0; user < train.users; user++) {
    const own = itemsOf(train, user);
    const newest = own.length > length + 1 ? rng.integer(length) : 0; // predictions in the newest stretch; 0: a whole one
    if (newest > 0) stretches.push(own.subarray(own.length - 1 - newest));
    for (let end = own.length - newest; end > 1; end -= length) {
      stretches.push(own.subarray(Math.max(0, end - length - 1), end));
    }
  }
  return shuffle(stretches, rng);
}
