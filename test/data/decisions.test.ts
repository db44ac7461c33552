// Which column is what in whole files: with a header, with one that does not fit, without one, and as the options say.
import test from 'tape';
import { readColumnChoice } from '../../lib/data/column-option.ts';
import { columnsText, shown } from '../../lib/data/columns.ts';
import { type LayoutOptions, parseRatings } from '../../lib/data/parse.ts';
import { ParseError } from '../../lib/data/parse-error.ts';
import { usualWidth } from '../../lib/data/sample.ts';

const stamp = 1600000000;

/** What is read from lines, as positions of user, item, rating and time; or what is wrong, with its line. */
function outcome(text: string, options: LayoutOptions = {}, name = 'toy'): string {
  try {
    const { columns, hasHeader, format } = parseRatings(text, { name, ...options }).report;
    const places = [columns.user, columns.item, columns.rating, columns.time].map(
      (one) => one?.position ?? '-',
    );
    return `${format}${hasHeader ? ' with header' : ''}: ${places.join(' ')}`;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return `${error.line}: ${error.problem}`;
  }
}

test('a header’s words decide, and several that may be meant are asked about', (t) => {
  const cases: [lines: string[], outcome: string][] = [
    [['user,item', 'a,x', 'b,y'], 'csv with header: 1 2 - -'],
    [['user,name', 'a,x', 'b,y'], 'csv with header: 1 2 - -'],
    [['name,item', 'a,x', 'b,y'], 'csv with header: 1 2 - -'],
    [['title,user', 'x,a', 'y,b'], 'csv with header: 2 1 - -'],
    [['user,imdb_id,rating', 'a,x,1', 'b,y,2'], 'csv with header: 1 2 3 -'],
    [['user,title,imdb_id,rating', 'a,x,tt1,1', 'b,y,tt2,2'], 'csv with header: 1 2 4 -'],
    [['userId,movieId,movieTitle,rating', 'a,x,X,1', 'b,y,Y,2'], 'csv with header: 1 2 4 -'],
    [
      ['rating,rate,user,item', '1,2,a,x', '2,1,b,y'],
      '1: 2 columns may be the rating, "rating" and "rate"; --columns user=user,item=item,rating=rating takes the first',
    ],
    [
      ['user_id,customer_id,item', 'a,c,x', 'b,d,y'],
      '1: 2 columns may be the user, "user_id" and "customer_id"; --columns user=user_id,item=item takes the first',
    ],
    [['user_id,customer_id', 'a,c', 'b,d'], '1: 2 columns may be the user, "user_id" and "customer_id"; --columns takes the first'],
    [
      ['user,movie_id,song,rating', 'a,x,s,1', 'b,y,r,2'],
      '1: 2 columns may be the item, "movie_id" and "song"; --columns user=user,item=movie_id,rating=rating takes the first',
    ],
    [
      ['who,movie_id,rating', 'a,x,1', 'b,y,2'],
      '1: no column is called a user in "who, movie_id, rating" (known are words like user_id, userId, reviewerID, customer); name the columns: --columns user=…,item=…,rating=…,time=…',
    ],
    [
      ['user_id,what,rating', 'a,x,1', 'b,y,2'],
      '1: no column is called an item in "user_id, what, rating" (known are words like item_id, movieId, film, isbn, track_id); name the columns: --columns user=…,item=…,rating=…,time=…',
    ],
    [
      ['user,item,moment,grade', `a,x,${stamp},1`, `b,y,${stamp},2`],
      '1: the column "moment" holds times, and its name is not known; --columns user=user,item=item,rating=grade,time=moment takes it, --columns user=user,item=item,rating=grade leaves it out',
    ],
    [
      ['user,item,esteem', 'a,x,1', 'b,y,2'],
      '1: no column is called a rating, and "esteem" may be one; --columns user=user,item=item,rating=esteem takes it, --columns user=user,item=item leaves it out',
    ],
    [['user,item,remark', 'a,x,good', 'b,y,bad'], 'csv with header: 1 2 - -'],
    [['user,item,esteem', 'a,x,', 'b,y,'], 'csv with header: 1 2 - -'],
    [['user,item,rating,esteem', 'a,x,1,7', 'b,y,2,8'], 'csv with header: 1 2 3 -'],
    [['rating,user,item,esteem', '1,a,x,7', '2,b,y,8'], 'csv with header: 2 3 1 -'],
    [['user,item,rating,count', 'a,x,1,7', 'b,y,2,8'], 'csv with header: 1 2 3 -'],
    [['user,item,count', 'a,x,7', 'b,y,8'], 'csv with header: 1 2 3 -'],
    [['time,user,item,moment', `7,a,x,${stamp}`, `8,b,y,${stamp}`], 'csv with header: 2 3 - 1'],
    [['user,item,time,moment', `a,x,1,${stamp}`, `b,y,2,${stamp}`], 'csv with header: 1 2 - 3'],
    [
      ['user,item,rating,day,month', 'a,x,1,5,7', 'b,y,2,6,7'],
      '1: the times stand in columns of their own (day, month); join them into one, or --columns user=user,item=item,rating=rating reads the file without times',
    ],
    [['user,item,rating,time,day', 'a,x,1,5,7', 'b,y,2,6,7'], 'csv with header: 1 2 3 4'],
    [
      ['user,item,rating,time', 'a,x,1,soon', 'b,y,2,late'],
      '1: the column "time" holds no times that are known ("soon"); --columns user=user,item=item,rating=rating reads the file without times',
    ],
    [
      ['user;item;time', 'a;x;160000000000,5', 'b;y;160000000001,5'],
      '1: the column "time" holds no times that are known ("160000000000,5"); --columns user=user,item=item,time=time --decimal comma reads them',
    ],
    [['user,item,rating,time', 'a,x,1,', 'b,y,2,'], 'csv with header: 1 2 3 -'],
    [['user,item,time,date', `a,x,7,2020-09-13`, `b,y,8,2020-09-14`], 'csv with header: 1 2 - 4'],
    [
      ['user,item,date,time', `a,x,2020-09-13,${stamp + 9e6}`, `b,y,2020-09-14,${stamp}`],
      '1: two columns may be the time, "date" and "time"; --columns user=user,item=item,time=date takes the first',
    ],
    [
      ['user,item,date,timestamp', `a,x,2020-09-13,${stamp}`, `b,y,2020-09-13,${stamp + 1}`],
      'csv with header: 1 2 - 4',
    ],
    [['user,item,date,time', `a,x,2020-09-13,${stamp}`, `b,y,2020-09-13,${stamp + 1}`], 'csv with header: 1 2 - 4'],
    [['user,item,time,date', `a,x,${stamp},2020-09-13`, `b,y,${stamp + 1},2020-09-13`], 'csv with header: 1 2 - 3'],
  ]; // biome-ignore format: a table
  for (const [lines, said] of cases) t.equal(outcome(lines.join('\n')), said, lines.slice(0, 2).join(' / '));
  t.end();
});

test('a header that is shorter than the lines is understood as R writes it, with the option that reads it', (t) => {
  const rule = '1: the header has 3 fields, and line 2 has 4';
  t.equal(
    outcome('user,item,rating\n1,a,x,1\n2,b,y,2\n'),
    `${rule}; --columns -,user,item,rating reads row names in front`,
  );
  t.equal(outcome('user,item,rating\n1,a,x,1\n1,b,y,2\n'), rule, 'row names differ');
  t.equal(outcome('user,item\n1,a,x,1\n2,b,y,2\n'), '1: the header has 2 fields, and line 2 has 4');
  t.equal(outcome('user,what,rating\n1,a,x,1\n2,b,y,2\n'), rule, 'without an item there is no option');
  t.equal(
    outcome('user item rating\na,x,1\nb,y,2\n', { format: 'csv' }),
    '1: the header has 1 fields, and line 2 has 3; --format says what stands between fields',
  );
  t.end();
});

test('a file without a header is a header of numbers, a list or likes only where it says so', (t) => {
  t.equal(
    outcome('0,1,2\n5,6,1\n7,8,2\n'),
    '1: line 1 may be a header of column numbers or a rating; --columns user=0,item=1,rating=2 takes it as a header, --columns user,item,rating as a rating',
  );
  t.equal(
    outcome('0,1,2,3\n5,6,1,9\n7,8,2,9\n'),
    '1: line 1 may be a header of column numbers or a rating; --columns user=0,item=1,rating=2,time=3 takes it as a header, --columns user,item,rating,time as a rating',
  );
  t.equal(outcome('0,1\n0,6\n7,8\n'), 'csv: 1 2 - -');
  t.equal(outcome('0,1,3\n5,6,1\n7,8,2\n'), 'csv: 1 2 3 -');
  t.equal(
    outcome('a1,x\nb2,x\nc3,y\n'),
    '1: this looks like a list, not like ratings: no first field occurs twice; --columns user,item reads it as likes',
  );
  t.equal(outcome('a1,x\nb2,y\n'), 'csv: 1 2 - -', 'two lines are no list');
  t.equal(outcome('a1,x\na1,z\nc3,y\n'), 'csv: 1 2 - -');
  t.equal(
    outcome('ann,heat\nb,x\nb,y\n'),
    '1: line 1 may be a header or a like; --columns user=ann,item=heat takes it as a header, --columns user,item as a like',
  );
  t.equal(outcome('ann,heat\nann,x\nb,y\n'), 'csv: 1 2 - -', 'the user recurs');
  t.equal(outcome('ann,heat\nb,heat\nb,y\n'), 'csv: 1 2 - -', 'the item recurs');
  t.equal(outcome('ann,heat2\nb,x\nb,y\n'), 'csv: 1 2 - -', 'a digit is no word of a header');
  t.equal(outcome('a,x,1\nb,y,2\nc,z,1\n'), 'csv: 1 2 3 -', 'with ratings it is no list');
  t.equal(outcome(`a,x,${stamp}\nb,y,${stamp}\nc,z,${stamp}\n`), 'csv: 1 2 - 3', 'with times it is no list');
  const inFront = [1, 2, 3].map((row) => `${stamp},i${row},u${row}\n`).join('');
  t.equal(outcome(inFront), 'csv: 3 2 - 1', 'wherever they stand');
  t.equal(outcome(inFront.replaceAll(String(stamp), '4.5')), 'csv: 3 2 1 -');
  t.equal(
    outcome('a1,x\na1,y\nb2,x\n', {}, 'trust.csv'),
    '1: this looks like a list of links between people (by its name), not like ratings; --columns user,item reads it',
  );
  t.end();
});

test('formats that fix their columns are held to them, and others to two at least', (t) => {
  t.equal(outcome('1::2::3\n2::3::1\n', { format: 'movielens-1m' }), 'movielens-1m: 1 2 3 -');
  t.equal(outcome('1::2::3::9\n2::3::1::8\n', { format: 'movielens-1m' }), 'movielens-1m: 1 2 3 4');
  t.equal(
    outcome('1::2\n2::3\n', { format: 'movielens-1m' }),
    '1: a line must have user, item and rating between "::", got 2',
  );
  t.equal(outcome('a\nb\n', { format: 'csv' }), '1: a line must have user and item between commas, got 1');
  t.equal(outcome('a,x\na,y\nb,x\n', { format: 'csv' }), 'csv: 1 2 - -');
  t.equal(outcome('% bip\n1 7 2 4\n2 8 1 4\n'), 'space: 1 2 3 4', 'KONECT');
  t.equal(outcome('% bip\n1 7\n2 8\n3 9\n'), 'space: 1 2 - -', 'KONECT without ratings');
  t.match(outcome('% bip\n1 7 a b c\n2 8 d e f\n'), /^2: there is no header, and which of the 5 columns/);
  t.equal(
    outcome('% sym\n1 7\n2 8\n'),
    '1: this looks like links between nodes of one kind (KONECT sym), not like ratings',
  );
  t.end();
});

test('the option of columns is read by position or by name, and a wrong one is refused with its rule', (t) => {
  t.deepEqual(readColumnChoice('user, item ,-,TIME'), {
    by: 'position',
    columns: ['user', 'item', null, 'time'],
  });
  t.deepEqual(readColumnChoice('user=who, item = what'), {
    by: 'name',
    names: new Map([['user', 'who'], ['item', 'what']]), // biome-ignore format: one line
  });
  const ways = 'write user,item,-,time or user=userId,item=movieId';
  for (const [text, rule] of [
    ['user,item=x', 'all parts must be roles by position, or all role=name'],
    ['user,rating', 'there must be an item column'],
    ['item', 'there must be a user column'],
    ['item=x', 'there must be a user column'],
    ['user=x', 'there must be an item column'],
    ['user,item,user', 'the user column must be named once'],
    ['user=a,item=b,item=c', 'the item column must be named once'],
    ['user,item,stars', 'a column must be one of user, item, rating, time or -, got "stars"'],
    ['user=a,film=b', 'a column must be one of user, item, rating, time or -, got "film"'],
  ])
    t.throws(
      () => readColumnChoice(text!),
      (error: Error) =>
        error instanceof RangeError && error.message === `columns: ${rule} (in "${text}"); ${ways}`,
      text,
    );
  t.deepEqual(readColumnChoice('user,item,-,-').by, 'position', 'columns that are not read may be several');
  t.end();
});

test('columns that were told are looked up in the file', (t) => {
  const file = 'who,what,Stars,stars2\na,x,1,5\nb,y,2,6\n';
  const say = (columns: string, text = file) => outcome(text, { columns });
  t.equal(say('user=who,item=what,rating=Stars'), 'csv with header: 1 2 3 -');
  t.equal(say('user=WHO,item=What,rating=stars'), 'csv with header: 1 2 3 -', 'in letters of any size');
  t.equal(say('user=who,item=2,time=4'), 'csv with header: 1 2 - 4', 'or by position');
  t.equal(say('user=who,item=who'), '1: --columns names one column as user and as item');
  const names = 'the header has who, what, Stars, stars2';
  t.equal(say('user=who,item=where'), `1: --columns names "where", and ${names}`);
  t.equal(say('user=who,item=5'), `1: --columns names "5", and ${names}`);
  t.equal(say('user=who,item=0'), `1: --columns names "0", and ${names}`);
  t.equal(say('user=a,item=b', 'a,b,a\n1,2,3\n2,3,4\n'), '1: two columns are called "a"');
  t.equal(say('user=A,item=b', 'a,b,Aa\n1,2,3\n2,3,4\n'), 'csv with header: 1 2 - -');
  t.equal(say('user=1,item=2', '5,6,1\n7,8,2\n'), 'csv: 1 2 - -', 'positions without a header');
  t.equal(say('user=x,item=2', '5,6,1\n7,8,2\n'), '1: --columns names "x", and there is no header');
  t.equal(say('user,item,-,-,time', '5,6,1\n7,8,2\n'), '1: --columns tells 5 columns, and a line has 3');
  t.equal(say('item,user,rating', '5,6,1\n7,8,2\n'), 'csv: 2 1 3 -');
  t.end();
});

test('the columns that were read, and those that were not, are said in one line', (t) => {
  const said = (text: string, columns?: string) =>
    columnsText(parseRatings(text, { name: 'toy', columns }).report.columns);
  t.equal(said('1,2\n1,3\n2,2\n'), 'user 1, item 2; rating: none, every line is a like; time: none');
  t.equal(
    said(`user,item,rating,time,note\na,x,1,7,n\nb,y,2,8,n\n`),
    'user 1 (user), item 2 (item), rating 3 (rating), time 4 (time, an order); not used: note',
  );
  t.equal(said(`1,2,5,${stamp}\n2,3,4,${stamp}\n`), 'user 1, item 2, rating 3, time 4 (epoch s)');
  const wide = (width: number) =>
    [1, 2].map((row) => Array.from({ length: width }, (_, at) => row + at).join(','));
  const likes = 'user 1, item 2; rating: none, every line is a like; time: none; not used: ';
  t.equal(said(wide(14).join('\n'), 'user,item'), `${likes}3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14`);
  t.equal(
    said(wide(16).join('\n'), 'user,item'),
    `${likes}3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 and 2 more`,
  );
  t.equal(shown('a "b"\n'), 'a "b"\\n');
  t.equal(shown('x'.repeat(40)), 'x'.repeat(40));
  t.equal(shown('x'.repeat(41)), `${'x'.repeat(40)}…`);
  t.end();
});

test('the usual width is the one that most records have, of equally frequent ones the first', (t) => {
  const widths = (...lengths: number[]) =>
    usualWidth(lengths.map((length, line) => ({ fields: Array(length).fill('x'), line })));
  t.deepEqual(widths(2, 3, 3, 2), { width: 2, share: 0.5 });
  t.deepEqual(widths(2, 3, 3), { width: 3, share: 2 / 3 });
  t.deepEqual(widths(), { width: 0, share: 0 });
  t.end();
});
