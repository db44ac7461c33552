// Texts that come in pieces, lists of items, comments that are headers or ids, and layouts with a cut of their own.
import test from 'tape';
import { ratingsFrom } from '../../lib/data/build-ratings.ts';
import { allBytes, bytesFile } from '../../lib/data/byte-file.ts';
import { FieldSplitter } from '../../lib/data/fields.ts';
import { layoutOf } from '../../lib/data/formats.ts';
import { meaningOf } from '../../lib/data/header-words.ts';
import { type LayoutOptions, parseRatings, RatingsParser } from '../../lib/data/parse.ts';
import { sideFileByName } from '../../lib/data/side-files.ts';
import { decodeText } from '../../lib/data/text-encoding.ts';

const read = (text: string, options: LayoutOptions = {}) => parseRatings(text, { name: 'toy', ...options });
const refusal = (text: string, options: LayoutOptions = {}) => {
  try {
    read(text, options);
    return 'taken';
  } catch (error) {
    return (error as Error).message;
  }
};

/** Who rated what, in order. */
const pairs = ({ ratings }: ReturnType<typeof read>) =>
  ratings.users.map((user, at) =>
    [
      user,
      ...Array.from(
        ratings.itemOf.subarray(ratings.offsets[at], ratings.offsets[at + 1]),
        (item) => ratings.items[item],
      ),
    ].join(' '),
  );

test('a LightGCN list has a user and then its items; each is a like', (t) => {
  const result = read('# note\n0 5 3\n\n1 3\n2\n', { format: 'lightgcn' });
  t.deepEqual(pairs(result), ['0 5 3', '1 3']);
  t.deepEqual([...result.ratings.values], [1, 1, 1]);
  t.equal(result.ratings.times, null);
  const { format, hasHeader, commentLines, blankLines, columns } = result.report;
  t.deepEqual([format, hasHeader, commentLines, blankLines], ['lightgcn', false, 1, 1]);
  t.deepEqual([columns.user.position, columns.item.position, columns.rating, columns.time, columns.unused, columns.isTold], [1, 2, null, null, [], false]); // biome-ignore format: one line
  t.equal(refusal('0\n1\n', { format: 'lightgcn' }), 'toy: no user has an item');
  const way =
    'this looks like a LightGCN list (a user, and then all items of that user); --format lightgcn reads it';
  t.equal(refusal('0 1 2 3\n1 2\n2 5 1\n'), `toy:1: ${way}`);
  t.equal(read('0 1\n1 2\n0 2\n').report.format, 'space', 'lines of one width are a table');
  const nine = `${'5 1 2\n1 2 2\n5 2 1\n'.repeat(3)}1 2\n`;
  t.equal(refusal(nine), 'toy:10: a line must have 3 fields like line 1, got 2', 'so are nine of ten');
  t.end();
});

test('a long text is decided by its beginning, and read alike in any pieces', (t) => {
  for (const end of ['\n', '\r\n', '\r']) {
    const lines = Array.from(
      { length: 18_500 },
      (_, row) => `user${row % 97},item${(row * 31) % 89},${1 + (row % 5)}`,
    );
    const text = lines.join(end);
    t.ok(text.length > 2 ** 18 + 2);
    const whole = read(text);
    t.equal(whole.report.lines, 18_500);
    for (const size of end === '\n' ? [2 ** 18 + 2, 100_001] : [2 ** 18 + 1]) {
      const parser = new RatingsParser({ name: 'toy' });
      for (let at = 0; at < text.length; at += size) parser.push(text.slice(at, at + size));
      const { ratings, report } = parser.end();
      t.deepEqual(report, whole.report);
      for (const name of ['users', 'items', 'offsets', 'itemOf', 'values'] as const)
        t.ok(String(ratings[name]) === String(whole.ratings[name]), `${JSON.stringify(end)}, pieces of ${size}, ${name}`); // biome-ignore format: one line
    }
    const parser = new RatingsParser({ name: 'toy' });
    parser.push(text);
    t.throws(() => parser.push('1,2\0'), /^ParseError: toy: this is a binary file, not text$/);
  }
  t.equal(
    refusal('x'.repeat(2 ** 18 + 5)).slice(0, 40),
    'toy:1: the format cannot be told: lines ',
    'one long line',
  );
  t.end();
});

test('what stands above the table tells its separator or its names, or is an id', (t) => {
  const told = read('sep=;\na;x,y;1\nb;y;2\n');
  t.deepEqual([told.report.format, told.ratings.items], ['semicolon', ['x,y', 'y']]);
  const named = read('# a note\n# item,user,rating\nx,a,1\ny,b,2\n');
  t.deepEqual(
    [named.ratings.users, named.report.hasHeader, named.report.commentLines],
    [['a', 'b'], true, 1],
  );
  t.equal(named.report.columns.user.name, 'user');
  const plain = read('# a note\n# another, one\nx,a,1\ny,b,2\n');
  t.deepEqual([plain.report.hasHeader, plain.report.commentLines], [false, 2]);
  t.deepEqual(read('user,item,rating\nx,a,1\ny,b,2\n').report.commentLines, 0);
  t.deepEqual(read('#1,x,5\n2,y,4\n3,x,1\n').ratings.users, ['#1', '2', '3'], 'cut like the next one');
  t.deepEqual(read('#1,70\n2,80\n2,70\n').ratings.users, ['#1', '2'], 'of two columns, too');
  t.deepEqual(read('#1,x\n2,y,4\n3,x,1\n').ratings.users, ['2', '3'], 'of another width');
  t.deepEqual(read('# 1,x,5\n2,y,4\n3,x,1\n').ratings.users, ['2', '3'], 'a blank behind the mark');
  t.deepEqual(read('#a,x,b\n2,y,4\n3,x,1\n').ratings.users, ['2', '3'], 'no digit');
  t.end();
});

test('a rating counts wherever it stands, and a field is shown by its first forty characters', (t) => {
  t.deepEqual([...read('rating,user,item\n4,a,x\n2,b,y\n').ratings.values], [4, 2]);
  const rating = (length: number) =>
    refusal(`a,x,1\nb,y,${'z'.repeat(length)}\n`, { columns: 'user,item,rating' });
  t.equal(rating(40), `toy:2: a rating must be a number, got "${'z'.repeat(40)}"`);
  t.equal(rating(41), `toy:2: a rating must be a number, got "${'z'.repeat(40)}…"`);
  const swallowed = 'a,"b,c\nd,e,f\ng,h,i\nj,k"",l\nm,n",o\n';
  t.match(
    refusal(swallowed, { format: 'csv' }),
    /^toy:1: a quoted field begins here and ends lines later, with whole records/,
  );
  t.end();
});

test('ratings from a value on need a column of ratings and a value', (t) => {
  t.equal(
    refusal('a,x\na,y\nb,x\n', { minRating: 3 }),
    'toy: no column of ratings is read, so --min-rating 3 cannot be kept',
  );
  t.match(
    refusal('a,x,1\nb,y,2\n', { minRating: 3 }),
    /^toy: at least two users must have ratings from 3 on, got 0$/,
  );
  t.throws(() => ratingsFrom(read('a,x,1\nb,y,2\n').ratings, Number.NaN), /^RangeError: ratingsFrom: least must be a finite number, got NaN$/); // biome-ignore format: one line
  const time = (columns: string, text: string) => refusal(text, { columns });
  t.equal(
    time('user,item,time', 'a,x,soon\nb,y,late\n'),
    'toy:1: a time must be a number or a date, got "soon" in column 3',
  );
  t.equal(
    time('user=who,item=what,time=when', 'who,what,when\na,x,soon\nb,y,late\n'),
    'toy:1: a time must be a number or a date, got "soon" in "when"',
  );
  const comma = read('a;x;1,5;2020-01-02\nb;y;2,5;2020-01-03\n').ratings;
  t.deepEqual([[...comma.values], comma.times![0]], [[1.5, 2.5], Date.UTC(2020, 0, 2) / 1000]);
  const epoch = read('a;x;1,5;1593878903,438\nb;y;2,5;1593878904\n', { decimal: 'comma' }).ratings;
  t.equal(epoch.times![0], 1593878903.438);
  t.end();
});

test('a layout may cut its lines itself, and what it cannot cut is told with the line', (t) => {
  const cut = (line: string) => {
    if (line.startsWith('!')) throw new Error('no mark of exclamation');
    return line.split('-');
  };
  const records: [string[], number][] = [];
  const splitter = new FieldSplitter({ ...layoutOf('csv'), cut }, 'toy', (fields, line) => records.push([[...fields], line])); // biome-ignore format: one line
  splitter.push('a-b\n\n"c-d\n');
  t.deepEqual(records, [[['a', 'b'], 1], [[''], 2], [['"c', 'd'], 3]]); // biome-ignore format: one line
  t.throws(() => splitter.push('!x\n'), /^ParseError: toy:4: no mark of exclamation$/);
  t.end();
});

test('a quoted field may be long, but not without an end', (t) => {
  const pushed = (text: string) => {
    try {
      new FieldSplitter(layoutOf('csv'), 'toy', () => {}).push(text);
      return 'waits for the end';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const never =
    'toy:1: a quoted field begins here and never ends; if that quote is a character, double it ("")';
  t.equal(pushed(`a,"${'\n'.repeat(2000)}`), 'waits for the end');
  t.equal(pushed(`a,"${'\n'.repeat(2001)}`), never);
  t.equal(pushed(`a,"${'x'.repeat(1e6 - 3)}\n`), 'waits for the end');
  t.equal(pushed(`a,"${'x'.repeat(1e6)}\n`), never);
  t.end();
});

test('names of files and words of columns are known', (t) => {
  for (const [name, said] of [
    ['data/movies.csv', 'a list of movies (by its name)'],
    ['C:\\data\\Tags.csv', 'a list of tags (by its name)'],
    ['users.dat', 'a list of people (by its name)'],
    ['trust_data.txt', 'a list of links between people (by its name)'],
    ['movies_ratings.csv', null],
    ['social_reviews.csv', null],
    ['mymovies.csv', null],
    ['movies', null],
  ] as const)
    t.equal(sideFileByName(name), said, name);
  t.deepEqual(meaningOf('written_at'), { role: 'time', strength: 2, noun: 'writtenat' });
  t.equal(meaningOf('at'), null);
  t.equal(meaningOf('release_date'), null, 'a time of the item');
  t.deepEqual(meaningOf('play_timestamp'), null);
  t.equal(meaningOf('log_timestamp')!.strength, 3);
  t.end();
});

test('a part of bytes is read, and UTF-16 in any pieces', async (t) => {
  t.deepEqual([...(await allBytes(bytesFile(Uint8Array.of(1, 2, 3, 4)).read(1, 3)))], [2, 3]);
  const text = Array.from({ length: 400 }, (_, line) => `user ${line},東京,${line % 5}`).join('\n');
  const little = Buffer.from(text, 'utf16le');
  for (const [bytes, encoding] of [
    [little, 'utf-16le'],
    [Buffer.from(little).swap16(), 'utf-16be'],
  ] as const) {
    // biome-ignore format: one line
    for (const size of [1, 7, 4096, 4097, bytes.length]) {
      async function* pieces() {
        for (let at = 0; at < bytes.length; at += size) yield new Uint8Array(bytes.subarray(at, at + size));
      }
      let got = '';
      let said = '';
      for await (const part of decodeText(pieces(), { source: 'toy', onEncoding: (known) => (said = known) })) got += part; // biome-ignore format: one line
      t.ok(got === text && said === encoding, `${encoding}, pieces of ${size}`);
    }
  }
});
