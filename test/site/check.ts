// Checks the built site (`npm run docs:build`) and prints what it weighs: links, pages in a browser, the first load.
// `npm run docs:check`; with a folder as argument it also writes screenshots there, to be looked at.
import { inaccessible } from './accessible.ts';
import { openBrowser, patience } from './browser.ts';
import { embedProblems } from './embeds.ts';
import { firstPathProblems } from './first-path.ts';
import { brokenLinks } from './links.ts';
import { pagesToOpen, problemsOf } from './pages.ts';
import { takePictures } from './pictures.ts';
import { searchProblems } from './search.ts';
import { type Served, serveSite } from './serve.ts';
import { walkProblems } from './walks.ts';

/** Pages that are weighed: the most bytes that each may take until it can be used, and when that is. */
const firstPages: Record<string, [most: number, isReady: string]> = {
  'index.html': [250_000, "document.querySelector('#app')?.__vue_app__ !== undefined"],
  'lessons/06-attention.html': [150_000, "document.querySelector('.stepper[data-ready]') !== null"],
  'playground.html': [
    250_000,
    "document.querySelector('.vp-doc input') !== null && !document.body.textContent.includes('Preparing')",
  ],
};
const [folder] = process.argv.slice(2);

const { pages, links, broken } = brokenLinks();
console.log(`${pages} pages, ${links} links, ${broken.length} broken`);
const problems = [...broken];

const served = await serveSite();
const browser = await openBrowser();
console.log(`chromium ${browser.version()}`);
try {
  for (const [name, [most, isReady]] of Object.entries(firstPages)) {
    const bytes = await firstLoad(served, name, isReady);
    console.log(`first load of ${name}: ${(bytes / 1000).toFixed(0)} kB packed`);
    if (bytes > most) problems.push(`${name}: ${bytes} bytes packed are more than ${most}`);
  }
  const open = pagesToOpen();
  // Each has pages of its own, and nothing is concluded from how long something takes: so two at a time.
  const inPages = async () => [
    ...(await problemsOf(browser, served, open)),
    ...(await walkProblems(browser, served)),
    ...(await searchProblems(browser, served)),
  ];
  const inFrames = async () => [
    ...(await inaccessible(browser, served, open)),
    ...(await embedProblems(browser, served)),
    ...(await firstPathProblems(browser, served)),
  ];
  for (const found of await Promise.all([inPages(), inFrames()])) problems.push(...found);
  console.log(`${open.length} pages opened`);
  if (folder) await takePictures(browser, served, folder);
} finally {
  await browser.close();
  served.close();
}

for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'the site is in order' : `${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Packed bytes of everything that a page asks for until it can be used, with an empty cache. */
async function firstLoad({ address, asked }: Served, name: string, isReady: string): Promise<number> {
  const page = await browser.newPage();
  page.setDefaultTimeout(patience);
  asked.clear();
  await page.goto(`${address}/${name}`, { waitUntil: 'networkidle' });
  await page.waitForFunction(isReady);
  await page.close();
  return [...asked.values()].reduce((sum, bytes) => sum + bytes, 0);
}
