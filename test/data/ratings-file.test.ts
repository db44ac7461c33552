import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'tape';
import { ParseError } from '../../lib/data/parse-error.ts';
import { readRatingsFile } from '../../lib/node/ratings-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-ratings-'));
test.onFinish(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const text = 'user,item,rating\nJosé,x,1\nb,y,2\n';

test('plain and gzip files give the same ratings, whatever their name', async (t) => {
  const plain = await readRatingsFile(file('a.csv', text));
  t.deepEqual(plain.ratings.users, ['José', 'b']);
  t.equal(plain.ratings.name, 'a.csv');
  const packed = await readRatingsFile(file('a.csv.gz', gzipSync(text)));
  t.deepEqual(packed, plain, 'the name loses .gz');
  const unnamed = await readRatingsFile(file('b', gzipSync(text)), { name: 'mine', format: 'csv' });
  t.deepEqual(unnamed.ratings, { ...plain.ratings, name: 'mine' });
});

test('Latin-1 is read where it is told, and never guessed', async (t) => {
  const path = file('latin.csv', Buffer.from(text, 'latin1'));
  const latin = await readRatingsFile(path, { encoding: 'latin1' });
  t.equal(latin.ratings.users[0], 'José');
  const told = await readRatingsFile(path).then(() => 'accepted', String);
  t.match(told, /latin\.csv:2: the byte 0xe9 in column 4 is not UTF-8; --encoding latin1, or/);
  const marked = await readRatingsFile(file('bom.csv', `\uFEFF${text}`));
  t.equal(marked.ratings.users[0], 'José');
});

test('a file that cannot be read gives one line that names it', async (t) => {
  const packed = gzipSync(text.repeat(50));
  const damaged = Uint8Array.from(packed);
  damaged[packed.length - 6]! ^= 0xff;
  const cases: [path: string, rule: RegExp][] = [
    [join(folder, 'missing.csv'), /missing\.csv: there is no such file$/],
    [folder, /this is a folder, a file is needed$/],
    [file('empty.csv', ''), /empty\.csv: the file is empty$/],
    [file('empty.csv.gz', ''), /empty\.csv\.gz: the file is empty$/],
    [
      file('binary.csv', Uint8Array.of(...Buffer.from('user,item\n1,a\n2,b\0c'), 255)),
      /binary\.csv: this is a binary file, not text$/,
    ],
    [
      file('control.csv', Uint8Array.of(...Buffer.from('user,item\n1,a\n2,b\x01c'), 255)),
      /control\.csv:3: .*0xff/,
    ],
    [file('cut.csv.gz', packed.subarray(0, packed.length - 12)), /cut\.csv\.gz: this gzip file is cut off$/],
    [file('cut-early.gz', packed.subarray(0, 5)), /cut-early\.gz: this gzip file is cut off$/],
    [file('damaged.csv.gz', damaged), /damaged\.csv\.gz: this gzip file is damaged/],
    [file('plain.csv.gz', text), /plain\.csv\.gz: this is not a gzip file, despite its name$/],
    [file('line.csv', `${text}c,x,abc\n`), /line\.csv:4: a rating must be a number, got "abc"$/],
  ];
  for (const [path, rule] of cases) {
    try {
      await readRatingsFile(path);
      t.fail(`${path} was accepted`);
    } catch (error) {
      t.ok(error instanceof ParseError && rule.test(error.message), String(error));
    }
  }
});
