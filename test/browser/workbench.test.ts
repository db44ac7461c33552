// The Workbench in a real browser: the same verdicts as the child process of terminal and grader, a loop that is ended, a
// draft that stays, a training with the reader's code, all of it without a network once it is loaded.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'tape';
import { judge } from '../../course/kit/judge.ts';
import { loadTask } from '../../course/kit/load.ts';
import { studentFile } from '../../course/kit/stub.ts';
import { answersOf } from '../../course/kit/trusted.ts';
import { Workplace } from '../../course/kit/workplace.ts';
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

test('the Workbench says of each file what terminal and grader say', options, async (t) => {
  const task = await loadTask('01-gradients');
  const workplace = await Workplace.open();
  const files = await workbenchFiles([task], workplace, { dialsOf: () => ({}) });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
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
      await page.click('.workbench button:nth-of-type(1)');
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
      await page.click('.workbench button:nth-of-type(2)');
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
