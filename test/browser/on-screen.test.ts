// While moments follow each other, only what is on screen is drawn. Nobody may notice: neither who stops, scrolls, prints or saves, nor
// who looks at a picture whose shapes were moved instead of made anew.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'tape';
import { fedtlrec, leaveOneOut, openRun, syntheticRatings } from '../../lib/index.ts';
import { writeReport } from '../../lib/node/report.ts';
import { momentsOf } from '../../lib/trace/moments.ts';
import { TraceRecorder } from '../../lib/trace/recorder.ts';
import type { Trace } from '../../lib/trace/trace.ts';
import { flowFrame } from '../../viewer/flow/frame-of.ts';
import { stations } from '../../viewer/flow/stations.ts';
import { temporaryFolder } from '../cli/command-line.ts';
import { closeBrowser, needsBrowser, type Page, pixelsOf, saved, withPage } from './browser.ts';

const file = join(temporaryFolder(), 'report.html');
test.onFinish(() => void closeBrowser());

async function recorded(): Promise<Trace> {
  const { ratings, groupOf, itemGroupOf } = syntheticRatings({
    users: 40,
    items: 60,
    groups: 3,
    meanRatings: 12,
  });
  const settings = { rounds: 6, clusters: 3, heads: 2, dropout: 0.3, refreshEvery: 2, evaluateEvery: 2 };
  const run = openRun(fedtlrec, leaveOneOut(ratings), { settings });
  const recorder = new TraceRecorder(run, 'fedtlrec', {
    sizes: { clients: 40, owners: 20, focus: 3 },
    truth: { users: groupOf, items: itemGroupOf },
  });
  for await (const event of run.rounds({ watch: recorder.watch })) recorder.add(event);
  const trace = recorder.finish();
  const nothing = { title: 'on screen', facts: [], tables: [], commands: [], configuration: {} };
  await writeReport(file, { ...nothing, runs: [{ label: 'fedtlrec', trace }] }, Infinity);
  return trace;
}

/** Opens the report in a window so low that no panel is on screen. */
function withLowWindow(work: (page: Page) => Promise<void>): Promise<void> {
  return withPage({}, async ({ page }) => {
    await page.setViewportSize({ width: 1280, height: 320 });
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('[data-ready]');
    await frames(page, 4); // the browser says what is on screen
    await work(page);
  });
}

function frames(page: Page, count: number): Promise<void> {
  return page.evaluate(async (wanted) => {
    for (let frame = 0; frame < wanted; frame++) await new Promise(requestAnimationFrame);
  }, count);
}

type Then = 'nothing' | 'one frame' | 'beforeprint';

/** Moves to a moment, does something else before the page has had time, and says what the panels say then. */
function panelsAfter(page: Page, at: number, then: Then): Promise<string[]> {
  return page.evaluate(
    async ([place, what]) => {
      const slider = document.querySelector('.fv-timeline input') as HTMLInputElement;
      slider.value = String(place);
      slider.dispatchEvent(new Event('input'));
      if (what === 'one frame') await new Promise(requestAnimationFrame);
      if (what === 'beforeprint') dispatchEvent(new Event('beforeprint'));
      return [...document.querySelectorAll('.fv-panel .fv-number, .fv-panel canvas')].map(
        (part) => part.getAttribute('aria-label') ?? part.textContent ?? '',
      );
    },
    [at, then] as const,
  );
}

test(
  'panels off screen wait while moments follow each other, and are right as soon as they rest',
  needsBrowser(),
  async (t) => {
    await recorded();
    await withLowWindow(async (page) => {
      const atEnd = await panelsAfter(page, 1e6, 'nothing');
      await frames(page, 3);
      const hurried = await panelsAfter(page, 5, 'one frame');
      t.deepEqual(hurried, atEnd, 'one frame later they have not been touched');
      await frames(page, 2);
      const rested = await panelsAfter(page, 5, 'nothing');
      t.notDeepEqual(rested, hurried, 'the next frame that nobody needs brings them up to date');
      await panelsAfter(page, 9, 'one frame');
      const scrolled = await page.evaluate(async () => {
        document.querySelector('.fv-panel-quality')!.scrollIntoView();
        for (let frame = 0; frame < 4; frame++) await new Promise(requestAnimationFrame);
        return document.querySelector('.fv-panel-quality canvas')!.getAttribute('aria-label');
      });
      t.ok((await panelsAfter(page, 9, 'nothing')).includes(scrolled!), 'and so does scrolling to them');
    });
  },
);

test(
  'whoever prints or saves gets the moment on screen, panels off screen included',
  needsBrowser(),
  async (t) => {
    await withLowWindow(async (page) => {
      await panelsAfter(page, 3, 'nothing');
      await frames(page, 3);
      const wanted = await panelsAfter(page, 3, 'nothing');
      const picture = await saved(page, '.save button:nth-of-type(2)');
      await panelsAfter(page, 1e6, 'nothing');
      await frames(page, 3);
      t.notDeepEqual(await panelsAfter(page, 1e6, 'nothing'), wanted, 'another moment looks different');
      t.deepEqual(await panelsAfter(page, 3, 'beforeprint'), wanted, 'on paper');
      await panelsAfter(page, 1e6, 'nothing');
      await frames(page, 3);
      await page.evaluate(() => {
        const [, button] = document.querySelectorAll('.save button');
        const slider = document.querySelector('.fv-timeline input') as HTMLInputElement;
        button!.addEventListener('pointerdown', () => {
          slider.value = '3';
          slider.dispatchEvent(new Event('input'));
          (button as HTMLElement).click(); // in the same breath
        });
      });
      const hurried = await saved(page, '.save button:nth-of-type(2)');
      t.deepEqual(hurried.bytes, picture.bytes, 'the picture of all panels');
    });
  },
);

/** Shapes of a drawing, whoever wrote them: tags with their attributes in order of name. */
function shapesOf(text: string): string[] {
  const shapes = text.matchAll(/<(\w+)([^>]*?)\/?>(?:([^<]*)<\/\1>)?/g);
  return [...shapes].map(([, tag, attributes, inside]) =>
    [tag, ...[...attributes!.matchAll(/[\w-]+="[^"]*"/g)].map(String).sort(), inside ?? ''].join(' '),
  );
}

test(
  'the flow picture is drawn in place exactly as it is written for pages without a program, in any order of moments',
  needsBrowser(),
  async (t) => {
    const trace = await recorded();
    const moments = momentsOf(trace);
    const order = [
      ...moments.keys(),
      ...[...moments.keys()].reverse(),
      ...moments.map((_, at) => (at * 7) % moments.length),
    ];
    await withPage({}, async ({ page }) => {
      await page.goto(pathToFileURL(file).href);
      await page.waitForSelector('[data-ready]');
      const drawn = await page.evaluate(async (places) => {
        const slider = document.querySelector('.fv-timeline input') as HTMLInputElement;
        const all: string[][] = [];
        for (const place of places) {
          slider.value = String(place);
          slider.dispatchEvent(new Event('input'));
          await new Promise(requestAnimationFrame);
          const stations = [...document.querySelectorAll('.flow-station')];
          all.push(
            stations.map(
              (station) =>
                `${station.querySelector('svg')!.innerHTML}<p>${station.querySelector('.flow-figure')!.innerHTML}</p>`,
            ),
          );
        }
        return all;
      }, order);
      const wrong = order.flatMap((at, step) => {
        const frame = flowFrame(trace, moments[at]!);
        return stations.flatMap((station, place) => {
          const wanted = `${station.draw(frame)}<p>${station.figure(frame)}</p>`;
          const isRight = shapesOf(drawn[step]![place]!).join('\n') === shapesOf(wanted).join('\n');
          return isRight ? [] : [`step ${step}, moment ${at}, ${station.name}`];
        });
      });
      t.deepEqual(wrong, [], `${order.length} moments, ${stations.length} stations each`);
    });
  },
);

test('paper is light, also for who reads in the dark', needsBrowser(), async (t) => {
  const canvas = '.fv-panel-ratings canvas';
  const opened = async (page: Page) => {
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('[data-ready]');
    await frames(page, 3);
    return pixelsOf(page, canvas);
  };
  const light = await withPage({ theme: 'light' }, ({ page }) => opened(page));
  await withPage({ theme: 'dark' }, async ({ page }) => {
    const dark = await opened(page);
    t.notEqual(dark, light, 'the dark picture is another one');
    const printed = await page.evaluate((selector) => {
      dispatchEvent(new Event('beforeprint'));
      const { theme } = document.documentElement.dataset;
      const { fvTheme } = (document.querySelector('.fv') as HTMLElement).dataset;
      const pixels = (document.querySelector(selector) as HTMLCanvasElement).toDataURL();
      dispatchEvent(new Event('afterprint'));
      return { theme, fvTheme, pixels };
    }, canvas);
    t.deepEqual(printed, { theme: 'light', fvTheme: 'light', pixels: light }, 'before the printer begins');
    await frames(page, 3);
    t.equal(await pixelsOf(page, canvas), dark, 'and back');
  });
});

test(
  'the saved table of bytes ends where the moment stands: what has not come down yet is not in it',
  needsBrowser(),
  async (t) => {
    await withPage({}, async ({ page }) => {
      await page.goto(pathToFileURL(file).href);
      await page.waitForSelector('[data-ready]');
      const rowAt = async (at: number) => {
        await panelsAfter(page, at, 'nothing');
        await frames(page, 3);
        await page.click('.fv-panel-bytes .take');
        const { bytes } = await saved(page, '.take-choices button:nth-of-type(3)');
        await page.click('.fv-panel-bytes .take');
        return new TextDecoder().decode(bytes).trim().split('\r\n').at(-1)!.split(',');
      };
      const [sent, merged] = [await rowAt(2), await rowAt(3)];
      t.deepEqual(sent.slice(0, 4), merged.slice(0, 4), 'what went up in round 1');
      t.deepEqual(sent.slice(4), ['', '', ''], 'nothing down, and no sum');
      t.ok(
        merged.slice(4).every((cell) => Number(cell) > 0),
        'one moment later there is',
      );
    });
  },
);
