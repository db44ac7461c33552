// What a column's fields say about it, at the bounds of each rule.
import test from 'tape';
import { type ColumnContents, contentsOf, isDatum } from '../../lib/data/column-contents.ts';

const times = (count: number, field: string) => Array.from({ length: count }, () => field);
const upTo = (count: number, first = 0) => Array.from({ length: count }, (_, place) => String(first + place));

/** Columns for which a fact holds, and such for which it just does not. */
const facts: { [Fact in keyof ColumnContents]?: [yes: string[][], no: string[][]] } = {
  isBlank: [[[], ['', ' ']], [['', 'x']]],
  isNumeric: [
    [['1'], ['1', 'x'], ['4,5', '', ''], ['1', '2', 'x', 'y']],
    [[], [''], ['x'], ['1', 'x', 'y']],
  ],
  isWhole: [
    [
      ['1', '+2', '-3'],
      ['0', ''],
    ],
    [[], ['x'], ['1', '2.5'], ['1', 'x', 'y'], ['1e3']],
  ],
  isIndex: [
    [upTo(10), upTo(10, 1), upTo(200)],
    [upTo(9), upTo(10, 2), [...upTo(9), '8'], upTo(10).map((field) => `0${field}`), [...upTo(10), '']],
  ],
  isTime: [
    [
      ['100000000', '4199999999'],
      ['100000000000', '4199999999999'],
      ['100000000000000', '4199999999999999'],
      ['100000000000000000', '4199999999999999999'],
      ['1600000000', '5000000000'],
      ['2020-07-05', 'x'],
      ['03/04/2020'],
      ['03/04/2020', '25/12/2020'],
    ],
    [
      ['99999999'],
      ['4200000000'],
      ['4200000000000'],
      ['4200000000000000'],
      ['4200000000000000000'],
      ['1600000000', '5000000000', '5000000001'],
      ['2020-07-05', 'x', 'y'],
      ['1600000000', 'x', 'y'],
      ['17'],
      [],
    ],
  ],
  isRating: [
    [
      ['0', '0'],
      ['0', '100'],
      ['.5', '4.5'],
      ['3,5', '4,5'],
      ['-1', '5'],
      upTo(25).map((field) => `${field}.5`),
      ['1', '1', '1', '500', '700'],
      ['1,234', '1,234', '2,345'], // thousands, as long as nothing says otherwise
      [...times(3, '101'), ...upTo(27, 102)],
      ['5', '5', '5', ...upTo(25, 6)],
    ],
    [
      [],
      ['x'],
      ['-1', '-1', '5'],
      ['100.5', '3'],
      upTo(26).map((field) => `${field}.5`),
      [...times(2, '101'), ...upTo(28, 102)],
      ['101', '101', '500', '500', '500'],
      ['101.5', '101.5', '700', '701'],
    ],
  ],
};

test('what a column is holds up to the bounds of its rule, and no further', (t) => {
  for (const [fact, [yes, no]] of Object.entries(facts) as [keyof ColumnContents, string[][][]][]) {
    for (const fields of yes!)
      t.equal(contentsOf(fields)[fact], true, `${fact}: ${fields.slice(0, 6).join(' ')}`);
    for (const fields of no!)
      t.equal(contentsOf(fields)[fact], false, `not ${fact}: ${fields.slice(0, 6).join(' ')}`);
  }
  t.end();
});

test('a kind of time is that of at least half of a column', (t) => {
  const kindOf = (...fields: string[]) => contentsOf(fields).timeKind;
  t.equal(kindOf('2020-07-05', 'x'), 'dates');
  t.equal(kindOf('2020-07-05', 'x', 'y'), null);
  t.equal(kindOf('03/04/2020'), 'ambiguous date');
  t.equal(contentsOf(['03/04/2020'], 'day-first').timeKind, 'dates, day first');
  t.equal(kindOf('17', '18'), 'order');
  t.end();
});

test('ids and facts say what they are about', (t) => {
  const like = (...fields: string[]) => contentsOf(fields).looksLike;
  t.equal(like('u1', 'user_7', 'Customer 12'), 'user');
  t.equal(like('i1', 'tt0111161', 'movie-3'), 'item');
  t.equal(like('u1', 'i1'), null);
  t.equal(like('u1', '7'), null);
  t.equal(like('', ''), null);
  const about = (...fields: string[]) => contentsOf(fields).looksLikeFacts;
  t.equal(about('F', 'male', 'x'), 'people');
  t.equal(about('F', 'x'), null, 'half of them are not most');
  t.equal(about('Heat (1995)', 'Alien (1979)', 'Heat'), 'titles');
  t.equal(about('https://a.org', 'http://b.org'), 'web addresses');
  t.equal(about('Action|Crime', 'Children’s|Drama', 'Drama|Film-Noir'), 'genres');
  t.equal(about('x', 'y'), null);
  t.equal(about('1', 'F', 'M', '2'), null, 'a column of numbers holds no facts');
  t.equal(contentsOf([' u1 ', 'u2']).fields[0], 'u1', 'blanks around a field do not count');
  t.end();
});

test('numbers, dates and hexadecimal ids are data, words are names of columns', (t) => {
  for (const field of ['5', ' 5 ', '4,5', '2020-07-05', '0xff']) t.equal(isDatum(field), true, field);
  for (const field of ['', '  ', 'user', 'x0xff', '0x']) t.equal(isDatum(field), false, field);
  t.end();
});
