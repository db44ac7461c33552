// Invented ratings whose truth is known: which taste group each user is in, and how tastes drift. Students check with
// them what K-means finds; `npm start` trains on them. In: sizes and a seed; out: `Ratings` like those of a file.
//
// The world: items belong to scenes, scenes to taste groups, and popularity inside a scene has a long tail (Zipf).
// A user lives in one group and moves from scene to scene inside it as time goes by, so what is recent tells most.
// Some choices leave the scene for anything in the group, some leave the group for anything at all.
import { expectInteger } from '../numeric/matrix.ts';
import { type RandomStream, randomStream, shuffle } from '../numeric/rng.ts';
import type { Ratings } from './ratings.ts';

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
  /** Zipf's exponent of popularity: the item of rank r is chosen in proportion to r^−exponent. */
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

const defaults = {
  users: 600,
  items: 600,
  groups: 4,
  scenesPerGroup: 8,
  meanRatings: 40,
  seed: 1,
  sceneShare: 0.5,
  groupShare: 0.2,
  meanStay: 15,
  popularityExponent: 0.8,
};

/** The fewest ratings of a user. */
const fewestRatings = 5;
/** Time starts on 2020-01-01, in seconds. */
const firstSecond = 1_577_836_800;
const secondsPerDay = 86_400;

/**
 * Generates ratings with known taste groups, a long tail of popularity, drifting tastes and times. Takes
 * O(interactions · log items) time and, besides the result, O(items + users) memory.
 *
 * @returns the ratings (ids `u1`…, `i1`…; stars from 1 to 5; times in seconds) and the groups of users and items
 * @throws RangeError if a size or a probability is out of range: every scene needs an item, every user needs at least
 * twice as many items as ratings
 */
export function syntheticRatings(options: SyntheticOptions = {}): SyntheticRatings {
  const settings = { ...defaults, ...options };
  checkSettings(settings);
  const { users, items, groups, seed } = settings;
  const world = makeWorld(settings);
  const groupOf = new Uint8Array(users);
  const offsets = drawRowOffsets(settings);
  const itemOf = new Uint32Array(offsets[users]!);
  const values = new Float32Array(offsets[users]!);
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

/** What the choices are made from. Places are items ordered by scene, so that a scene or a group is a range. */
interface World {
  /** Σ of the popularity of all places before this one, [items + 1]. */
  cumulative: Float64Array;
  /** Where each scene's places begin, [scenes + 1]. */
  sceneBegins: Uint32Array;
  /** The item at each place, [items]. */
  itemAt: Uint32Array;
  /** How much of each trait the item has, [items, traits]. */
  traits: Float32Array;
  itemGroupOf: Uint8Array;
  itemSceneOf: Uint16Array;
}

/** Traits cut across scenes (short or long, old or new, …); users differ in how they like them. */
const traitCount = 3;

function makeWorld(settings: typeof defaults): World {
  const { items, groups, scenesPerGroup, seed, popularityExponent } = settings;
  const rng = randomStream(seed, 'synthetic-world');
  const scenes = groups * scenesPerGroup;
  const itemAt = shuffle(
    Uint32Array.from({ length: items }, (_, item) => item),
    rng,
  );
  const ranks = shuffle(
    Uint32Array.from({ length: items }, (_, rank) => rank + 1),
    rng,
  );
  const headWidth = items / 30; // Mandelbrot's shift: without it a handful of items would be all that counts
  const sceneBegins = Uint32Array.from({ length: scenes + 1 }, (_, scene) =>
    Math.floor((scene * items) / scenes),
  );
  const cumulative = new Float64Array(items + 1);
  const itemSceneOf = new Uint16Array(items);
  const itemGroupOf = new Uint8Array(items);
  for (let scene = 0; scene < scenes; scene++) {
    for (let place = sceneBegins[scene]!; place < sceneBegins[scene + 1]!; place++) {
      cumulative[place + 1] = cumulative[place]! + (ranks[place]! + headWidth) ** -popularityExponent;
      itemSceneOf[itemAt[place]!] = scene;
      itemGroupOf[itemAt[place]!] = Math.floor(scene / scenesPerGroup);
    }
  }
  const traits = Float32Array.from({ length: items * traitCount }, () => rng.normal());
  return { cumulative, sceneBegins, itemAt, traits, itemGroupOf, itemSceneOf };
}

/** Numbers of ratings are five plus an exponential: few users rate much. */
function drawRowOffsets({ users, items, meanRatings, seed }: typeof defaults): Uint32Array {
  const rng = randomStream(seed, 'synthetic-lengths');
  const most = Math.floor(items / 2);
  const offsets = new Uint32Array(users + 1);
  for (let user = 0; user < users; user++) {
    const extra = -Math.log(1 - rng.uniform()) * (meanRatings - fewestRatings);
    offsets[user + 1] = offsets[user]! + Math.min(most, fewestRatings + Math.round(extra));
  }
  return offsets;
}

/** One user's part of the flat arrays. */
interface Row {
  begin: number;
  end: number;
  itemOf: Uint32Array;
  values: Float32Array;
  times: Float64Array;
}

/** Fills a user's row, oldest first. `take` claims an item and says whether it was still free for this user. */
function liveOneUser(
  world: World,
  settings: typeof defaults,
  group: number,
  row: Row,
  take: (item: number) => boolean,
  rng: RandomStream,
): void {
  const { scenesPerGroup, sceneShare, groupShare, meanStay } = settings;
  const liking = Float64Array.from({ length: traitCount }, () => rng.normal());
  let scene = chooseScene(world, settings, group, rng);
  let time = firstSecond + Math.floor(rng.uniform() * 730 * secondsPerDay);
  for (let place = row.begin; place < row.end; place++) {
    if (rng.uniform() < 1 / meanStay) scene = chooseScene(world, settings, group, rng);
    const where = rng.uniform();
    let reach: Reach = where < sceneShare ? 'scene' : where < sceneShare + groupShare ? 'group' : 'anything';
    let item = chooseItem(world, rangeOf(world, settings, reach, scene), liking, take, rng);
    if (item < 0) {
      reach = 'anything'; // the scene or the group has nothing left
      item = chooseItem(world, rangeOf(world, settings, reach, scene), liking, take, rng);
    }
    if (item < 0) item = firstFreeItem(world, take, rng);
    row.itemOf[place] = item;
    row.values[place] = Math.min(5, Math.max(1, Math.round(meanStars[reach] + 0.7 * rng.normal())));
    row.times[place] = time;
    const isNewDay = rng.uniform() < 0.15;
    time += isNewDay ? Math.ceil(rng.uniform() * 20 * secondsPerDay) : 20 + rng.integer(600);
  }
}

/** A scene of the group, in proportion to the popularity of its items. */
function chooseScene(
  world: World,
  { scenesPerGroup }: typeof defaults,
  group: number,
  rng: RandomStream,
): number {
  const { cumulative, sceneBegins, itemAt, itemSceneOf } = world;
  const begin = sceneBegins[group * scenesPerGroup]!;
  const end = sceneBegins[(group + 1) * scenesPerGroup]!;
  return itemSceneOf[itemAt[drawPlace(cumulative, begin, end, rng)]!]!;
}

type Reach = 'scene' | 'group' | 'anything';
const meanStars: Record<Reach, number> = { scene: 4.3, group: 3.8, anything: 3.1 };

/** The range of places within reach. */
function rangeOf(world: World, settings: typeof defaults, reach: Reach, scene: number): [number, number] {
  const { scenesPerGroup } = settings;
  const begins = world.sceneBegins;
  if (reach === 'scene') return [begins[scene]!, begins[scene + 1]!];
  if (reach === 'anything') return [0, begins.at(-1)!];
  const firstScene = scene - (scene % scenesPerGroup);
  return [begins[firstScene]!, begins[firstScene + scenesPerGroup]!];
}

/** Draws by popularity, keeps what the user likes, and gives up (-1) after thirty draws. */
function chooseItem(
  world: World,
  [begin, end]: [number, number],
  liking: Float64Array,
  take: (item: number) => boolean,
  rng: RandomStream,
): number {
  const { cumulative, itemAt, traits } = world;
  for (let attempt = 0; attempt < 30; attempt++) {
    const item = itemAt[drawPlace(cumulative, begin, end, rng)]!;
    let appeal = 0;
    for (let trait = 0; trait < traitCount; trait++)
      appeal += liking[trait]! * traits[item * traitCount + trait]!;
    if (rng.uniform() < 1 / (1 + Math.exp(-appeal)) && take(item)) return item;
  }
  return -1;
}

/** Draws a place in [begin, end) in proportion to its popularity: a binary search in the sums. */
function drawPlace(cumulative: Float64Array, begin: number, end: number, rng: RandomStream): number {
  const target = cumulative[begin]! + rng.uniform() * (cumulative[end]! - cumulative[begin]!);
  let low = begin;
  let high = end - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (cumulative[middle]! <= target) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A free item, from a random place on; at most half of the items are taken. */
function firstFreeItem({ itemAt }: World, take: (item: number) => boolean, rng: RandomStream): number {
  let place = rng.integer(itemAt.length);
  while (!take(itemAt[place]!)) place = (place + 1) % itemAt.length;
  return itemAt[place]!;
}

function checkSettings(settings: typeof defaults): void {
  const { items, groups, scenesPerGroup, meanRatings, sceneShare, groupShare } = settings;
  const caller = 'syntheticRatings';
  expectInteger(caller, 'users', settings.users, 2);
  expectInteger(caller, 'groups', groups, 1, 255);
  expectInteger(caller, 'scenesPerGroup', scenesPerGroup, 1, 255);
  expectInteger(caller, 'items', items, Math.max(2 * fewestRatings, groups * scenesPerGroup));
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
