// The invented world behind the synthetic ratings, and how one user lives in it: scene by scene, choice by choice.
// In: the settings and a random stream; out: the items of every scene, and a user's row of items, stars and times.
// Popularity follows Zipf's law with Mandelbrot's (1953) shift, which keeps the head from being all that counts.
import { type RandomStream, randomStream } from '../numeric/rng.ts';
import { shuffle } from '../numeric/sampling.ts';

/** The part of the generator's options that shapes the world; `SyntheticOptions` explains them. */
export interface WorldSettings {
  items: number;
  groups: number;
  scenesPerGroup: number;
  seed: number;
  sceneShare: number;
  groupShare: number;
  meanStay: number;
  popularityExponent: number;
}

/** Time starts on 2020-01-01, in seconds. */
const firstSecond = 1_577_836_800;
const secondsPerDay = 86_400;

/** What the choices are made from. Places are items ordered by scene, so that a scene or a group is a range. */
export interface World {
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

/** Deals the items to scenes and gives each a popularity and traits. */
export function makeWorld(settings: WorldSettings): World {
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
  const headWidth = items / 30;
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

/** One user's part of the flat arrays. */
export interface Row {
  begin: number;
  end: number;
  itemOf: Uint32Array;
  values: Float64Array;
  times: Float64Array;
}

/** Fills a user's row, oldest first. `take` claims an item and says whether it was still free for this user. */
export function liveOneUser(
  world: World,
  settings: WorldSettings,
  group: number,
  row: Row,
  take: (item: number) => boolean,
  rng: RandomStream,
): void {
  const { sceneShare, groupShare, meanStay } = settings;
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
  { scenesPerGroup }: WorldSettings,
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
function rangeOf(world: World, settings: WorldSettings, reach: Reach, scene: number): [number, number] {
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
