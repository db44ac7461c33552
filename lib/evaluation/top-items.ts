// The best unseen items of one user, of which the figures of lists are made. In: scores of all items; out: item numbers.
// The same list as `bestUnseen` (lib/model), in one pass and without an object for each item.
import { CUTOFF } from './rank-worth.ts';

/**
 * Writes the items with the highest scores, best first; where scores are equal, the smaller item number comes first. A score that
 * is not a number stands in no list.
 *
 * @param isExcluded 1 for items that are no candidates, [items]
 * @param top as many as it has places; those that are left over keep what they hold
 * @returns how many places were filled
 */
export function topItems(
  scores: ArrayLike<number>,
  isExcluded: Uint8Array,
  top = new Uint32Array(CUTOFF),
): number {
  let filled = 0;
  for (let item = 0; item < scores.length; item++) {
    const score = scores[item]!;
    if (isExcluded[item] === 1 || Number.isNaN(score)) continue;
    if (filled === top.length && !(score > scores[top[filled - 1]!]!)) continue;
    let place = filled === top.length ? filled - 1 : filled++;
    for (; place > 0 && score > scores[top[place - 1]!]!; place--) top[place] = top[place - 1]!;
    top[place] = item;
  }
  return filled;
}
