// A figure that cannot be otherwise is not printed like a result: what stands beside it, in tables, JSON and reports.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'tape';
import type { DatasetFacts } from '../../lib/cli/dataset.ts';
import type { RoundRow } from '../../lib/cli/round-rows.ts';
import { dataWarnings, participationWarnings, warningFacts } from '../../lib/cli/warnings.ts';
import type { Metrics } from '../../lib/evaluation/metrics.ts';
import { jsonLines, runHere, temporaryFolder } from './command-line.ts';

const folder = temporaryFolder();
const file = (name: string) => fileURLToPath(new URL(`../cases/${name}`, import.meta.url));
const everything = file('07-few-candidates/allitems.csv');
const few = file('07-few-candidates/tiny11.csv');
const small = file('08-report-path-after-training/small.csv');
const brief = ['--rounds', '3', '--factors', '4'];

test('few candidates are told in the table, in JSON and in the report, with what guessing gets', async (t) => {
  const cases: [data: string, warning: RegExp, hr: number][] = [
    [everything, /20 of 20 users touched every other item/, 1],
    [few, /ranked among 8 candidates, not among 100: guessing gets HR@10 1\.000/, 1],
    [few, /at most 10 candidates: HR@10 is 1 whatever the model/, 1],
    [small, /ranked among 49 candidates, not among 100: guessing gets HR@10 \.204/, 10 / 49],
  ];
  for (const [data, warning, hr] of cases) {
    const report = join(folder, 'r.html');
    const words = ['train', '--data', data, ...brief];
    const text = await runHere([...words, '--report', report]);
    t.match(text.stdout, warning);
    t.match(text.stdout, /\nguessing +[\d.]+ .*\npopularity +[\d.]+ /, 'rows of guessing and popularity');
    t.doesNotMatch(text.stdout, /99 random/, 'which there are not');
    t.match(readFileSync(report, 'utf8'), warning);
    const summary = jsonLines((await runHere([...words, '--json'])).stdout).at(-1);
    t.ok(
      summary.warnings.some((line: string) => warning.test(line)),
      'in JSON',
    );
    t.ok(Math.abs(summary.guessing.hr10 - hr) < 1e-12);
    const [compared] = jsonLines(
      (await runHere(['compare', '--data', data, ...brief, '--recipes', 'fedmf,popularity', '--json']))
        .stdout,
    );
    t.ok(
      compared.warnings.some((line: string) => warning.test(line)),
      'of compare as well',
    );
    t.deepEqual(compared.popularity, compared.recipes[1].test, 'popularity is that of the recipe');
  }
});

test('three users are called three users', async (t) => {
  const path = join(folder, 'three.csv');
  const lines = ['a', 'b', 'c'].flatMap((user, u) =>
    Array.from({ length: 5 }, (_, i) => `${user},i${(u * 3 + i) % 9},5,${1e9 + i}`),
  );
  writeFileSync(path, `user,item,rating,timestamp\n${lines.join('\n')}\n`);
  const { stdout } = await runHere(['train', '--data', path, ...brief]);
  t.match(stdout, /only 3 users can be evaluated: the figures may be chance/);
});

test('rounds in which nobody trained are told, and nobody who sent nothing has spent ε', async (t) => {
  const absent = ['--silent-share', '0.99', '--silent-after', '0'];
  const text = await runHere([
    'train',
    '--data',
    small,
    ...brief,
    ...absent,
    '--recipe',
    'colr',
    '--epsilon',
    '10',
  ]);
  t.match(text.stdout, /nobody took part in any round: nothing was trained/);
  t.match(text.stdout, /Privacy +nothing was sent, so no ε was spent/);
  const json = await runHere(['train', '--data', small, ...brief, ...absent, '--json']);
  t.deepEqual(
    jsonLines(json.stdout)
      .slice(0, 3)
      .map(({ trained }) => trained),
    [0, 0, 0],
  );
  const later = await runHere([
    'train',
    '--data',
    small,
    ...brief,
    '--silent-share',
    '0.99',
    '--silent-after',
    '1',
  ]);
  t.match(later.stdout, /nobody took part in 2 of 3 rounds/);
  const present = await runHere(['train', '--data', small, ...brief, '--recipe', 'colr', '--epsilon', '10']);
  t.doesNotMatch(present.stdout, /nobody/);
  t.match(present.stdout, /each client spent ε 10, /);
  const some = await runHere([
    'train',
    '--data',
    small,
    ...brief,
    '--recipe',
    'colr',
    '--epsilon',
    '10',
    '--dropout',
    '0.5',
  ]);
  t.match(
    some.stdout,
    /a client that sent in every one of 3 rounds spent ε 10, .*one that sent nothing spent none/,
  );
  for (const recipe of ['ease', 'bpr-mf', 'popularity']) {
    const { stdout } = await runHere(['train', '--data', small, ...brief, '--recipe', recipe]);
    t.doesNotMatch(stdout, /nobody/, `${recipe} has no clients that could be absent`);
  }
});

test('a warning begins at its bound, and none is given above it', (t) => {
  const warned = (candidates: { fewest: number; most: number; alone: number }, evaluatedUsers = 10) =>
    dataWarnings({ candidates, evaluatedUsers } as DatasetFacts, { hr10: 0.25 } as Metrics);
  const among = (range: string) =>
    `a held-out item is ranked among ${range}, not among 100: guessing gets HR@10 .250`;
  t.deepEqual(warned({ fewest: 100, most: 100, alone: 0 }), []);
  t.deepEqual(warned({ fewest: 99, most: 99, alone: 0 }), [among('99 candidates')]);
  t.deepEqual(warned({ fewest: 99, most: 2000, alone: 0 }), [among('99 to 2,000 candidates')]);
  t.deepEqual(warned({ fewest: 11, most: 11, alone: 0 }).length, 1);
  t.deepEqual(warned({ fewest: 10, most: 10, alone: 0 }), [
    among('10 candidates'),
    'there are at most 10 candidates: HR@10 is 1 whatever the model',
  ]);
  t.deepEqual(warned({ fewest: 0, most: 0, alone: 0 }), [among('0 candidates')]);
  t.deepEqual(warned({ fewest: 100, most: 100, alone: 1 }, 2000), [
    '1 of 2,000 users touched every other item: the held-out one comes first whatever the model',
  ]);
  t.deepEqual(warned({ fewest: 100, most: 100, alone: 0 }, 9), [
    'only 9 users can be evaluated: the figures may be chance',
  ]);
  const rounds = (...trained: (number | null)[]) =>
    participationWarnings(trained.map((count) => ({ trained: count }) as RoundRow));
  t.deepEqual(rounds(3, 1), []);
  t.deepEqual(rounds(null), [], 'a recipe without rounds');
  t.deepEqual(rounds(0, 0), [
    'nobody took part in any round: nothing was trained, these are the figures of the random start',
  ]);
  t.deepEqual(rounds(0, 3), ['nobody took part in 1 of 2 rounds']);
  t.deepEqual(warningFacts(['a', 'b']), [
    ['Warning', 'a'],
    ['', 'b'],
  ]);
  t.end();
});
