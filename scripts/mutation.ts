// What do the tests not see? Changes lib/ at random, one place at a time, and runs the tests on a copy of the repository.
//
//   node --import tsx scripts/mutation.ts --draws 20 --seed 1 cli trace
//
// draws 20 changes among the files of lib/ whose path contains one of the words. For each, the test files that import the
// changed file run, nearest first, until one fails; `--nearest 5` stops after five of them. A change that nothing noticed
// either makes no difference that anybody could see, or a test is missing. Takes about half a minute a change.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { randomStream } from '../lib/numeric/rng.ts';
import { sampleWithoutReplacement } from '../lib/numeric/sampling.ts';
import { type ChangeOfText, changesIn } from './changes.ts';

/** A place of a file, and what to write there. */
interface Change extends ChangeOfText {
  readonly file: string;
}

/** An endless loop is noticed as well. */
const PATIENCE_MS = 5 * 60_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const text = (fallback: string) => ({ type: 'string', default: fallback }) as const;
const options = { draws: text('20'), seed: text('1'), nearest: text('1000') };
const { values, positionals: words } = parseArgs({ allowPositionals: true, options });
const copy = copyRepository();
const importers = readImporters();
const all = filesBelow('lib')
  .filter((file) => !/generated|webgpu/.test(file)) // without a GPU, nothing looks at the latter
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .flatMap(changesOf);
const count = Math.min(Number(values.draws), all.length);
const canPass = new Map<string, boolean>(); // some test files need data or a browser
let noticed = 0;
for (const place of sampleWithoutReplacement(
  count,
  all.length,
  randomStream(Number(values.seed), 'mutation'),
)) {
  const change = all[place]!;
  const test = testsOf(change.file)
    .slice(0, Number(values.nearest))
    .find((file) => notices(file, change));
  if (test) noticed++;
  console.log(`${test ? 'noticed  ' : 'UNNOTICED'}  ${inWords(change)}${test ? `  by ${test}` : ''}`);
}
console.log(`${noticed} of ${count} noticed (${all.length} are possible)`);

/** The copy's folder, removed at the end. */
function copyRepository(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-mutation-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.on('SIGINT', () => process.exit(130));
  const isLeftOut = /(^|\/)(\.git|\.cache|node_modules|dist|runs|coverage)$/;
  cpSync(root, folder, { recursive: true, filter: (path) => !isLeftOut.test(relative(root, path)) });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

function filesBelow(folder: string): string[] {
  const names = readdirSync(join(copy, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .sort();
}

/** Who imports each file. */
function readImporters(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const file of ['lib', 'test', 'examples'].flatMap(filesBelow)) {
    const targets = readFileSync(join(copy, file), 'utf8').matchAll(
      /(?:from|import\(|import) ?'(\.[^']+\.ts)'/g,
    );
    for (const [, target] of targets) {
      const name = relative(copy, resolve(copy, dirname(file), target!));
      found.set(name, [...(found.get(name) ?? []), file]);
    }
  }
  return found;
}

/** The test files that import a file: those of its name first, then its folder's, by the number of imports between the two. */
function testsOf(file: string): string[] {
  const reached = new Set([file]);
  for (const one of reached) for (const next of importers.get(one) ?? []) reached.add(next); // grows meanwhile
  const folder = dirname(relative('lib', file));
  const farness = (test: string) =>
    basename(test) === `${basename(file, '.ts')}.test.ts`
      ? 0
      : relative('test', test).startsWith(folder)
        ? 1
        : 2;
  const tests = [...reached]
    .filter((name) => name.endsWith('.test.ts'))
    .sort((a, b) => farness(a) - farness(b));
  if (tests.length > 0) return tests;
  const imported = [...importers].filter(([, by]) => by.includes(file)); // it starts a process: whoever tests its parts
  return [...new Set(imported.flatMap(([name]) => testsOf(name)))];
}

/** Whether a test file fails with the change, and only then. */
function notices(test: string, { file, from, to, text: written }: Change): boolean {
  if (canPass.get(test) === false) return false;
  const before = readFileSync(join(copy, file), 'utf8');
  writeFileSync(join(copy, file), before.slice(0, from) + written + before.slice(to));
  const fails = !passes(test);
  writeFileSync(join(copy, file), before);
  if (fails && !canPass.has(test)) canPass.set(test, passes(test)); // asked last: most changes pass most tests
  return fails && canPass.get(test)!;
}

function passes(test: string): boolean {
  const command = ['--import', 'tsx', 'test/run.ts', relative('test', test)];
  return (
    spawnSync(process.execPath, command, { cwd: copy, stdio: 'ignore', timeout: PATIENCE_MS }).status === 0
  );
}

function inWords({ file, from, to, text: written }: Change): string {
  const code = readFileSync(join(copy, file), 'utf8');
  const line = code.slice(0, from).split('\n').length;
  return `${file}:${line}  ${code.slice(from, to)} → ${written || '(nothing)'}`.replace(/\s+/g, ' ');
}

/** Everything that can be changed in a file. */
function changesOf(file: string): Change[] {
  return changesIn(readFileSync(join(copy, file), 'utf8')).map((change) => ({ file, ...change }));
}
