// From scores to a list: the best items that a user has not touched.

/** An item and its score. */
export interface Recommendation {
  readonly item: number;
  readonly score: number;
}

/**
 * The `count` items with the highest scores, best first, among those not in `seen`; where scores are equal, the smaller
 * item number comes first.
 *
 * @param scores scores of all items, [items]
 */
export function bestUnseen(
  scores: ArrayLike<number>,
  seen: Iterable<number>,
  count: number,
): Recommendation[] {
  const isSeen = new Set(seen);
  return Array.from(scores, (score, item) => ({ item, score }))
    .filter(({ item }) => !isSeen.has(item))
    .sort((a, b) => b.score - a.score || a.item - b.item)
    .slice(0, count);
}
