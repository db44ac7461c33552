// docs/recipes.md has a paragraph for every recipe of the library.
import test from 'tape';
import { recipeCatalogue } from '../../lib/training/recipes.ts';
import { readPage } from './markdown.ts';

test('every recipe has a section on docs/recipes.md that names its file', (t) => {
  const sections = new Map(
    readPage('docs/recipes.md')
      .split(/^### `/m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf('`')), section.split(/^## /m)[0]!]),
  );
  for (const { name } of recipeCatalogue) {
    t.match(sections.get(name) ?? '', /\]\(\.\.\/lib\/(?:federated\/recipes|peers)\/[\w-]+\.ts\)/, name);
  }
  t.end();
});
