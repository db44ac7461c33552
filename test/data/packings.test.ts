import { gzipSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';
import test from 'tape';
import { type ReadOptions, readRatings } from '../../lib/data/read-ratings.ts';

const table = 'userId,movieId,rating\nJosé,x,1\n東京,y,2\n';
const bytes = Buffer.from(table);
const file = (content: Uint8Array, name: string) => new File([new Uint8Array(content)], name);
const read = (content: Uint8Array, name: string, options?: ReadOptions) =>
  readRatings(file(content, name), options);
const refusal = (content: Uint8Array, name: string, options?: ReadOptions) =>
  read(content, name, options).then(() => 'accepted', String);

test('the ratings of an archive are found among its other files', async (t) => {
  const archive = zipSync({
    'ml/README.txt': Buffer.from('read me'),
    'ml/movies.csv': Buffer.from('movieId,title\nx,X\n'),
    'ml/ratings.csv': bytes,
    'ml/tags.csv': Buffer.from('userId,movieId,tag\n1,x,good\n'),
    '__MACOSX/ml/._ratings.csv': Buffer.from('junk'),
  });
  const { ratings, report } = await read(archive, 'ml.zip');
  t.deepEqual(ratings.users, ['José', '東京']);
  t.deepEqual([ratings.name, report.member], ['ml', 'ml/ratings.csv']);
  const stored = zipSync({ 'u.data': Buffer.from('1\t2\t3\t881250949\n2\t3\t4\t881250950\n') }, { level: 0 });
  t.equal((await read(stored, 'x.zip')).ratings.users.length, 2, 'also where it is only stored');
  const inner = zipSync({ 'ratings.csv.gz': gzipSync(bytes) });
  t.equal((await read(inner, 'x.zip')).ratings.users.length, 2, 'also where it is packed once more');
});

test('an archive with several tables asks which', async (t) => {
  const archive = zipSync({ 'a.csv': bytes, 'b.csv': bytes });
  t.match(
    await refusal(archive, 'two.zip'),
    /two\.zip: this zip file holds 2 files \(a\.csv, b\.csv\); --member NAME says which/,
  );
  t.equal((await read(archive, 'two.zip', { member: 'b.csv' })).report.member, 'b.csv');
  t.match(await refusal(archive, 'two.zip', { member: 'c.csv' }), /there is no single member "c\.csv"/);
});

test('every byte of an archive that is changed is noticed or changes nothing', async (t) => {
  const archive = zipSync({ 'ratings.csv': bytes });
  const want = await read(archive, 'a.zip');
  let noticed = 0;
  for (let place = 0; place < archive.length; place++) {
    const damaged = Uint8Array.from(archive);
    damaged[place]! ^= 0x10;
    const outcome = await read(damaged, 'a.zip').catch((error: Error) => error);
    if (outcome instanceof Error) {
      noticed++;
      if (outcome.name !== 'ParseError') t.fail(`byte ${place}: ${outcome.stack}`);
    } else t.deepEqual(outcome.ratings.values, want.ratings.values, `byte ${place}`);
  }
  t.ok(noticed > archive.length / 3, `${noticed} of ${archive.length} bytes matter`);
  for (const length of [10, 60, archive.length - 1])
    t.match(
      await refusal(archive.subarray(0, length), 'a.zip'),
      /ParseError: .*zip file is (cut off|damaged)/,
      `${length} bytes`,
    );
});

test('other packings and kinds of files are refused by their name', async (t) => {
  const kinds: [string | Uint8Array, RegExp][] = [
    ['BZh91AY', /packed with bzip2, not a table of text; unpack it first/],
    ['PAR1aaaaaaaaaaaaaaaaa', /a Parquet file/],
    ['SQLite format 3\0aaaaaa', /an SQLite database/],
    ['[{"user":1,"item":2}]', /this is JSON, not a table/],
    ['<!DOCTYPE html><html>', /a web page or XML/],
    [zipSync({ 'xl/workbook.xml': Buffer.from('<x/>') }), /an Excel workbook; save the sheet as CSV/],
    [gzipSync(Buffer.concat([Buffer.alloc(257), Buffer.from('ustar'), Buffer.alloc(300)])), /a tar archive/],
    [Buffer.from('id\0\0\0binary'), /this is a binary file, not text/],
  ];
  for (const [content, rule] of kinds) t.match(await refusal(Buffer.from(content as string), 'x.csv'), rule);
});

test('text is read in the encoding that its bytes have', async (t) => {
  const sixteen = Buffer.from(`\uFEFF${table}`, 'utf16le');
  for (const [content, encoding, options] of [
    [bytes, 'utf-8', {}],
    [Buffer.from(`\uFEFF${table}`), 'utf-8', {}],
    [sixteen, 'utf-16le', {}],
    [sixteen.subarray(2), 'utf-16le', {}],
    [Buffer.from(sixteen).swap16(), 'utf-16be', {}],
    [Buffer.from(sixteen.subarray(2)).swap16(), 'utf-16be', {}],
  ] as const) {
    const { ratings, report } = await read(content, 'x.csv', options);
    t.deepEqual([ratings.users, report.encoding], [['José', '東京'], encoding]);
  }
  t.match(
    await refusal(sixteen, 'x.csv', { encoding: 'latin1' }),
    /begins with the mark of utf-16le, so --encoding latin1 cannot be right/,
  );
  t.match(await refusal(bytes, 'x.csv', { encoding: 'klingon' }), /RangeError: encoding: /);
  const cut = Buffer.concat([Buffer.from('user,item\na,x\nb,東'), Buffer.from([0xe6, 0x9d])]);
  t.match(
    await refusal(cut, 'x.csv'),
    /x\.csv:3: the byte 0xe6 in column 4 is not UTF-8/,
    'a letter that was cut off',
  );
});

test('a wrong byte is named wherever it stands, however the bytes arrive', async (t) => {
  const lines = Array.from(
    { length: 3000 },
    (_, line) => `user${line % 50},item ${line % 71},${1 + (line % 5)}`,
  );
  const text = Buffer.from(`user,item,rating\n${lines.join('\n')}\n`);
  for (const line of [2, 300, 1700, 3001]) {
    const damaged = Buffer.from(text);
    let start = 0;
    for (let count = 1; count < line; count++) start = damaged.indexOf(10, start) + 1;
    damaged[start + 4] = 0xff;
    t.match(
      await refusal(damaged, 'x.csv'),
      new RegExp(`x\\.csv:${line}: the byte 0xff in column 5 is not UTF-8`),
    );
  }
});

test('an archive in the form for sizes beyond 32 bits is read like any other', async (t) => {
  const archive = inZip64(zipSync({ 'ratings.csv': bytes }));
  t.deepEqual(unzipSync(archive)['ratings.csv'], new Uint8Array(bytes), 'fflate reads it');
  const { ratings, report } = await read(archive, 'ml.zip');
  t.deepEqual([ratings.users, report.member], [['José', '東京'], 'ratings.csv']);
  for (let place = 0; place < archive.length; place += 3) {
    const damaged = Uint8Array.from(archive);
    damaged[place]! ^= 0x10;
    const outcome = await read(damaged, 'ml.zip').catch((error: Error) => error);
    if (outcome instanceof Error) t.equal(outcome.name, 'ParseError', `byte ${place}: ${outcome.message}`);
    else t.deepEqual(outcome.ratings.values, ratings.values, `byte ${place}`);
  }
});

/** An archive of one file, its sizes in 64 bits (APPNOTE.TXT 4.3.14, 4.3.15 and 4.5.3). */
function inZip64(archive: Uint8Array): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.length);
  const end = archive.length - 22;
  const [length, at] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  const sizes = [24, 20, 42].map((place) => BigInt(view.getUint32(at + place, true))); // whole, packed, start
  const member = new DataView(archive.slice(at, at + length).buffer);
  for (const place of [20, 24, 42]) member.setUint32(place, 0xffffffff, true);
  member.setUint16(30, 28, true);
  const extra = new DataView(new ArrayBuffer(28));
  extra.setUint16(0, 1, true);
  extra.setUint16(2, 24, true);
  sizes.forEach((size, place) => {
    extra.setBigUint64(4 + 8 * place, size, true);
  });
  const end64 = new DataView(new ArrayBuffer(56));
  end64.setUint32(0, 0x06064b50, true);
  end64.setBigUint64(4, 44n, true);
  for (const place of [24, 32]) end64.setBigUint64(place, 1n, true);
  end64.setBigUint64(40, BigInt(length + 28), true);
  end64.setBigUint64(48, BigInt(at), true);
  const locator = new DataView(new ArrayBuffer(20));
  locator.setUint32(0, 0x07064b50, true);
  locator.setBigUint64(8, BigInt(at + length + 28), true);
  locator.setUint32(16, 1, true);
  const last = new DataView(archive.slice(end).buffer);
  for (const place of [12, 16]) last.setUint32(place, 0xffffffff, true);
  for (const place of [8, 10]) last.setUint16(place, 0xffff, true);
  const parts = [member, extra, end64, locator, last].map(({ buffer }) => new Uint8Array(buffer));
  return Uint8Array.from([...archive.subarray(0, at), ...parts.flatMap((part) => [...part])]);
}
