// Each lesson has a question that the playground answers; an address names it, and what a reader changes beside it.
import { readdirSync } from 'node:fs';
import test from 'tape';
import { asked, fromHash, toHash } from '../../docs/playground/configuration.ts';
import { presetOf, presets } from '../../docs/playground/presets.ts';
import { settingsOf } from '../../docs/playground/run-of.ts';
import type { Ratings } from '../../lib/data/ratings.ts';
import { completeSettings } from '../../lib/federated/settings.ts';
import { recipeCatalogue } from '../../lib/training/recipes.ts';
import { lessonOfPanel, lessonPages } from '../../viewer/lessons.ts';
import { readPage, root } from '../docs/markdown.ts';

const recipes = recipeCatalogue.map(({ name }) => name);
const read = (hash: string) => fromHash(hash, recipes).configuration;

test('every lesson links to its question, in its words, and the question to a panel that is there', (t) => {
  const pages = readdirSync(`${root}docs/lessons`).filter((name) => /^\d.*\.md$/.test(name));
  t.equal(presets.length, pages.length);
  for (const { lesson, question, panel } of presets) {
    const [page, title] = lessonPages[lesson - 1]!;
    const text = readPage(`docs/${page}.md`);
    t.ok(text.includes(`[${question}](../playground.md#lesson=${lesson})`), page);
    t.ok(text.startsWith(`# ${lesson} · ${title}\n`), title);
    t.ok(panel in lessonOfPanel, panel);
  }
  t.end();
});

test('an address of a question brings back its settings, and those that were changed', (t) => {
  t.equal(toHash(read(''), {}), '', 'nothing is asked');
  for (const preset of presets) {
    const whole = asked(preset);
    t.equal(toHash(whole, {}), `lesson=${preset.lesson}`);
    t.deepEqual(read(`#lesson=${preset.lesson}`), whole, preset.question);
    const changed = { ...whole, seed: 7, a: { ...whole.a, heads: 3 }, b: null };
    t.deepEqual(read(toHash(changed, {})), changed, 'without B');
    const other = { ...whole, b: { ...(whole.b ?? whole.a), recipe: 'colr', dropout: 0.4 } };
    t.deepEqual(read(toHash(other, {})), other, 'another B');
  }
  t.equal(presetOf(13), null);
  t.equal(read('#lesson=13').lesson, null, 'no such lesson');
  t.deepEqual(read('#dropout=0.5&b=fedmf').b!.dropout, 0.5, 'as before: B follows A');
  t.end();
});

test('each question is about settings that the library takes', (t) => {
  const ratings = { users: new Array(300).fill('u') } as unknown as Ratings;
  for (const preset of presets) {
    const { a, b, ...shared } = asked(preset);
    for (const variant of [a, ...(b ? [b] : [])]) {
      t.ok(recipes.includes(variant.recipe), variant.recipe);
      t.ok(completeSettings(settingsOf({ ...shared, a, b }, variant, {}, ratings)), preset.question);
    }
  }
  t.end();
});
