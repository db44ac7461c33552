// The changes of docs/changing.md are made in a copy of the library: they fit, they touch what the page says, the result
// type-checks, and the page's commands print what stands there.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import test from 'tape';
import ts from 'typescript';
import { applyChange, type Change, changesOn } from '../../scripts/apply-change.ts';
import { compileLibrary } from '../compiled.ts';
import { readPage, root } from './markdown.ts';

const changes = changesOn(readPage('docs/changing.md'));

/** What the library's code needs to be run and checked. */
function copyOfTheLibrary(): string {
  const copy = mkdtempSync(join(tmpdir(), 'fedtlrec-changed-'));
  for (const part of ['lib', 'viewer', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');
  return copy;
}

for (const change of changes) {
  test(`docs/changing.md, ${change.name}: fits, touches what the page says, prints what the page says`, async (t) => {
    const copy = copyOfTheLibrary();
    t.teardown(() => rmSync(copy, { recursive: true, force: true }));
    t.deepEqual(applyChange(change, copy).sort(), [...change.named].sort(), 'the files');
    t.ok(change.runs.length > 0, 'it is tried');
    const program = await compileLibrary(copy, copy);
    for (const { command, output } of change.runs) {
      const printed = await run(command, copy, program);
      t.equal(missing(printed, output), null, `${command}\n${printed}`);
    }
  });
}

test('all changes of docs/changing.md together type-check, and whatever imports what they change', (t) => {
  const copy = copyOfTheLibrary();
  t.teardown(() => rmSync(copy, { recursive: true, force: true }));
  t.ok(changes.length > 0, changes.map(({ name }) => name).join(', '));
  const changed = changes.flatMap((change) => applyChange(change, copy));
  t.deepEqual(typeErrors(copy, changed), []);
  t.end();
});

test('a change that does not fit is refused, and nothing is written', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-change-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'a.ts');
  writeFileSync(file, 'one\ntwo\none\n');
  const change = (...blocks: string[]): Change =>
    changesOn(
      `## A test\n\nTouches [a.ts](a.ts).\n\n${blocks.map((block) => `\`\`\`diff\n${block}\`\`\`\n`).join('\n')}`,
    )[0]!;
  t.throws(
    () => applyChange(change('--- a.ts\n one\n+new\n'), folder),
    /must stand there once, found 2:\none/,
  );
  t.throws(() => applyChange(change('--- a.ts\n two\n+new\n@@\n three\n'), folder), /found 0:\nthree/);
  t.throws(
    () => applyChange(change('+++ b.ts\n+new\n', '+++ a.ts\n+new\n'), folder),
    /a\.ts is there already/,
  );
  t.throws(() => change('a.ts\n two\n'), /must begin with/);
  t.equal(readFileSync(file, 'utf8'), 'one\ntwo\none\n', 'as it was');
  const fits = change('--- a.ts\n one\n-two\n+2\n@@\n one\n', '+++ b/c.ts\n+new\n');
  t.throws(() => applyChange(fits, folder), /found 2/, 'context must be unique, too');
  t.deepEqual(applyChange(change('--- a.ts\n one\n-two\n+2\n', '+++ b/c.ts\n+new\n'), folder), [
    'a.ts',
    'b/c.ts',
  ]);
  t.equal(readFileSync(file, 'utf8'), 'one\n2\none\n');
  t.equal(readFileSync(join(folder, 'b/c.ts'), 'utf8'), 'new\n');
  t.end();
});

test('outputs are compared line by line, and only … stands for something else', (t) => {
  t.equal(missing('a\nb\nc\n', ['…', 'b', '…']), null);
  t.equal(missing('a\nb\nc\n', ['a', 'c', '…']), 'c');
  t.equal(missing('a\nb\n', ['…', 'c', '…']), 'c');
  t.equal(missing('a\nb\n', ['a']), 'the end');
  t.end();
});

/** What the compiler says about files and those that import them by their names. */
function typeErrors(folder: string, changed: readonly string[]): string[] {
  const read = ts.readConfigFile(join(folder, 'tsconfig.json'), ts.sys.readFile);
  const wanted = { ...read.config, include: ['lib', 'viewer'] };
  const { options, fileNames } = ts.parseJsonConfigFileContent(wanted, ts.sys, folder);
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram(fileNames, options, host);
  const names = changed.map((file) => `/${basename(file)}'`);
  return program
    .getSourceFiles()
    .filter(({ fileName, text }) => !fileName.includes('/node_modules/') && isConcerned(fileName, text))
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map((problem) => ts.formatDiagnostic(problem, host));

  function isConcerned(path: string, text: string): boolean {
    return changed.some((file) => path.endsWith(file)) || names.some((name) => text.includes(name));
  }
}

/** What a command of the page prints; `npm run -s fedtlrec` is the compiled program. */
function run(command: string, cwd: string, program: string): Promise<string> {
  const script = command
    .replaceAll('npm run -s fedtlrec --', `"${process.execPath}" "${program}"`)
    .replace(/\.\/lib\/(\S+)\.ts/g, './dist/$1.js'); // a recipe by its path
  return new Promise((resolve) => {
    execFile('sh', ['-c', script], { cwd }, (_, stdout, stderr) => resolve(stdout + stderr));
  });
}

/** The first expected line that is not where it should be; null if all are. */
function missing(printed: string, expected: readonly string[]): string | null {
  const lines = printed
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());
  let at = 0;
  let mayLookAhead = false;
  for (const line of expected) {
    if (line === '…') {
      mayLookAhead = true;
      continue;
    }
    const found = mayLookAhead ? lines.indexOf(line.trimEnd(), at) : lines[at] === line.trimEnd() ? at : -1;
    if (found < 0) return line;
    at = found + 1;
    mayLookAhead = false;
  }
  return mayLookAhead || at === lines.length ? null : 'the end';
}
