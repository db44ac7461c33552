// The reader in Python reads what the command line saved and recommends the same items: an implementation of scoring,
// re-fit and attention that shares nothing with the library but the page on files.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'tape';
import { jsonLines, runHere, temporaryFolder, writeSmallRatings } from './command-line.ts';

const script = fileURLToPath(new URL('../../examples/python/read_run.py', import.meta.url));
/** Debian's own Python has the packages of apt, whatever else is called python3. */
const python = ['python3', '/usr/bin/python3'].find(
  (name) => spawnSync(name, ['-c', 'import numpy, matplotlib']).status === 0,
);
const needsPython = { skip: python ? false : 'no python3 with numpy and matplotlib here' };

const folder = temporaryFolder();
const data = writeSmallRatings(folder);
const settings = [
  ['fedtlrec'],
  ['fedtlrec', '--clusters', '5', '--probes', '2', '--heads', '3', '--mix', '0.7'],
  ['fedtlrec', '--recency', 'off'],
  ['fedmf'],
];

for (const [index, [recipe, ...more]] of settings.entries()) {
  const words = ['--recipe', recipe!, ...more];
  test(`read_run.py recommends what the command line does: ${words.join(' ')}`, needsPython, async (t) => {
    const out = join(folder, `run-${index}`);
    const sized = [
      '--codec',
      'float32',
      '--rounds',
      '12',
      '--evaluate-every',
      '6',
      '--refresh-every',
      '5',
      '--factors',
      '5',
    ];
    const { code, stderr } = await runHere(['train', '--data', data, ...sized, ...words, '--out', out]);
    t.equal(code, 0, stderr || 'trained');
    for (const user of ['001', '0017', '0040']) {
      const { stdout } = await runHere(['recommend', '--model', out, '--user', user, '--json']);
      const wanted = jsonLines(stdout)[0].items.map((row: { item: string; score: number }) => row);
      const read = readRun(out, '--user', user);
      t.equal(read.status, 0, read.stderr || `user ${user}`);
      const rows = [...read.stdout.matchAll(/^ +(\d+) (\S+) +(\S+)$/gm)];
      t.deepEqual(
        rows.map(([, , item]) => item),
        wanted.map(({ item }: { item: string }) => item),
        `the same ten items, in the same order, for ${user}`,
      );
      const far = rows.map(([, , , score], place) => Math.abs(Number(score) - wanted[place].score));
      t.ok(
        Math.max(...far) < 2e-2,
        `scores are ${Math.max(...far).toExponential(1)} apart: the personal part travels in 8 bits`,
      );
    }
    t.end();
  });
}

test('read_run.py draws the curve, and names a user that is not there', needsPython, (t) => {
  const picture = join(folder, 'curve.png');
  const drawn = readRun(join(folder, 'run-0'), '--plot', picture);
  t.equal(drawn.status, 0, drawn.stderr || 'drawn');
  t.ok(existsSync(picture) && readFileSync(picture).subarray(1, 4).toString() === 'PNG', 'a picture');
  const wrong = readRun(join(folder, 'run-0'), '--user', 'nobody');
  t.equal(wrong.status, 2);
  t.match(wrong.stderr, /there is no user 'nobody'/);
  t.end();
});

function readRun(...words: string[]) {
  return spawnSync(python!, [script, ...words], { encoding: 'utf8' });
}
