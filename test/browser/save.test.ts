// What a reader takes away from the playground and from a report: a picture that is one, and a trace that shows the same
// numbers when it is opened again.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'tape';
import { writeReport } from '../../lib/node/report.ts';
import type { Trace } from '../../lib/trace/trace.ts';
import { decodeTrace } from '../../lib/trace/trace-file.ts';
import { runHere, temporaryFolder, writeSmallRatings } from '../cli/command-line.ts';
import { needsBrowser, numbersShown, type Page, saved, texts, withPage } from './browser.ts';
import { address, play, reaches, small } from './served-playground.ts';

const folder = temporaryFolder();
/** Three columns of 460 with gaps of 18, two pixels each. */
const pictureWidth = 2 * (3 * (460 + 18) + 18);
const buttons = {
  playground: { trace: '.pg-actions button:nth-of-type(2)', picture: '.pg-actions button:nth-of-type(3)' },
  report: { trace: '.save button:nth-of-type(1)', picture: '.save button:nth-of-type(2)' },
};

interface PictureFacts {
  readonly width: number;
  readonly height: number;
  /** The pixel in the corner: the paper. */
  readonly corner: readonly number[];
  /** Shares of the columns that hold something else than paper. */
  readonly used: readonly number[];
}

/** Decodes a picture as the browser does; it throws if that is none. */
function factsOf(page: Page, bytes: Uint8Array): Promise<PictureFacts> {
  return page.evaluate(
    async (numbers) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(numbers)], { type: 'image/png' }));
      const { width, height } = bitmap;
      const context = new OffscreenCanvas(width, height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, width, height);
      const used = [0, 0, 0];
      for (let at = 0; at < data.length; at += 4) {
        const isPaper = [0, 1, 2].every((channel) => data[at + channel] === data[channel]);
        if (!isPaper) used[Math.floor((3 * ((at / 4) % width)) / width)]! += 3 / (width * height);
      }
      return { width, height, corner: [...data.slice(0, 4)], used };
    },
    [...bytes],
  );
}

/** Opens a trace in a report of its own; what its page shows at the end, and after some steps back. */
async function shownOf(trace: Trace, label: string, stepsBack: number): Promise<string[][]> {
  const file = join(folder, `${label}.html`);
  const nothing = { title: label, facts: [], tables: [], commands: [], configuration: {} };
  await writeReport(file, { ...nothing, runs: [{ label, trace }] });
  return withPage({}, async ({ page }) => {
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('[data-ready]');
    return shownOn(page, stepsBack);
  });
}

/** What a page shows where it stands, and after some steps back. */
async function shownOn(page: Page, stepsBack: number): Promise<string[][]> {
  const shown = [await numbersShown(page)];
  for (let step = 0; step < stepsBack; step++) await page.click('button[aria-label="Step back"]');
  shown.push(await numbersShown(page));
  return shown;
}

for (const theme of ['light', 'dark'] as const) {
  test(`the playground saves its panels as a picture, ${theme}`, needsBrowser(), async (t) => {
    await withPage({ theme }, async ({ page, errors }) => {
      await page.goto(await address(small));
      await reaches(page, 'ready');
      await page.click(play);
      await reaches(page, 'finished');
      const { name, bytes } = await saved(page, buttons.playground.picture);
      t.equal(name, 'fedtlrec.png');
      const { width, height, corner, used } = await factsOf(page, bytes);
      t.equal(width, pictureWidth);
      t.ok(height > 1200 && height < 8000, `${height} high`);
      t.ok(theme === 'light' ? corner[0]! > 240 : corner[0]! < 40, `paper ${corner}`);
      for (const share of used) t.ok(share > 0.02, `${(100 * share).toFixed(0)} % of a column is drawn on`);
      t.deepEqual(errors, []);
    });
  });
}

test(
  'a trace that the playground saves opens again and shows the same numbers',
  needsBrowser(),
  async (t) => {
    await withPage({}, async ({ page, errors }) => {
      await page.goto(`${await address(small)}&show.focus=0`); // a report begins with the first client
      await reaches(page, 'ready');
      await page.click(play);
      await reaches(page, 'finished');
      const { name, bytes } = await saved(page, buttons.playground.trace);
      t.equal(name, 'fedtlrec.trace');
      const trace = decodeTrace(bytes);
      t.deepEqual([trace.about.recipe, trace.rounds.length], ['fedtlrec', 8]);
      const shown = await shownOn(page, 7);
      t.notDeepEqual(shown[0], shown[1]);
      t.deepEqual(await shownOf(trace, 'fedtlrec', 7), shown);
      t.deepEqual(errors, []);
    });
  },
);

test('a report saves the run that is looked at, as a picture and as a trace', needsBrowser(), async (t) => {
  const data = writeSmallRatings(folder);
  const file = join(folder, 'report.html');
  const quick = ['--data', data, '--rounds', '4', '--evaluate-every', '2', '--clusters', '2', '--heads', '2'];
  await runHere(['compare', ...quick, '--recipes', 'fedtlrec,fedmf', '--report', file, '--json']);
  await withPage({}, async ({ page, errors }) => {
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('[data-ready]');
    const first = await saved(page, buttons.report.trace);
    t.deepEqual([first.name, decodeTrace(first.bytes).about.recipe], ['fedtlrec.trace', 'fedtlrec']);
    await page.evaluate(() => {
      const which = document.querySelector('.fv-row select') as HTMLSelectElement;
      which.value = '1';
      which.dispatchEvent(new Event('change'));
    });
    const second = await saved(page, buttons.report.trace);
    t.deepEqual([second.name, decodeTrace(second.bytes).about.recipe], ['fedmf.trace', 'fedmf']);
    const { name, bytes } = await saved(page, buttons.report.picture);
    t.equal(name, 'fedmf.png');
    t.equal((await factsOf(page, bytes)).width, pictureWidth);
    const again = await shownOf(decodeTrace(second.bytes), 'again', 0);
    const own = (await texts(page, '.fv-legend .fv-number'))[1]!.split(' ')[0]!;
    t.ok(
      again[0]!.some((text) => text.startsWith(own)),
      `HR@10 ${own} is on the page of the saved trace`,
    );
    t.deepEqual(errors, []);
  });
});
