// The doors of the package: few names at the root, all of them shown somewhere; the rest by documented paths.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'tape';
import * as library from '../../lib/index.ts';
import { importPaths, pages, readPage, root } from './markdown.ts';

const names = Object.keys(library);

test('the root exports at most 120 values', (t) => {
  t.ok(names.length <= 120, `${names.length} values`);
  t.end();
});

test('every value that the root exports stands in an example or on a page of the docs', (t) => {
  const examples = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(root, 'examples', file), 'utf8'));
  // In prose, a name stands between backticks; "fit" is a word like any other.
  const shown = new Set(
    [
      ...examples,
      ...pages()
        .filter((page) => page !== 'CHANGELOG.md')
        .flatMap(codeOf),
    ].flatMap(wordsOf),
  );
  t.deepEqual(
    names.filter((name) => !shown.has(name)),
    [],
    'none is left out',
  );
  t.end();
});

test('every import path has a row on docs/imports.md, and leads to something', async (t) => {
  const page = readPage('docs/imports.md');
  const paths = importPaths();
  for (const [path, file] of Object.entries(paths).filter(([path]) => path !== 'fedtlrec')) {
    t.ok(page.includes(`\n| \`${path}\` | `), path);
    if (path !== 'fedtlrec/webgpu')
      t.ok(Object.keys(await import(pathToFileURL(file).href)).length > 0, `${path} exports something`);
  }
  for (const [, path] of page.matchAll(/^\| `(fedtlrec\/[^`]+)` \|/gm))
    t.ok(path! in paths, `${path} exists`);
});

test('what a row of docs/imports.md names, its path exports', async (t) => {
  const paths = importPaths();
  for (const [, path, text] of readPage('docs/imports.md').matchAll(
    /^\| `(fedtlrec\/[^`]+)` \| (.*) \|$/gm,
  )) {
    const exported = await import(pathToFileURL(paths[path!]!).href);
    for (const [, name] of text!.matchAll(/`(\w+)`/g)) t.ok(name! in exported, `${path}: ${name}`);
  }
});

/** The code of a page: blocks, and what stands between backticks. */
function codeOf(page: string): string[] {
  return Array.from(readPage(page).matchAll(/```[\s\S]*?```|`[^`\n]+`/g), ([code]) => code);
}

function wordsOf(text: string): string[] {
  return text.match(/\w+/g) ?? [];
}
