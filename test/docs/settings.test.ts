// docs/settings.md shows the table that the library checks settings with.
import test from 'tape';
import { settingsRows } from '../../scripts/settings-page.ts';
import { readPage } from './markdown.ts';

test('docs/settings.md has every setting with its default, its range and its meaning', (t) => {
  const page = readPage('docs/settings.md');
  t.ok(page.includes(settingsRows()), 'if not: npm run examples:update');
  t.match(page, /\| `codec` \| int4 \| float32, int8, int4, int3, int2 \|/);
  t.match(page, /\| `rank` \| 2 \| whole, 1 to `factors` \+ 1 \|/);
  t.match(page, /\| `recency` \| 4 \| 0\.1 to 1000000, or null \|/);
  t.end();
});
