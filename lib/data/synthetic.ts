// Invented ratings whose truth is known: which taste group each user is in, and how tastes drift. Students check with
// them what K-means finds; `npm start` trains on them. In: sizes and a seed; out: `Ratings` like those of a file.
//
// The world: items belong to scenes, scenes to taste groups, and popularity has a long tail (Zipf-Mandelbrot).
// A user lives in one group and moves from scene to scene inside it as time goes by, so what is recent tells most.
// Some choices leave the scene for anything in the group, some leave the group for anything at all.
import { expectInteger } from '../numeric/ndarrays.ts';
import { randomStream } from '../numeric/rng.ts';
import type { Ratings } from './ratings.ts';
import { liveOneUser, makeWorld } from './synthetic-world.ts';

export interface SyntheticOptions {
  users?: number;
  items?: number;
  /** Taste groups; they are what K-means should find. */
  groups?: number;
  /** Niches of items inside each group. */
  scenesPerGroup?: number;
  /** Mean number of ratings a user; nobody has fewer than five. */
  meanRatings?: number;
  seed?: number;
  /** Probability that a choice stays in the user's present scene. */
  sceneShare?: number;
  /** Probability that a choice leaves the scene but stays in the user's group; what remains is anything at all. */
  groupShare?: number;
  /** Mean number of ratings after which a user moves on to another scene of the group. */
  meanStay?: number;
  /** Popularity: the item of rank r counts (r + items / 30)^−exponent (Zipf's law with Mandelbrot's shift). */
  popularityExponent?: number;
}

/** Ratings and the truth behind them. */
export interface SyntheticRatings {
  readonly ratings: Ratings;
  /** The taste group of each user, [users]. */
  readonly groupOf: Uint8Array;
  /** The taste group of each item, [items]. */
  readonly itemGroupOf: Uint8Array;
  /** The scene of each item, numbered through all groups, [items]. */
  readonly itemSceneOf: Uint16Array;
}

const defaults: Required<SyntheticOptions> = {
  users: 600,
  items: 800,
  groups: 4,
  scenesPerGroup: 8,
  meanRatings: 40,
  seed: 1,
  sceneShare: 0.65,
  groupShare: 0.15,
  meanStay: 15,
  popularityExponent: 1.7,
};

/** The fewest ratings of a user. */
const fewestRatings = 5;

/**
 * Generates ratings with known taste groups, a long tail of popularity, drifting tastes and times. Takes
 * O(interactions · log items) time and, besides the result, O(items + users) memory.
 *
 * @returns the ratings (ids `u1`…, `i1`…; stars from 1 to 5; times in seconds) and the groups of users and items
 * @throws RangeError if a size or a probability is out of range: every scene needs an item, every user needs at least
 * twice as many items as ratings
 * @example
 * syntheticRatings({ users: 50, seed: 2 }).ratings.users.length; // 50
 */
export function syntheticRatings(options: SyntheticOptions = {}): SyntheticRatings {
  const settings = { ...defaults, ...options };
  checkSettings(settings);
  const { users, items, groups, seed } = settings;
  const world = makeWorld(settings);
  const groupOf = new Uint8Array(users);
  const offsets = drawRowOffsets(settings);
  const itemOf = new Uint32Array(offsets[users]!);
  const values = new Float64Array(offsets[users]!);
  const times = new Float64Array(offsets[users]!);
  const takenBy = new Uint32Array(items); // 1 + the last user who took the item
  for (let user = 0; user < users; user++) {
    const rng = randomStream(seed, 'synthetic', user);
    groupOf[user] = rng.integer(groups);
    const row = { begin: offsets[user]!, end: offsets[user + 1]!, itemOf, values, times };
    liveOneUser(
      world,
      settings,
      groupOf[user]!,
      row,
      (item) => {
        if (takenBy[item] === user + 1) return false;
        takenBy[item] = user + 1;
        return true;
      },
      rng,
    );
  }
  const ratings: Ratings = {
    name: 'synthetic',
    users: Array.from({ length: users }, (_, user) => `u${user + 1}`),
    items: Array.from({ length: items }, (_, item) => `i${item + 1}`),
    offsets,
    itemOf,
    values,
    times,
  };
  return { ratings, groupOf, itemGroupOf: world.itemGroupOf, itemSceneOf: world.itemSceneOf };
}

/** Numbers of ratings are five plus an exponential: few users rate much. */
function drawRowOffsets({ users, items, meanRatings, seed }: Required<SyntheticOptions>): Uint32Array {
  const rng = randomStream(seed, 'synthetic-lengths');
  const most = Math.floor(items / 2);
  const offsets = new Uint32Array(users + 1);
  for (let user = 0; user < users; user++) {
    const extra = -Math.log(1 - rng.uniform()) * (meanRatings - fewestRatings);
    offsets[user + 1] = offsets[user]! + Math.min(most, fewestRatings + Math.round(extra));
  }
  return offsets;
}

function checkSettings(settings: Required<SyntheticOptions>): void {
  const { items, groups, scenesPerGroup, meanRatings, sceneShare, groupShare } = settings;
  const caller = 'syntheticRatings';
  expectInteger(caller, 'users', settings.users, 2, 1e8);
  expectInteger(caller, 'seed', settings.seed, 0, Number.MAX_SAFE_INTEGER);
  expectInteger(caller, 'groups', groups, 1, 255);
  expectInteger(caller, 'scenesPerGroup', scenesPerGroup, 1, 255);
  expectInteger(caller, 'items', items, Math.max(2 * fewestRatings, groups * scenesPerGroup), 1e8);
  expectWithin(caller, 'meanRatings', meanRatings, fewestRatings, items / 2);
  expectWithin(caller, 'sceneShare', sceneShare, 0, 1);
  expectWithin(caller, 'groupShare', groupShare, 0, 1 - sceneShare);
  expectWithin(caller, 'meanStay', settings.meanStay, 1, Infinity);
  expectWithin(caller, 'popularityExponent', settings.popularityExponent, 0, 3);
}

function expectWithin(caller: string, name: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) {
    throw new RangeError(`${caller}: ${name} must be between ${least} and ${most}, got ${value}`);
  }
}
