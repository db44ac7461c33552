import fc from 'fast-check';
import Papa from 'papaparse';
import test from 'tape';
import type { RatingsFormat } from '../../lib/data/formats.ts';
import { type ParseReport, parseRatings } from '../../lib/data/parse.ts';
import { ParseError } from '../../lib/data/parse-error.ts';
import type { Ratings } from '../../lib/data/ratings.ts';

const parse = (text: string, format?: RatingsFormat) => parseRatings(text, { name: 'toy', format });

/** All ratings as rows, grouped by user. */
function rowsOf(ratings: Ratings): (string | number)[][] {
  const rows: (string | number)[][] = [];
  for (let user = 0; user < ratings.users.length; user++) {
    for (let place = ratings.offsets[user]!; place < ratings.offsets[user + 1]!; place++) {
      const row = [ratings.users[user]!, ratings.items[ratings.itemOf[place]!]!, ratings.values[place]!];
      rows.push(ratings.times ? [...row, ratings.times[place]!] : row);
    }
  }
  return rows;
}

const fourColumns = [
  ['1', '0012', 5, 10],
  ['1', '12', 3.5, 20],
  ['u2', 'b', 0, 30],
];

const sameRatings: [what: string, text: string, format: RatingsFormat, hasHeader: boolean][] = [
  ['MovieLens 1M', '1::0012::5::10\n1::12::3.5::20\nu2::b::0::30\n', 'movielens-1m', false],
  ['tabs without a header', '1\t0012\t5\t10\n1\t12\t3.5\t20\nu2\tb\t0\t30\n', 'tsv', false],
  [
    'tabs with a header',
    'user_id\titem_id\trating\tts\n1\t0012\t5\t10\n1\t12\t3.5\t20\nu2\tb\t0\t30',
    'tsv',
    true,
  ],
  ['commas', '1,0012,5,10\n1,12,3.5,20\nu2,b,0,30\n', 'csv', false],
  ['commas and blanks', ' 1, 0012, 5, 10\n1, 12, 3.5, 20 \nu2, b, 0, 30\n', 'csv', false],
  [
    'a header in its own order',
    'timestamp,Rating,movieId,userId\n10,5,0012,1\n20,3.5,12,1\n30,0,b,u2',
    'csv',
    true,
  ],
  [
    'a column too many',
    'userId,movieId,title,rating,time\n1,0012,A,5,10\n1,12,9,3.5,20\nu2,b,,0,30',
    'csv',
    true,
  ],
  [
    'quotes',
    '"userId","movieId","rating","time"\n"1","0012","5","10"\n1,12,3.5,20\nu2,"b",0,30',
    'csv',
    true,
  ],
  ['spaces', '1 0012 5 10\n 1  12 3.5 20 \nu2 b 0 30\n', 'space', false],
];

for (const [what, text, format, hasHeader] of sameRatings) {
  test(`the same ratings come out of ${what}`, (t) => {
    const { ratings, report } = parse(text);
    t.deepEqual(rowsOf(ratings), fourColumns);
    t.deepEqual([report.format, report.hasHeader], [format, hasHeader], 'format and header are detected');
    t.deepEqual(rowsOf(parse(text, format).ratings), fourColumns, 'also when the format is given');
    for (const [ends, other] of [
      ['CRLF', text.replaceAll('\n', '\r\n')],
      ['CR alone', text.replaceAll('\n', '\r')],
      ['mixed line ends', text.replace('\n', '\r\n')],
      ['no final newline', text.trimEnd()],
      ['a byte-order mark', `\uFEFF${text}`],
    ] as const) {
      t.deepEqual(rowsOf(parse(other).ratings), fourColumns, ends);
    }
    t.end();
  });
}

test('a file of numbers between tabs is MovieLens 100K', (t) => {
  t.equal(parse('1\t2\t3\t4\n2\t3\t4\t5\n').report.format, 'movielens-100k');
  t.end();
});

test('three columns have no time', (t) => {
  const { ratings, report } = parse('userID\tartistID\tweight\r\n2\t51\t13883\r\n3\t52\t11690\r\n');
  t.equal(ratings.times, null);
  t.equal(report.timeSpan, null);
  t.deepEqual(rowsOf(ratings), [
    ['2', '51', 13883],
    ['3', '52', 11690],
  ]);
  t.end();
});

test('the report counts what was read, skipped and dropped', (t) => {
  const text = 'user,item,rating,time\n\na,x,1,50\na,y,1,40\n  \na,z,1,45\nb,x,1,60\na,x,2,70\n';
  const { report } = parse(text);
  const want: ParseReport = {
    format: 'csv',
    columns: {
      user: { position: 1, name: 'user' },
      item: { position: 2, name: 'item' },
      rating: { position: 3, name: 'rating' },
      time: { position: 4, name: 'time', kind: 'order' },
      unused: [],
      isTold: false,
    },
    lines: 8,
    hasHeader: true,
    blankLines: 2,
    commentLines: 0,
    belowMinimum: null,
    duplicates: 1,
    usersLeftOutOfSplit: 1,
    timeSpan: { first: 40, last: 70 },
  };
  t.deepEqual(report, want);
  t.end();
});

test('a quoted field may contain separators, quotes and line ends', (t) => {
  const { ratings } = parse('user,item,rating\n"Doe, ""J""",x,1\n"two\r\nlines",y,2\n');
  t.deepEqual(ratings.users, ['Doe, "J"', 'two\nlines']);
  t.end();
});

test('lines that cannot be ratings are named with file and line', (t) => {
  const cases: [text: string, message: string][] = [
    ['1,2,3\n1,3,abc\n', 'toy:2: a rating must be a number, got "abc"'],
    ['1,2,3\n\n1,3,\n', 'toy:3: a rating must be a number, got ""'],
    ['1,2,3\n1,3,NaN', 'toy:2: a rating must be a number, got "NaN"'],
    ['1,2,3\n1,3,Infinity', 'toy:2: a rating must be a number, got "Infinity"'],
    ['1,2,3\r\n1,3,-2\r\n', 'toy:2: a rating must not be negative, got "-2"'],
    ['1,2,3,4\n1,3,3,yesterday', 'toy:2: a time must be a number, got "yesterday"'],
    ['1,2,3\n1,3\n', 'toy:2: a line must have 3 fields like line 1, got 2'],
    ['1,2,3\n1,3,1,9\n', 'toy:2: a line must have 3 fields like line 1, got 4'],
    ['1,2,3\n,3,1\n', 'toy:2: a user id must not be empty'],
    ['1,2,3\n1, ,1\n', 'toy:2: an item id must not be empty'],
    ['user,item,rating\n1,"2\n2",3\n1,3,x', 'toy:4: a rating must be a number, got "x"'],
    ['1,2,3\n1,"2,3\n1,3,4', 'toy:2: a quoted field begins here and never ends'],
    ['1,2,3\n1,"2" a,3\n1,3,4', 'toy:2: a quoted field must end with a quote before the separator'],
    [
      'userId,movieId,tag,timestamp\n1,2,3,4',
      'toy:1: this looks like a list of tags (userId, movieId, tag, timestamp)',
    ],
    ['id,title,genre\n1,2,3', 'toy:1: this looks like a list of items (id, title, genre)'],
    ['', 'toy: the file is empty'],
    [' \r\n\n', 'toy: the file is empty'],
    ['\uFEFF', 'toy: the file is empty'],
    ['1,2,3\0', 'toy: this is a binary file, not text'],
    ['# a\n\n% b\n', 'toy: the file has nothing but comments'],
    [
      '# a\nversion https://git-lfs.github.com/spec/v1\noid 7\n',
      'toy:2: this is a pointer of Git LFS, not the file; fetch it with "git lfs pull"',
    ],
    ['[{"user":1}]', 'toy:1: this is JSON, not a table; write one rating a line, as CSV'],
    ['<html>', 'toy:1: this is a web page or XML, not a table of ratings'],
    [
      `${'1;2;3\n2;3;3\n'.repeat(3000)}1;4;1,234\n`, // too late to decide how numbers are written
      'toy:6001: a rating like "1,234" has two readings; --decimal point or --decimal comma says which mark stands before the decimals',
    ],
    ['1;2;3.5\n2;3;1,5\n', 'toy:2: a rating must be a number, got "1,5"; --decimal comma reads it'],
    ['1,2,3,4\n\n2,3,3,4\n3,4,1,100000000000\n', 'toy:4: a time must be a number, got "100000000000"'],
    [
      '1,2,3,2020-01-02\n1,3,3,soon',
      'toy:2: a time must be a date (dates, like the first lines), got "soon"',
    ],
    ['userId,movieId,rating\n', 'toy: there is a header but no rating'],
    ['1,2,3\n1,3,3', 'toy: there must be at least two users, got only "1"'],
    ['1,2,3\n2,2,3', 'toy: there must be at least two items, got only "2"'],
    ['hello\nworld', 'toy:1: the format cannot be told'],
  ];
  for (const [text, message] of cases) {
    try {
      parse(text);
      t.fail(`${JSON.stringify(text)} was accepted`);
    } catch (error) {
      t.ok(error instanceof ParseError && error.message.startsWith(message), `${message} (${error})`);
    }
  }
  t.throws(() => parse('1,2,3\n2,3,3', 'movielens-1m'), /toy:1: .* rating between "::", got 1/);
  t.throws(
    () => parse('1,2,3', 'xml' as RatingsFormat),
    /RangeError: parseRatings: format must be one of auto/,
  );
  t.end();
});

test('a file of one’s own may hold one user, where that is asked for', (t) => {
  const { ratings } = parseRatings('1,2,3\n1,3,3', { name: 'toy', allowsOneUser: true });
  t.deepEqual([ratings.users, ratings.items], [['1'], ['2', '3']]);
  t.end();
});

test('an error carries source and line, and shortens what it quotes', (t) => {
  try {
    parseRatings(`1,2,3\n1,2,${'z'.repeat(500)}`, { name: 'toy', source: 'folder/toy.csv' });
    t.fail('accepted');
  } catch (error) {
    t.ok(error instanceof ParseError);
    t.deepEqual([(error as ParseError).source, (error as ParseError).line], ['folder/toy.csv', 2]);
    t.ok((error as ParseError).message.length < 120, 'one readable line');
  }
  t.end();
});

const id = fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }).map((text) => `x${text}y`);
const plainId = fc.stringMatching(/^[A-Za-z0-9_.-]{1,6}$/).map((text) => `0${text}`);

function tables(ids: fc.Arbitrary<string>) {
  const record = fc.tuple(ids, ids, fc.double({ min: 0, max: 1000, noNaN: true }), fc.integer());
  return fc
    .uniqueArray(record, { minLength: 2, maxLength: 30, selector: ([user, item]) => `${user}\n${item}` })
    .filter((rows) => new Set(rows.map(([user]) => user)).size > 1)
    .filter((rows) => new Set(rows.map(([, item]) => item)).size > 1);
}

/** What parsing must give: users by first appearance, each one's rows by time. */
function grouped(rows: [string, string, number, number][]): (string | number)[][] {
  const users = [...new Set(rows.map(([user]) => user))];
  return users.flatMap((user) => rows.filter((row) => row[0] === user).sort((a, b) => a[3] - b[3]));
}

test('whatever a CSV writer writes is read back', (t) => {
  fc.assert(
    fc.property(
      tables(id),
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom('\n', '\r\n'),
      (rows, header, quotes, newline) => {
        const data = header ? [['user', 'item', 'rating', 'timestamp'], ...rows] : rows;
        const text = Papa.unparse(data, { newline, quotes });
        const columns = header ? undefined : 'user,item,rating,time';
        const { ratings } = parseRatings(text, { name: 'toy', format: 'csv', columns });
        return JSON.stringify(rowsOf(ratings)) === JSON.stringify(grouped(rows).map(trimmed));
      },
    ),
    { seed: 2, numRuns: 150 },
  );
  t.pass('150 random tables');
  t.end();
});

/** Negative zero is written as 0, and line ends inside fields are normalised. */
function trimmed(row: (string | number)[]): (string | number)[] {
  return row.map((field) => (typeof field === 'string' ? field.replace(/\r\n?/g, '\n') : field + 0));
}

test('every format reads back what is written in it, and is told from the text alone', (t) => {
  const separators: [RatingsFormat, string][] = [
    ['movielens-1m', '::'],
    ['tsv', '\t'],
    ['csv', ','],
    ['space', ' '],
  ];
  fc.assert(
    fc.property(tables(plainId), fc.constantFrom(...separators), (rows, [format, separator]) => {
      const text = rows.map((row) => row.join(separator)).join('\n');
      const { ratings, report } = parseRatings(text, { name: 'toy', columns: 'user,item,rating,time' });
      const isFormat = report.format === format || (format === 'tsv' && report.format === 'movielens-100k');
      return isFormat && JSON.stringify(rowsOf(ratings)) === JSON.stringify(grouped(rows).map(trimmed));
    }),
    { seed: 3, numRuns: 150 },
  );
  t.pass('150 random tables');
  t.end();
});

test('random text is either ratings or a ParseError', (t) => {
  const piece = fc.constantFrom(
    '1',
    'a',
    ',',
    '::',
    '\t',
    ' ',
    '\n',
    '\r\n',
    '"',
    '-',
    '.',
    'user',
    'item,',
    'rating',
    '9',
  );
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      try {
        accepted += parse(pieces.join('')).ratings.users.length > 1 ? 1 : 0;
      } catch (error) {
        if (!(error instanceof ParseError)) throw error;
      }
    }),
    { seed: 4, numRuns: 1000 },
  );
  t.ok(accepted < 1000, 'most of it is not ratings');
  t.end();
});
