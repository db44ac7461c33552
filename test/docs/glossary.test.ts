// docs/glossary.md lists the words that the playground explains, and every field of its form is among them.
import { readFileSync } from 'node:fs';
import test from 'tape';
import { defaultConfiguration, defaultVariant } from '../../docs/playground/configuration.ts';
import { glossary, type Term } from '../../docs/playground/glossary.ts';
import { glossaryText } from '../../scripts/glossary-page.ts';
import { readPage, root } from './markdown.ts';

test('the page has every word with its sentence, and each leads to a page that is there', (t) => {
  t.ok(readPage('docs/glossary.md').includes(glossaryText()), 'if not: npm run examples:update');
  const terms: [string, Term][] = Object.entries(glossary);
  for (const [name, { meaning, more }] of terms) {
    t.match(meaning, /^[A-Z].*[^.]\.$/, `${name} is a sentence`);
    t.ok(meaning.length < 150, `${name} is short`);
    t.ok(readFileSync(`${root}docs/${more[0]}`, 'utf8').startsWith('# '), `${name} leads to ${more[0]}`);
  }
  t.end();
});

test('every field of the playground has a word', (t) => {
  const { a, b, data, reading, lesson, ...shared } = defaultConfiguration; // the last three have words of their own beside them
  const fields = [...Object.keys(shared), ...Object.keys(defaultVariant)];
  t.deepEqual(
    fields.filter((field) => !(field in glossary)),
    [],
  );
  t.end();
});
