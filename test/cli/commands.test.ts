import { cpSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { metrics } from '../../lib/evaluation/metrics.ts';
import { decodeSafetensors } from '../../lib/numeric/safetensors.ts';
import {
  jsonLines,
  type Outcome,
  runCli,
  runEach,
  runHere,
  temporaryFolder,
  writeSmallRatings,
} from './command-line.ts';

const metricNames = metrics.map(({ name }) => name);
const briefLabels = metrics.filter(({ isBrief }) => isBrief).map(({ label }) => label);
const folder = temporaryFolder();
const data = writeSmallRatings(folder);
const quick = ['--data', data, '--rounds', '6', '--evaluate-every', '3', '--factors', '4'];
const model = join(folder, 'runs', 'model');

test('train prints JSON lines that end in a summary, and the same seed gives the same digest', async (t) => {
  const train = ['train', ...quick, '--json'];
  const outcomes = await runEach([
    [...train, '--out', model],
    [...train, '--workers', '2'],
    [...train, '--seed', '2'],
    [...train, '--recency', 'off', '--protocol', 'released'],
  ]);
  for (const { code, stderr } of outcomes)
    t.deepEqual([code, stderr], [0, ''], 'success, and no progress bar in a pipe');
  const [first, again, otherSeed, released] = outcomes.map(({ stdout }) => jsonLines(stdout));
  t.deepEqual(
    first!.map(({ event }) => event),
    [...Array(6).fill('round'), 'summary'],
    'a line a round, then the summary',
  );
  t.deepEqual(
    first!.slice(0, 6).map(({ round, validation }) => [round, validation !== undefined]),
    [
      [1, false],
      [2, false],
      [3, true],
      [4, false],
      [5, false],
      [6, true],
    ],
  );
  const summary = first!.at(-1);
  t.deepEqual(
    [summary.recipe, summary.seed, summary.rounds, summary.backend, summary.workers],
    ['fedtlrec', 1, 6, 'simd', 0],
  );
  t.deepEqual(
    [summary.dataset.name, summary.dataset.users, summary.dataset.items > 40],
    ['small.csv', 40, true],
  );
  t.equal(summary.protocol, 'leak-free');
  t.equal(released!.at(-1).protocol, 'released');
  for (const figures of [summary.test, summary.validation, summary.testStandardErrors]) {
    t.deepEqual(Object.keys(figures), metricNames);
    t.ok(
      Object.values(figures).every((value) => Number(value) >= 0 && Number(value) <= 1),
      'shares',
    );
  }
  for (const name of [
    'bytesUpPerClientRound',
    'bytesDownPerClientRound',
    'secondsPerRound',
    'secondsTotal',
    'peakRssMb',
  ]) {
    t.ok(summary[name] > 0, `${name} is measured`);
  }
  t.ok([3, 6].includes(summary.bestRound), 'the best round is one that was evaluated');
  t.match(summary.digest, /^[0-9a-f]{64}$/);
  t.equal(again!.at(-1).digest, summary.digest, 'same seed, same digest, also with two threads');
  t.deepEqual(again!.at(-1).test, summary.test, 'and the same figures');
  t.notEqual(otherSeed!.at(-1).digest, summary.digest, 'another seed, another digest');
});

test('a saved folder is complete: run.json, ids, and arrays with shapes', (t) => {
  t.deepEqual(readdirSync(model).sort(), ['ids.json', 'model.safetensors', 'report.html', 'run.json']);
  t.deepEqual(readdirSync(join(folder, 'runs')), ['model'], 'nothing temporary stays');
  const run = JSON.parse(readFileSync(join(model, 'run.json'), 'utf8'));
  const { tensors, metadata } = decodeSafetensors(readFileSync(join(model, 'model.safetensors')));
  const { users, items, interactions } = run.summary.dataset;
  t.deepEqual(tensors.itemTable!.shape, [items, 5], 'Q [items, factors + 1]');
  t.equal(tensors['split.trainItems']!.data.length, interactions - 2 * 40, 'two of each user are held out');
  t.equal(metadata.digest, run.digest, 'the digest stands in both files');
  t.equal(run.settings.factors, 4);
  t.equal(run.rounds.length, 6, 'the curve');
  t.equal(run.testPerUser.hr10.length, users, 'figures of each user');
  t.end();
});

test('recommend and evaluate need nothing but the saved folder', async (t) => {
  const [text, json, unknown, evaluated, without] = await runInTurn([
    ['recommend', '--model', model, '--user', '007', '-k', '3'],
    ['recommend', '--model', model, '--user', '007', '-k', '1000', '--json'],
    ['recommend', '--model', model, '--user', '07'],
    ['evaluate', '--model', model, '--json'],
    ['evaluate', '--model', model, '--recency', 'off', '--mix', '0', '--part', 'validation'],
  ]);
  t.equal(text!.stderr, '');
  t.match(text!.stdout, /rank +item +score\n1 +m\d+ +-?\d+\.\d+.*\n2 .*\n3 .*\n$/, 'three ranks');
  const [answer] = jsonLines(json!.stdout);
  const ratings = readFileSync(data, 'utf8')
    .split('\n')
    .slice(1, -1)
    .map((line) => line.split(','));
  const rated = ratings.filter(([user]) => user === '007').sort((a, b) => Number(a[3]) - Number(b[3]));
  const trained = rated.slice(0, -2).map(([, item]) => item!);
  const recommended: string[] = answer.items.map(({ item }: { item: string }) => item);
  const all = new Set(ratings.map(([, item]) => item!));
  t.deepEqual(
    [...recommended, ...trained].sort(),
    [...all].sort(),
    'every item that was not trained on, once',
  );
  const scores: number[] = answer.items.map(({ score }: { score: number }) => score);
  t.deepEqual(
    scores,
    [...scores].sort((a, b) => b - a),
    'best first',
  );
  const heldOut = answer.items.find((entry: { heldOut: string | null }) => entry.heldOut === 'test');
  t.equal(heldOut.item, rated.at(-1)![1], 'the latest item is marked as held out');
  t.equal(unknown!.code, 2, 'an unknown user is wrong input');
  t.match(
    unknown!.stderr,
    /^fedtlrec: .* has no user "07"; did you mean "007"\? .* ids like "001", "002", "003"\n$/,
  );
  const run = JSON.parse(readFileSync(join(model, 'run.json'), 'utf8'));
  t.deepEqual(
    jsonLines(evaluated!.stdout)[0].test,
    run.summary.test,
    'the figures that training has measured',
  );
  t.match(
    without!.stdout,
    /recency off.*\n.*leak-free[\s\S]*validation +\.\d{3} ± \.\d{3}/,
    'other ways of scoring',
  );
});

test('a model folder that was damaged is refused with the reason', async (t) => {
  const damaged = (name: string, damage: (path: string) => void) => {
    const copy = join(folder, `damaged-${name}`);
    cpSync(model, copy, { recursive: true });
    damage(copy);
    return ['recommend', '--model', copy, '--user', '007'];
  };
  const file = 'model.safetensors';
  const size = readFileSync(join(model, file)).length;
  const commands = [
    damaged('cut', (copy) => truncateSync(join(copy, file), size - 5)),
    damaged('flipped', (copy) => {
      const bytes = readFileSync(join(copy, file));
      bytes[size - 5]! ^= 1;
      writeFileSync(join(copy, file), bytes);
    }),
    damaged('text', (copy) => writeFileSync(join(copy, file), 'not a model')),
    damaged('ids', (copy) => writeFileSync(join(copy, 'ids.json'), '{"users":["007"],"items":[]}')),
    damaged('json', (copy) => truncateSync(join(copy, 'run.json'), 100)),
  ];
  const reasons = [
    /model\.safetensors: .* it is cut off/,
    /model\.safetensors: the file was altered/,
    /model\.safetensors: the header must have at most/,
    /ids\.json: the file was altered/,
    /run\.json: this is not JSON/,
  ];
  for (const [index, words] of commands.entries()) {
    const { code, stderr, stdout } = await runHere(words);
    t.deepEqual([code, stdout], [2, '']);
    t.match(stderr, reasons[index]!);
    t.match(stderr, /^fedtlrec: [^\n]+\n$/, 'one line');
  }
});

test('compare prints a table with differences, curves and bytes, or one JSON document', async (t) => {
  const out = join(folder, 'comparison');
  const module = join(folder, 'own.mjs');
  writeFileSync(
    module,
    `export const own = { name: 'by-number', summary: 'the item number is the score', create: ({ split }) => ({
      hasRounds: false, canRefit: false, hasPersonalParts: false, initialize() {}, refresh: () => [],
      blocks: () => [Uint32Array.from({ length: split.train.users }, (_, user) => user)],
      score: (_user, _recency, scores) => scores.forEach((_, item) => { scores[item] = item; }),
    }) };`,
  );
  const [text, released, json] = await runInTurn([
    ['compare', ...quick, '--recipes', `fedtlrec,fedmf,${module}`],
    ['compare', ...quick, '--recipes', 'without-attention,popularity', '--protocol', 'released'],
    [
      'compare',
      ...quick,
      '--recipes',
      'fedmf,popularity',
      '--seeds',
      '1,2',
      '--reference',
      'popularity',
      '--json',
      '--out',
      out,
    ],
  ]);
  for (const { code, stderr } of [text!, released!, json!]) t.deepEqual([code, stderr], [0, '']);
  t.match(
    text!.stdout,
    new RegExp(`recipe +${briefLabels.join(' +')} +B up +B down +time\nfedtlrec `),
    'the table has the brief metrics',
  );
  t.match(
    text!.stdout,
    /Difference to fedtlrec[^\n]*\n[^\n]*\nfedmf +[+-]\.\d{3} ± [^\n]*\nby-number +/,
    'differences',
  );
  t.match(text!.stdout, /Learning curve[\s\S]*fedtlrec +[▁-█ ]+ +\.\d{3}\n/, 'curves');
  t.match(text!.stdout, /one client of fedtlrec sends [\d.]+ (B|KB) and receives/, 'bytes in words');
  t.notOk(
    /LEAK/i.test(text!.stdout.replaceAll('leak-free', '')),
    'the honest protocol is not called leaking',
  );
  t.equal(
    released!.stdout.match(/protocol released: IT LEAKS/g)?.length,
    2,
    'both tables say that the protocol leaks',
  );
  const documents = jsonLines(json!.stdout);
  t.equal(documents.length, 1, 'one document');
  const [document] = documents;
  t.deepEqual([document.event, document.seeds, document.standardErrorsOver], ['comparison', [1, 2], 'seeds']);
  const [fedmf, popularity] = document.recipes;
  t.deepEqual([fedmf.recipe, popularity.recipe, popularity.difference], ['fedmf', 'popularity', null]);
  const expected = (fedmf.runs[0].test.hr10 + fedmf.runs[1].test.hr10) / 2;
  t.ok(Math.abs(fedmf.test.hr10 - expected) < 1e-12, 'the mean of the seeds');
  t.ok(
    Math.abs(fedmf.difference.mean.hr10 - (expected - popularity.test.hr10)) < 1e-12,
    'the paired difference',
  );
  t.equal(popularity.testStandardErrors.hr10, 0, 'popularity does not depend on the seed');
  t.deepEqual(readdirSync(out).sort(), ['fedmf', 'popularity', 'report.html', 'run.json']);
  t.ok(existsSync(join(out, 'fedmf', 'seed-2', 'model.safetensors')), 'a folder a recipe and seed');
});

test('standard errors are over users with one seed, and over seeds with several', async (t) => {
  const compare = ['compare', ...quick, '--recipes', 'fedmf,popularity', '--json', '--seeds'];
  const text = await runHere(['compare', ...quick, '--recipes', 'fedmf', '--seeds', '2,3']);
  const [one] = jsonLines((await runHere([...compare, '3'])).stdout);
  const [two] = jsonLines((await runHere([...compare, '2,3'])).stdout);
  t.deepEqual([one.standardErrorsOver, two.standardErrorsOver], ['users', 'seeds']);
  const [single] = one.recipes;
  t.deepEqual(single.testStandardErrors, single.runs[0].testStandardErrors, 'those of the only run');
  t.ok(single.testStandardErrors.hr10 > 0);
  const [{ runs, test: means, testStandardErrors }] = two.recipes;
  for (const name of metricNames) {
    const [a, b] = runs.map(({ test }: { test: Record<string, number> }) => test[name]!);
    t.ok(Math.abs(means[name] - (a + b) / 2) < 1e-12, `the mean ${name}`);
    // Two values: deviation |a − b| / √2, over √2 again.
    t.ok(Math.abs(testStandardErrors[name] - Math.abs(a - b) / 2) < 1e-12, `the standard error of ${name}`);
  }
  const bytes = runs.map(
    ({ bytesUpPerClientRound }: { bytesUpPerClientRound: number }) => bytesUpPerClientRound,
  );
  t.ok(Math.abs(two.recipes[0].bytesUpPerClientRound - (bytes[0] + bytes[1]) / 2) < 1e-9, 'mean bytes');
  t.match(text.stdout, /Test, mean of seeds 2, 3, ± standard error over seeds/);
  t.match(text.stdout, /the curve of seed 2\n/);
});

test('Ctrl-C ends a run with exit code 130: a checkpoint is left where there is a folder, else nothing', async (t) => {
  const words = ['train', '--data', data, '--rounds', '100000', '--evaluate-every', '1000', '--json'];
  const out = join(folder, 'interrupted', 'out');
  const kept = await runCli([...words, '--out', out], '"round":2');
  const plain = await runCli(words, '"round":2');
  t.deepEqual([kept.code, plain.code], [130, 130]);
  t.match(kept.stderr, /^fedtlrec: stopped after round \d+; go on with: train --resume .*out\n$/);
  t.equal(plain.stderr, 'fedtlrec: interrupted\n');
  t.deepEqual(
    readdirSync(join(folder, 'interrupted')),
    ['out.checkpoints'],
    'no half-written result is left',
  );
  const request = JSON.parse(readFileSync(join(`${out}.checkpoints`, 'request.json'), 'utf8'));
  t.equal(request.checkpointEvery, 10, 'the default, as --help has it');
});

test('data info describes a file, and every command explains itself with examples', async (t) => {
  const short = join(folder, 'short.csv');
  writeFileSync(short, 'a,x,5,1\na,y,4,2\na,z,3,3\na,x,1,4\nb,x,2,1\n\n');
  const commands = [['train'], ['compare'], ['evaluate'], ['recommend'], ['data'], ['data', 'info']];
  const info = await runHere(['data', 'info', data]);
  const json = await runHere(['data', 'info', short, '--json']);
  const trained = await runHere(['train', '--data', short, '--recipe', 'popularity']);
  const top = await runHere(['--help']);
  t.match(info.stdout, /users +40\n/);
  const [facts] = jsonLines(json!.stdout);
  t.deepEqual(
    [facts.users, facts.interactions, facts.dropped.duplicates, facts.usersLeftOutOfSplit],
    [2, 4, 1, 1],
  );
  t.match(
    trained.stdout,
    /2 users, 3 items, 4 ratings; 1 earlier duplicate dropped; 1 user with fewer than 3 ratings only for training/,
    'what was dropped or left out is told',
  );
  for (const [command] of commands) t.ok(top.stdout.includes(`\n  ${command}`), `--help names ${command}`);
  for (const command of commands) {
    const { code, stdout, stderr } = await runHere([...command, '--help']);
    t.deepEqual([code, stderr], [0, '']);
    t.match(stdout, /Usage: fedtlrec [\s\S]*\nExamples:\n {2}fedtlrec /, `${command.join(' ')} --help`);
  }
});

async function runInTurn(commands: readonly (readonly string[])[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const words of commands) outcomes.push(await runHere(words));
  return outcomes;
}
