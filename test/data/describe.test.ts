import test from 'tape';
import { buildRatings } from '../../lib/data/build-ratings.ts';
import { describeRatings, renderDescription } from '../../lib/data/describe.ts';
import { parseRatings } from '../../lib/data/parse.ts';

test('the description of a small file can be checked by hand', (t) => {
  const text =
    'user,item,rating,time\na,x,1,86400000\n\na,y,4.5,172800000\na,z,3,90000000\nb,x,2,90000000\na,x,5,100000000\n';
  const { ratings, report } = parseRatings(text, { name: 'toy' });
  const facts = describeRatings(ratings, report);
  t.deepEqual(facts, {
    name: 'toy',
    format: 'csv',
    encoding: null,
    member: null,
    columns: report.columns,
    users: 2,
    items: 3,
    interactions: 4,
    density: 4 / 6,
    ratingsPerUser: { fewest: 1, median: 2, most: 3 },
    values: { smallest: 2, largest: 5 },
    timeSpan: { first: 90000000, last: 172800000 },
    dropped: { duplicates: 1, lowRatings: 0, blankLines: 1, commentLines: 0, headerLines: 1 },
    minRating: null,
    usersLeftOutOfSplit: 1,
  });
  const rendered = renderDescription(facts);
  t.match(rendered, /^data set +toy \(format csv\)$/m);
  t.match(rendered, /^density +66\.6667 %$/m);
  t.match(rendered, /^ratings a user +1 to 3, median 2$/m);
  t.match(
    rendered,
    /^dropped +1 rating replaced by a later one of the same user and item; 1 blank line; the header$/m,
  );
  t.match(rendered, /^not evaluated +1 user with fewer than 3 ratings/m);
  t.end();
});

test('times are shown as dates, as an order, or as absent', (t) => {
  const spanOf = (a: string, b: string) => {
    const { ratings } = parseRatings(`u,x,1${a}\nv,y,1${b}\n`, { name: 'toy' });
    return /^time span +(.*)$/m.exec(renderDescription(describeRatings(ratings)))?.[1];
  };
  t.equal(spanOf(',874724710', ',893286638'), '1997-09-20 to 1998-04-22');
  t.equal(spanOf(',1', ',2314'), '1 to 2314 (an order, not seconds)');
  t.equal(spanOf('', ''), 'no times: the leave-one-out split holds out random items');
  t.end();
});

test('large counts are grouped, and nothing dropped is said', (t) => {
  const text = Array.from({ length: 1234 }, (_, row) => `u${row % 2},i${row},1`).join('\n');
  const { ratings, report } = parseRatings(text, { name: 'toy' });
  const rendered = renderDescription(describeRatings(ratings, report));
  t.match(rendered, /^interactions +1,234$/m);
  t.match(rendered, /^dropped +nothing$/m);
  t.match(rendered, /^not evaluated +0 users/m);
  t.end();
});

test('what a description says of its source, values, times and losses follows the file', (t) => {
  const line = (label: string, text: string, options = {}, extra = {}) => {
    const { ratings, report } = parseRatings(text, { name: 'toy', ...options });
    const said = renderDescription(describeRatings(ratings, { ...report, ...extra }));
    return new RegExp(`^${label} +(.*)$`, 'm').exec(said)?.[1];
  };
  const stars = 'a,x,1\nb,y,2\n';
  t.equal(line('data set', stars), 'toy (format csv)');
  t.equal(line('data set', stars, {}, { encoding: 'utf-8', member: null }), 'toy (format csv)');
  t.equal(
    line('data set', stars, {}, { encoding: 'latin1', member: 'r.csv' }),
    'toy (format csv, latin1, file r.csv)',
  );
  const every = '; every rating counts as a like (--min-rating changes that)';
  t.equal(line('rating values', stars), `1 to 2${every}`);
  t.equal(line('rating values', 'a,x,2\nb,y,2\n'), '2 to 2');
  t.equal(line('rating values', 'a,x,2\nb,y,3\nb,x,1\n', { minRating: 2 }), '2 to 3');
  t.equal(line('rating values', 'a,x\na,y\nb,x\n'), 'none: every line is a like');
  t.equal(line('columns', stars), 'user 1, item 2, rating 3; time: none');
  t.equal(line('time span', stars), 'no times: the leave-one-out split holds out random items');
  t.equal(
    line('time span', stars, { columns: 'user,item,rating' }),
    'no column of times was named: the leave-one-out split holds out random items',
  );
  t.equal(line('time span', 'a,x,1,100000000\nb,y,2,86400000000\n'), '1973-03-03 to 4707-11-29');
  t.equal(line('time span', 'a,x,1,7\nb,y,2,9\n'), '7 to 9 (an order, not seconds)');
  t.equal(line('dropped', 'a,x,2\nb,y,3\nb,x,1\n', { minRating: 2 }), '1 rating below --min-rating');
  t.equal(line('dropped', '# note\n# note\na,x,2\n\n\nb,y,3\n'), '2 blank lines; 2 comment lines');
  t.equal(line('ratings a user', 'a,x,1\nb,x,1\nb,y,2\n'), '1 to 2, median 1.5');
  t.equal(line('ratings a user', 'a,x,1\nb,x,1\nb,y,2\nc,x,1\nc,y,1\nc,z,1\n'), '1 to 3, median 2');
  t.end();
});

test('ratings from no file have dates where their times can be seconds', (t) => {
  const spanOf = (first: number, last: number) => {
    const row = (user: string, time: number) => ({ user, item: user, value: 1, time });
    const { ratings } = buildRatings('toy', [row('a', first), row('b', last)]);
    const facts = describeRatings(ratings);
    t.deepEqual(
      [facts.format, facts.encoding, facts.member, facts.columns, facts.minRating],
      Array(5).fill(null),
    );
    t.deepEqual(facts.dropped, {
      ...{ duplicates: 0, lowRatings: 0, blankLines: 0, commentLines: 0, headerLines: 0 },
    });
    t.notOk(/^columns/m.test(renderDescription(facts)));
    t.match(renderDescription(facts), /^data set +toy$/m);
    return /^time span +(.*)$/m.exec(renderDescription(facts))?.[1];
  };
  t.equal(spanOf(1e8, 1e11 - 1), '1973-03-03 to 5138-11-16');
  t.equal(spanOf(1e8 - 1, 1e9), '99999999 to 1000000000 (an order, not seconds)');
  t.equal(spanOf(1e8, 1e11), '100000000 to 100000000000 (an order, not seconds)');
  t.end();
});
