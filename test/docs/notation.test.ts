// docs/notation.md: each place exists, and each name stands there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { readPage, root } from './markdown.ts';

test('every name of the notation stands in the file that it is said to be defined in', (t) => {
  const rows = [
    ...readPage('docs/notation.md').matchAll(/^\|.*\| (`.*`) \| \[[\w.-]+\]\(\.\.\/(lib\/[\w./-]+)\) \|$/gm),
  ];
  t.ok(rows.length > 10, `${rows.length} rows`);
  for (const [, names, file] of rows) {
    const words = new Set(readFileSync(join(root, file!), 'utf8').match(/\w+/g));
    for (const [, name] of names!.matchAll(/`(\w+)`/g)) t.ok(words.has(name!), `${name} in ${file}`);
  }
  t.end();
});
