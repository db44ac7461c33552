// Every relative link of every Markdown page leads to a file that is there, and every anchor to a heading.
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import test from 'tape';
import { anchorsOf, pages, readPage, root, withoutCode } from './markdown.ts';

/** The site's build makes these pages of the comments in the code. */
const isBuilt = (file: string) => file.startsWith('docs/api/');

test('relative links and anchors resolve', (t) => {
  const all = pages();
  t.ok(all.includes('README.md') && all.includes('docs/algorithm.md'), `${all.length} pages`);
  for (const page of all)
    t.deepEqual(
      brokenLinks(page, (file) => !isBuilt(file)),
      [],
      page,
    );
  t.end();
});

const skip = existsSync(join(root, 'docs/api')) ? false : '`npm run docs:build` makes the pages of the API';
test('links to the API resolve', { skip }, (t) => {
  for (const page of pages()) t.deepEqual(brokenLinks(page, isBuilt), [], page);
  t.end();
});

/** The relative links of a page that lead nowhere, of those whose file is asked for. */
function brokenLinks(page: string, isAskedFor: (file: string) => boolean): string[] {
  const broken: string[] = [];
  for (const [, target] of withoutCode(readPage(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target!)) continue;
    const [path, anchor] = target!.split('#') as [string, string?];
    const file = path === '' ? page : normalize(join(dirname(page), path));
    if (!isAskedFor(file)) continue;
    const isThere = !file.startsWith('..') && existsSync(join(root, file));
    if (!isThere) broken.push(target!);
    else if (file === 'docs/playground.md' && /^lesson=\d+$/.test(anchor ?? ''))
      continue; // a question: presets.test.ts
    else if (anchor && !anchorsOf(readPage(file)).includes(anchor)) broken.push(target!);
  }
  return broken;
}

test('links inside code are not links, and headings become anchors as on GitHub', (t) => {
  t.equal(withoutCode('a `[x](y)`\n\n    [x](y)\n').includes(']('), false);
  t.deepEqual(anchorsOf('# A recipe: `x-y`!\n## Eq. 1 · Score\n## Eq. 1 · Score\n'), [
    'a-recipe-x-y',
    'eq-1--score',
    'eq-1--score-1',
  ]);
  t.end();
});
