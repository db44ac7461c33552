import fc from 'fast-check';
import Papa from 'papaparse';
import test from 'tape';
import { FieldSplitter } from '../../lib/data/fields.ts';
import { layoutOf, type RatingsFormat } from '../../lib/data/formats.ts';

function split(pieces: readonly string[], format: RatingsFormat): string[][] {
  const records: string[][] = [];
  const splitter = new FieldSplitter(layoutOf(format), 'toy', (fields) => records.push([...fields]));
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return records;
}

test('fields come out as papaparse finds them, however the text is cut into pieces', (t) => {
  const field = fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.stringMatching(/^[a-z",;|\n ]{0,6}$/),
    fc.constantFrom('"', '""', ',', 'a,b', 'say "hi"', 'two\nlines'),
  );
  const table = fc
    .array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 })
    .map((rows) => rows.map((row) => row.map((text) => text.replace(/\r/g, '').trim())));
  const formats = fc.constantFrom<[RatingsFormat, string]>(['csv', ','], ['semicolon', ';'], ['pipe', '|']);
  fc.assert(
    fc.property(
      table,
      formats,
      fc.boolean(),
      fc.constantFrom('\n', '\r\n'),
      fc.nat(50),
      (rows, [format, delimiter], quotes, newline, cut) => {
        const text = Papa.unparse(rows, { delimiter, quotes, newline });
        const want = Papa.parse<string[]>(text, { delimiter, newline: newline as '\n' }).data;
        let got: string[][];
        try {
          got = split([text.slice(0, cut), text.slice(cut)], format);
        } catch (error) {
          return /swallows|whole records/.test((error as Error).message) && text.includes('\n');
        }
        const last = want.at(-1)?.join('') === '' ? want.slice(0, -1) : want; // a final empty line is no record of ours
        const bare = (records: string[][]) =>
          records.map((row) => row.map((one) => one.trim().replace(/\r\n?/g, '\n')));
        return JSON.stringify(bare(got).slice(0, last.length)) === JSON.stringify(bare(last));
      },
    ),
    { seed: 21, numRuns: 500 },
  );
  t.pass('500 tables');
  t.end();
});

test('elsewhere a quote is a character, except around a whole field', (t) => {
  t.deepEqual(split(['a\t"b\tc"\n"d"\t"e ""f"""\t5" disc\n'], 'tsv'), [
    ['a', '"b', 'c"'],
    ['d', 'e "f"', '5" disc'],
  ]);
  t.deepEqual(split(['"a b" "c" d"e\n'], 'space'), [['a b', 'c', 'd"e']]);
  t.deepEqual(split(['"Heroes" and "Villains"::x::1'], 'movielens-1m'), [
    ['"Heroes" and "Villains"', 'x', '1'],
  ]);
  t.end();
});

test('a quote that swallows records is refused with the line it begins on', (t) => {
  const text = 'user,artist,plays\nu1,"Heroes,12\nu1,Muse,3\nu1,Blur",3\n';
  t.throws(
    () => split([text], 'csv'),
    /toy:2: a quoted field begins here and ends lines later, with whole records/,
  );
  const half = 'u1,"Heroes,12\nno\nnor\nu1,Blur",3\n'; // two of four lines would be records
  t.throws(() => split([half], 'csv'), /toy:1: a quoted field begins here and ends lines later/);
  const fewer = half.replace('nor', 'nor\nthis');
  t.deepEqual(split([fewer], 'csv'), [['u1', 'Heroes,12\nno\nnor\nthis\nu1,Blur', '3']], 'two of five');
  t.throws(() => split(['a,"b,c\nd,e,f\n'], 'csv'), /toy:1: a quoted field begins here and never ends/);
  t.throws(() => split(['a,"b" c,d\n'], 'csv'), /toy:1: a quoted field must end with a quote before/);
  t.deepEqual(split(['a,"two\nlines",c\n'], 'csv'), [['a', 'two\nlines', 'c']]);
  t.end();
});

test('a line ends with LF, CRLF or CR, wherever between two pieces the text is cut', (t) => {
  for (const end of ['\n', '\r\n', '\r']) {
    const text = ['a,b', 'c,d', 'e,f', ''].join(end);
    for (let cut = 0; cut <= text.length; cut++) {
      const records: [string, number][] = [];
      const take = (fields: readonly string[], line: number) => records.push([fields.join('+'), line]);
      const splitter = new FieldSplitter(layoutOf('csv'), 'toy', take);
      for (const piece of [text.slice(0, cut), text.slice(cut)]) splitter.push(piece);
      splitter.end();
      const wanted = [1, 2, 3].map((line) => [['a+b', 'c+d', 'e+f'][line - 1], line]);
      t.deepEqual(records, wanted, `${JSON.stringify(end)}, cut after ${cut}`);
    }
  }
  t.end();
});
