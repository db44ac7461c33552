// The Workbench in a real browser: the same verdicts as the child process of terminal and grader, a loop that is ended, a
// draft that stays, a training with the reader's code, all of it without a network once it is loaded.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'tape';
import { judge } from '../../course/kit/judge.ts';
import { loadTask } from '../../course/kit/load.ts';
import { studentFile } from '../../course/kit/stub.ts';
import { answersOf } from '../../course/kit/trusted.ts';
import { Workplace } from '../../course/kit/workplace.ts';
import { expectNoBodies } from '../../course/make/make.ts';
import { hasEditor, workbenchFiles } from '../../course/make/workbench.ts';
import { serve } from '../../scripts/playground.ts';
import { closeBrowser, needsBrowser, withPage } from './browser.ts';

const { skip } = needsBrowser();
const options = { skip: skip || (hasEditor() ? false : 'npm --prefix docs ci has not been run') };
const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-workbench-'));
test.onFinish(async () => {
  rmSync(folder, { recursive: true, force: true });
  await closeBrowser();
});

/** The files of task 1 as the site has them, made once. */
let made: Promise<void> | undefined;
function makeSite(workplace: Workplace): Promise<void> {
  made ??= (async () => {
    const task = await loadTask('01-gradients');
    const files = await workbenchFiles([task], workplace, { dialsOf: () => ({}), withLibrary: true });
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  })();
  return made;
}

test('the Workbench says of each file what terminal and grader say', options, async (t) => {
  const task = await loadTask('01-gradients');
  const workplace = await Workplace.open();
  await makeSite(workplace);
  const server = await serve(folder, 0);
  try {
    await withPage({}, async ({ page, errors }) => {
      await page.goto(server.address);
      await page.waitForSelector('.workbench .cm-content');
      const reference = answersOf(await workplace.reference(task.task, {}));
      const whole = studentFile(task.task, { bodies: 'kept' });
      const texts = [
        studentFile(task.task, { bodies: 'cut' }),
        whole,
        whole.replace('return sigmoid(score) - label;', 'return label - sigmoid(score);'),
        `${whole}\nexport function (`,
        whole.replace('const rows', 'for (;;); const rows'),
        'import { x } from "fedtlrec"; export const sigmoid = x;',
      ];
      for (const text of texts) {
        const executor = await workplace.executor(task.task, text);
        const limits = { check: 2000, all: 20_000 };
        const there = await judge({
          task: task.task,
          checks: task.visible,
          dials: {},
          seed: 1,
          executor,
          reference,
          limits,
        });
        const here = await page.evaluate(async (code) => {
          const { check } = await import(`${location.origin}/workbench.js`);
          const { task } = await import(`${location.origin}/tasks/01-gradients.js`);
          const results = await check(task, `${location.origin}/`, code);
          return results.map(({ name, status }: { name: string; status: string }) => `${name} ${status}`);
        }, text);
        t.deepEqual(
          here,
          there.map(({ name, status }) => `${name} ${status}`),
          text.slice(-60),
        );
      }
      await page.click('.workbench button:text("Run the checks")');
      await page.waitForSelector('.workbench .results li.failed');
      await page.evaluate((text) => localStorage.setItem('fedtlrec-course-01-gradients', text), whole);
      await page.goto(`${new URL('?again', server.address).href}`);
      await page.waitForSelector('.workbench .cm-content');
      await page.focus('.workbench .cm-content');
      await page.press('.workbench .cm-content', 'Control+Enter');
      await page.waitForSelector('.workbench .results li.passed');
      t.equal(
        await page.locator('.workbench .results li.failed').count(),
        0,
        'the draft was kept, and passes',
      );
      await page.click('.workbench button:text("Plug it in")');
      await page.waitForSelector('.workbench .results svg');
      const said = await page.evaluate(() => document.querySelector('.workbench .results')!.textContent!);
      t.match(said, /the same digest/, 'plugged in, the reference gives the bits of the library');
      t.deepEqual(errors, []);
    });
  } finally {
    server.close();
    workplace.close();
  }
});

test(
  "the reader's code is stepped forwards and back, over calls, to a line, and a loop without an end is shown",
  options,
  async (t) => {
    const { task } = await loadTask('01-gradients');
    const workplace = await Workplace.open();
    await makeSite(workplace);
    const server = await serve(folder, 0);
    const whole = studentFile(task, { bodies: 'kept' });
    const lineOf = (words: string) => whole.split('\n').findIndex((line) => line.includes(words)) + 1;
    try {
      await withPage({}, async ({ page, errors }) => {
        /** The marked line of the code, the sentence, and the variables as text. */
        const seen = () =>
          page.evaluate(() => {
            const text = (selector: string) => document.querySelector(selector)?.textContent ?? '';
            return {
              line: text('.workbench .at').trim(),
              sentence: text('.workbench .caption'),
              variables: text('.workbench .step-variables'),
              changed: [...document.querySelectorAll('.workbench .changed')].map((cell) => cell.textContent),
              position: text('.workbench .slide span'),
            };
          });
        const open = async (text: string, query: string) => {
          await page.goto(server.address);
          await page.evaluate((code) => localStorage.setItem('fedtlrec-course-01-gradients', code), text);
          await page.goto(`${new URL(query, server.address).href}`);
          await page.waitForSelector('.workbench .cm-content');
          await page.click('.workbench button:text("Step through it")');
          await page.waitForSelector('.workbench .cm-line.at');
        };
        const choose = async (at: number) => {
          const before = (await seen()).position;
          await page.evaluate((value) => {
            const select = document.querySelector<HTMLSelectElement>('.workbench .case select')!;
            select.value = value;
            select.dispatchEvent(new Event('change'));
          }, String(at));
          await page.waitForFunction(
            (old) => document.querySelector('.workbench .slide span')!.textContent !== old,
            before,
          );
        };
        await open(whole, '?steps');
        t.match(
          (await seen()).line,
          /const decay = Math.exp/,
          'the first line of sigmoid is marked in the editor',
        );
        await choose(1);
        const first = await seen();
        t.match(first.line, /expectSample/);
        await page.evaluate((line) => {
          document.querySelector<HTMLSelectElement>('.workbench .to select')!.value = String(line);
        }, lineOf('gradient[row] = counts[row]'));
        await page.click('.workbench button:text("Run to line")');
        const there = await seen();
        t.match(there.line, /^gradient\[row\] = counts\[row\]/);
        await page.press('.workbench button.forward', 'ArrowRight');
        t.match(
          (await seen()).sentence,
          /of binaryCrossEntropyGradient is about to run/,
          'a step leads into a call',
        );
        await page.press('.workbench button.forward', 'ArrowLeft');
        t.deepEqual(await seen(), there, 'a step back shows what was there');
        await page.press('.workbench button.forward', 'Shift+ArrowRight');
        const after = await seen();
        t.match(after.line, /^for \(let row = 0/, 'over the call');
        t.match(after.sentence, /gradient\[0\] was 0, is -0\.5\./);
        t.deepEqual(after.changed, ['-0.5', '1'], 'one cell of the gradient, and the row, have frames');
        await page.press('.workbench button.forward', 'End');
        t.match(
          (await seen()).sentence,
          /scoreGradient returns \[-0\.5, 1\.5, -0\]\. This is the last step\./,
        );
        await page.press('.workbench button.forward', 'Home');
        t.deepEqual(await seen(), first);
        await page.press('.workbench .cm-content', 'End');
        await page.press('.workbench .cm-content', 'Space');
        t.equal(
          await page.locator('.workbench .cm-line.at').count(),
          0,
          'who writes on has no old steps before the eyes',
        );

        await open(
          whole.replace(
            'return score < 0',
            'for (let n = 0; ; n++) try { for (;;); } catch {}\n  return score < 0',
          ),
          '?loop',
        );
        await page.press('.workbench button.forward', 'End');
        t.match((await seen()).sentence, /Stopped after 20000 steps/, 'a loop that catches everything, too');
        t.deepEqual(errors, []);
      });
    } finally {
      server.close();
      workplace.close();
    }
  },
);

test(
  "the library's own functions are stepped without the editor, and the student's files hold none of them",
  options,
  async (t) => {
    const folderOfTask = await loadTask('01-gradients');
    const workplace = await Workplace.open();
    await makeSite(workplace);
    const server = await serve(folder, 0);
    try {
      await withPage({}, async ({ page, errors }) => {
        await page.goto(`${server.address}library.js`); // a page without anything on it
        await page.evaluate(async (base) => {
          document.body.innerHTML = '<div id="place"></div>';
          const { mountLibrary } = await import(`${base}library.js`);
          await mountLibrary(
            document.querySelector('#place'),
            '01-gradients',
            base,
            (file: string) => `/source/${file}`,
          );
        }, server.address);
        await page.waitForSelector('.workbench .source .at');
        const link = () =>
          page.evaluate(
            () => document.querySelector<HTMLAnchorElement>('.workbench .head a')!.getAttribute('href')!,
          );
        const marked = () => page.evaluate(() => document.querySelector('.workbench .at')!.textContent!);
        const text = await marked();
        t.match(await link(), /^\/source\/lib\/model\/loss\.ts#L\d+$/);
        const line = Number((await link()).split('#L')[1]);
        const source = readFileSync(new URL('../../lib/model/loss.ts', import.meta.url), 'utf8').split('\n');
        t.equal(text.trimEnd(), source[line - 1], 'the marked line is that line of the file');
        await page.press('.workbench button.forward', 'End');
        await page.press('.workbench button.forward', 'Home');
        t.equal(await marked(), text);
        t.deepEqual(
          errors.filter((error) => !error.includes('404')),
          [],
        );
      });
      const forStudents = await workbenchFiles([folderOfTask], workplace, { dialsOf: () => ({}) });
      t.deepEqual(
        [...forStudents.keys()].filter((path) => path.startsWith('library')),
        [],
      );
      t.doesNotThrow(() => expectNoBodies(forStudents, [folderOfTask]));
    } finally {
      server.close();
      workplace.close();
    }
  },
);
