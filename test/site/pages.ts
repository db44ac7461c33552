// The built site in a browser: every page loads without an error and without asking another host, every control has a
// name that a screen reader can say, nothing is wider than a phone, and the steppers go there and back again.
import { type Browser, type Page, patience } from './browser.ts';
import { pagesOfSite } from './files.ts';
import type { Served } from './serve.ts';

const controls = new Set([
  'button',
  'link',
  'textbox',
  'searchbox',
  'slider',
  'combobox',
  'checkbox',
  'radio',
  'image',
  'img',
]);
const phone = { width: 390, height: 844 };

/** Pages to open: all that somebody wrote; of the source files, which look alike, a few. The Workbench by itself has a test of its own. */
export function pagesToOpen(): string[] {
  const everyFiftieth = pagesOfSite()
    .filter((page) => page.startsWith('source/lib/'))
    .filter((_, place) => place % 50 === 0);
  return [
    ...pagesOfSite().filter((page) => !/^(source\/.+\/|workbench\/|404\.html)/.test(page)),
    ...everyFiftieth,
  ];
}

/** Opens pages one after the other, at the width of a phone, and says what is wrong with them, one line each. */
export async function problemsOf(
  browser: Browser,
  { address }: Served,
  names: readonly string[],
): Promise<string[]> {
  const problems: string[] = [];
  let name = '';
  const note = (problem: string) => problems.push(`${name}: ${problem}`);
  const page = await browser.newPage({ viewport: phone });
  page.setDefaultTimeout(patience);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') note(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => note(`error: ${error.message}`));
  page.on('request', (request) => {
    const isOwn = request.url().startsWith(address) || /^(data|blob):/.test(request.url());
    if (!isOwn) note(`asks for ${request.url()}`);
  });
  for (name of names) {
    // A lesson's stepper comes in a piece of its own: when nothing is under way any more, it is there.
    const waitUntil = /^(lessons|embed)\//.test(name) ? 'networkidle' : 'load';
    await page.goto(`${address}/${name}`, { waitUntil });
    await page.waitForFunction("document.querySelector('#app')?.__vue_app__ !== undefined");
    for (const problem of await namelessControls(page)) note(problem);
    const excess = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    if (excess > 0) note(`is ${excess} pixels wider than a phone`);
    if ((await page.locator('.stepper').count()) > 0) {
      for (const problem of await stepperProblems(page)) note(problem);
    }
    if ((await page.locator('.typed').count()) > 0) {
      for (const problem of await typeHintProblems(page)) note(problem);
    }
  }
  await page.close();
  return problems;
}

/** Controls and pictures without a name, as the browser tells it to screen readers. */
async function namelessControls(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  return nodes
    .filter(({ ignored, role }) => !ignored && controls.has(role?.value ?? ''))
    .filter(({ name }) => !name?.value.trim())
    .map(({ role }) => `a ${role!.value} has no name`);
}

/** Pointing at a name shows its type, on the screen; Escape takes it away. */
async function typeHintProblems(page: Page): Promise<string[]> {
  const name = page.locator('.typed').first();
  const hints = page.locator('.type-hint');
  await name.scrollIntoViewIfNeeded();
  await name.hover();
  if ((await hints.count()) !== 1) return ['pointing at a name shows no type'];
  const type = (await name.getAttribute('data-type')) ?? '';
  const isRight = type !== '' && (await hints.first().textContent())?.startsWith(type);
  const isOnScreen = await page.evaluate<boolean>(`(() => {
    const { left, right, top, bottom } = document.querySelector('.type-hint').getBoundingClientRect();
    return left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight;
  })()`);
  await page.locator('body').press('Escape');
  return [
    ...(isRight ? [] : ['the type that is shown is not that of the name']),
    ...(isOnScreen ? [] : ['the type of a name lies outside the screen']),
    ...((await hints.count()) === 0 ? [] : ['Escape does not take the type away']),
  ];
}

/** Forward to the end, back by the keyboard to the beginning: the same sentence as before, and another one between. */
async function stepperProblems(page: Page): Promise<string[]> {
  const stepper = page.locator('.stepper').first();
  const caption = page.locator('.stepper .caption').first();
  await page.waitForFunction("document.querySelector('.stepper[data-ready]') !== null");
  await stepper.scrollIntoViewIfNeeded();
  const before = await caption.textContent();
  const forward = page.locator('.stepper button.forward').first();
  await forward.click();
  const second = await caption.textContent();
  await page.locator('.stepper button[aria-label="Last step"]').first().click();
  const last = await caption.textContent();
  const isAtEnd = !(await forward.isEnabled());
  await stepper.focus();
  await stepper.press('Home');
  await stepper.press('ArrowRight');
  const again = await caption.textContent();
  await stepper.press('ArrowLeft');
  const after = await caption.textContent();
  return [
    ...(second === before || last === before ? ['the stepper says the same at every step'] : []),
    ...(isAtEnd ? [] : ['the stepper goes on after its end']),
    ...(again === second && after === before ? [] : ['the stepper does not come back to where it was']),
  ];
}
