// Ids that would act on a terminal or a page: they are data, and are shown as such.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'tape';
import { jsonLines, runHere, temporaryFolder } from './command-line.ts';

const ids = fileURLToPath(new URL('../cases/20-control-characters/ids.csv', import.meta.url));
const folder = temporaryFolder();
const model = join(folder, 'm');
const acting = /(?!\n)[\p{Cc}\u2028-\u202e\u2066-\u2069]/u;

test('a table of items has one line for each, and nothing in it acts', async (t) => {
  const trained = await runHere(['train', '--data', ids, '--rounds', '3', '--factors', '4', '--out', model]);
  t.deepEqual([trained.code, acting.test(trained.stdout)], [0, false]);
  const json = await runHere(['recommend', '--model', model, '--user', '12', '-k', '40', '--json']);
  const items: { item: string }[] = jsonLines(json.stdout)[0].items;
  t.ok(items.some(({ item }) => item === 'evil\nitem') && items.some(({ item }) => item.startsWith('\x1b')));
  const { stdout } = await runHere(['recommend', '--model', model, '--user', '12', '-k', '40']);
  t.doesNotMatch(stdout, acting);
  const rows = stdout.split('\n').slice(4, -1);
  t.equal(rows.length, items.length, 'a line for each item');
  rows.forEach((row, place) => {
    t.match(row, new RegExp(`^${place + 1} `), row);
  });
  t.match(stdout, /evil\\nitem/);
  t.match(stdout, /\\u001b\[2Jcls/);
});

test('errors, names of files and the facts of a data set are shown the same way', async (t) => {
  const nobody = await runHere(['recommend', '--model', model, '--user', '\x1b[2J\u202e\nx']);
  t.equal(nobody.code, 2);
  t.match(nobody.stderr, /has no user "\\u001b\[2J\\u202e x"/);
  t.doesNotMatch(nobody.stderr, acting);
  const named = join(folder, 'a\x1b[31m\u202eb.csv');
  writeFileSync(named, readFileSync(ids));
  for (const words of [
    ['data', 'info', named],
    ['data', 'info', named, '--json'],
    ['train', '--data', named, '--rounds', '1'],
    ['train', '--data', named, '--rounds', '1', '--json'],
    ['compare', '--data', named, '--rounds', '1', '--recipes', 'popularity'],
    ['data', 'info', `${named}.gone`],
    ['train', '--data', ids, '--recipe', '\x1b[2J'],
    ['train', '--\x1b[2J'],
  ]) {
    const { stdout, stderr } = await runHere(words);
    t.doesNotMatch(stdout + stderr, acting, JSON.stringify(words));
    t.match(stdout + stderr, /\\u001b/);
  }
});

test('the page of a report shows no acting title, and its data are JSON', (t) => {
  const page = readFileSync(join(model, 'report.html'), 'utf8');
  const [, title] = /<title>(.*)<\/title>/.exec(page)!;
  t.doesNotMatch(title!, acting);
  const [, json] = /id="report-data">(.*?)<\/script>/s.exec(page)!;
  t.doesNotThrow(() => JSON.parse(json!), 'ids with </script> inside do not end it');
  t.end();
});
