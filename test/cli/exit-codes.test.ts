import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'tape';
import { outcomeOf, runCli, runHere, startCli, temporaryFolder, writeSmallRatings } from './command-line.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporaryFolder();
const data = writeSmallRatings(folder);
const runs = join(folder, 'runs');
mkdirSync(runs);

/** A recipe that fails where the lines say. */
function faulty(name: string, lines: string): string[] {
  const module = join(folder, `${name}.mjs`);
  writeFileSync(
    module,
    `export const own = { name: '${name}', summary: 'fails', create: ({ split }) => ({
      hasRounds: false, canRefit: false, hasPersonalParts: false, initialize() {}, refresh: () => [],
      blocks: () => [Uint32Array.from({ length: split.train.users }, (_, user) => user)],
      ${lines}
    }) };`,
  );
  return ['train', '--data', data, '--recipe', module, '--out', join(runs, name)];
}

test('a crash is exit code 1, with the stack, and leaves nothing half-written', async (t) => {
  const crashes = {
    'null-score': 'score() { null.score; }',
    'long-array': "score() { throw new RangeError('Invalid array length'); }", // the engine's words, no rule of ours
    'no-error': "initialize() { throw 'just a text'; }, score() {}",
  };
  for (const [name, lines] of Object.entries(crashes)) {
    const { code, stdout, stderr } = await runHere(faulty(name, lines));
    t.deepEqual([code, stdout], [1, ''], name);
    t.match(stderr, /^fedtlrec: this is a fault of fedtlrec: /, name);
    if (name !== 'no-error') t.match(stderr, /\n +at .*\.mjs/, 'with its stack');
  }
  t.deepEqual(readdirSync(runs), []);
});

test("a recipe's own rule, broken, is wrong input: exit code 2 and one line", async (t) => {
  const own = faulty('strict', "score() { throw new RangeError('strict: ratings must be few, got many'); }");
  const { code, stderr } = await runHere(own);
  t.deepEqual([code, stderr], [2, 'fedtlrec: strict: ratings must be few, got many\n']);
});

test('a crash in the process itself ends it with 1, a success with 0', async (t) => {
  const crashed = await runCli(faulty('in-process', 'score() { null.score; }'));
  const version = await outcomeOf(
    spawn(process.execPath, ['--import', 'tsx', 'lib/cli.ts', '--version'], { cwd: root }), // from its sources
  );
  t.equal(crashed.code, 1);
  t.match(crashed.stderr, /this is a fault of fedtlrec: TypeError/);
  t.deepEqual([version.code, version.stderr], [0, '']);
  t.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
});

test('a reader that has seen enough, such as head, ends the run quietly', async (t) => {
  const long = ['train', '--data', data, '--rounds', '100000', '--evaluate-every', '100000', '--json'];
  const child = await startCli(long);
  child.stdout.once('data', () => child.stdout.destroy());
  const { code, stderr } = await outcomeOf(child);
  t.deepEqual([code, stderr], [0, '']);
});

test('no word at all shows the help; nothing is wrong', async (t) => {
  const [none, help] = [await runHere([]), await runHere(['--help'])];
  t.deepEqual([none.code, none.stderr, none.stdout], [0, '', help.stdout]);
  t.match(help.stdout, /^Usage: fedtlrec/);
});
