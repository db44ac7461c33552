import test from 'tape';
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
