import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'tape';
import { runHere, temporaryFolder, writeSmallRatings } from '../cli/command-line.ts';
import { closeBrowser, namelessControls, needsBrowser, numbersShown, texts, withPage } from './browser.ts';

const folder = temporaryFolder();
const file = join(folder, 'report.html');
const url = pathToFileURL(file).href;
test.onFinish(() => void closeBrowser());

test('a report opens from the disk, in light and dark, on a phone too', needsBrowser(), async (t) => {
  const data = writeSmallRatings(folder);
  const quick = ['--data', data, '--rounds', '6', '--evaluate-every', '2', '--clusters', '2', '--heads', '2'];
  await runHere(['compare', ...quick, '--recipes', 'fedtlrec,fedmf,popularity', '--report', file, '--json']);
  for (const theme of ['light', 'dark'] as const) {
    for (const width of [1280, 390]) {
      await withPage({ theme, width }, async ({ page, errors, requests }) => {
        await page.goto(url);
        await page.waitForSelector('[data-ready]');
        await numbersShown(page);
        t.equal((await texts(page, '.fv-panel')).length, 7, `${theme}, ${width} wide: all panels`);
        const back = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const isDark = Number(/\d+/.exec(back)![0]) < 128;
        t.equal(isDark, theme === 'dark', `paper ${back}`);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        t.ok(overflow <= 0, 'nothing sticks out');
        t.deepEqual(await namelessControls(page), [], 'every control has a name');
        t.deepEqual(errors, [], 'no errors');
        t.deepEqual(
          [...new Set(requests.map((request) => request.split(',')[0]))],
          [url],
          'nothing else is loaded',
        );
      });
    }
  }
});

test(
  'a report shows the figures of its runs and steps through them, also by keyboard',
  needsBrowser(),
  async (t) => {
    await withPage({}, async ({ page, errors }) => {
      await page.goto(url);
      await page.waitForSelector('[data-ready]');
      const atEnd = await numbersShown(page);
      t.equal(atEnd[0], 'Round 6: evaluate');
      const labels = (await texts(page, '.fv-legend li')).map((text) => text.split(' ')[0]);
      t.deepEqual(labels, ['fedtlrec', 'fedmf', 'popularity'], 'recipes over each other');
      await page.focus('.fv-timeline input');
      await page.press('.fv-timeline input', 'Home');
      t.equal((await numbersShown(page))[0], 'Before the first round');
      await page.press('.fv-timeline input', 'ArrowRight');
      t.equal((await numbersShown(page))[0], 'Round 1: train at home');
      await page.press('.fv-timeline input', 'End');
      t.deepEqual(await numbersShown(page), atEnd, 'and back to the same numbers');
      t.deepEqual(errors, []);
    });
  },
);
