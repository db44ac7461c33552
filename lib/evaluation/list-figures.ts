// What lists of recommended items say together, whoever likes them: how much of the catalogue is shown, how unknown it is, how
// evenly it is shown. In: how often each item stands in a list, which is all that has to be kept; out: one number.
// Ge, Delgado-Battenfeld & Jannach (2010) for coverage, Zhou et al. (2010) for novelty, Gini (1912).
import { expectKind, inWords } from '../numeric/arguments.ts';
import { expectInteger } from '../numeric/ndarrays.ts';

/** What the figures of lists are made of. */
export interface RecommendedItems {
  /** In how many lists each item stands, [items]. */
  readonly counts: Uint32Array;
  /** How many users train on each item, [items]. */
  readonly popularity: Uint32Array;
  readonly users: number;
}

/**
 * In how many lists each item stands, [items].
 *
 * @param lists item numbers, one list a user
 * @throws RangeError if an item is none of the catalogue, or stands twice in one list
 *
 * @example
 * [...timesRecommended([[0, 1], [0, 2]], 4)]; // [2, 1, 1, 0]
 */
export function timesRecommended(lists: readonly ArrayLike<number>[], items: number): Uint32Array {
  expectKind('timesRecommended', 'lists', lists, 'list', '[[0, 1], [0, 2]]');
  expectInteger('timesRecommended', 'items', items, 1, 2 ** 32 - 1);
  const counts = new Uint32Array(items);
  for (const list of lists) {
    expectKind('timesRecommended', 'lists', list, 'list', '[0, 1]');
    const seen = new Set(Array.from(list));
    if (seen.size < list.length) throw new RangeError('timesRecommended: lists must name an item once');
    for (const item of seen) {
      expectInteger('timesRecommended', 'an item', item, 0, items - 1);
      counts[item]!++;
    }
  }
  return counts;
}

/**
 * Catalogue coverage: the share of the items that stand in at least one list.
 *
 * @param counts in how many lists each item stands, [items]; `timesRecommended` counts
 * @throws TypeError or RangeError if they are no counts
 *
 * @example
 * catalogueCoverage(timesRecommended([[0, 1], [0, 2]], 4)); // 0.75
 */
export function catalogueCoverage(counts: ArrayLike<number>): number {
  expectCounts('catalogueCoverage', 'counts', counts);
  let shown = 0;
  for (let item = 0; item < counts.length; item++) if (counts[item]! > 0) shown++;
  return shown / counts.length;
}

/**
 * Novelty in bits: the mean of −log₂ of the share of users who know an item, over everything that is recommended. An item that
 * half of the users know is worth 1 bit. What nobody knows counts as known by one user.
 *
 * @param counts in how many lists each item stands, [items]
 * @param popularity how many users know each item, [items]
 * @param users how many users there are
 * @returns NaN if nothing is recommended
 * @throws TypeError or RangeError if they are no counts, differ in length, or an item is known by more users than there are
 *
 * @example
 * novelty([2, 2, 0], [4, 1, 2], 4); // 1
 */
export function novelty(counts: ArrayLike<number>, popularity: ArrayLike<number>, users: number): number {
  expectCounts('novelty', 'counts', counts);
  expectCounts('novelty', 'popularity', popularity);
  expectInteger('novelty', 'users', users, 1);
  if (popularity.length !== counts.length) {
    throw new RangeError(
      `novelty: popularity must have as many items as counts (${counts.length}), got ${popularity.length}`,
    );
  }
  let [bits, places] = [0, 0];
  for (let item = 0; item < counts.length; item++) {
    if (popularity[item]! > users) {
      throw new RangeError(
        `novelty: popularity must be at most the number of users (${users}), got ${popularity[item]}`,
      );
    }
    bits -= counts[item]! * Math.log2(Math.max(1, popularity[item]!) / users);
    places += counts[item]!;
  }
  return bits / places;
}

/**
 * The Gini index of how often items are recommended: 0 if all equally often, towards 1 if always the same few.
 * Σᵢ (2i − n − 1) xᵢ / (n Σ x) over the n counts x in increasing order.
 *
 * @param counts in how many lists each item stands, [items]
 * @returns NaN if nothing is recommended
 * @throws TypeError or RangeError if they are no counts
 *
 * @example
 * giniIndex([3, 3, 3]); // 0
 * giniIndex([0, 0, 0, 8]); // 0.75
 */
export function giniIndex(counts: ArrayLike<number>): number {
  expectCounts('giniIndex', 'counts', counts);
  const ascending = Float64Array.from(counts).sort();
  const { length } = ascending;
  let [differences, sum] = [0, 0];
  for (let place = 1; place <= length; place++) {
    differences += (2 * place - length - 1) * ascending[place - 1]!;
    sum += ascending[place - 1]!;
  }
  return differences / (length * sum);
}

function expectCounts(caller: string, name: string, counts: ArrayLike<number>): void {
  expectKind(caller, name, counts, 'list', '[2, 1, 0]');
  if (counts.length === 0) throw new RangeError(`${caller}: ${name} must have an item at least, got none`);
  for (let item = 0; item < counts.length; item++) {
    const count = counts[item]!;
    if (!Number.isFinite(count) || count < 0) {
      throw new RangeError(`${caller}: ${name} must be counts, got ${inWords(count)} for item ${item}`);
    }
  }
}
