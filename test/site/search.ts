// Whoever searches for a word that is on screen finds what it means first, also where the word is a Greek letter.
import type { Browser } from './browser.ts';
import type { Served } from './serve.ts';

const words = ['rank down', 'ε', 'epsilon', 'heads', 'τ', 'tau', 'β', 'inertia', 'token', 'absent', 'codec'];

export async function searchProblems(browser: Browser, { address }: Served): Promise<string[]> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(30_000);
  await page.goto(`${address}/notation.html`, { waitUntil: 'load' });
  await page.waitForFunction("document.querySelector('#app')?.__vue_app__ !== undefined");
  await page.keyboard.press('Control+k');
  await page.waitForFunction("document.querySelector('.search-input') !== null");
  const problems: string[] = [];
  for (const word of words) {
    await page.evaluate(`(() => {
      const input = document.querySelector('.search-input');
      input.value = ${JSON.stringify(word)};
      input.dispatchEvent(new Event('input'));
    })()`);
    const first = "document.querySelector('.results .result')?.getAttribute('href')";
    const isThere = `(() => {
      const place = decodeURIComponent(${first} ?? '');
      return place.includes('/glossary.html#') && ${JSON.stringify(word.split(' '))}.every((part) => place.includes(part));
    })()`;
    await page
      .waitForFunction(isThere)
      .catch(async () => problems.push(`search: “${word}” leads to ${await page.evaluate(first)} first`));
  }
  await page.close();
  return problems;
}
