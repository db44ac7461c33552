// Leave-one-out: a user's latest item is hidden for the test, the one before it for validation; the rest is training.
// In: ratings; out: the items each client may train on, and the hidden ones that only the evaluation sees.
// The protocol of He et al. (2017), Neural Collaborative Filtering, with a validation item added.
import { expectKind, expectParts } from '../numeric/arguments.ts';
import { randomStream } from '../numeric/rng.ts';
import type { Interactions, Ratings } from './ratings.ts';

/** Users with fewer ratings than this cannot be split into training, validation and test. */
export const fewestForSplit = 3;

export interface Split {
  /** The data set's name. */
  readonly name: string;
  /** What clients train on; oldest first where the data have times. */
  readonly train: Interactions;
  /** The held-out validation item of each user, or -1, [users]. */
  readonly validation: Int32Array;
  /** The held-out test item of each user, or -1, [users]. */
  readonly test: Int32Array;
  /** Whether the held-out items are the latest ones (the data have times) or random ones. */
  readonly ordered: boolean;
  /** Users with fewer than three ratings: all of theirs are for training, both hidden items are -1. */
  readonly skippedUsers: number;
}

/**
 * Splits ratings by leave-one-out. With times: latest = test, second latest = validation; among equal times the last
 * in the source counts as the latest. Without times: two random items, from a stream of its own for each user.
 *
 * @param options.seed which random items are held out if the data have no times. Default: 1
 * @throws RangeError if no user has three ratings, or if the seed is not a whole number of at least 0
 * @example
 * const split = leaveOneOut(syntheticRatings({ users: 50 }).ratings);
 * split.test.length; // 50
 */
export function leaveOneOut(ratings: Ratings, options: { seed?: number } = {}): Split {
  expectParts('leaveOneOut', 'ratings', ratings, 'parseRatings(…)', {
    users: 'list',
    items: 'list',
    offsets: 'list',
    itemOf: 'list',
  });
  expectKind('leaveOneOut', 'options', options, 'object', '{ seed: 1 }');
  const seed = options.seed ?? 1;
  const users = ratings.users.length;
  const ordered = ratings.times !== null;
  const validation = new Int32Array(users).fill(-1);
  const test = new Int32Array(users).fill(-1);
  const offsets = new Uint32Array(users + 1);
  const itemOf = new Uint32Array(ratings.itemOf.length);
  let written = 0;
  let skippedUsers = 0;
  for (let user = 0; user < users; user++) {
    const rated = ratings.itemOf.subarray(ratings.offsets[user], ratings.offsets[user + 1]);
    const held = chooseHeldOut(rated.length, ordered, seed, user);
    if (held) {
      validation[user] = rated[held.validation]!;
      test[user] = rated[held.test]!;
    } else {
      skippedUsers++;
    }
    for (let place = 0; place < rated.length; place++) {
      if (place !== held?.validation && place !== held?.test) itemOf[written++] = rated[place]!;
    }
    offsets[user + 1] = written;
  }
  if (skippedUsers === users) {
    throw new RangeError(
      `leaveOneOut: at least one user must have ${fewestForSplit} ratings, got none of ${users}`,
    );
  }
  const train = { users, items: ratings.items.length, offsets, itemOf: itemOf.slice(0, written) };
  return { name: ratings.name, train, validation, test, ordered, skippedUsers };
}

/**
 * The places of the hidden items in a user's row, or null if the row is too short. Where the data have no times, the stream (seed, 'split',
 * user) draws the test item by `integer(length)` and the validation item by `integer(length - 1)` from the others, in their order.
 */
function chooseHeldOut(
  length: number,
  ordered: boolean,
  seed: number,
  user: number,
): { validation: number; test: number } | null {
  if (length < fewestForSplit) return null;
  if (ordered) return { validation: length - 2, test: length - 1 };
  const rng = randomStream(seed, 'split', user);
  const test = rng.integer(length);
  const other = rng.integer(length - 1);
  return { validation: other < test ? other : other + 1, test };
}

/** The items of one user, oldest first: a view, nothing is copied. */
export function itemsOf(interactions: Pick<Interactions, 'offsets' | 'itemOf'>, user: number): Uint32Array {
  if (!interactions?.itemOf || !interactions.offsets)
    expectParts('itemsOf', 'interactions', interactions, 'parseRatings(…) or interactionsOf(…)', {
      offsets: 'list',
      itemOf: 'list',
    });
  return interactions.itemOf.subarray(interactions.offsets[user], interactions.offsets[user + 1]);
}

/** How many clients train on each item, [items]. */
export function trainedBy({ train }: Pick<Split, 'train'>): Uint32Array {
  const counts = new Uint32Array(train.items);
  for (const item of train.itemOf) counts[item]!++;
  return counts;
}
