// How the site finds its way: links of Markdown pages become its addresses, headings become the same anchors as on GitHub.
import test from 'tape';
import { addressOf, resolveLink, sourceFiles } from '../../docs/.vitepress/repository.ts';
import { slugify } from '../../docs/.vitepress/slugify.ts';
import { anchorsOf, pages, readPage } from './markdown.ts';

test('a link leads to the page that shows its file, or nowhere if none does', (t) => {
  t.equal(
    resolveLink('docs/lessons/05-who-is-similar.md', '../algorithm.md#at-the-client'),
    '/algorithm#at-the-client',
  );
  t.equal(resolveLink('docs/equations.md', '../lib/model/kmeans.ts#L12'), '/source/lib/model/kmeans.ts#L12');
  t.equal(resolveLink('CONTRIBUTING.md', 'docs/recipes.md'), '/recipes');
  t.equal(resolveLink('docs/evaluation.md', '../README.md'), '/');
  t.equal(resolveLink('docs/teaching.md', 'source/index.md'), '/source/');
  t.equal(resolveLink('docs/dependencies.md', '../package.json'), null, 'no page shows it');
  t.throws(() => resolveLink('docs/evaluation.md', 'nowhere.md'), /links to nowhere.md, which is not there/);
  t.end();
});

test('every source file that a page links to has a page of its own', (t) => {
  const shown = new Set(sourceFiles().map((file) => addressOf(file)));
  t.ok(shown.size > 100, `${shown.size} files`);
  for (const page of pages().filter((name) => /^docs\/[^/]+\.md$|^docs\/lessons\//.test(name))) {
    for (const [, target] of readPage(page).matchAll(
      /\]\(((?:\.\.\/)+(?:lib|examples|kernels)\/[^)#]+\.ts)/g,
    )) {
      const address = resolveLink(page, target!);
      if (address !== null) t.ok(shown.has(address), `${page}: ${target}`);
    }
  }
  t.end();
});

test('a heading has the same anchor on the site as on GitHub', (t) => {
  for (const heading of ['Eq. 6 · The update is exactly of rank one', 'What it costs', 'A recipe: x-y!']) {
    t.deepEqual([slugify(heading)], anchorsOf(`# ${heading}\n`), heading);
  }
  t.end();
});
