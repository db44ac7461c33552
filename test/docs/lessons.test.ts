// The lessons follow what is measured: every table that they show is there, every region of code that they name, too.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'tape';
import tables, { tablesOf } from '../../docs/.vitepress/theme/tables.data.ts';
import { pages, readPage, root } from './markdown.ts';

const lessons = pages().filter((page) => page.startsWith('docs/lessons/'));
const sections = ['The picture', 'The equation', 'Step through it', 'Exercises', 'Further reading'];

test('lessons are numbered, each with a question, a picture, an equation, code, a stepper and an exercise', (t) => {
  t.ok(lessons.length >= 11, `${lessons.length} lessons`);
  lessons.forEach((page, place) => {
    const text = readPage(page);
    t.ok(text.startsWith(`# ${place + 1} · `), page);
    t.match(text, /^\*\*[^*]+\?[^*]*\*\*$/m, `${page} asks a question`);
    for (const section of sections) t.ok(text.includes(`\n## ${section}\n`), `${page} has ${section}`);
    t.match(text, /^!\[[^\]]{20,}\]\(pictures\/[\w-]+\.svg\)$/m, `${page} has a picture with a description`);
    t.match(text, /^<\w+Stepper \/>$/m, `${page} has a stepper`);
    t.match(text, /## Exercises[\s\S]+<summary>Answer<\/summary>/, `${page} hides an answer`);
  });
  t.end();
});

test('every file and every region that a page includes is there', (t) => {
  for (const page of pages()) {
    for (const [, path, region] of readPage(page).matchAll(/^<<< ([^\s#{]+)(?:#([\w-]+))?/gm)) {
      const file = join(root, dirname(page), path!);
      t.ok(existsSync(file), `${page} includes ${path}`);
      if (region) {
        const code = readFileSync(file, 'utf8');
        t.ok(
          code.includes(`#region ${region}\n`) && code.includes(`#endregion ${region}\n`),
          `${path}#${region}`,
        );
      }
    }
  }
  t.end();
});

test('every measured table that a lesson shows is there, with the rows that it asks for', (t) => {
  const measured = tables.load();
  let shown = 0;
  for (const page of lessons) {
    for (const [tag, from] of readPage(page).matchAll(/<MeasuredTable from="([^"]+)"[^>]*>/g)) {
      shown++;
      const place = Number(/:place="(\d+)"/.exec(tag)?.[1] ?? 0);
      const named = (prop: string) =>
        Array.from(
          new RegExp(`:${prop}="\\[([^\\]]+)\\]"`).exec(tag)?.[1]?.matchAll(/'([^']+)'/g) ?? [],
          ([, name]) => name!,
        );
      const { header = [], rows = [] } = measured[from!]?.[place] ?? {};
      t.ok(rows.length > 0, `${page}: ${from}, table ${place}`);
      for (const name of named('columns')) t.ok(header.includes(name), `${from}: a column ${name}`);
      for (const name of named('only'))
        t.ok(
          rows.some(([first]) => first === name),
          `${from}: a row ${name}`,
        );
    }
  }
  t.ok(shown >= 7, `${shown} tables`);
  t.end();
});

test('a table is found by its comment and by its heading', (t) => {
  const page =
    '## Two Things\n\n<!-- it -->\n\n| a | b |\n|---|--:|\n| `x` | 1 |\n\n## Other\n\n| c |\n|---|\n| 2 |\n';
  t.deepEqual(tablesOf('p.md', page), {
    'p.md#it': [
      { header: ['a', 'b'], rows: [['x', '1']] },
      { header: ['c'], rows: [['2']] },
    ],
    'p.md#two-things': [{ header: ['a', 'b'], rows: [['x', '1']] }],
    'p.md#other': [{ header: ['c'], rows: [['2']] }],
  });
  t.end();
});
