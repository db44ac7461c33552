// Places where two rules meet: a format that is told and a header, names that differ in the size of letters only, times beside
// decimals, separators that cut alike, the end of an archive inside its comment.
import { zipSync } from 'fflate';
import test from 'tape';
import { interactionsOf } from '../../lib/data/interactions.ts';
import { type LayoutOptions, parseRatings, RatingsParser } from '../../lib/data/parse.ts';
import { readRatings } from '../../lib/data/read-ratings.ts';
import { sideFileByHeader } from '../../lib/data/side-files.ts';

const read = (text: string, options: LayoutOptions = {}) => parseRatings(text, { name: 'toy', ...options });

test('a format that is told leaves a header its words', (t) => {
  for (const [format, separator] of [
    ['tsv', '\t'],
    ['csv', ','],
    ['semicolon', ';'],
    ['pipe', '|'],
    ['space', ' '],
  ] as const) {
    const rows = [
      ['rating', 'item', 'user'],
      ['5', 'x', 'a'],
      ['4', 'y', 'b'],
    ];
    const text = rows.map((row) => `${row.join(separator)}\n`).join('');
    for (const told of [format, 'auto'] as const) {
      const { ratings, report } = read(text, { format: told });
      t.deepEqual([report.hasHeader, ratings.users, [...ratings.values]], [true, ['a', 'b'], [5, 4]], told);
    }
  }
  t.end();
});

test('of two names that differ in the size of letters only, the one that is told is meant', (t) => {
  const text = 'user,item,Stars,stars\na,x,1,5\nb,y,2,6\n';
  const values = (name: string) => [
    ...read(text, { columns: `user=user,item=item,rating=${name}` }).ratings.values,
  ];
  t.deepEqual(values('Stars'), [1, 2]);
  t.deepEqual(values('stars'), [5, 6]);
  t.end();
});

test('a time keeps its point where ratings have decimal points, and may have the comma of ratings', (t) => {
  const [early, late] = [978300760, 978300761];
  const times = (text: string, decimal?: 'comma') => {
    const options = { columns: 'user,item,rating,time', format: 'semicolon', decimal } as const;
    return [...read(text, options).ratings.times!];
  };
  t.deepEqual(times(`a;x;4.5;${early}.5\nb;y;3.5;${late}.25\n`), [early + 0.5, late + 0.25]);
  t.deepEqual(times(`a;x;4,5;${early},5\nb;y;3,5;${late},25\n`, 'comma'), [early + 0.5, late + 0.25]);
  t.throws(
    () => times(`${`a;x;4.5;${early}\n`.repeat(500)}b;y;3.5;${late},25\n`),
    /^ParseError: toy:501: a time must be a number .*, got "978300761,25"$/,
  );
  t.deepEqual(times('a;x;4,5;31.12.2000\nb;y;3,5;01.01.2001\n'), [978220800, 978307200], 'dates');
  t.end();
});

test('comments that follow each other are comments, whatever stands between their commas', (t) => {
  const { ratings, report } = read('#1,x,5\n#2,y,4\n# note\n3,x,1\n4,y,2\n');
  t.deepEqual([ratings.users, report.commentLines], [['3', '4'], 3]);
  t.end();
});

test('interactions have an offset for each user and one for the end, and as many items as are kept', (t) => {
  const { ratings } = read('a,x,5\na,y,2\nb,y,1\nc,x,4\n');
  const all = interactionsOf(ratings);
  t.deepEqual([[...all.offsets], [...all.itemOf]], [[0, 2, 3, 4], [0, 1, 1, 0]]); // biome-ignore format: one line
  const liked = interactionsOf(ratings, { minRating: 4 });
  t.deepEqual([[...liked.offsets], [...liked.itemOf]], [[0, 1, 1, 2], [0, 0]]); // biome-ignore format: one line
  t.end();
});

test('an archive whose end points into its own comment is damaged', async (t) => {
  const archive = zipSync({ 'ratings.csv': Buffer.from('user,item\na,x\nb,y\n') });
  const end = archive.length - 22;
  const locator = new DataView(new ArrayBuffer(20));
  locator.setUint32(0, 0x07064b50, true);
  const comment = new DataView(new ArrayBuffer(40)); // a record of the end in 64 bits has 56
  comment.setUint32(0, 0x06064b50, true);
  const last = new DataView(archive.slice(end).buffer);
  last.setUint16(20, comment.byteLength, true);
  locator.setBigUint64(8, BigInt(archive.length + locator.byteLength), true);
  const parts = [locator, last, comment].map(({ buffer }) => Buffer.from(buffer));
  const file = new File([Buffer.concat([archive.subarray(0, end), ...parts])], 'a.zip');
  t.equal(await readRatings(file).then(() => 'read', String), 'ParseError: a.zip: this zip file is damaged');
});

test('an archive that says its sizes stand elsewhere, and ends before them, is damaged', async (t) => {
  const archive = zipSync({ 'ratings.csv': Buffer.from('user,item\na,x\nb,y\n') });
  const end = archive.length - 22;
  const view = new DataView(archive.buffer, archive.byteOffset);
  const [length, at] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  const member = new DataView(archive.slice(at, at + length).buffer);
  member.setUint32(24, 0xffffffff, true); // "see the 64-bit size"
  member.setUint16(30, 4, true);
  const extra = Buffer.from([1, 0, 0, 0]); // which is not there
  const last = new DataView(archive.slice(end).buffer);
  last.setUint32(12, length + extra.length, true);
  const parts = [archive.subarray(0, at), Buffer.from(member.buffer), extra, Buffer.from(last.buffer)];
  t.equal(
    await readRatings(new File([Buffer.concat(parts)], 'a.zip')).then(() => 'read', String),
    'ParseError: a.zip: this zip file is damaged',
  );
});

test('a line with a field left blank above numbers is no header for that alone', (t) => {
  const { ratings, report } = read('ann,,heat\nbob,3,saw\ncid,4,up\n', { columns: 'user,-,item' });
  t.deepEqual([report.hasHeader, ratings.users], [false, ['ann', 'bob', 'cid']]);
  t.ok(read('one,two,three\nbob,3,saw\ncid,4,up\n', { columns: 'user,-,item' }).report.hasHeader);
  t.end();
});

test('what is asked for by name is a header, also where it has a number', (t) => {
  const { ratings, report } = read('who,what,2020\na,x,1\nb,y,2\n', { columns: 'user=who,item=what' });
  t.deepEqual([report.hasHeader, ratings.users, ratings.values.length], [true, ['a', 'b'], 2]);
  const last = read('who,what,2020\na,x,1\nb,y,2\n', { columns: 'user=who,item=what,rating=2020' });
  t.deepEqual([...last.ratings.values], [1, 2]);
  t.end();
});

test('a file beside ratings is named with its first eight columns, and a mark where there are more', (t) => {
  const names = ['movieId', 'title', 'genres', 'director', 'country', 'language', 'year', 'studio'];
  t.equal(sideFileByHeader(names), `a list of items (${names.join(', ')})`);
  t.equal(sideFileByHeader([...names, 'budget']), `a list of items (${names.join(', ')}, …)`);
  t.end();
});

test('what is given as ratings and is none is said in words', (t) => {
  const way = 'interactionsOf: ratings must be as parseRatings, buildRatings or syntheticRatings return them';
  for (const [value, words] of [
    [null, 'null'],
    [{ users: ['a'], items: ['x'] }, 'an object without values'],
    [7, 'number'],
    [undefined, 'undefined'],
  ] as const)
    t.throws(
      () => interactionsOf(value as never),
      (error: Error) => String(error) === `TypeError: ${way} (.ratings), got ${words}`,
      words,
    );
  t.end();
});

test('where the beginning of a long text ends within a quoted field, its whole lines decide', (t) => {
  const title = 'x'.repeat(900);
  const rows = Array.from({ length: 400 }, (_, row) => `u${row % 20},"${title} ""${row % 50}"", a film",${1 + (row % 5)}`); // biome-ignore format: one line
  for (const end of ['\n', '\r']) {
    const text = ['user,item,rating', ...rows, ''].join(end);
    t.ok(text.length > 2 ** 18 + 1);
    t.notOk([end, '"'].includes(text[2 ** 18 - 1]!), 'the cut is inside a field');
    const parser = new RatingsParser({ name: 'toy' });
    parser.push(text);
    const { ratings, report } = parser.end();
    t.deepEqual([report.format, report.hasHeader, ratings.users.length, ratings.items.length], ['csv', true, 20, 50]); // biome-ignore format: one line
  }
  t.end();
});
