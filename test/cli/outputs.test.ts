// What a command writes: refused before the work where it cannot be right, and never a reason to lose the results.
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'tape';
import { compiledCli } from '../compiled.ts';
import { jsonLines, type Outcome, outcomeOf, runHere, startCli, temporaryFolder } from './command-line.ts';

const cases = fileURLToPath(new URL('../cases', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporaryFolder();
const data = join(folder, 'small.csv');
copyFileSync(join(cases, '08-report-path-after-training/small.csv'), data);
const ratings = readFileSync(data, 'utf8');
const at = (...names: string[]) => join(folder, ...names);
const train = (...words: string[]) => ['train', '--data', data, '--rounds', '3', '--factors', '4', ...words];
const compare = (...words: string[]) => [
  'compare',
  '--data',
  data,
  '--rounds',
  '2',
  '--recipes',
  'fedmf,popularity',
  ...words,
];

mkdirSync(at('site'));
mkdirSync(at('real'));
writeFileSync(at('real', 'r.html'), 'old');
writeFileSync(at('kept.html'), 'kept');
symlinkSync(at('real', 'r.html'), at('link.html'));
symlinkSync(data, at('link-to-data.csv'));
linkSync(data, at('hard-link.csv'));
symlinkSync(at('circle-b'), at('circle-a'));
symlinkSync(at('circle-a'), at('circle-b'));
symlinkSync(at('site'), at('link-to-site'));
execFileSync('mkfifo', [at('pipe')]);
const socket = createServer().listen(at('socket'));
test.onFinish(() => socket.close());

/** Outputs that can never be right. */
const impossible: [what: string, words: string[], line: RegExp][] = [
  ['no name', ['--report', ''], /--report must name a file, got an empty text/],
  ['no name', ['--trace', ''], /--trace must name a file, got an empty text/],
  ['no name', ['--out', ''], /the output folder must have a name/],
  ['a folder', ['--report', at('site')], /--report must name a file, .*site is a folder/],
  ['a folder', ['--trace', at('site')], /--trace must name a file, .*site is a folder/],
  ['a link to a folder', ['--report', at('link-to-site')], /is a folder/],
  ['the name of a folder', ['--report', `${at('new')}/`], /ends like a folder/],
  ['a pipe', ['--report', at('pipe')], /is a pipe/],
  ['a socket', ['--trace', at('socket')], /is a socket/],
  ['a device', ['--report', '/dev/null'], /is a device/],
  ['a full device', ['--trace', '/dev/full'], /is a device/],
  ['links in a circle', ['--report', at('circle-a')], /links lead in a circle/],
  ['below a file', ['--report', join(data, 'r.html')], /a part of its path is a file/],
  ['a name that is too long', ['--report', at('x'.repeat(300))], /the name is too long/],
  ['a place where nothing can be made', ['--report', '/proc/nothing/r.html'], /--report cannot write/],
  [
    'the ratings',
    ['--report', data],
    /--report .*small\.csv would overwrite .*small\.csv, which this run reads/,
  ],
  ['the ratings', ['--trace', data], /--trace .*small\.csv would overwrite/],
  ['the ratings, in other words', ['--report', `${folder}/site/../small.csv`], /would overwrite/],
  ['a link to the ratings', ['--report', at('link-to-data.csv')], /would overwrite/],
  ['the ratings under another name', ['--report', at('hard-link.csv')], /would overwrite/],
  ['the output folder', ['--out', at('m'), '--report', at('m')], /must be different places/],
  [
    'a file inside the output folder',
    ['--out', at('m'), '--report', at('m', 'r.html')],
    /must be different places/,
  ],
  [
    'a file among the checkpoints',
    ['--out', at('m'), '--trace', at('m.checkpoints', 't')],
    /different places/,
  ],
  ['a folder inside a report', ['--out', at('r', 'm'), '--report', at('r')], /must be different places/],
];

for (const [command, words] of [
  ['train', train],
  ['compare', compare],
] as const) {
  test(`${command}: an output that cannot be right is refused before the work, and nothing changes`, async (t) => {
    const before = listing(folder);
    for (const [what, outputs, line] of impossible) {
      if (command === 'compare' && outputs.includes('--trace')) continue;
      const { code, stdout, stderr } = await runHere(words(...outputs));
      t.deepEqual([code, stdout], [2, ''], `${what}: ${outputs.join(' ').replaceAll(folder, '')}`);
      t.match(stderr, line);
      t.match(stderr, /^fedtlrec: [^\n]+\n$/, 'one line');
    }
    t.deepEqual(listing(folder), before);
    t.equal(readFileSync(data, 'utf8'), ratings, 'the ratings are what they were');
  });
}

test('two outputs in one place are refused, also where nothing is there yet', async (t) => {
  symlinkSync(at('not-yet'), at('link-to-nothing'));
  for (const [trace, report] of [
    [at('both'), at('both')],
    [at('new', 'both'), `${folder}/./new/both`],
    [at('kept.html'), at('kept.html')],
    [at('link-to-nothing'), at('not-yet')],
    [at('link-to-site', 'x'), at('site', 'x')],
  ] as const) {
    const { code, stderr } = await runHere(train('--trace', trace, '--report', report));
    t.equal(code, 2, `${trace} and ${report}`.replaceAll(folder, ''));
    t.match(stderr, /--report .* and --trace .* must be different places, one would replace the other/);
  }
  t.equal(readFileSync(at('kept.html'), 'utf8'), 'kept');
});

test('a folder without permission to write is refused before the work', async (t) => {
  if (process.getuid?.() === 0) {
    const { code, stderr } = await runHere(train('--report', '/proc/r.html'));
    t.equal(code, 2, 'root may write everywhere but to such folders');
    t.match(stderr, /--report cannot write \/proc\/r\.html/);
    return;
  }
  mkdirSync(at('closed'), { mode: 0o555 });
  const { code, stderr } = await runHere(train('--report', at('closed', 'new.html')));
  chmodSync(at('closed'), 0o755);
  t.equal(code, 2);
  t.match(stderr, /--report cannot write .*new\.html: no permission to write here/);
});

test('a link is written through, permissions stay, and missing folders are made', async (t) => {
  chmodSync(at('real', 'r.html'), 0o640);
  const { code } = await runHere(
    train('--report', at('link.html'), '--trace', at('deep', 'er', 'run.trace')),
  );
  t.equal(code, 0);
  t.ok(lstatSync(at('link.html')).isSymbolicLink(), 'the link is still one');
  t.match(readFileSync(at('real', 'r.html'), 'utf8'), /^<!doctype html>/, 'and the page is where it leads');
  t.equal(statSync(at('real', 'r.html')).mode & 0o777, 0o640);
  t.ok(existsSync(at('deep', 'er', 'run.trace')));
  symlinkSync(at('later.html'), at('dangling.html'));
  t.equal((await runHere(train('--report', at('dangling.html')))).code, 0);
  t.equal(readlinkSync(at('dangling.html')), at('later.html'));
  t.ok(existsSync(at('later.html')), 'a link to nothing makes what it names');
  symlinkSync(at('later-folder'), at('link-to-model'));
  t.equal((await runHere(train('--out', at('link-to-model')))).code, 0);
  t.ok(existsSync(at('later-folder', 'run.json')), 'an output folder likewise');
  t.deepEqual(partials(), [], 'nothing half-written stays');
});

test('if the place of an output goes away during the work, the results are printed and one line names it', async (t) => {
  const gone = at('gone');
  const recipe = at('remover.mjs');
  writeFileSync(recipe, removerOf(gone));
  const own = ['--data', data, '--rounds', '2'];
  const alone = ['train', ...own, '--recipe', recipe, '--json'];
  const several = ['compare', ...own, '--recipes', `${recipe},popularity`];
  for (const [what, words, line] of [
    [
      'report',
      [...alone, '--report', join(gone, 'r.html')],
      /--report .*r\.html cannot be written: a part of/,
    ],
    ['trace', [...alone, '--trace', join(gone, 't.trace')], /--trace .*t\.trace cannot be written/],
    ['folder', [...alone, '--out', join(gone, 'model')], /the output folder .*model cannot be written/],
    ['report of a comparison', [...several, '--report', join(gone, 'r.html')], /--report .*r\.html cannot/],
    ['folder of a comparison', [...several, '--out', join(gone, 'm')], /the output folder .*m cannot/],
  ] as const) {
    rmSync(gone, { recursive: true, force: true });
    mkdirSync(gone);
    const { code, stdout, stderr } = await runHere(words);
    t.equal(code, 1, `${what}: exit code`);
    t.match(stderr, line);
    t.match(stderr, /^fedtlrec: [^\n]+\n$/, 'one line, no stack');
    if (words[0] === 'train') t.equal(jsonLines(stdout).at(-1).event, 'summary', 'the results are printed');
    else t.match(stdout, /popularity +\.\d+/, 'the table is printed');
    t.doesNotMatch(stdout, /Saved in|Report/, 'and do not say that anything was saved');
  }
  rmSync(gone, { recursive: true, force: true });
  t.deepEqual(partials(), [], 'nothing half-written stays');
});

test('a full standard output costs the printing alone: one line, exit code 1, no stack', async (t) => {
  for (const words of [['--help'], ['data', 'info', data], ['train', '--help'], train(), compare()]) {
    const { code, stderr } = await shell(words, '> /dev/full');
    t.equal(code, 1, words.join(' ').replaceAll(folder, ''));
    t.match(stderr, /^fedtlrec: standard output cannot be written: the disk is full\n$/);
  }
  for (const words of [train('--json', '--out', at('full-m')), compare('--json', '--out', at('full-c'))]) {
    const { code, stderr } = await shell(words, '> /dev/full');
    t.equal(code, 1);
    t.match(stderr, /^fedtlrec: standard output cannot be written: the disk is full\n$/);
  }
  t.ok(existsSync(at('full-m', 'run.json')), 'train has written its model');
  t.ok(existsSync(at('full-c', 'run.json')), 'and compare its folder');
  t.equal((await shell(['--help'], '> /dev/full 2> /dev/full')).code, 1, 'also where nobody can be told');
});

test('a reader that has seen enough ends the printing; what was to be written is written', async (t) => {
  const many = ['--rounds', '40', '--evaluate-every', '1'];
  const written = await shell(train(...many, '--json', '--out', at('read-m')), '| head -1 | cut -c1-16');
  t.deepEqual([written.code, written.stdout, written.stderr], [0, '{"event":"round"\n', '']);
  t.ok(existsSync(at('read-m', 'run.json')), 'the whole run');
  t.equal(JSON.parse(readFileSync(at('read-m', 'run.json'), 'utf8')).rounds.length, 40);
  const compared = await shell(compare('--json', '--report', at('read.html')), '| true');
  t.deepEqual([compared.code, compared.stderr], [0, '']);
  t.ok(existsSync(at('read.html')));
  const alone = await shell(train('--json', '--rounds', '100000'), '| head -1 > /dev/null');
  t.deepEqual([alone.code, alone.stderr], [0, ''], 'a run that nobody would see the end of stops');
  t.deepEqual(partials(), []);
});

test('what is cut off by Ctrl-C or SIGTERM leaves nothing half-written', async (t) => {
  for (const [signal, ...outputs] of [
    ['SIGINT', '--report', at('cut.html')],
    ['SIGTERM', '--trace', at('cut.trace')],
  ] as const) {
    const cut = await signalled(train('--rounds', '100000', '--json', ...outputs), signal);
    t.equal(cut.code, 130, `${signal} ${outputs[0]}`);
    const place = at(`cut-${signal}`);
    const { code, stderr } = await signalled(train('--rounds', '100000', '--json', '--out', place), signal);
    t.equal(code, 130);
    t.match(
      stderr,
      /^fedtlrec: stopped after round \d+; go on with: train --resume /,
      'and the run can be continued',
    );
    const compared = await signalled(compare('--rounds', '100000', '--out', at('cut-c')), signal);
    t.equal(compared.code, 130);
  }
  t.deepEqual(partials(), []);
  t.notOk(['cut.html', 'cut.trace', 'cut-c'].some((name) => existsSync(at(name))));
});

/** Runs in the shell, so that standard output can be what the tests ask for; the exit code is the command's. */
async function shell(words: readonly string[], redirection: string): Promise<Outcome> {
  const command = [process.execPath, await compiledCli(), ...words].map((word) => `'${word}'`).join(' ');
  return outcomeOf(spawn('bash', ['-c', `${command} ${redirection}; exit \${PIPESTATUS[0]}`], { cwd: root }));
}

/** Sends a signal as soon as rounds go by, or something is being written where nothing is printed. */
async function signalled(words: readonly string[], signal: NodeJS.Signals): Promise<Outcome> {
  const child = await startCli(words);
  if (words.includes('--json')) child.stdout.once('data', () => child.kill(signal));
  else {
    const wait = setInterval(() => {
      if (!readdirSync(folder).some((name) => name.includes('partial'))) return;
      clearInterval(wait);
      child.kill(signal);
    }, 20);
  }
  return outcomeOf(child);
}

/** A recipe that recommends nothing and puts a file in the place of a folder. */
function removerOf(path: string): string {
  const library = new URL('../../lib/federated/central-program.ts', import.meta.url);
  return `import { rmSync, writeFileSync } from 'node:fs';
import { centralProgram } from '${library}';
export const remover = {
  name: 'remover',
  summary: 'removes a folder',
  create: ({ split }) => centralProgram(split.train.users, {
    initialize() {
      rmSync(${JSON.stringify(path)}, { recursive: true, force: true });
      writeFileSync(${JSON.stringify(path)}, 'a file');
    },
    score: (_, scores) => scores.fill(0),
  }),
};
`;
}

function partials(): string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.includes('partial'));
}

function listing(path: string): string[] {
  return readdirSync(path, { recursive: true }).map(String).sort();
}
