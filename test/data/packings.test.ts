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
  for (const [content, name] of [
    [bytes, 'one.csv'],
    [gzipSync(bytes), 'one.csv.gz'],
  ] as const)
    t.match(
      await refusal(content, name, { member: 'b.csv' }),
      /one\.csv.*: this is no zip archive, so it has no member "b\.csv"/,
      `${name} has no members`,
    );
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
  const time = [0x55, 0x54, 5, 0, 1, 9, 9, 9, 9]; // another extra field before it, with five bytes of its own
  const behind = inZip64(zipSync({ 'ratings.csv': bytes }), time);
  t.deepEqual((await read(behind, 'ml.zip')).ratings.users, ['José', '東京'], 'behind another field');
  for (let place = 0; place < archive.length; place += 3) {
    const damaged = Uint8Array.from(archive);
    damaged[place]! ^= 0x10;
    const outcome = await read(damaged, 'ml.zip').catch((error: Error) => error);
    if (outcome instanceof Error) t.equal(outcome.name, 'ParseError', `byte ${place}: ${outcome.message}`);
    else t.deepEqual(outcome.ratings.values, ratings.values, `byte ${place}`);
  }
});

/** An archive of one file, its sizes in 64 bits (APPNOTE.TXT 4.3.14, 4.3.15 and 4.5.3). */
function inZip64(archive: Uint8Array, before: readonly number[] = []): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.length);
  const end = archive.length - 22;
  const [length, at] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  const sizes = [24, 20, 42].map((place) => BigInt(view.getUint32(at + place, true))); // whole, packed, start
  const member = new DataView(archive.slice(at, at + length).buffer);
  for (const place of [20, 24, 42]) member.setUint32(place, 0xffffffff, true);
  const room = before.length + 28;
  member.setUint16(30, room, true);
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
  end64.setBigUint64(40, BigInt(length + room), true);
  end64.setBigUint64(48, BigInt(at), true);
  const locator = new DataView(new ArrayBuffer(20));
  locator.setUint32(0, 0x07064b50, true);
  locator.setBigUint64(8, BigInt(at + length + room), true);
  locator.setUint32(16, 1, true);
  const last = new DataView(archive.slice(end).buffer);
  for (const place of [12, 16]) last.setUint32(place, 0xffffffff, true);
  for (const place of [8, 10]) last.setUint16(place, 0xffff, true);
  const [first, ...others] = [member, extra, end64, locator, last].map(
    ({ buffer }) => new Uint8Array(buffer),
  );
  const parts = [archive.subarray(0, at), first!, before, ...others];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

test('the member of an archive is the one with ratings in its name, or the only table, or the one that is named', async (t) => {
  const other = Buffer.from('userId,movieId,rating\na,x,1\nb,y,2\nc,z,3\n');
  const members = (...names: string[]) =>
    Object.fromEntries(names.map((name, at) => [name, at === 0 ? bytes : other]));
  const chosen = (files: Record<string, Uint8Array>, options?: ReadOptions) =>
    read(zipSync(files), 'x.zip', options).then(
      ({ report }) => report.member,
      (error: Error) => error.message,
    );
  for (const names of [
    ['ratings.csv', 'other.csv'],
    ['a/rating.dat', 'other.csv'],
    ['u.data', 'u.item.csv'],
    ['user_rating.csv', 'trust.csv'],
    ['table.csv', 'README.txt', 'LICENSE.txt', 'notes.md'],
    ['table.inter', 'notes.md'],
    ['only.xyz'],
    ['table.csv', '.hidden.csv', 'a/.hidden.csv', '__MACOSX/other.csv'],
  ])
    t.equal(await chosen(members(...names)), names[0], names.join(' '));
  t.equal(
    await chosen({ 'table.csv': bytes, 'empty.csv': Buffer.from('') }),
    'table.csv',
    'an empty file is none',
  );
  const asks = (...names: string[]) =>
    `x.zip: this zip file holds ${names.length} files (${names.slice(0, 12).join(', ')}); --member NAME says which holds the ratings`;
  for (const names of [
    ['ratings.csv', 'b/ratings.csv', 'c.csv'],
    ['a_rating.csv', 'b_rating.csv', 'c.csv'],
    ['a.xyz', 'b.xyz'],
    Array.from({ length: 14 }, (_, place) => `${String.fromCharCode(97 + place)}.csv`),
  ])
    t.equal(await chosen(members(...names)), asks(...names));
  t.equal(await chosen({ 'empty.csv': Buffer.from('') }), 'x.zip: this zip file holds no file');
  const both = members('a/r.csv', 'b/r.csv', 'b/s.csv');
  t.equal(await chosen(both, { member: 's.csv' }), 'b/s.csv', 'without its folder');
  t.equal(await chosen(both, { member: 'a/r.csv' }), 'a/r.csv');
  t.equal(
    await chosen(both, { member: 'r.csv' }),
    'x.zip: there is no single member "r.csv" in this zip file: it has a/r.csv, b/r.csv, b/s.csv',
  );
});

test('an archive may end with a comment; what is encrypted or packed in another way is refused', async (t) => {
  const archive = Buffer.from(zipSync({ 'ratings.csv': bytes }));
  const end = archive.length - 22;
  for (const length of [1, 65_535]) {
    const commented = Buffer.concat([archive, Buffer.alloc(length, 'c')]);
    commented.writeUInt16LE(length, end + 20);
    t.equal((await read(commented, 'x.zip')).ratings.users.length, 2, `${length} bytes`);
  }
  const entry = archive.readUInt32LE(end + 16); // where the list of members begins
  const changed = (place: number, value: number) => {
    const copy = Buffer.from(archive);
    copy[entry + place] = value;
    return refusal(copy, 'x.zip');
  };
  t.equal(await changed(8, 1), 'ParseError: x.zip: this zip file is encrypted');
  t.equal(
    await changed(10, 12),
    'ParseError: x.zip: this zip file is packed in an unusual way (method 12); pack it again, or unpack it first',
  );
  t.equal(await changed(10, 0), 'ParseError: x.zip: this zip file is damaged', 'not stored');
  t.equal(await changed(42, 1), 'ParseError: x.zip: this zip file is damaged', 'no header there');
  t.equal(await changed(28, 255), 'ParseError: x.zip: this zip file is damaged', 'a name beyond the list');
});

test('a name that promises a packing is kept to, and the first bytes of other kinds are known', async (t) => {
  t.equal(
    await refusal(bytes, 'x.csv.gz'),
    'ParseError: x.csv.gz: this is not a gzip file, despite its name',
  );
  t.equal(await refusal(bytes, 'x.ZIP'), 'ParseError: x.ZIP: this is not a zip file, despite its name');
  const said = (hex: string) => refusal(Buffer.from(`${hex}0102030405060708`, 'hex'), 'x.csv');
  for (const [hex, what] of [
    ['fd377a585a00', 'packed with xz, not a table of text; unpack it first, or pack it with gzip'],
    ['28b52ffd', 'packed with zstd, not a table of text; unpack it first, or pack it with gzip'],
    ['377abcaf271c', 'a 7z archive, not a table of text; unpack it first'],
    ['526172211a07', 'a rar archive, not a table of text; unpack it first'],
    ['894844460d0a1a0a', 'an HDF5 file, not a table of text; save the table as CSV'],
    ['934e554d5059', 'a NumPy array, not a table of text; save it as CSV'],
    ['25504446', 'a PDF, not a table of text; save the table as CSV'],
    ['d0cf11e0a1b11ae1', 'an old Excel workbook, not a table of text; save the sheet as CSV'],
    ['fffe0000', 'text in UTF-32, not a table of text; save it as UTF-8'],
    ['0000feff', 'text in UTF-32, not a table of text; save it as UTF-8'],
  ] as const)
    t.equal(await said(hex), `ParseError: x.csv: this is ${what}`, hex);
});

test('UTF-16 is told by its zero bytes where nearly every letter has one, and a mark is believed', async (t) => {
  const sixteen = (text: string) => Buffer.from(text, 'utf16le');
  const encodingOf = (content: Uint8Array) =>
    read(content, 'x.csv').then(({ report }) => report.encoding, String);
  const eastern = 'user,item\n東京,大阪\n東京,京都\n奈良,大阪\n';
  t.equal(await encodingOf(sixteen(eastern)), 'utf-16le', 'zeros in more than a tenth of the bytes');
  t.match(
    await encodingOf(sixteen(eastern.replaceAll(',', '\u0001,'))),
    /ParseError/,
    'control characters are no text',
  );
  t.equal(await encodingOf(sixteen('a\tx\r\na\ty\r\nb\tx\r\n')), 'utf-16le', 'tabs and line ends are text');
  const marked = Buffer.from(`\uFEFF${table}`);
  t.equal((await read(marked, 'x.csv', { encoding: 'utf-8' })).ratings.users[0], 'José');
  t.equal(
    await refusal(marked, 'x.csv', { encoding: 'utf-16le' }),
    'ParseError: x.csv: the file begins with the mark of utf-8, so --encoding utf-16le cannot be right',
  );
  const big = Buffer.from(sixteen(`\uFEFF${table}`)).swap16();
  t.match(
    await refusal(big, 'x.csv', { encoding: 'latin1' }),
    /begins with the mark of utf-16be, so --encoding latin1 cannot/,
  );
  const titles = Buffer.from('movieId,title\n1,Heat\n2,José\n', 'latin1');
  t.match(
    await refusal(titles, 'x.csv'),
    /x\.csv:1: this looks like a list of items \(movieId, title\)/,
    'that matters more than a byte',
  );
  t.equal(
    (await read(sixteen(`\uFEFF${table}`), 'x.csv', { encoding: 'utf-16le' })).ratings.users[0],
    'José',
  );
});
