// What lessons say of their numbers is true of the numbers: each of these sentences was once wrong, or could become so.
import { readFileSync } from 'node:fs';
import test from 'tape';
import { leakSteps } from '../../docs/.vitepress/theme/steppers/leak.ts';
import { measuredDifference, partOf } from '../../docs/.vitepress/theme/steppers/measured-table.ts';
import * as watching from '../../examples/watching.ts';
import { presets } from '../../lib/cli/options.ts';
import { softmaxRows } from '../../lib/model/softmax.ts';
import { fromRows, toRows } from '../../lib/numeric/matrix.ts';
import { readPage } from './markdown.ts';

const lesson = (name: string) => readPage(`docs/lessons/${name}.md`).replaceAll(/\s+/g, ' ');

test('lesson 1 counts the numbers of its model and the cells that are shown', (t) => {
  const { people, films, factors, watched } = watching;
  const numbers = people.length * factors + films.length * (factors + 1);
  const shown = toRows(watched)
    .flat()
    .filter((label) => !Number.isNaN(label)).length;
  t.ok(lesson('01-factors').includes(`are ${numbers}, for ${shown} cells that are shown`));
  t.ok(lesson('01-factors').includes(`${(943 * 16 + 1682 * 17).toLocaleString('en')} numbers`));
  t.match(lesson('01-factors'), /`export const factors = 1` in \[watching\.ts\]/, 'where the number stands');
  t.match(lesson('01-factors'), /_label_ \$y_i\$.*_count_ \$W_i\$/, 'symbols are explained');
  t.end();
});

test('neither the start page nor a lesson says that a part of an update is sent', (t) => {
  for (const page of ['docs/index.md', 'docs/lessons/03-low-rank.md'])
    t.doesNotMatch(readPage(page), /fraction of its update/, page);
  t.end();
});

test('lesson 4 shows bytes of one client, and no times that are of all clients', (t) => {
  const text = lesson('04-what-travels');
  t.ok(/results\.md#rounds"[^>]*:columns="\['recipe', 'B up', 'B down'\]"/.test(text), 'bytes only');
  const results = readFileSync(new URL('../../bench/results.md', import.meta.url), 'utf8');
  const [, rounds = ''] = results.split('<!-- rounds -->');
  t.ok(
    /every number as `float32`/.test(text) && /numbers as `float32`/.test(rounds.split('\n## ')[1]!),
    'in how many bits',
  );
  t.end();
});

test('a table has its rows in the order asked for, and lesson 6 asks for its own ablation first', (t) => {
  const rows = [
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
  ];
  const table = { header: ['x', 'y'], rows };
  t.deepEqual(partOf(table, ['c', 'a']).rows, [rows[2], rows[0]]);
  t.deepEqual(partOf(table, ['b'], ['y', 'x']).header, ['y', 'x'], 'columns in the order asked for');
  t.deepEqual(partOf(table, undefined, ['y']), { header: ['y'], rows: [['1'], ['2'], ['3']] });
  t.equal(/:only="\['([^']+)'/.exec(lesson('06-attention'))![1], 'without-attention');
  t.match(lesson('06-attention'), /`without-attention`, in the first row/);
  t.end();
});

test("the answer to lesson 6's exercise is what softmax gives", (t) => {
  for (const [temperature, shown] of [
    [0.5, ['.64', '.29', '.07']],
    [0.1, ['.98', '.02', '.00002']],
  ] as const) {
    const scores = [0.9, 0.5, -0.2].map((cosine) => cosine / temperature);
    const [shares] = toRows(softmaxRows(fromRows([scores])));
    shown.forEach((text, place) => {
      t.equal(shares![place]!.toFixed(text.length - 1).slice(1), text, `τ = ${temperature}`);
      t.ok(lesson('06-attention').includes(text), `the answer has ${text}`);
    });
  }
  t.end();
});

test('lesson 7 says why the row of half absent can stand above that of all present', (t) => {
  const text = lesson('07-vanishing-clients');
  const question = text.indexOf(
    'Is it worse when half of the clients are absent in each round, or even better?',
  );
  t.ok(
    question > text.indexOf('<MeasuredTable from="docs/results.md#movielens-100k"'),
    'asked below the table',
  );
  for (const row of ['fedtlrec, half absent', 'fedtlrec, 30 % fall silent'])
    t.ok(
      text.indexOf(`<MeasuredDifference from="docs/results.md#movielens-100k" :place="1" row="${row}"`) >
        question,
      row,
    );
  t.match(text, /A row that stands higher in the table by less than that is not better/);
  t.end();
});

test('lesson 8 says what its words mean before its table uses them, and its bars have an axis', (t) => {
  const text = lesson('08-what-the-server-infers');
  const table = text.indexOf('<MeasuredTable');
  for (const meaning of [
    /client first _clips_ its update: if the norm/,
    /cos p is the cosine between the vector that the server reads off a message and the client's true vector/,
    /AUC measures: how often a touched item stands above one that is not/,
  ]) {
    const place = text.search(meaning);
    t.ok(place > 0 && place < table, String(meaning));
  }
  const bars = readFileSync(
    new URL('../../docs/.vitepress/theme/steppers/AttackStepper.vue', import.meta.url),
    'utf8',
  );
  t.match(
    bars,
    /<g class="axis"[\s\S]*\{\{ largest\.toFixed\(1\) \}\}[\s\S]*>0<[\s\S]*−\{\{ largest/,
    'numbers at its ends',
  );
  t.match(bars, /class="axis"[^>]*>number in B</, 'and what they count');
  t.end();
});

test('the report says why its top ten may differ from that of `recommend`', (t) => {
  const panel = readFileSync(new URL('../../viewer/panels/lists.ts', import.meta.url), 'utf8');
  t.match(panel, /hint: .*best round on validation, so fedtlrec recommend may show another round's list/);
  t.end();
});

test('the first report that anybody sees has groups: `npm start` takes a preset that clusters', (t) => {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    scripts: { start: string };
  };
  t.match(scripts.start, /--preset quick .*--report/);
  t.ok(presets.quick.clusters > 1, `${presets.quick.clusters} clusters`);
  t.end();
});

test('lesson 9 subtracts no placebo: with a leak, both figures go to 1', (t) => {
  t.doesNotMatch(lesson('09-fooling-yourself'), /HR@10\(hidden items\)} -/);
  const [first] = leakSteps('released', 'placebo');
  t.match(
    lesson('09-fooling-yourself'),
    new RegExp(`among ${first!.ranked.length} items`),
    'as many as the stepper ranks',
  );
  t.match(lesson('09-fooling-yourself'), /HR@10\(placebo\)} \\approx/);
  t.end();
});

test('lesson 10 promises no speed that it does not measure', (t) => {
  const text = lesson('10-making-it-fast');
  t.doesNotMatch(text, /a hundred times as fast/);
  const results = readFileSync(new URL('../../bench/results.md', import.meta.url), 'utf8');
  const webgpu = results.split(/^## /m).find((section) => section.startsWith('WebGPU')) ?? '';
  t.ok(text.includes('#webgpu"') && webgpu.includes('| registers, real GPU'), 'the lesson shows the section');
  t.doesNotMatch(webgpu, /not measured/, 'no table of what was not measured');
  t.ok(text.indexOf('<ProductStepper />') < text.indexOf('## Step 1'), 'first predict, then read');
  t.end();
});

test('what is said of a measured difference follows from its cell', (t) => {
  const rows = [
    ['x', '+.010 ± .004'],
    ['y', '-.002 ± .003'],
    ['z', '–'],
  ];
  const table = { header: ['−', 'HR'], rows };
  t.equal(measuredDifference(table, 'x', 'HR'), '+.010 ± .004, ahead by more than two standard errors');
  t.match(measuredDifference(table, 'y', 'HR'), /luck/);
  t.match(measuredDifference(table, 'z', 'HR'), /not measured/);
  t.equal(measuredDifference(table, 'none', 'HR'), 'not measured at present');
  t.end();
});
