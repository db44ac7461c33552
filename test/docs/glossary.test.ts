// docs/glossary.md lists the words that the playground explains, and every field of its form is among them.
import { readFileSync } from 'node:fs';
import test from 'tape';
import { steppers } from '../../docs/.vitepress/theme/steppers/all.ts';
import { defaultConfiguration, defaultVariant } from '../../docs/playground/configuration.ts';
import { glossaryText } from '../../scripts/glossary-page.ts';
import { glossary, type Term } from '../../viewer/glossary.ts';
import { piecesOf } from '../../viewer/terms.ts';
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

test('a sentence on screen is cut into words that are explained and what stands between, without a letter lost', (t) => {
  const names = (text: string) =>
    piecesOf(text).flatMap(({ text, name }) => (name ? [`${text}: ${glossary[name].word}`] : []));
  t.deepEqual(names('Three tokens, two clusters, and a token again'), [
    'tokens: Token',
    'clusters: Clusters',
  ]);
  t.deepEqual(names('K-means groups clients; τ = 0.1, β = 1'), [
    'K-means: K-means',
    'τ: Temperature, τ',
    'β: β',
  ]);
  t.deepEqual(names('ΔQ, updated, windowsill, HR@100, inattention'), [], 'parts of other words are not');
  t.deepEqual(names('ΔQ is exactly of rank one'), ['of rank one: Low rank']);
  t.deepEqual(piecesOf(''), [{ text: '' }]);
  for (const [name, { inputs, sentences }] of Object.entries(steppers)) {
    const first = Object.fromEntries(
      Object.entries(inputs).map(([input, { choices }]) => [input, choices[0]![0]]),
    );
    for (const sentence of sentences(first)) {
      const text = piecesOf(sentence).map((piece) => piece.text);
      if (text.join('') !== sentence) t.fail(`${name}: ${text.join('|')}`);
    }
  }
  t.end();
});

test('what is written for a word finds the word, and catches nothing else', (t) => {
  const terms: [string, Term][] = Object.entries(glossary);
  for (const [name, { word, written }] of terms) {
    if (written === undefined) continue;
    const [main] = word.split(',');
    const found = piecesOf(main!).find((piece) => piece.name !== undefined);
    t.equal(found?.name ?? null, name, `${main}`);
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
