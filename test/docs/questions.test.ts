// Every lesson begins with a prediction and ends with an exercise that the page checks. The truth is worked out by the stepper or by
// the library; here it is compared with what a person works out by hand.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import { lessonFacts, minutesFor } from '../../docs/.vitepress/theme/lessons/facts.ts';
import { exercises, predictions } from '../../docs/.vitepress/theme/lessons/questions.ts';
import { stateIn } from '../../docs/.vitepress/theme/steppers/address.ts';
import { steppers } from '../../docs/.vitepress/theme/steppers/all.ts';
import { faultsOf } from './grammar.ts';
import { pages, readPage, root } from './markdown.ts';

const lessons = pages()
  .filter((page) => page.startsWith('docs/lessons/'))
  .map((page) => page.replace(/^docs\/lessons\/|\.md$/g, ''));

/** Solved on paper, to three places: the exercise of each lesson, in order. */
const byHand = [0.574, 0.5, 416, 0.3, 1.5, 0.824, 1, 0.75, 6, 0.625, 2, 0.5];
/** The choice that is right, from 0, read off what the stepper draws. */
const drawn = [2, 1, 1, 1, 1, 2, 0, 2, 0, 1, 2, 0];

test('each lesson asks for a prediction before the picture, and ends with an exercise that is checked', (t) => {
  for (const lesson of lessons) {
    const text = readPage(`docs/lessons/${lesson}.md`);
    const asked = text.indexOf(`<Question lesson="${lesson}" kind="prediction">`);
    const picture = text.indexOf('\n## The picture');
    t.ok(
      asked > 0 && asked < picture && picture < text.indexOf('Stepper />'),
      `${lesson}: before the stepper`,
    );
    const solved = text.indexOf(`<Question lesson="${lesson}" kind="exercise"`);
    t.ok(solved > text.indexOf('\n## Exercises\n') && solved < text.indexOf('\n## Further reading'), lesson);
  }
  t.deepEqual(Object.keys(predictions), lessons);
  t.deepEqual(Object.keys(exercises), lessons);
  t.end();
});

test('the truth of a prediction is what its stepper draws, at a step that the stepper has', async (t) => {
  for (const [at, [lesson, ask]] of Object.entries(predictions).entries()) {
    const { right, because, show } = await ask();
    const [, list = ''] = /kind="prediction">\n([\s\S]*?)<\/Question>/.exec(
      readPage(`docs/lessons/${lesson}.md`),
    )!;
    const choices = list.match(/^- /gm)!.length;
    t.ok(
      Number.isInteger(right) && right >= 0 && right < choices,
      `${lesson}: ${right} of ${choices} choices`,
    );
    t.equal(right, drawn[at], `${lesson}: ${because}`);
    t.deepEqual(faultsOf(because), []);
    const { inputs, first, sentences } = Object.values(steppers).find(
      (stepper) => stepper.lesson === lesson,
    )!;
    const { step, values } = stateIn(show!, inputs, first);
    t.ok(step > 0 && step < sentences(values).length, `${lesson}: ${show}`);
  }
  t.end();
});

test('the truth of an exercise is what comes out by hand', async (t) => {
  for (const [at, [lesson, ask]] of Object.entries(exercises).entries()) {
    const { right, within = 0, because } = await ask();
    t.ok(Math.abs(right - byHand[at]!) <= within + 1e-6, `${lesson}: ${right}, by hand ${byHand[at]}`);
    t.deepEqual(faultsOf(because), []);
  }
  t.end();
});

test('each lesson names a source that is there, and a task where it has one', (t) => {
  t.deepEqual(Object.keys(lessonFacts), lessons);
  for (const lesson of lessons) {
    const { source, workbench } = lessonFacts[lesson]!;
    t.ok(existsSync(join(root, source)), source);
    t.equal(readPage(`docs/lessons/${lesson}.md`).includes('\n## Write it yourself\n'), workbench, lesson);
  }
  t.end();
});

test('a lesson takes the longer, the more there is to read', (t) => {
  for (const lesson of lessons) {
    const minutes = minutesFor(readPage(`docs/lessons/${lesson}.md`));
    t.ok(minutes >= 10 && minutes <= 40 && minutes % 5 === 0, `${lesson}: ${minutes} minutes`);
  }
  t.ok(minutesFor('word '.repeat(4000)) > minutesFor('word '.repeat(400)));
  t.end();
});
