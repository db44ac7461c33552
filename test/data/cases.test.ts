// Files that other readers, or earlier versions of this one, read as something else. Each is the first of a kind.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'tape';
import { columnsText } from '../../lib/data/columns.ts';
import type { ReadOptions } from '../../lib/data/read-ratings.ts';
import { leaveOneOut } from '../../lib/data/split.ts';
import { readRatingsFile } from '../../lib/node/ratings-file.ts';

const path = (name: string) => fileURLToPath(new URL(`cases/${name}`, import.meta.url));
const read = (name: string, options?: ReadOptions) => readRatingsFile(path(name), options);
const refusal = (name: string, options?: ReadOptions) => read(name, options).then(() => 'accepted', String);

test('check-ins whose columns stand in an order of their own are refused with the option that reads them', async (t) => {
  const message = await refusal('checkins.txt');
  t.match(message, /checkins\.txt:1: there is no header, and which of the 5 columns is what cannot be told/);
  t.match(message, /column 2 holds times/);
  t.notOk(message.includes('\n'), 'one line');
  const option = /--columns (\S+)$/.exec(message)![1]!;
  t.equal(option, 'user,time,-,-,item');
  const told = await read('checkins.txt', { columns: option });
  const right = await read('checkins_right.csv');
  t.deepEqual(
    [told.ratings.users.length, told.ratings.items.length, told.ratings.itemOf.length],
    [40, 29, 204],
  );
  t.deepEqual(told.ratings.items, right.ratings.items, 'places, not times');
  t.deepEqual(told.ratings.times, right.ratings.times, 'dates become the seconds of the other file');
  t.deepEqual(leaveOneOut(told.ratings), { ...leaveOneOut(right.ratings), name: 'checkins.txt' });
});

test('in a log that is sorted newest first, the latest rating stays', async (t) => {
  const { ratings, report } = await read('newest-first.csv');
  const own = [...ratings.itemOf.subarray(0, ratings.offsets[1])];
  t.deepEqual(
    own.map((item, place) => [ratings.items[item], ratings.values[place], ratings.times![place]]),
    [
      ['i3', 3, 100],
      ['i2', 4, 200],
      ['i1', 5, 300],
    ],
  );
  const split = leaveOneOut(ratings);
  t.equal(ratings.items[split.test[0]!], 'i1');
  t.equal(ratings.items[split.validation[0]!], 'i2');
  t.equal(report.duplicates, 1);
});

test('between tabs a quote is a character', async (t) => {
  const { ratings } = await read('paired.tsv');
  t.equal(ratings.itemOf.length, readFileSync(path('paired.tsv'), 'utf8').trim().split('\n').length - 1);
  t.deepEqual([ratings.users.length, ratings.items.length], [3, 6]);
  t.ok(ratings.items.includes('"Heroes') && ratings.items.includes('Blur"'));
  t.ok((await read('weird.tsv')).ratings.items.includes('"Weird Al" Yankovic'));
});

test('a time column is known by any usual name', async (t) => {
  const want = await read('t_timestamp.csv');
  const got = await read('t_created.csv');
  t.deepEqual({ ...got.ratings, name: '' }, { ...want.ratings, name: '' });
  t.deepEqual(leaveOneOut(got.ratings).test, leaveOneOut(want.ratings).test);
  const text = readFileSync(path('t_timestamp.csv'), 'utf8');
  const { parseRatings } = await import('../../lib/data/parse.ts');
  const names = `date datetime event_time review_timestamp rating_timestamp unix_timestamp timestamp_ms review_time timestamp(s)
    created_at createdAt ts Time listened_at time_created added_on_date RatingDate UNIX_TIME`;
  for (const name of names.split(/\s+/)) {
    const { ratings } = parseRatings(text.replace('timestamp', name), { name: '' });
    t.deepEqual(ratings.times, want.ratings.times, name);
  }
});

test('headers of other catalogues are understood', async (t) => {
  const columns = async (name: string) => columnsText((await read(name)).report.columns);
  t.equal(await columns('anime.csv'), 'user 1 (user_id), item 2 (anime_id), rating 3 (rating); time: none');
  t.equal(await columns('bx.csv'), 'user 1 (User-ID), item 2 (ISBN), rating 3 (Book-Rating); time: none');
  t.equal(
    await columns('yelp.csv'),
    'user 1 (user_id), item 2 (business_id), rating 3 (stars), time 4 (date, dates)',
  );
  t.equal(
    await columns('kuai.csv'),
    'user 1 (user_id), item 2 (video_id), rating 8 (watch_ratio), time 7 (timestamp, epoch s); not used: play_duration, video_duration, time, date',
  );
});

test('one byte that is no UTF-8 is named, and UTF-16 is read', async (t) => {
  t.match(
    await refusal('mixed.csv'),
    /mixed\.csv:5: the byte 0xff in column 2 is not UTF-8; --encoding latin1, or/,
  );
  const latin = await read('mixed.csv', { encoding: 'latin1' });
  t.deepEqual(latin.ratings.users, ['JosÃ©', 'bÿ'], 'as it was told');
  const { ratings, report } = await read('utf16.csv');
  t.equal(report.encoding, 'utf-16le');
  t.equal(ratings.users[0], '0');
  t.deepEqual([ratings.users.length, ratings.items.length, ratings.itemOf.length], [40, 60, 480]);
});
