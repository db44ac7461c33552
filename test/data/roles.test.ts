// Roles of columns without a header: by ids such as u1 and i7, by the published orders, or refused with an option that fits.
import test from 'tape';
import { contentsOf } from '../../lib/data/column-contents.ts';
import { rolesOfContents } from '../../lib/data/content-roles.ts';

const stamp = 1600000000;

/** What is decided for lines of fields between blanks: the option's text, or the problem. */
function decided(lines: readonly string[], sideFileName: string | null = null): string {
  const records = lines.map((line) => line.split(' '));
  const contents = records[0]!.map((_, place) => contentsOf(records.map((fields) => fields[place]!)));
  const decision = rolesOfContents(contents, sideFileName);
  if ('problem' in decision) return (decision.isOther ? 'other: ' : '') + decision.problem;
  const { user, item, rating, time } = decision;
  return `${user} ${item} ${rating} ${time}`;
}

/** Ten lines with their number in front. */
const numbered = (rest: (line: number) => string) =>
  Array.from({ length: 10 }, (_, line) => `${line} ${rest(line)}`);

test('columns in a published order, or with ids that tell, get their roles', (t) => {
  const cases: [lines: string[], places: string][] = [
    [['1 2', '1 3'], '0 1 -1 -1'],
    [['1 2 5', '1 3 4'], '0 1 2 -1'],
    [[`1 2 ${stamp}`, `1 3 ${stamp}`], '0 1 -1 2'],
    [[`1 2 5 ${stamp}`, `1 3 4 ${stamp}`], '0 1 2 3'],
    [[`1 2 ${stamp} 5`, `1 3 ${stamp} 4`], '0 1 3 2'],
    [['1 10 5 1', '1 11 4 2', '2 10 3 1'], '0 1 2 3'],
    [['u1 a 5', 'u2 a 4'], '0 1 2 -1'],
    [['a i1 5', 'b i2 4'], '0 1 2 -1'],
    [['i1 i2 5', 'i3 i4 5'], '0 1 2 -1'],
    [['i1 u1', 'i2 u1'], '1 0 -1 -1'],
    [['5 i1 u1', '4 i2 u2'], '2 1 0 -1'],
    [[`${stamp} i1 u1`, `${stamp} i2 u1`], '2 1 -1 0'],
    [[`i1 5 u1 ${stamp}`, `i2 4 u1 ${stamp}`], '2 0 1 3'],
    [numbered((line) => `u${line} i1 5`), '1 2 3 -1'],
    [numbered((line) => `a${line} x 5`), '1 2 3 -1'],
    [numbered((line) => `i${line} 5`), '0 1 2 -1'],
    [numbered(() => 'x'), '0 1 -1 -1'],
    [['1  2 5', '1  3 4'], '0 2 3 -1'],
  ];
  for (const [lines, places] of cases) t.equal(decided(lines), places, lines.slice(0, 2).join(' / '));
  t.end();
});

test('any other order is refused with what is known of the columns, and the option that fits best', (t) => {
  const refused = (lines: string[], count: number, facts: string, option: string) =>
    t.equal(
      decided(lines),
      `there is no header, and which of the ${count} columns is what cannot be told${facts}; say it, for example --columns ${option}`,
      lines.join(' / '),
    );
  const rating = (column: number) => `column ${column} holds what may be ratings`;
  const time = (column: number) => `column ${column} holds times`;
  const decimals = (column: number) => `column ${column} holds numbers with decimals`;
  refused(['a'], 1, '', 'user,item');
  refused(['a b c', 'd e f'], 3, '', 'user,item');
  refused(['a b c d e', 'f g h i j'], 5, '', 'user,item');
  refused(['a 1.5 5', 'b 2.5 4'], 3, ` (${rating(2)}, ${rating(3)})`, 'user,-,item');
  refused(['1.5 a 5', '2.5 b 4'], 3, ` (${rating(1)}, ${rating(3)})`, '-,user,item');
  refused(['a 101.5', 'b 102.5'], 2, ` (${decimals(2)})`, 'user,item');
  refused([`a ${stamp} b`, `a ${stamp} c`], 3, ` (${time(2)})`, 'user,time,item');
  refused([`${stamp} a`, `${stamp} b`], 2, ` (${time(1)})`, 'user,item');
  refused(
    [`a b c 5 ${stamp}`, `d e f 4 ${stamp}`],
    5,
    ` (${rating(4)}, ${time(5)})`,
    'user,item,-,rating,time',
  );
  refused(['a b x 7', 'a c y 7'], 4, ` (${rating(4)})`, 'user,item,-,time');
  refused(['a b x y', 'a c y z'], 4, '', 'user,item');
  refused(['1 10 5 1', '1 11 4 1'], 4, ` (${[1, 2, 3, 4].map(rating).join(', ')})`, 'user,item,rating,time');
  refused([`i1 ${stamp} u1 ${stamp}`], 4, ` (${time(2)}, ${time(4)})`, 'user,time,item');
  refused(['i1 5 u1 4', 'i2 4 u2 3'], 4, ` (${rating(2)}, ${rating(4)})`, 'user,item,-,time');
  refused(['i1 x u1', 'i2 y u2'], 3, '', 'user,item');
  refused(['i1 a 5', 'i2 b 4'], 3, ` (${rating(3)})`, 'user,item,rating');
  refused(['a u1 5', 'b u2 4'], 3, ` (${rating(3)})`, 'user,item,rating');
  refused(['u1 i1 i2 x', 'u2 i2 i3 y'], 4, '', 'user,item');
  t.end();
});

test('a first column that may number the lines or be the user is asked about', (t) => {
  t.equal(
    decided(numbered((line) => `a${line} 5`)),
    'the first column may number the lines or be the user; --columns -,user,item or --columns user,item,rating says which',
  );
  t.end();
});

test('a file whose name says that it holds no ratings is one if its contents do not tell otherwise', (t) => {
  const name = 'a list of people (by its name)';
  const other = (option: string) =>
    `other: this looks like ${name}, not like ratings; --columns ${option} reads it`;
  t.equal(decided(['1 2', '1 3'], name), other('user,item'));
  t.equal(decided(['1 2 1', '1 3 1'], name), other('user,item,rating'), 'one number for all');
  t.equal(decided(['1 2 1', '1 3 2'], name), '0 1 2 -1');
  t.equal(decided([`1 2 1 ${stamp}`, `1 3 1 ${stamp}`], name), '0 1 2 3');
  t.equal(decided([`${stamp} i1 u1`, `${stamp} i2 u1`], name), '2 1 -1 0', 'times in front as well');
  t.equal(
    decided(['1 2 F', '1 3 M']),
    'other: this looks like a list of people (a column of F and M), not like ratings',
  );
  t.end();
});
