// Pages without menus, as somebody else's page shows them: the snippet of docs/embedding.md makes each frame as high as what is
// in it; an address brings back the step and the choices; and at both ends of everything that can be chosen, each text is whole.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { searchOf } from '../../docs/.vitepress/theme/steppers/address.ts';
import { steppers } from '../../docs/.vitepress/theme/steppers/all.ts';
import type { Inputs, Values } from '../../docs/.vitepress/theme/steppers/inputs.ts';
import { panelTitles } from '../../viewer/panel-titles.ts';
import { faultsOf } from '../docs/grammar.ts';
import { type Browser, type Page, patience } from './browser.ts';
import type { Served } from './serve.ts';

/** Opens every stepper at its extremes and every panel, by itself; then some of them in a frame. */
export async function embedProblems(browser: Browser, served: Served): Promise<string[]> {
  const page = await browser.newPage({ viewport: { width: 800, height: 700 } });
  page.setDefaultTimeout(patience);
  const problems = [
    ...(await extremeProblems(page, served)),
    ...(await panelProblems(page, served)),
    ...(await frameProblems(page, served)),
  ];
  await page.close();
  return problems;
}

/** The first of everything that can be chosen, and the last; all choices together are tried in test/docs/extremes.test.ts. */
function ends(inputs: Inputs): Values[] {
  return [0, -1].map((place) =>
    Object.fromEntries(Object.entries(inputs).map(([name, { choices }]) => [name, choices.at(place)![0]])),
  );
}

async function extremeProblems(page: Page, { address }: Served): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, { inputs, first, sentences }] of Object.entries(steppers)) {
    for (const values of ends(inputs)) {
      const wanted = sentences(values);
      for (const step of [0, wanted.length - 1]) {
        const search = searchOf({ step, values }, inputs, first);
        await page.goto(`${address}/embed/${name}.html${search}`, { waitUntil: 'load' });
        await page.waitForFunction("document.querySelector('.stepper[data-ready]') !== null");
        const caption = (await page.locator('.stepper .caption').first().textContent()) ?? '';
        if (caption.trim() !== wanted[step]) problems.push(`embed/${name}${search}: says ${caption}`);
        for (const fault of (await textsOf(page)).flatMap(faultsOf))
          problems.push(`embed/${name}${search}: ${fault}`);
      }
    }
  }
  return problems;
}

/** Each text by itself, and what is only said. */
function textsOf(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll('.embed *')].flatMap((element) => [
    ...(element.childElementCount === 0 && element.tagName !== 'STYLE' ? [element.textContent.trim()] : []),
    ...[element.getAttribute('aria-label') ?? '', element.getAttribute('aria-valuetext') ?? ''],
  ]).filter((text) => text !== '')`);
}

async function panelProblems(page: Page, { address }: Served): Promise<string[]> {
  const problems: string[] = [];
  for (const name of Object.keys(panelTitles)) {
    const place = `embed/panel/${name}.html?users=30&items=60&rounds=2&round=2`;
    await page.goto(`${address}/${place}`, { waitUntil: 'load' });
    await page.waitForFunction(
      "document.querySelector('.fv-moment')?.textContent.includes('ound 2') && !document.querySelector('[data-behind]')",
    );
    const panels = await page.evaluate<string>(
      "[...document.querySelectorAll('.fv-panel')].map(({ className }) => className).join()",
    );
    if (panels !== `fv-panel fv-panel-${name}`) problems.push(`${place}: shows ${panels}`);
    for (const fault of (await textsOf(page)).flatMap(faultsOf)) problems.push(`${place}: ${fault}`);
  }
  return problems;
}

/** What the page on embedding tells people to paste. */
function snippet(): string {
  const page = readFileSync(fileURLToPath(new URL('../../docs/embedding.md', import.meta.url)), 'utf8');
  return /```html\n([\s\S]*?)```/.exec(page)![1]!;
}

/** In a page of another origin, each frame comes to the height of its content, also after a step and on a phone. */
async function frameProblems(page: Page, { address }: Served): Promise<string[]> {
  const problems: string[] = [];
  const source = /src="https:\/\/YOUR\.SITE\/([^"]*)"/;
  let [framed, sandbox] = ['', ''];
  const host = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(
      `<!doctype html><title>A course</title>${snippet().replace(source, `${sandbox} src="${address}/${framed}"`)}`,
    );
  });
  await new Promise<void>((resolve) => host.listen(0, 'localhost', resolve));
  const { port } = host.address() as AddressInfo;
  const pages = [
    source.exec(snippet())![1]!,
    'embed/lloyd.html?step=3',
    'embed/panel/bytes.html?users=30&items=60',
  ];
  for (framed of pages) {
    for (const width of [800, 390]) {
      sandbox = width === 800 ? '' : 'sandbox="allow-scripts allow-same-origin"'; // as some systems have it
      await page.setViewportSize({ width, height: 700 });
      await page.goto(`http://localhost:${port}/`, { waitUntil: 'load' });
      await page.waitForFunction("document.querySelector('iframe').height !== '480'");
      const frame = page.frames().find((found) => found.url().startsWith(address))!;
      await frame.waitForFunction("document.querySelector('.stepper[data-ready], .fv-panel') !== null");
      if (framed.includes('lloyd'))
        await frame.evaluate('document.querySelector(\'button[aria-label="Last step"]\').click()');
      const fits =
        'document.documentElement.scrollHeight <= innerHeight && innerHeight - document.querySelector(".embed").getBoundingClientRect().height < 2';
      await frame
        .waitForFunction(fits, null, { timeout: 10_000 })
        .catch(() => problems.push(`${framed}: its frame is not as high as it is, at ${width} pixels`));
    }
  }
  host.close();
  return problems;
}
