import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { jsonLines, runCli, runHere, startCli, temporaryFolder, writeSmallRatings } from './command-line.ts';

const folder = temporaryFolder();
const data = writeSmallRatings(folder);
const words = [
  'train',
  '--data',
  data,
  '--rounds',
  '12',
  '--evaluate-every',
  '3',
  '--factors',
  '4',
  '--json',
];
const [out, checkpoints] = [join(folder, 'out'), join(folder, 'out.checkpoints')];
const often = ['--checkpoint-every', '5', '--out', out];

test('a run that was interrupted goes on with --resume and ends with the digest of an undisturbed one', async (t) => {
  const undisturbed = jsonLines((await runHere(words)).stdout).at(-1);
  const stopped = await runHere([...words, ...often], '"round":7');
  t.equal(stopped.code, 130);
  const [, last] = /^fedtlrec: stopped after round (\d+); go on with: train --resume .*out\n$/.exec(
    stopped.stderr,
  )!;
  t.ok(Number(last) >= 7 && Number(last) < 12, `stopped after round ${last}`);
  t.deepEqual(
    readdirSync(checkpoints).sort(),
    ['request.json', 'round-00000005.checkpoint', `round-${last!.padStart(8, '0')}.checkpoint`],
    'what was asked for, the regular checkpoint, and the one of the interruption',
  );
  t.notOk(existsSync(out), 'no result yet');
  const request = JSON.parse(readFileSync(join(checkpoints, 'request.json'), 'utf8'));
  t.deepEqual(
    [
      request.data,
      request.recipe,
      request.settings.rounds,
      request.settings.factors,
      request.checkpointEvery,
    ],
    [data, 'fedtlrec', 12, 4, 5],
  );

  const again = await runHere([...words, ...often]);
  t.deepEqual([again.code, again.stdout], [2, ''], 'the unfinished run is not overwritten');
  t.match(
    again.stderr,
    /has an unfinished run in .*out\.checkpoints: continue it with "fedtlrec train --resume /,
  );
  const other = await runHere(['train', '--resume', out, '--seed', '5']);
  t.equal(other.code, 2);
  t.match(other.stderr, /--resume takes everything from the unfinished run; only --rounds, /);
  const shorter = await runHere(['train', '--resume', out, '--rounds', '5']);
  t.equal(shorter.code, 2);
  t.match(shorter.stderr, /--rounds must be more than the \d+ that .*out has done, got 5/);
  const renamed = await runHere(['train', '--resume', out, '--recipe', 'fedmf']);
  t.match(renamed.stderr, /--resume takes everything/, 'another recipe is refused as well');

  const resumed = await runHere(['train', '--resume', out, '--json']);
  t.deepEqual([resumed.code, resumed.stderr], [0, '']);
  const lines = jsonLines(resumed.stdout);
  t.equal(lines[0].round, Number(last) + 1, 'it goes on where it had stopped');
  const summary = lines.at(-1);
  for (const name of [
    'digest',
    'test',
    'validation',
    'bestRound',
    'mix',
    'rounds',
    'bytesUpPerClientRound',
  ]) {
    t.deepEqual(summary[name], undisturbed[name], `${name} of the undisturbed run`);
  }
  t.notOk(existsSync(checkpoints), 'the checkpoints have moved into the result');
  t.deepEqual(readdirSync(join(out, 'checkpoints')).sort(), [
    'request.json',
    `round-${last!.padStart(8, '0')}.checkpoint`,
    'round-00000010.checkpoint',
  ]);
  t.equal((await runHere(['evaluate', '--model', out])).code, 0, 'the model can be used');
});

test('an unfinished run is not resumed on other data, after a damage, or where there is none', async (t) => {
  const copy = join(folder, 'copy.csv');
  const place = join(folder, 'other');
  copyFileSync(data, copy);
  const stopped = await runHere([...words, '--data', copy, '--out', place], '"round":2');
  t.equal(stopped.code, 130);
  const none = await runHere(['train', '--resume', join(folder, 'nothing')]);
  t.equal(none.code, 2);
  t.match(
    none.stderr,
    /^fedtlrec: --resume: there is no unfinished run of .*nothing \(.*request\.json cannot be read\)\n$/,
  );
  appendFileSync(copy, '001,m0,5,9999999999\n001,m1,5,9999999999\n001,m2,5,9999999999\n');
  const changed = await runHere(['train', '--resume', place]);
  t.deepEqual([changed.code, changed.stdout], [2, '']);
  t.match(changed.stderr, /belongs to other data/);
  t.deepEqual(
    readdirSync(folder).filter((name) => /partial/.test(name)),
    [],
    'nothing half-written stays',
  );
});

test('a run that ends without a checkpoint leaves none', async (t) => {
  const place = join(folder, 'short');
  const { code } = await runHere([...words, '--rounds', '3', '--out', place]);
  t.equal(code, 0);
  t.deepEqual(readdirSync(place).sort(), ['ids.json', 'model.safetensors', 'report.html', 'run.json']);
  t.notOk(existsSync(`${place}.checkpoints`));
});

test('an interrupted process can be resumed by another one', async (t) => {
  const place = join(folder, 'process');
  const long = [
    'train',
    '--data',
    data,
    '--factors',
    '4',
    '--evaluate-every',
    '1000',
    '--json',
    '--out',
    place,
  ];
  const stopped = await runCli([...long, '--rounds', '100000'], '"round":2');
  t.equal(stopped.code, 130);
  const [, last] = /stopped after round (\d+)/.exec(stopped.stderr)!;
  const resumed = await runHere(['train', '--resume', place, '--json'], `"round":${Number(last) + 3}`);
  t.deepEqual([resumed.code, jsonLines(resumed.stdout)[0].round], [130, Number(last) + 1]);
});

test('a run continues from any folder, and with more rounds ends like one that was asked for them at once', async (t) => {
  const here = join(folder, 'here');
  mkdirSync(here);
  copyFileSync(data, join(here, 'mine.csv'));
  const asked = ['--rounds', '8', '--evaluate-every', '3', '--factors', '4', '--json'];
  const [before] = [process.cwd()];
  try {
    process.chdir(here);
    const kept = ['--out', 'm', '--checkpoint-every', '2'];
    const stopped = await runHere(['train', '--data', 'mine.csv', ...kept, ...asked], '"round":4');
    t.equal(stopped.code, 130);
    process.chdir(folder);
    const resumed = await runHere([
      'train',
      '--resume',
      'here/m',
      '--rounds',
      '12',
      '--json',
      '--report',
      'r.html',
    ]);
    t.deepEqual([resumed.code, resumed.stderr], [0, '']);
    const summary = jsonLines(resumed.stdout).at(-1);
    const atOnce = await runHere(['train', '--data', 'here/mine.csv', ...asked, '--rounds', '12']);
    t.equal(summary.rounds, 12);
    t.equal(summary.digest, jsonLines(atOnce.stdout).at(-1).digest, 'the same bits');
    t.ok(existsSync(join(folder, 'r.html')), 'outputs may be added');
    const finished = await runHere(['train', '--resume', 'here/m', '--rounds', '20']);
    t.equal(finished.code, 2);
    t.match(finished.stderr, /there is no unfinished run of here\/m \(it is finished\)/);
  } finally {
    process.chdir(before);
  }
});

test('a run that was killed before its first checkpoint begins again with what it was asked for', async (t) => {
  const place = join(folder, 'killed');
  const asked = ['--data', data, '--rounds', '30', '--factors', '4', '--json'];
  const kept = ['--checkpoint-every', '1000', '--out', place];
  const child = await startCli(['train', ...asked, '--rounds', '100000', ...kept]);
  await new Promise<void>((resolve) => {
    child.stdout.once('data', () => child.kill('SIGKILL'));
    child.on('close', () => resolve());
  });
  t.deepEqual(readdirSync(`${place}.checkpoints`), ['request.json'], 'the request alone');
  const resumed = await runHere(['train', '--resume', place, '--rounds', '30', '--json']);
  t.deepEqual([resumed.code, resumed.stderr], [0, '']);
  const whole = await runHere(['train', ...asked]);
  t.equal(jsonLines(resumed.stdout).at(-1).digest, jsonLines(whole.stdout).at(-1).digest);
  t.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('.killed') || name.startsWith('killed.')),
    [],
    'what the killed process left is gone',
  );
});

test('rounds cannot be added where the noise was made for a number of them', async (t) => {
  const place = join(folder, 'private');
  const stopped = await runHere(
    [...words, '--recipe', 'colr', '--epsilon', '50', '--out', place],
    '"round":2',
  );
  t.equal(stopped.code, 130);
  const { code, stderr } = await runHere(['train', '--resume', place, '--rounds', '20']);
  t.equal(code, 2);
  t.match(stderr, /--rounds cannot be changed with --resume where there is an ε: .* 12 rounds/);
});
