import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { runHere, temporaryFolder } from './command-line.ts';

const folder = temporaryFolder();

/** A file of three users with four films each, and what stands in each line. */
function file(
  name: string,
  line: (user: string, film: string, stars: number, time: number) => string,
  first?: string,
): string {
  const lines = first === undefined ? [] : [first];
  for (let user = 0; user < 3; user++) {
    for (let touch = 0; touch < 4; touch++)
      lines.push(
        line(`ann${user}`, `film ${(user + touch) % 5}`, 1 + ((user + 2 * touch) % 5), 1_600_000_000 - touch),
      );
  }
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

const clear = file('clear.csv', (...fields) => fields.join(','), 'userId,movieId,rating,timestamp');
const likes = file('likes.csv', (user, film) => `${user},${film}`, 'name,film');
const odd = file('odd.txt', (user, film, stars, time) => [time, film, stars, user].join(';'));

test('what was decided about the columns is printed, and stands in JSON, run file and report', async (t) => {
  const columns = /user 1 \(userId\), item 2 \(movieId\), rating 3 \(rating\), time 4 \(timestamp, epoch s\)/;
  const info = await runHere(['data', 'info', clear]);
  t.match(info.stdout, columns);
  t.match(info.stdout, /rating values +1 to 5; every rating counts as a like/);
  const { columns: told } = JSON.parse((await runHere(['data', 'info', clear, '--json'])).stdout);
  t.deepEqual(told.time, { position: 4, name: 'timestamp', kind: 'epoch s' });
  const out = join(folder, 'run');
  const train = await runHere(['train', '--data', clear, '--recipe', 'popularity', '--out', out]);
  t.match(train.stdout, columns);
  t.equal(train.stdout.split('every rating counts as a like').length, 2, 'said once');
  t.match(train.stdout, /each user's latest item is the test/);
  const run = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
  t.deepEqual(run.summary.dataset.columns.time, told.time);
  t.match(readFileSync(join(out, 'report.html'), 'utf8'), columns);
  t.match((await runHere(['evaluate', '--model', out])).stdout, columns);
  const compared = await runHere(['compare', '--data', clear, '--recipes', 'popularity', '--json']);
  t.deepEqual(JSON.parse(compared.stdout).dataset.columns.user, { position: 1, name: 'userId' });
});

test('that the data have no times is said only where it is so', async (t) => {
  const without = await runHere(['train', '--data', likes, '--recipe', 'popularity']);
  t.match(without.stdout, /user 1 \(name\), item 2 \(film\); rating: none, every line is a like; time: none/);
  t.match(without.stdout, /\(the data have no times\)/);
  t.notOk(/every rating counts/.test(without.stdout), 'there are no ratings');
  const untold = await runHere([
    'train',
    '--data',
    clear,
    '--recipe',
    'popularity',
    '--columns',
    'user,item,rating',
  ]);
  t.match(untold.stdout, /\(no column of times was named\)/);
});

test('columns are told by position or by name, and a wrong option is told in one line', async (t) => {
  const unclear = await runHere(['train', '--data', odd, '--recipe', 'popularity']);
  t.equal(unclear.code, 2);
  t.match(unclear.stderr, /^fedtlrec: .*odd\.txt:1: there is no header.*--columns \S+\n$/);
  const told = await runHere(['data', 'info', odd, '--columns', 'time,item,rating,user']);
  t.match(told.stdout, /user 4, item 2, rating 3, time 1 \(epoch s\)/);
  const named = await runHere(['data', 'info', clear, '--columns', 'user=movieId,item=1']);
  t.match(named.stdout, /user 2 \(movieId\), item 1 \(userId\); rating: none/);
  for (const [columns, message] of [
    ['user,movie', /--columns: a column must be one of user, item, rating, time or -, got "movie"/],
    ['user,item,user', /the user column must be named once/],
    ['user,rating', /there must be an item column/],
    ['user=a,item', /all parts must be roles by position, or all role=name/],
    [
      'user=nobody,item=movieId',
      /--columns names "nobody", and the header has userId, movieId, rating, timestamp/,
    ],
    ['user,item,-,-,time', /--columns tells 5 columns, and a line has 4/],
  ] as const) {
    const { code, stderr } = await runHere(['data', 'info', clear, '--columns', columns]);
    t.equal(code, 2, columns);
    t.match(stderr, message);
    t.equal(stderr.trim().split('\n').length, 1, 'one line');
  }
  t.match(
    (await runHere(['data', 'info', clear, '--encoding', 'klingon'])).stderr,
    /--encoding must be a name like/,
  );
});

test('--min-rating leaves lower ratings out, and needs ratings', async (t) => {
  const { stdout } = await runHere(['data', 'info', clear, '--min-rating', '2', '--json']);
  const { values, dropped, minRating } = JSON.parse(stdout);
  t.deepEqual([values.smallest, minRating], [2, 2]);
  const low = readFileSync(clear, 'utf8')
    .split('\n')
    .filter((line) => line.split(',')[2] === '1').length;
  t.ok(low > 0);
  t.equal(dropped.lowRatings, low);
  const none = await runHere(['data', 'info', likes, '--min-rating', '4']);
  t.match(none.stderr, /likes\.csv: no column of ratings is read, so --min-rating 4 cannot be kept/);
  const all = await runHere(['data', 'info', clear, '--min-rating', '9']);
  t.match(all.stderr, /at least two users must have ratings from 9 on, got 0/);
});

test('options about reading a file are refused where none is read', async (t) => {
  const options = {
    format: 'csv',
    columns: 'user,item',
    encoding: 'latin1',
    decimal: 'comma',
    dates: 'day-first',
    member: 'a.csv',
    'min-rating': '4',
  };
  for (const [name, value] of Object.entries(options)) {
    const { code, stderr } = await runHere(['train', `--${name}`, value, '--rounds', '1']);
    t.equal(code, 2);
    t.match(
      stderr,
      new RegExp(
        `--${name} says how a file is read, and the embedded data come from none: name the file, too`,
      ),
    );
  }
  const described = await runHere(['data', 'info', 'synthetic', '--min-rating', '4']);
  t.match(described.stderr, /--min-rating says how a file is read/);
});
