// Data sets as their publishers wrote them, read from beside the repository; the counts are the published ones.
import { readFileSync } from 'node:fs';
import test from 'tape';
import type { RatingsFormat } from '../../lib/data/formats.ts';
import { leaveOneOut } from '../../lib/data/split.ts';
import { readRatingsFile } from '../../lib/node/ratings-file.ts';
import { needs, sharedFile } from '../reference.ts';

interface Published {
  path: string;
  format: RatingsFormat;
  users: number;
  items: number;
  interactions: number;
  duplicates?: number;
  hasHeader?: boolean;
  timeSpan: [number, number] | null;
}

const files: Published[] = [
  {
    path: 'ml-100k/u.data.gz',
    format: 'movielens-100k',
    users: 943,
    items: 1682,
    interactions: 100000,
    timeSpan: [874724710, 893286638],
  },
  {
    path: 'ml-100k-pfedrec/ratings.dat.gz',
    format: 'csv',
    users: 943,
    items: 1682,
    interactions: 100000,
    timeSpan: [874724710, 893286638],
  },
  {
    path: 'ml-1m/ratings-rank.dat.gz',
    format: 'movielens-1m',
    users: 6040,
    items: 3706,
    interactions: 1000209,
    timeSpan: [1, 2314],
  },
  {
    path: 'ml-1m/ratings-first-487650-lines.dat.gz',
    format: 'movielens-1m',
    users: 2999,
    items: 3615,
    interactions: 487650,
    timeSpan: [970620734, 1046388675],
  },
  {
    path: 'ml-latest-small/ratings.csv.gz',
    format: 'csv',
    users: 610,
    items: 9724,
    interactions: 100836,
    hasHeader: true,
    timeSpan: [828124615, 1537799250],
  },
  {
    path: 'filmtrust/ratings_0.txt',
    format: 'space',
    users: 459,
    items: 1107,
    interactions: 10435,
    timeSpan: null,
  },
  {
    path: 'filmtrust/ratings_1.txt',
    format: 'space',
    users: 3,
    items: 186,
    interactions: 188,
    timeSpan: null,
  },
  {
    path: 'filmtrust/ratings_2.txt',
    format: 'space',
    users: 748,
    items: 1418,
    interactions: 17922,
    duplicates: 3,
    timeSpan: null,
  },
  {
    path: 'filmtrust/ratings_3.txt',
    format: 'space',
    users: 301,
    items: 1041,
    interactions: 6949,
    timeSpan: null,
  },
  {
    path: 'filmtrust-pfedrec/ratings.dat',
    format: 'csv',
    users: 1508,
    items: 2071,
    interactions: 35494,
    duplicates: 3,
    timeSpan: [0, 243],
  },
  {
    path: 'lastfm-2k/user_artists.dat.gz',
    format: 'tsv',
    users: 1892,
    items: 17632,
    interactions: 92834,
    hasHeader: true,
    timeSpan: null,
  },
  {
    path: 'movietweetings/snapshots/10K/ratings.dat',
    format: 'movielens-1m',
    users: 3794,
    items: 3096,
    interactions: 10000,
    timeSpan: [1362062307, 1363578781],
  },
];

for (const want of files) {
  test(`${want.path} has the published counts`, needs(`data/${want.path}`), async (t) => {
    const { ratings, report } = await readRatingsFile(sharedFile(`data/${want.path}`));
    t.deepEqual(
      [ratings.users.length, ratings.items.length, ratings.itemOf.length],
      [want.users, want.items, want.interactions],
      'users, items, interactions',
    );
    const duplicates = want.duplicates ?? 0;
    t.deepEqual(
      [report.format, report.hasHeader, report.duplicates],
      [want.format, want.hasHeader ?? false, duplicates],
    );
    t.equal(
      report.lines,
      want.interactions + duplicates + (want.hasHeader ? 1 : 0),
      'every line is accounted for',
    );
    t.deepEqual(report.timeSpan, want.timeSpan && { first: want.timeSpan[0], last: want.timeSpan[1] });
    const split = leaveOneOut(ratings);
    t.equal(split.skippedUsers, report.usersLeftOutOfSplit, 'the report tells whom the split skips');
    t.equal(split.train.itemOf.length, want.interactions - 2 * (want.users - split.skippedUsers));
  });
}

test(
  'leading zeros of MovieTweetings stay',
  needs('data/movietweetings/snapshots/10K/ratings.dat'),
  async (t) => {
    const { ratings } = await readRatingsFile(sharedFile('data/movietweetings/snapshots/10K/ratings.dat'));
    t.equal(ratings.items[0], '0120735');
  },
);

test(
  'a file of another kind is refused by the name of what it looks like',
  needs('data/ml-latest-small/movies.csv', 'data/ml-1m/users.dat', 'data/filmtrust/trust.txt'),
  async (t) => {
    for (const [path, rule] of [
      ['ml-latest-small/movies.csv', /movies\.csv:1: this looks like a list of items/],
      ['ml-latest-small/tags.csv', /tags\.csv:1: this looks like a list of tags/],
      ['ml-latest-small/links.csv', /links\.csv:1: this looks like a list of links between catalogues/],
      ['ml-1m/users.dat', /users\.dat:1: this looks like a list of people/],
      ['ml-1m/movies.dat', /movies\.dat:1: this looks like a list of items/],
      ['ml-100k/u.user', /u\.user:1: this looks like a list of people/],
      ['ml-100k/u.item', /u\.item:1: this looks like a list of items/],
      ['ml-100k/u.genre', /u\.genre:1: this looks like a list/],
      ['ml-100k/README', /README:1: the format cannot be told/],
      ['filmtrust/trust.txt', /trust\.txt:1: this looks like a list of links between people/],
      ['movietweetings/snapshots/10K/movies.dat', /movies\.dat:1: this looks like a list of items/],
      ['lastfm-2k/user_friends.dat', /user_friends\.dat:1: this looks like a list of links between people/],
    ] as const) {
      const message = await readRatingsFile(sharedFile(`data/${path}`)).then(() => 'accepted', String);
      t.match(message, rule);
    }
  },
);

const ncfFiles = [
  'data/ml-1m/ratings-rank.dat.gz',
  'data/ml-1m-ncf/ml-1m.test.rating',
  'data/ml-1m-ncf/item-map.tsv',
];

test(
  'leave-one-out on MovieLens 1M holds out the items of the NCF test set',
  needs(...ncfFiles),
  async (t) => {
    const { ratings } = await readRatingsFile(sharedFile('data/ml-1m/ratings-rank.dat.gz'));
    const { test: held } = leaveOneOut(ratings);
    const mapLines = readFileSync(sharedFile('data/ml-1m-ncf/item-map.tsv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    const movieOf = new Map(mapLines.map((line) => line.split('\t').slice(0, 2) as [string, string]));
    const lines = readFileSync(sharedFile('data/ml-1m-ncf/ml-1m.test.rating'), 'utf8').trim().split('\n');
    const different = lines.filter((line) => {
      const [user, item] = line.split('\t') as [string, string];
      const own = ratings.users.indexOf(String(Number(user) + 1)); // NCF counts users from 0
      return ratings.items[held[own]!] !== movieOf.get(item);
    });
    t.equal(lines.length, 6040);
    t.deepEqual(different, [], 'all 6040 agree');
  },
);
