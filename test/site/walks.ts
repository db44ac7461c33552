// The site without eyes and without a pointer: what the browser tells screen readers of the start page, a lesson and the playground
// (roles, names, one announcement a step), and a way through them by keys alone, on which the focus is never lost.
import { type AccessibleNode, type Browser, type Page, patience } from './browser.ts';
import type { Served } from './serve.ts';

const ready = {
  'index.html': "document.querySelector('.flow-place[data-ready]') !== null",
  'lessons/05-who-is-similar.html': "document.querySelector('.stepper[data-ready]') !== null",
  'playground.html': "document.querySelector('.fv-play') !== null",
};
type Name = keyof typeof ready;

/** What must be found in the tree of a page, in this order: role and the beginning of the name. */
const wanted: Readonly<Record<Name, readonly (readonly [role: string, name: RegExp])[]>> = {
  'index.html': [
    ['link', /^Skip to content/],
    ['navigation', /Main Navigation/],
    ['main', /^/],
    ['group', /^Move through the round/],
    ['button', /Back/],
    ['button', /Step/],
    ['group', /^Predict/],
    ['button', /most like its own/],
    ['heading', /^fedtlrec/],
    ['heading', /^Twelve lessons/],
  ],
  'lessons/05-who-is-similar.html': [
    ['link', /^Skip to content/],
    ['navigation', /Main Navigation/],
    ['main', /^/],
    ['heading', /Who is similar/],
    ['group', /^Predict before you look/],
    ['radio', /./],
    ['button', /^This is what I think/],
    ['region', /^Twelve clients, three clusters/],
    ['combobox', /./],
    ['image', /./],
    ['button', /^First step/],
    ['button', /Back$/],
    ['button', /^Step/],
    ['button', /^Last step/],
    ['slider', /^Step 0 of/],
  ],
  'playground.html': [
    ['link', /^Skip to content/],
    ['navigation', /Main Navigation/],
    ['main', /^/],
    ['heading', /^Playground/],
    ['button', /Play|Next/],
    ['slider', /./],
    ['region', /^Who holds what/],
    ['region', /^One client at home/],
    ['region', /^What travels/],
    ['region', /^Who is similar/],
  ],
};

/** Who is told what: texts that appear in places which screen readers read out by themselves, from now on. */
const listen = `(() => {
  globalThis.heard = [];
  const places = '[role=status], [role=alert], [role=log], [aria-live=polite], [aria-live=assertive]';
  new MutationObserver((changes) => {
    for (const place of new Set(changes.map(({ target }) => (target.nodeType === 1 ? target : target.parentElement)?.closest(places)))) {
      const text = place?.textContent.trim();
      if (text) globalThis.heard.push(text);
    }
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
})()`;
const rest = 'new Promise((resolve) => setTimeout(resolve, 1200))'; // longer than an announcement waits
const focused = `(() => {
  const { activeElement: at } = document;
  return at === document.body ? 'nothing' : at.tagName + '.' + at.className + ' ' + (at.getAttribute('aria-label') ?? at.textContent.trim().slice(0, 40));
})()`;

export async function walkProblems(browser: Browser, { address }: Served): Promise<string[]> {
  const problems: string[] = [];
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  page.setDefaultTimeout(patience);
  for (const [name, isReady] of Object.entries(ready) as [Name, string][]) {
    await page.goto(`${address}/${name}`, { waitUntil: 'load' });
    await page.waitForFunction(isReady);
    const note = (problem: string) => problems.push(`${name}: ${problem}`);
    for (const problem of await treeProblems(page, wanted[name])) note(problem);
    await page.evaluate(listen);
    for (const problem of await walks[name](page)) note(problem);
  }
  await page.close();
  return problems;
}

/** Roles and names as the browser tells them. */
async function treeProblems(page: Page, wanted: readonly (readonly [string, RegExp])[]): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  const heard = inOrder(nodes).filter(({ ignored }) => !ignored);
  let at = 0;
  const problems: string[] = [];
  for (const [role, name] of wanted) {
    const place = heard.findIndex(
      (node, place) =>
        place >= at &&
        node.role?.value.replace(/^img$/, 'image') === role &&
        name.test(node.name?.value ?? ''),
    );
    if (place < 0) problems.push(`a screen reader finds no ${role} called ${name} where it belongs`);
    else at = place + 1;
  }
  return problems;
}

/** The nodes as they are read: each before what is in it. */
function inOrder(nodes: readonly AccessibleNode[]): AccessibleNode[] {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const walk = (node: AccessibleNode): AccessibleNode[] => [
    node,
    ...(node.childIds ?? []).flatMap((id) => (byId.has(id) ? walk(byId.get(id)!) : [])),
  ];
  return nodes[0] ? walk(nodes[0]) : [];
}

/** What was said since the last time. */
async function heardOn(page: Page): Promise<string[]> {
  await page.waitForFunction('globalThis.heard.length > 0'); // a round has to be worked out first
  await page.evaluate(rest);
  const heard = await page.evaluate<string[]>('globalThis.heard.splice(0)');
  return [...new Set(heard)];
}

/** Presses Tab until something that matches has the focus. */
async function tabTo(page: Page, selector: string, most = 40): Promise<string[]> {
  for (let keys = 0; keys < most; keys++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`))
      return [];
  }
  return [`${most} times Tab do not lead to ${selector}, but to ${await page.evaluate<string>(focused)}`];
}

/** Presses a key: one sentence is said, and the focus is somewhere. */
async function pressOnce(page: Page, key: string, said: RegExp): Promise<string[]> {
  await page.keyboard.press(key);
  const heard = await heardOn(page);
  const at = await page.evaluate<string>(focused);
  return [
    ...(heard.length === 1 && said.test(heard[0]!)
      ? []
      : [`after ${key}, this is said: ${JSON.stringify(heard)}`]),
    ...(at === 'nothing' ? [`after ${key}, the focus is lost`] : []),
  ];
}

/** A word that explains itself: the box comes with the focus, its link with Enter, and Escape goes back. */
async function termProblems(page: Page, within: string): Promise<string[]> {
  await page.waitForFunction(`document.querySelector('${within} .term') !== null`);
  const isOpen = () => page.evaluate<boolean>("document.querySelector('.term-help') !== null");
  const lost = await tabTo(page, `${within} .term`);
  if (lost.length > 0) return lost;
  const described = await page.evaluate<boolean>(
    "document.activeElement.getAttribute('aria-describedby') === document.querySelector('.term-help')?.id",
  );
  await page.keyboard.press('Enter');
  const isAtLink = await page.evaluate<boolean>("document.activeElement.matches('.term-help a')");
  await page.keyboard.press('Escape');
  const isBack = await page.evaluate<boolean>("document.activeElement.matches('.term')");
  return [
    ...(described ? [] : [`a word in ${within} does not explain itself when it has the focus`]),
    ...(isAtLink ? [] : [`Enter on a word in ${within} does not lead to its link`]),
    ...(isBack && !(await isOpen()) ? [] : [`Escape does not close the help in ${within}`]),
  ];
}

const walks: Readonly<Record<Name, (page: Page) => Promise<string[]>>> = {
  async 'index.html'(page) {
    await page.locator('.VPSkipLink').focus();
    await page.keyboard.press('Enter');
    return [
      ...(await tabTo(page, '.flow-step')),
      ...(await pressOnce(page, 'Enter', /^Round 1: train at home\. 2\d\d of 300 clients train/)),
      ...(await pressOnce(page, 'Enter', /^Round 1: send\. Each sends/)),
      ...(await tabTo(page, '.flow-question button')),
      ...(await pressOnce(page, 'Enter', /you said\. In round 1/)),
      ...(await tabTo(page, '.flow-verdict a')),
    ];
  },
  async 'lessons/05-who-is-similar.html'(page) {
    await page.locator('.stepper').first().focus();
    const problems = await pressOnce(page, 'ArrowRight', /./);
    problems.push(...(await termProblems(page, '.stepper')));
    problems.push(...(await pressOnce(page, 'ArrowRight', /./))); // the word under the focus goes away with its sentence
    problems.push(...(await tabTo(page, '.stepper button[aria-label="Last step"]')));
    problems.push(...(await pressOnce(page, 'Enter', /./)));
    if (!(await page.evaluate<string>(focused)).includes('Last step'))
      problems.push('the focus does not stay at the last step');
    return problems;
  },
  async 'playground.html'(page) {
    await page.locator('.fv-play').first().focus();
    const next = 'button[aria-label="Step forward"]';
    const problems = await tabTo(page, next);
    problems.push(...(await pressOnce(page, 'Enter', /^Round 1: train at home\. /)));
    problems.push(...(await pressOnce(page, 'Enter', /^Round 1: send\. /)));
    await page.locator('.fv-panel-ratings canvas').first().focus();
    problems.push(...(await pressOnce(page, 'ArrowRight', /\d/)));
    problems.push(...(await pressOnce(page, 'ArrowDown', /\d/)));
    problems.push(...(await termProblems(page, '.fv-panel')));
    return problems;
  },
};
