// A first-time reader's path through the built site, and what it must be like: a whole round moves without a click, a prediction is
// one click, a step back shows what was shown before, and lesson 6 opens with the same clients; three clicks in all, and no field filled
// (that reading takes less than a minute, test/viewer/flow.test.ts says). Also how far a page
// shifts while it loads, and how many keys lead to Play.
import { readFileSync } from 'node:fs';
import { type Browser, type Page, patience } from './browser.ts';
import type { Served } from './serve.ts';

/** Who is on the start page. */
const phones = (
  JSON.parse(readFileSync(new URL('../../docs/playground/first-run.json', import.meta.url), 'utf8')) as {
    frames: [{ phones: { id: string }[] }];
  }
).frames[0].phones.map(({ id }) => id);
const phases = ['train at home', 'send', 'merge, broadcast', 'K-means', 'attention', 'evaluate'];

/** The moments that the start page shows by itself, until the second round begins; later ones are noted, too. Runs in the page. */
const watchRound = `new Promise((resolve) => {
  const seen = (globalThis.seen = []);
  const look = () => {
    const name = document.querySelector('.flow-moment').textContent;
    if (seen.at(-1) !== name) seen.push(name);
    if (name.startsWith('Round 2')) resolve([...seen]);
    requestAnimationFrame(look);
  };
  look();
})`;
const flowTexts = `[...document.querySelectorAll('.flow-moment, .flow-said, .flow-figure')].map(({ textContent }) => textContent).join('|')`;
const cells = (selector: string) =>
  `[...document.querySelectorAll('${selector}')].map(({ textContent }) => textContent.trim())`;

async function open({ address }: Served, page: Page, name: string, isReady: string): Promise<void> {
  page.setDefaultTimeout(patience);
  await page.goto(`${address}/${name}`, { waitUntil: 'load' });
  await page.waitForFunction(isReady);
}

export async function firstPathProblems(browser: Browser, served: Served): Promise<string[]> {
  return [
    ...(await pathProblems(browser, served)),
    ...(await stillProblems(browser, served)),
    ...(await keyProblems(browser, served)),
    ...(await shiftProblems(browser, served)),
  ];
}

async function pathProblems(browser: Browser, served: Served): Promise<string[]> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await open(served, page, 'index.html', "document.querySelector('.flow-place[data-ready]') !== null");
  const seen = await page.evaluate<string[]>(watchRound);
  const missing = phases.filter((phase) => !seen.some((name) => name.startsWith(`Round 1: ${phase}`)));
  await page.locator('.flow-question button').first().click(); // the first click: a prediction
  const verdict = (await page.locator('.flow-verdict').textContent()) ?? '';
  const shown = await page.evaluate<string[]>('[...globalThis.seen]'); // the picture waits now
  await page.locator('.flow-back').click(); // the second
  const before = await page.evaluate<string>(flowTexts);
  const own =
    /will (\S+) listen/.exec((await page.locator('.flow-question p').first().textContent()) ?? '')?.[1] ?? '';
  await page.locator('.flow-verdict a').click(); // the third: the lesson
  await page.waitForFunction("document.querySelector('.stepper[data-ready]') !== null");
  await page.waitForFunction("/of your run/.test(document.querySelector('.stepper header').textContent)");
  const [first, ...rest] = await page.evaluate<string[]>(
    cells('.stepper .grid thead th[scope=col], .stepper .grid thead th + th'),
  );
  const caption = (await page.locator('.stepper .caption').first().textContent()) ?? '';
  await page.close();
  const wanted = shown.at(-2)!;
  return [
    ...missing.map((phase) => `index.html: the first round does not show “${phase}” by itself`),
    ...(/^\s*(As|Not what) you said\. In round 1, .*has /.test(verdict)
      ? []
      : [`index.html: a prediction is answered by “${verdict.trim()}”`]),
    ...(before.startsWith(wanted)
      ? []
      : [`index.html: a step back leads to ${before.slice(0, 40)}, not to ${wanted}`]),
    ...(caption.includes(own) && own !== ''
      ? []
      : [`lesson 6 does not begin with client ${own}: ${caption}`]),
    ...[first, ...rest]
      .filter((id) => id !== undefined && id !== '' && !phones.includes(id))
      .map((id) => `lesson 6 shows ${id}, who is not on the start page`),
  ];
}

/** Who wants no motion: nothing plays by itself, steps work. */
async function stillProblems(browser: Browser, served: Served): Promise<string[]> {
  const page = await browser.newPage({ viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' });
  await open(served, page, 'index.html', "document.querySelector('.flow-place[data-ready]') !== null");
  const before = await page.evaluate<string>(flowTexts);
  await page.locator('.flow-step').click();
  const after = await page.evaluate<string>(flowTexts);
  await page.locator('.flow-back').click();
  const again = await page.evaluate<string>(flowTexts);
  const hasPlay = await page.evaluate<boolean>("document.querySelector('.flow-play').offsetParent !== null");
  const flies = await page.evaluate<number>("document.querySelectorAll('.flow-parcel').length");
  await page.close();
  return [
    ...(after !== before && again === before
      ? []
      : ['index.html: steps do not come back to where they were']),
    ...(hasPlay || flies > 0 ? ['index.html: something moves by itself although no motion is wanted'] : []),
  ];
}

/** From the link that skips the menus, Play is a few keys away. */
async function keyProblems(browser: Browser, served: Served): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, play, isReady] of [
    ['index.html', '.flow-play', "document.querySelector('.flow-place[data-ready]') !== null"],
    ['playground.html', '.fv-play', "document.querySelector('.fv-play') !== null"],
  ] as const) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await open(served, page, name, isReady);
    await page.locator('.VPSkipLink').focus();
    await page.locator('.VPSkipLink').press('Enter');
    let keys = 0;
    const isThere = () => page.evaluate<boolean>(`document.activeElement.matches('${play}')`);
    while (keys < 8 && !(await isThere())) {
      await page.locator(':focus').press('Tab');
      keys++;
    }
    if (keys > 4) problems.push(`${name}: ${keys} keys or more from the menus to Play`);
    await page.close();
  }
  return problems;
}

/** How far what can be seen jumps while a page loads: at most .05 (Cumulative Layout Shift). */
async function shiftProblems(browser: Browser, served: Served): Promise<string[]> {
  const problems: string[] = [];
  const ready = {
    'index.html': "document.querySelector('.flow-place[data-ready]') !== null",
    'playground.html': "document.querySelector('.fv-play') !== null",
  };
  for (const [name, isReady] of Object.entries(ready)) {
    for (const viewport of [
      { width: 1280, height: 900 },
      { width: 390, height: 844 },
    ]) {
      const page = await browser.newPage({ viewport });
      await open(served, page, name, isReady);
      const shift = await page.evaluate<number>(`new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) sum += value;
        }).observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => resolve(sum), 1500);
      })`);
      console.log(`layout shift of ${name}, ${viewport.width} wide: ${shift.toFixed(3)}`);
      if (shift > 0.05) problems.push(`${name}, ${viewport.width} wide: shifts by ${shift.toFixed(3)}`);
      await page.close();
    }
  }
  return problems;
}
