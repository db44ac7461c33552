// From the built site: all lessons as one PDF for print, and the drawings of all lessons as SVG for slides. Pages are opened in
// Chromium, and drawings are those that a reader saves.
//   npm run docs:build && npm run docs:pdf
// Writes docs/public/lessons.pdf and docs/public/figures/, which the next build of the site takes along. Not committed: letters
// stand where the fonts of this machine put them. SITE_URL is where links in the PDF lead; without it they are plain text.
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openBrowser, type Page, patience } from '../test/site/browser.ts';
import { pagesOfSite } from '../test/site/files.ts';
import { serveSite } from '../test/site/serve.ts';

const out = fileURLToPath(new URL('../docs/public/', import.meta.url));
const lessons = pagesOfSite().filter((page) => /^lessons\/\d\d-.*\.html$/.test(page));
const siteUrl = process.env.SITE_URL?.replace(/\/?$/, '/') ?? null;

mkdirSync(`${out}figures`, { recursive: true });
const served = await serveSite();
const browser = await openBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1000, height: 1200 }, colorScheme: 'light' });
  page.setDefaultTimeout(patience);
  const parts: string[] = [];
  let figures = 0;
  for (const lesson of lessons) {
    await page.goto(`${served.address}/${lesson}`, { waitUntil: 'networkidle' });
    await page.waitForFunction("document.querySelector('.stepper[data-ready]') !== null");
    parts.push(await page.evaluate<string>("document.querySelector('.vp-doc').innerHTML"));
    figures += await saveFigures(page, lesson.replace(/^lessons\/|\.html$/g, ''));
  }
  await page.evaluate(assembled(parts));
  await page.pdf({
    ...{ path: `${out}lessons.pdf`, format: 'A4', printBackground: true, outline: true, tagged: true },
    margin: { top: '15mm', bottom: '17mm', left: '15mm', right: '15mm' },
    ...{ displayHeaderFooter: true, headerTemplate: '<span></span>' },
    footerTemplate:
      '<span style="font-size: 8px; width: 100%; text-align: center">fedtlrec, lessons · <span class="pageNumber"></span></span>',
  });
  console.log(`docs/public/lessons.pdf: ${lessons.length} lessons; docs/public/figures: ${figures} drawings`);
} finally {
  await browser.close();
  served.close();
}

/** Saves the picture and the stepper, at its last step, as a reader would; all words of its sentence must be in the drawing. */
async function saveFigures(page: Page, lesson: string): Promise<number> {
  await page.locator('.stepper button[aria-label="Last step"]').first().click();
  await page.evaluate('new Promise((resolve) => setTimeout(resolve, 600))'); // words of the glossary become buttons after a rest
  const places = { picture: 'p:has(> svg.picture) + .take', stepper: '.stepper .take' };
  for (const [name, button] of Object.entries(places)) {
    await page.locator(button).first().click();
    const chosen = page.locator('.take-choices .take-choice').first();
    const [download] = await Promise.all([page.waitForEvent('download'), chosen.click()]);
    await download.saveAs(`${out}figures/${lesson}-${name}.svg`);
    await page.locator('.take-choices').first().press('Escape');
  }
  const sentence = await page.evaluate<string>("document.querySelector('.stepper .caption').textContent");
  const drawing = readFileSync(`${out}figures/${lesson}-stepper.svg`, 'utf8').replace(/<[^>]*>|\s/g, '');
  const written = drawing.replaceAll('&lt;', '<').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  const lost = sentence.split(/\s+/).filter((word) => !written.includes(word));
  if (lost.length > 0)
    throw new Error(`the drawing of ${lesson}'s stepper lacks the words ${lost.join(' ')}`);
  return 2;
}

/** Puts all lessons onto the page that is open; a link to another lesson leads to it, others to the site. */
function assembled(parts: readonly string[]): string {
  return `(() => {
    const place = document.querySelector('.vp-doc');
    const parts = ${JSON.stringify(parts)};
    const names = ${JSON.stringify(lessons)};
    place.innerHTML = parts.map((part, at) => '<article id="' + names[at] + '" style="break-before: ' + (at > 0 ? 'page' : 'auto') + '">' + part + '</article>').join('');
    for (const link of place.querySelectorAll('a[href]')) {
      const url = new URL(link.href);
      if (url.host !== location.host) continue;
      const lesson = names.find((name) => url.pathname === '/' + name);
      const site = ${JSON.stringify(siteUrl)};
      if (lesson) link.setAttribute('href', '#' + lesson);
      else if (site) link.href = site + url.pathname.slice(1) + url.hash;
      else link.removeAttribute('href');
    }
    document.title = 'fedtlrec: the lessons';
  })()`;
}
