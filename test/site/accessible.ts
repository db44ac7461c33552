// What axe-core finds on a page, in the light and in the dark theme: rules of WCAG 2.2 A and AA, and its own best practices.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type Page, patience } from './browser.ts';
import type { Served } from './serve.ts';

const axe = readFileSync(
  fileURLToPath(new URL('../browser/node_modules/axe-core/axe.min.js', import.meta.url)),
  'utf8',
);

/** As a reader does; a page without menus is as dark as the page around wishes. */
const switchTheme =
  "(document.querySelector('.VPSwitchAppearance') ?? { click: () => document.documentElement.classList.toggle('dark') }).click()";

/** Formulas that do not fit beside the outline. */
const cutOff = `[...document.querySelectorAll('mjx-container[display]')]
  .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
  .map(({ scrollWidth, clientWidth }) => 'a formula is ' + scrollWidth + ' pixels wide, its place ' + clientWidth)`;

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}

/** Pages that one generator makes of comments, all alike and long: two of them stand for all. */
const alike = /^api\/(?!index|robust)/;

/** Opens pages one after the other, as wide as a desk's screen, and asks axe; says which pages have nothing to mend. */
export async function inaccessible(
  browser: Browser,
  { address }: Served,
  names: readonly string[],
): Promise<string[]> {
  const problems: string[] = [];
  const faultless: string[] = [];
  const asked = names.filter((name) => !alike.test(name));
  for (const name of asked) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(patience);
    await page.goto(`${address}/${name}`, { waitUntil: 'load' });
    await page.waitForFunction("document.querySelector('#app')?.__vue_app__ !== undefined");
    const found = [...(await accessibilityProblems(page)), ...(await page.evaluate<string[]>(cutOff))];
    if (found.length === 0) faultless.push(name.replace('.html', ''));
    for (const problem of found) problems.push(`${name}: ${problem}`);
    await page.close();
  }
  console.log(
    `axe, light and dark: 0 violations on ${faultless.length} of ${asked.length} pages: ${faultless.join(', ')}`,
  );
  return problems;
}

/** One line a violation: the rule, how often, where first. */
async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const problems: string[] = [];
  for (const theme of ['light', 'dark']) {
    if (theme === 'dark') await page.evaluate(switchTheme);
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 300))'); // colours change in a transition
    const found = await page.evaluate<Violation[]>(
      `axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }).then(({ violations }) => violations.map(({ id, help, nodes }) =>
        ({ id, help, nodes: nodes.map(({ target, failureSummary }) => ({ target: target.map(String), failureSummary })) })))`,
    );
    for (const { id, help, nodes } of found) {
      const [first] = nodes;
      const summary = first?.failureSummary.replace(/\s+/g, ' ') ?? '';
      problems.push(
        `axe, ${theme}: ${id} (${help}) × ${nodes.length}, first ${first?.target.join(' ')}: ${summary}`,
      );
    }
  }
  await page.evaluate(switchTheme);
  return problems;
}
