import test from 'tape';
import { type SyntheticRatings, syntheticRatings } from '../../lib/data/synthetic.ts';

function each(data: SyntheticRatings, visit: (user: number, item: number, place: number) => void): void {
  const { offsets, itemOf } = data.ratings;
  for (let user = 0; user + 1 < offsets.length; user++) {
    for (let place = offsets[user]!; place < offsets[user + 1]!; place++) visit(user, itemOf[place]!, place);
  }
}

test('the embedded data set has the shape it promises', (t) => {
  const data = syntheticRatings();
  const { ratings } = data;
  const users = ratings.users.length;
  t.deepEqual([users, ratings.items.length], [600, 800]);
  t.deepEqual([ratings.users[0], ratings.items[799]], ['u1', 'i800']);
  const mean = ratings.itemOf.length / users;
  t.ok(Math.abs(mean - 40) < 4, `about 40 ratings a user, got ${mean.toFixed(1)}`);
  let fewest = Infinity;
  for (let user = 0; user < users; user++) {
    fewest = Math.min(fewest, ratings.offsets[user + 1]! - ratings.offsets[user]!);
  }
  t.ok(fewest >= 5, 'nobody has fewer than five');
  let isOrdered = true;
  let isStar = true;
  const pairs = new Set<number>();
  each(data, (user, item, place) => {
    pairs.add(user * 800 + item);
    if (place > ratings.offsets[user]! && ratings.times![place]! <= ratings.times![place - 1]!)
      isOrdered = false;
    if (![1, 2, 3, 4, 5].includes(ratings.values[place]!)) isStar = false;
  });
  t.equal(pairs.size, ratings.itemOf.length, 'nobody rates an item twice');
  t.ok(isOrdered, 'times grow inside each user');
  t.ok(isStar, 'values are one to five stars');
  t.end();
});

test('users choose mostly in their own group, which is known', (t) => {
  const data = syntheticRatings();
  const usersIn = [0, 0, 0, 0];
  for (const group of data.groupOf) usersIn[group]!++;
  t.ok(Math.min(...usersIn) > 100, `four groups of about 150 users: ${usersIn.join(', ')}`);
  let own = 0;
  each(data, (user, item) => {
    if (data.itemGroupOf[item] === data.groupOf[user]) own++;
  });
  const share = own / data.ratings.itemOf.length;
  // .65 in the scene, .15 in the group, and a quarter of the remaining .20 by chance.
  t.ok(share > 0.7 && share < 0.9, `${share.toFixed(3)} of the choices are in the own group`);
  const scenes = new Map<number, Set<number>>();
  data.itemSceneOf.forEach((scene, item) => {
    scenes.set(scene, (scenes.get(scene) ?? new Set()).add(data.itemGroupOf[item]!));
  });
  t.equal(scenes.size, 32, 'eight scenes in each group');
  t.ok(
    [...scenes.values()].every((groups) => groups.size === 1),
    'a scene lies in one group',
  );
  t.end();
});

test('popularity has a long tail', (t) => {
  const data = syntheticRatings();
  const counts = new Uint32Array(800);
  each(data, (_, item) => counts[item]!++);
  counts.sort().reverse();
  const top = counts.subarray(0, 80).reduce((sum, count) => sum + count, 0) / data.ratings.itemOf.length;
  t.ok(top > 0.35, `the top tenth of the items has ${(100 * top).toFixed(0)} % of the ratings`);
  t.ok(counts[400]! < counts[0]! / 8, 'the median item is rare beside the first');
  t.end();
});

test('tastes drift: a choice resembles the one before it more than those long ago', (t) => {
  const data = syntheticRatings();
  const { offsets, itemOf } = data.ratings;
  const agreement = (age: number) => {
    let same = 0;
    let all = 0;
    each(data, (user, item, place) => {
      if (place - age < offsets[user]!) return;
      all++;
      if (data.itemSceneOf[item] === data.itemSceneOf[itemOf[place - age]!]) same++;
    });
    return same / all;
  };
  const [near, far] = [agreement(1), agreement(40)];
  t.ok(near > far + 0.1, `same scene: ${near.toFixed(2)} one choice apart, ${far.toFixed(2)} forty apart`);
  t.end();
});

test('the seed decides everything, and a user does not depend on how many there are', (t) => {
  const small = { users: 50, items: 100, groups: 3, scenesPerGroup: 4, meanRatings: 12 };
  const a = syntheticRatings({ ...small, seed: 5 });
  t.deepEqual(syntheticRatings({ ...small, seed: 5 }), a);
  t.notDeepEqual(syntheticRatings({ ...small, seed: 6 }).ratings.itemOf, a.ratings.itemOf);
  const more = syntheticRatings({ ...small, users: 80, seed: 5 });
  t.deepEqual(more.ratings.itemOf.slice(0, a.ratings.itemOf.length), a.ratings.itemOf);
  t.deepEqual(more.groupOf.slice(0, 50), a.groupOf);
  t.end();
});

test('the smallest and the fullest worlds can be made', (t) => {
  const tiny = syntheticRatings({ users: 2, items: 10, groups: 1, scenesPerGroup: 1, meanRatings: 5 });
  t.deepEqual([...tiny.ratings.offsets], [0, 5, 10]);
  // Scenes of one item, never left: nearly all choices must fall back on what is still free.
  const full = syntheticRatings({
    users: 20,
    items: 40,
    groups: 4,
    scenesPerGroup: 10,
    meanRatings: 20,
    sceneShare: 1,
    groupShare: 0,
  });
  const pairs = new Set<number>();
  each(full, (user, item) => pairs.add(user * 40 + item));
  t.equal(pairs.size, full.ratings.itemOf.length, 'still nobody rates an item twice');
  t.end();
});

test('impossible sizes are refused by name', (t) => {
  t.throws(
    () => syntheticRatings({ users: 1 }),
    /RangeError: syntheticRatings: users must be a whole number between 2 and 100000000, got 1/,
  );
  t.throws(
    () => syntheticRatings({ items: 31 }),
    /items must be a whole number between 32 and 100000000, got 31/,
  );
  t.throws(() => syntheticRatings({ groups: 256 }), /groups must be .* between 1 and 255, got 256/);
  t.throws(() => syntheticRatings({ meanRatings: 401 }), /meanRatings must be between 5 and 400, got 401/);
  t.throws(
    () => syntheticRatings({ sceneShare: 0.9, groupShare: 0.2 }),
    /groupShare must be between 0 and 0\.\d+/,
  );
  t.throws(() => syntheticRatings({ meanStay: Number.NaN }), /meanStay must be .* got NaN/);
  t.end();
});

test('settings are taken up to their bounds, and refused beyond them by name', (t) => {
  const bounds = {
    meanStay: [1, 0.99],
    popularityExponent: [3, 3.01],
    sceneShare: [0, -0.01],
    groupShare: [0, -0.01],
    meanRatings: [5, 4.99],
    groups: [255, 256],
    scenesPerGroup: [255, 256],
  };
  for (const [name, [inside, outside]] of Object.entries(bounds)) {
    const small = { users: 3, items: 3000 };
    t.equal(syntheticRatings({ ...small, [name]: inside }).ratings.users.length, 3, `${name} ${inside}`);
    t.throws(
      () => syntheticRatings({ ...small, [name]: outside }),
      new RegExp(`^RangeError: syntheticRatings: ${name} must be .*, got ${outside}$`),
    );
  }
  t.end();
});
