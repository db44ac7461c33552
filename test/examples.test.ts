// Every example runs and prints exactly what stands beside it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import test from 'tape';
import { exampleNames, expectedFile, numberedExampleNames, runExample } from '../examples/run.ts';

const names = exampleNames();

test('the examples are numbered without gaps, and each has an expected output', (t) => {
  const numbered = numberedExampleNames();
  t.ok(numbered.length >= 11, `${numbered.length} numbered examples`);
  t.deepEqual(
    numbered.map((name) => Number(name.slice(0, 2))),
    numbered.map((_, place) => place + 1),
    'numbers from 1 on',
  );
  t.deepEqual(
    names.filter((name) => !existsSync(expectedFile(name))),
    [],
    'no expected output is missing',
  );
  const kept = readdirSync(new URL('../examples/', import.meta.url)).filter((file) =>
    file.endsWith('.expected.txt'),
  );
  t.deepEqual(kept.sort(), names.map((name) => `${name}.expected.txt`).sort(), 'and none is left over');
  t.end();
});

test('examples/README.md lists every example', (t) => {
  const page = readFileSync(new URL('../examples/README.md', import.meta.url), 'utf8');
  for (const name of names) t.ok(page.includes(`| [${name}](${name}.ts) `), name);
  t.end();
});

test('each example says in its first lines how to run it and how it looks when installed', (t) => {
  for (const name of names) {
    const source = readFileSync(new URL(`../examples/${name}.ts`, import.meta.url), 'utf8');
    const isNumbered = numberedExampleNames().includes(name);
    if (isNumbered)
      t.ok(source.startsWith(`// ${Number(name.slice(0, 2))}. `), `${name} begins with its number`);
    t.ok(source.includes(`// Run: npx tsx examples/${name}.ts\n`), `${name} says how to run it`);
    t.match(source, /^\/\/ Installed: .*'fedtlrec/m, `${name} says how to import it`);
  }
  t.end();
});

test('each example prints exactly its expected output', async (t) => {
  for (const name of names) {
    const { output, error } = await runExample(name);
    if (error !== null) t.fail(`${name} failed: ${error}`);
    else
      t.equal(
        output,
        readFileSync(expectedFile(name), 'utf8'),
        `${name} (if meant so: npm run examples:update)`,
      );
  }
});
