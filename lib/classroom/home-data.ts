// From ratings to what a participant trains on: its items as numbers of the class's list, and, where it measures at home, the two
// latest (or two at random) held out. In: ratings whose ids are those of the list; out: one home's ratings for each user.
import type { Ratings } from '../data/ratings.ts';
import { fewestForSplit } from '../data/split.ts';
import { type RandomStream, randomStream } from '../numeric/rng.ts';
import type { ItemEntry } from './class-facts.ts';
import type { HomeRatings } from './home-record.ts';

/** Ratings of one user, by the list's numbers; what the list does not know is left out. */
export interface KnownItems {
  /** Oldest first where `ordered`. */
  readonly items: Uint32Array;
  readonly unknown: number;
  readonly ordered: boolean;
}

/** What a user has touched, as numbers of the list. */
export function knownItems(ratings: Ratings, user: number, list: readonly ItemEntry[]): KnownItems {
  const numberOf = new Map(list.map(({ id }, item) => [id, item]));
  for (const [item, { title }] of list.entries()) if (!numberOf.has(title)) numberOf.set(title, item);
  const { offsets, itemOf, items, times } = ratings;
  const touched = Array.from(itemOf.subarray(offsets[user], offsets[user + 1]), (item) => items[item]!);
  const known = touched.flatMap((id) => numberOf.get(id) ?? []);
  return {
    items: Uint32Array.from(new Set(known)),
    unknown: touched.length - known.length,
    ordered: times !== null,
  };
}

/**
 * Holds out two items where there are enough and figures are wanted.
 *
 * @param rng which ones, where the items have no order
 */
export function heldOut(
  { items, ordered }: Omit<KnownItems, 'unknown'>,
  isMeasured: boolean,
  rng: RandomStream = randomStream(1, 'split', 0),
): HomeRatings {
  if (!isMeasured || items.length < fewestForSplit)
    return { train: items, validation: -1, test: -1, ordered };
  const test = ordered ? items.length - 1 : rng.integer(items.length);
  const other = ordered ? items.length - 2 : rng.integer(items.length - 1);
  const validation = ordered || other < test ? other : other + 1;
  const train = items.filter((_, place) => place !== test && place !== validation);
  return { train, validation: items[validation]!, test: items[test]!, ordered };
}
