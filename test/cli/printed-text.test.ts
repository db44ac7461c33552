// What people read, line by line, against the JSON of the same run: the two must say the same.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { jsonLines, runHere, temporaryFolder, writeSmallRatings } from './command-line.ts';

const folder = temporaryFolder();
const data = writeSmallRatings(folder);
const quick = ['--data', data, '--rounds', '6', '--evaluate-every', '3', '--factors', '4'];

type Figures = Record<string, number>;

/** .475 ± .080 and so on. */
function cells(means: Figures, errors: Figures, sign = ''): string[] {
  const short = (value: number) => Math.abs(value).toFixed(3).replace(/^0/, '');
  const signOf = (value: number) => (value < 0 ? '-' : sign);
  return Object.keys(means).map(
    (name) => `${signOf(means[name]!)}${short(means[name]!)} ± ${short(errors[name]!)}`,
  );
}

/** The line that begins with these words, its columns split where there are two blanks or more. */
function columns(text: string, first: string): string[] {
  const line = text.split('\n').find((one) => one.startsWith(`${first} `) || one === first);
  return line?.split(/ {2,}/) ?? [];
}

const bytes = (count: number) =>
  count < 1000 ? `${Math.round(count)} B` : `${(count / 1000).toFixed(count < 10_000 ? 1 : 0)} KB`;

test('train prints facts, figures, curve and cost of the run', async (t) => {
  const place = join(folder, 'out');
  const { stdout: text } = await runHere([
    'train',
    ...quick,
    '--out',
    place,
    '--seed',
    '3',
    '--dropout',
    '0.2',
  ]);
  const summary = JSON.parse(readFileSync(join(place, 'run.json'), 'utf8')).summary;
  const { users, items, interactions } = summary.dataset;
  t.deepEqual(columns(text, 'Data'), [
    'Data',
    `small.csv: ${users} users, ${items} items, ${interactions} ratings`,
  ]);
  t.deepEqual(columns(text, 'Recipe'), ['Recipe', 'fedtlrec, seed 3']);
  t.deepEqual(columns(text, 'Settings'), [
    'Settings',
    '6 rounds, d 4, rank 2, recency 4, dropout 0.2, backend simd',
  ]);
  t.match(columns(text, 'Protocol')[1]!, /^leak-free: each user's latest item is the test.*; 40 users$/);
  const heading = `Result at the best round (round ${summary.bestRound} of 6), ± standard error over users; protocol leak-free`;
  t.ok(text.includes(`\n${heading}\n`), heading);
  t.deepEqual(columns(text, 'validation'), [
    'validation',
    ...cells(summary.validation, summary.validationStandardErrors),
  ]);
  t.deepEqual(columns(text, 'test'), ['test', ...cells(summary.test, summary.testStandardErrors)]);
  t.deepEqual(columns(text, 'Bytes'), [
    'Bytes',
    `in a round, one client sends ${bytes(summary.bytesUpPerClientRound)} and receives ${bytes(summary.bytesDownPerClientRound)} on average`,
  ]);
  t.match(columns(text, 'Time')[1]!, /^[\d.]+ s, 0\.\d+ s a round, peak memory \d+ MB$/);
  t.deepEqual(columns(text, 'Digest'), ['Digest', summary.digest]);
  t.deepEqual(columns(text, 'Saved'), [
    'Saved in',
    `${place} (try: fedtlrec recommend --model ${place} --user ID)`,
  ]);
  t.deepEqual(columns(text, 'Report'), ['Report', `${join(place, 'report.html')} (open it in a browser)`]);
  t.notOk(/^Rejected|^Privacy/m.test(text), 'nothing was rejected, nothing promised');
  t.equal(summary.rejectedMessages, 0);
});

test('a recipe without rounds has no curve and no bytes, and a report where it was asked for', async (t) => {
  const report = join(folder, 'report.html');
  const { stdout: text } = await runHere(['train', ...quick, '--recipe', 'popularity', '--report', report]);
  t.ok(text.includes('\nResult at the best round (no rounds), ± '));
  t.notOk(/^(Bytes|Saved in|Learning curve)/m.test(text));
  t.match(columns(text, 'Time')[1]!, /^[\d.]+ s, peak memory \d+ MB$/, 'nor seconds a round');
  t.deepEqual(columns(text, 'Report'), ['Report', `${report} (open it in a browser)`]);
  t.match(columns(text, 'Settings')[1]!, /recency 4 \(not used: it needs times and a user vector\)/);
  t.ok(existsSync(report));
});

test('compare prints the table, the differences and the bytes of its document', async (t) => {
  const compare = ['compare', ...quick, '--recipes', 'popularity,fedtlrec,fedmf'];
  const place = join(folder, 'compared');
  const { stdout: text } = await runHere([...compare, '--out', place]);
  const document = JSON.parse(readFileSync(join(place, 'run.json'), 'utf8'));
  t.ok(text.includes('\nTest, seed 1, ± standard error over users; protocol leak-free\n'));
  const [table, others] = text.split(
    '\nDifference to popularity, paired user by user, ± its standard error; protocol leak-free\n',
  );
  const grouped = (count: number) => Math.round(count).toLocaleString('en-US');
  for (const { recipe, difference, ...figures } of document.recipes) {
    const sent = figures.bytesUpPerClientRound;
    const traffic = sent > 0 ? [grouped(sent), grouped(figures.bytesDownPerClientRound)] : ['-', '-'];
    const [, ...shown] = columns(table!, recipe).slice(0, -1); // without the time
    const brief = cells(figures.test, figures.testStandardErrors).slice(0, shown.length - 2);
    t.ok(brief.length >= 4, 'the first metrics at least');
    t.deepEqual(shown, [...brief, ...traffic], recipe);
    if (difference) {
      t.deepEqual(columns(others!, recipe), [
        recipe,
        ...cells(difference.mean, difference.standardErrors, '+'),
      ]);
    } else t.equal(recipe, 'popularity', 'only the reference has no difference');
  }
  const [popularity, first, second] = document.recipes;
  const clause = (figures: Figures) =>
    `sends ${bytes(figures.bytesUpPerClientRound!)} and receives ${bytes(figures.bytesDownPerClientRound!)}`;
  const times = (name: string) => `${(second[name] / first[name]).toFixed(1)}×`;
  t.ok(text.includes(`\nIn a round, one client of fedtlrec ${clause(first)}.\n`));
  const ratios = `${times('bytesUpPerClientRound')} and ${times('bytesDownPerClientRound')} as much.`;
  t.ok(text.includes(`\nWith fedmf it ${clause(second)}: ${ratios}\n`), ratios);
  t.ok(text.includes('\nWith popularity nothing is sent in rounds.\n'));
  t.ok(
    text.endsWith(
      `\nSaved in ${place}, a folder for each recipe\n\nReport: ${join(place, 'report.html')} (open it in a browser)\n`,
    ),
  );
  t.deepEqual([popularity.rounds, first.rounds], [0, 6]);
  t.notOk(/the curve of seed/.test(text), 'with one seed there is no choice');
});

test('where nothing is sent, and nothing saved, compare says just that', async (t) => {
  const { stdout: text } = await runHere(['compare', ...quick, '--recipes', 'popularity']);
  t.ok(text.endsWith('\nNothing is sent.\n'));
  t.notOk(/Difference|Saved|Report|Learning curve/.test(text));
});

test('recommend and evaluate say what they use and what they find', async (t) => {
  const place = join(folder, 'model');
  const seed = ['--seed', '2', '--recipe', 'fedmf'];
  const [summary] = jsonLines(
    (await runHere(['train', ...quick, ...seed, '--json', '--out', place])).stdout,
  ).slice(-1);
  const recommend = ['recommend', '--model', place, '--user', '007'];
  const [one, few, ten, whole] = [
    await runHere([...recommend, '-k', '1']),
    await runHere([...recommend, '--count', '3', '--json']),
    await runHere([...recommend, '--json']),
    await runHere([...recommend, '--json', '-k', '1000']),
  ];
  const [answer] = jsonLines(few.stdout);
  t.deepEqual([answer.event, answer.recipe, answer.user], ['recommendations', 'fedmf', '007']);
  t.deepEqual(
    answer.items.map(({ rank }: { rank: number }) => rank),
    [1, 2, 3],
  );
  t.equal(jsonLines(ten.stdout)[0].items.length, 10, 'ten where no number is given');
  t.deepEqual(jsonLines(ten.stdout)[0].items.slice(0, 3), answer.items);
  const held = jsonLines(whole.stdout)[0].items.map(({ heldOut }: { heldOut: string | null }) => heldOut);
  t.deepEqual(held.filter(Boolean).sort(), ['test', 'validation'], 'both held-out items are marked, once');
  const lines = one.stdout.trimEnd().split('\n');
  t.deepEqual(columns(one.stdout, 'Model'), ['Model', `${place}: fedmf, seed 2, trained on small.csv`]);
  t.deepEqual(columns(one.stdout, 'User'), [
    'User',
    `007, who trained on ${answer.trainedItems} items; these are left out`,
  ]);
  t.equal(lines.filter((line) => /^\d+ /.test(line)).length, 1, '-k 1 gives one item');
  const [best] = answer.items;
  t.deepEqual(columns(one.stdout, '1').slice(0, 3), ['1', best.item, best.score.toFixed(3)]);

  const evaluate = ['evaluate', '--model', place];
  const text = (await runHere([...evaluate, '--part', 'validation'])).stdout;
  t.deepEqual(columns(text, 'validation'), [
    'validation',
    ...cells(summary.validation, summary.validationStandardErrors),
  ]);
  t.deepEqual(
    columns(text, 'Scoring'),
    ['Scoring', 'recency 4'],
    'no personal weight where there is no personal part',
  );
  t.deepEqual(columns(text, 'Model'), ['Model', `${place}: fedmf, seed 2, trained on small.csv`]);
  const [json] = jsonLines((await runHere([...evaluate, '--json', '--recency', '2'])).stdout);
  t.deepEqual(
    [json.event, json.recipe, json.seed, json.part, json.recency, json.mix],
    ['evaluation', 'fedmf', 2, 'test', 2, null],
  );
  t.deepEqual(json.dataset, summary.dataset, 'the facts of the data');
  t.equal(json.digest, summary.digest);
  t.notDeepEqual(json.test, summary.test, 'another recency, other figures');
  const wrong = await runHere([...evaluate, '--mix', '-1']);
  t.deepEqual(
    [wrong.code, wrong.stderr],
    [2, 'fedtlrec: --mix must be a number between 0 and 100, got -1\n'],
  );
  const far = await runHere([...evaluate, '--recency', '0.01']);
  t.deepEqual(
    [far.code, far.stderr],
    [2, 'fedtlrec: --recency must be a number between 0.1 and 1000000, got 0.01\n'],
  );
});

test('the settings that differ are named in the line of settings, the others are not', async (t) => {
  const differ = [
    ...[
      '--recipe',
      'colr',
      '--silent-share',
      '0.25',
      '--silent-after',
      '2',
      '--codec',
      'int8',
      '--recency',
      'off',
    ],
    ...['--clip', '2', '--epsilon', '500'],
  ];
  const { stdout } = await runHere(['train', ...quick, ...differ]);
  t.equal(
    columns(stdout, 'Settings')[1],
    '6 rounds, d 4, rank 2, recency off, windows off, 0.25 silent after round 2, codec int8, ε 500, clip 2, backend simd',
  );
  const padded = await runHere(['train', ...quick, '--padding', '1', '--backend', 'tiled', '--rank', '3']);
  t.equal(
    columns(padded.stdout, 'Settings')[1],
    '6 rounds, d 4, rank 3, recency 4, windows off (they would tell what is to be hidden), padding 1, backend tiled',
  );
});

test('the quick preset is forty rounds with larger steps; what is given one by one wins', async (t) => {
  const run = async (...words: string[]) => {
    const place = join(folder, words.join(''));
    await runHere([
      'train',
      '--data',
      data,
      '--factors',
      '4',
      '--evaluate-every',
      '50',
      '--out',
      place,
      ...words,
    ]);
    const { settings } = JSON.parse(readFileSync(join(place, 'run.json'), 'utf8'));
    return [settings.rounds, settings.serverLearningRate];
  };
  t.deepEqual(await run('--preset', 'quick'), [40, 0.1]);
  t.deepEqual(await run('--preset', 'quick', '--rounds', '2'), [2, 0.1]);
  t.deepEqual(await run('--preset', 'full', '--rounds', '2'), [2, 0.03]);
  t.deepEqual(
    await run('--preset', 'quick', '--recipe', 'colr', '--rounds', '2'),
    [2, 0.05],
    "a recipe's own rate",
  );
});
