import fc from 'fast-check';
import test from 'tape';
import { readCalendarTime } from '../../lib/data/calendar.ts';
import { readNumber, styleOf } from '../../lib/data/numbers.ts';
import { parseRatings } from '../../lib/data/parse.ts';
import { readTime, timeKindOf, timeKindOfColumn, withDecimalPoint } from '../../lib/data/time-values.ts';

test('dates as people and programs write them become seconds', (t) => {
  const noon = Date.UTC(2020, 6, 5, 12, 30) / 1000;
  const day = Date.UTC(2020, 6, 5) / 1000;
  const written: [text: string, seconds: number][] = [
    ['2020-07-05T12:30:00Z', noon],
    ['2020-07-05 12:30', noon],
    ['2020/7/5 12:30:00', noon],
    ['2020-07-05T14:30:00+02:00', noon],
    ['2020-07-05T07:30:00.250-0500', noon + 0.25],
    ['2020-07-05 12:30:00 UTC', noon],
    ['20200705', day],
    ['20200705T123000Z', noon],
    ['20200705123000', noon],
    ['5.7.2020 12:30', noon],
    ['25/12/2020', Date.UTC(2020, 11, 25) / 1000],
    ['12/25/2020 3:05 PM', Date.UTC(2020, 11, 25, 15, 5) / 1000],
    ['July 5, 2020', day],
    ['Sun, 05 Jul 2020 12:30:00 GMT', noon],
    ['05-Jul-2020', day],
    ['Sun Jul 05 12:30:00 +0000 2020', noon],
    ['07 5, 2020', day],
  ];
  for (const [text, seconds] of written) t.equal(readCalendarTime(text)?.seconds, seconds, text);
  for (const text of [
    '2020-02-30',
    '2020-13-01',
    '31.4.2020',
    '2020-07-05 25:00',
    'Smarch 5, 2020',
    '12:30',
    '5',
  ])
    t.equal(readCalendarTime(text), null, text);
  for (const [text, hour, minute, second] of [
    ['12:00 AM', 0, 0, 0],
    ['12:59:59 am', 0, 59, 59],
    ['1:00 a.m.', 1, 0, 0],
    ['12:00 p.m.', 12, 0, 0],
    ['11:59 pm', 23, 59, 0],
    ['00:00', 0, 0, 0],
    ['23:59:59', 23, 59, 59],
    ['23:59:60', 23, 59, 60], // a leap second
    ['00:00+05:30', -5, -30, 0],
    ['00:00-03', 3, 0, 0],
  ] as const)
    t.equal(readCalendarTime(`2020-07-05 ${text}`)?.seconds, day + hour * 3600 + minute * 60 + second, text);
  for (const text of ['0:30 am', '13:00 pm', '24:00', '12:60', '12:30:61'])
    t.equal(readCalendarTime(`2020-07-05 ${text}`), null, text);
  for (const [text, seconds] of [
    ['19000101', Date.UTC(1900, 0, 1) / 1000],
    ['21001231', Date.UTC(2100, 11, 31) / 1000],
    ['202007051230', noon],
    ['1970-01-01T00:00:00.250Z', 0.25],
    ['1969-12-31T23:59:59.250Z', -0.75],
    ['25.12.2020', Date.UTC(2020, 11, 25) / 1000],
    ['3.4.2020', Date.UTC(2020, 3, 3) / 1000],
  ] as const)
    t.equal(readCalendarTime(text)?.seconds, seconds, text);
  for (const text of ['18991231', '21010101', '12.25.2020']) t.equal(readCalendarTime(text), null, text);
  t.equal(readCalendarTime('03/04/2020', 'day-first')?.seconds, Date.UTC(2020, 3, 3) / 1000);
  t.equal(readCalendarTime('03/04/2020')?.written, 'ambiguous');
  t.equal(readCalendarTime('03/04/2020', 'month-first')?.seconds, Date.UTC(2020, 2, 4) / 1000);
  t.end();
});

test('one time in any unit is one number', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1e8, max: 4e9 }), fc.integer({ min: 0, max: 999 }), (seconds, ms) => {
      const text = `${seconds}${String(ms).padStart(3, '0')}`;
      const want = Number(`${seconds}.${String(ms).padStart(3, '0')}`);
      const iso = new Date(seconds * 1000 + ms).toISOString();
      return (
        readTime(text, 'epoch ms') === want &&
        readTime(`${text}000`, 'epoch µs') === want &&
        readTime(`${text}000000`, 'epoch ns') === want &&
        readTime(String(want), 'epoch s') === want &&
        readTime(iso, 'dates') === want
      );
    }),
    { seed: 6, numRuns: 500 },
  );
  t.pass('500 times');
  t.deepEqual(
    ['17', '1600000000', '1600000000000', '1600000000000000', '1600000000000000000', 'x'].map((text) =>
      timeKindOf(text),
    ),
    [...['order', 'epoch s', 'epoch ms', 'epoch µs', 'epoch ns', null]],
  );
  t.end();
});

test('a unit begins where the one before it ends, and a column keeps to it', (t) => {
  for (const [text, kind] of [
    ['99999999', 'order'],
    ['-99999999', 'order'],
    ['1e8', 'epoch s'],
    ['99999999999', 'epoch s'],
    ['1e11', 'epoch ms'],
    ['99999999999999', 'epoch ms'],
    ['1e14', 'epoch µs'],
    ['1e17', 'epoch ns'],
    ['99999999999999990000', 'epoch ns'],
    ['1e20', null],
  ] as const)
    t.equal(timeKindOf(text), kind, text);
  for (const [text, kind, seconds] of [
    ['-5', 'order', -5],
    ['99999999999', 'epoch s', 99999999999],
    ['100000000000', 'epoch s', Number.NaN],
    ['100000000000', 'epoch ms', 1e8],
    ['99999999999', 'epoch ms', Number.NaN],
    ['99999999999999', 'epoch ms', 99999999999.999],
    ['100000000000000', 'epoch ms', Number.NaN],
    ['1.6e12', 'epoch ms', 1.6e9],
    ['100000000000000000', 'epoch ns', 1e8],
    ['x', 'order', Number.NaN],
    ['2020-07-05', 'order', Number.NaN],
    ['17', 'dates', Number.NaN],
    ['25/12/2020', 'dates', Number.NaN],
    ['03/04/2020', 'dates', Number.NaN],
    ['03/04/2020', 'dates, day first', Date.UTC(2020, 3, 3) / 1000],
    ['03/04/2020', 'dates, month first', Date.UTC(2020, 2, 4) / 1000],
  ] as const)
    t.equal(readTime(text, kind), seconds, `${text} as ${kind}`);
  t.equal(withDecimalPoint(' 1593878903,438'), ' 1593878903.438');
  t.equal(withDecimalPoint('1,2,3'), '1,2,3');
  t.end();
});

test('a column of dates is held to one order of day and month', (t) => {
  t.equal(timeKindOfColumn(['03/04/2020', '25/04/2020']).kind, 'dates, day first');
  t.equal(timeKindOfColumn(['03/04/2020', '04/25/2020']).kind, 'dates, month first');
  t.equal(timeKindOfColumn(['03/04/2020', '05/05/2020']).kind, 'ambiguous date');
  const text = 'user,item,rating,date\na,x,1,03/04/2020\nb,y,1,05/06/2020\n';
  t.throws(
    () => parseRatings(text, { name: 'toy' }),
    /toy:1: dates like "03\/04\/2020" have two readings; --dates day-first or --dates month-first/,
  );
  const { ratings } = parseRatings(text, { name: 'toy', dates: 'day-first' });
  t.equal(ratings.times![0], Date.UTC(2020, 3, 3) / 1000);
  t.throws(
    () => parseRatings('user,item,ts\na,x,1600000000\nb,y,1600000000\nb,x,1600000000000\n', { name: 'toy' }),
    /toy:4: a time must be a number \(epoch s, like the first lines\), got "1600000000000"/,
  );
  t.end();
});

test('the share of a column is how many of its fields fit its kind, those with two readings included', (t) => {
  const is = (kind: string | null, share: number, ...fields: string[]) =>
    t.deepEqual(timeKindOfColumn(fields), { kind, share }, fields.join(' '));
  is('epoch s', 0.5, '1600000000', '1600000001', 'x', 'y');
  is('epoch s', 0.75, '17', '1600000000', '1600000001', 'x');
  is('dates, day first', 0.5, '03/04/2020', '25/04/2020', 'x', 'y');
  is(null, 0, 'x');
  is(null, 0);
  t.end();
});

test('numbers are read in the way of their column, and only decimal ones', (t) => {
  for (const [text, point, comma] of [
    ['4.5', 4.5, Number.NaN],
    ['4,5', Number.NaN, 4.5],
    ['1,234.5', 1234.5, Number.NaN],
    ['1.234,5', Number.NaN, 1234.5],
    ['1,234', 1234, 1.234],
    ['12 345', 12345, 12345],
    ['0x10', Number.NaN, Number.NaN],
    ['Infinity', Number.NaN, Number.NaN],
    ['', Number.NaN, Number.NaN],
    ['1e3', 1000, Number.NaN],
  ] as const)
    t.deepEqual([readNumber(text, 'point'), readNumber(text, 'comma')], [point, comma], text);
  t.equal(styleOf(['1,234', '2']), null, 'two readings');
  t.deepEqual(styleOf(['1,234', '2,5']), { mark: 'comma', isCertain: true });
  t.deepEqual(styleOf(['1,234', '2.5']), { mark: 'point', isCertain: true });
  const plays = 'user;item;plays\na;x;1,234\nb;y;2,345\n';
  t.throws(
    () => parseRatings(plays, { name: 'toy' }),
    /ratings like "1,234" have two readings; --decimal point or --decimal comma/,
  );
  t.deepEqual([...parseRatings(plays, { name: 'toy', decimal: 'point' }).ratings.values], [1234, 2345]);
  t.deepEqual([...parseRatings(plays, { name: 'toy', decimal: 'comma' }).ratings.values], [1.234, 2.345]);
  t.end();
});
