// A real browser for tests: Debian's chromium, driven by playwright-core from this folder's own package.json. Where one of
// them is missing, tests skip and say so. A page remembers its errors and every address it asked for.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What the tests use of playwright's page. */
export interface Page {
  goto(address: string): Promise<unknown>;
  click(selector: string): Promise<void>;
  fill(selector: string, text: string): Promise<void>;
  press(selector: string, key: string): Promise<void>;
  focus(selector: string): Promise<void>;
  hover(selector: string): Promise<void>;
  check(selector: string): Promise<void>;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  waitForSelector(selector: string): Promise<unknown>;
  waitForFunction<A>(check: (argument: A) => unknown, argument?: A): Promise<unknown>;
  evaluate<R, A = undefined>(action: (argument: A) => R | Promise<R>, argument?: A): Promise<R>;
  screenshot(options: { path: string; fullPage?: boolean }): Promise<unknown>;
  on(event: 'console', listen: (message: { type(): string; text(): string }) => void): void;
  on(event: 'pageerror', listen: (error: Error) => void): void;
  on(event: 'request', listen: (request: { url(): string }) => void): void;
  locator(selector: string): { count(): Promise<number> };
  context(): { setOffline(isOffline: boolean): Promise<void> };
  waitForEvent(event: 'download'): Promise<{ suggestedFilename(): string; path(): Promise<string> }>;
}

interface Browser {
  newContext(options: object): Promise<{
    newPage(): Promise<Page>;
    newCDPSession(page: Page): Promise<{ send(method: string, options?: object): Promise<unknown> }>;
    setDefaultTimeout(ms: number): void;
    addInitScript(script: { content: string }): Promise<void>;
    close(): Promise<void>;
  }>;
  newBrowserCDPSession(): Promise<{ send(method: string): Promise<unknown> }>;
  close(): Promise<void>;
}

const chromium = '/usr/bin/chromium';
const driver = new URL('./node_modules/playwright-core/index.mjs', import.meta.url);

/** Options for `test(name, options, …)`: skips with the reason where there is no browser. */
export function needsBrowser(): { skip: string | false } {
  if (!existsSync(chromium)) return { skip: `${chromium} is not here` };
  if (!existsSync(fileURLToPath(driver))) return { skip: 'npm --prefix test/browser ci has not been run' };
  return { skip: false };
}

/** Without it, a browser without a GPU has no WebGPU adapter; with it, SwiftShader will do. */
const gpuFlags = { none: ['--disable-gpu'], simulated: ['--enable-unsafe-webgpu'] };
type GpuKind = keyof typeof gpuFlags;
const browsers = new Map<GpuKind, Promise<Browser>>();

/** Other tests of this process send themselves signals, which the driver would end the process at. */
const leavesSignals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };

function launch(gpu: GpuKind): Promise<Browser> {
  const running = browsers.get(gpu);
  if (running) return running;
  const args = ['--no-sandbox', '--disable-quic', '--disable-background-networking', ...gpuFlags[gpu]];
  const started: Promise<Browser> = import(driver.href).then(({ chromium: kind }) =>
    kind.launch({ executablePath: chromium, args, ...leavesSignals }),
  );
  browsers.set(gpu, started);
  return started;
}

/** Ends the browsers that were started; a test file calls it when all its tests are done. */
export async function closeBrowser(): Promise<void> {
  const running = [...browsers.values()];
  browsers.clear();
  await Promise.all(running.map(async (browser) => (await browser).close()));
}

/** What a page has done wrong so far. */
export interface Watched {
  readonly page: Page;
  /** Errors of its console and uncaught ones. */
  readonly errors: string[];
  /** Every address it asked for. */
  readonly requests: string[];
  /** Seconds that the page's main thread has worked; waiting for a busy machine does not count. */
  cpuParts(): Promise<{ all: number; script: number; layout: number }>;
  /** Ends the browser's process for graphics, as a driver that fails does: whatever a page has on the GPU is lost. */
  loseGpu(): Promise<void>;
}

interface Metrics {
  readonly metrics: readonly { readonly name: string; readonly value: number }[];
}

export interface PageOptions {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  /** Whether the reader's system asks for pages that do not move by themselves. */
  readonly wantsNoMotion?: boolean;
  /** What stands for a GPU. Default: none. */
  readonly gpu?: GpuKind;
}

/** Works with a fresh page and closes it. */
export async function withPage<T>(options: PageOptions, work: (watched: Watched) => Promise<T>): Promise<T> {
  const browser = await launch(options.gpu ?? 'none');
  const context = await browser.newContext({
    colorScheme: options.theme ?? 'light',
    reducedMotion: options.wantsNoMotion ? 'reduce' : 'no-preference',
    viewport: { width: options.width ?? 1280, height: 900 },
  });
  context.setDefaultTimeout(90_000);
  // tsx marks functions with a helper that a page does not have.
  await context.addInitScript({ content: 'globalThis.__name = (marked) => marked;' });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const cpuParts = async () => {
    const { metrics } = (await session.send('Performance.getMetrics')) as Metrics;
    const of = (wanted: string) => metrics.find(({ name }) => name === wanted)!.value;
    const layout = of('RecalcStyleDuration') + of('LayoutDuration');
    return { all: of('TaskDuration'), script: of('ScriptDuration'), layout };
  };
  const loseGpu = async () => {
    await (await browser.newBrowserCDPSession()).send('Browser.crashGpuProcess');
  };
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const watched: Watched = { page, errors: [], requests: [], cpuParts, loseGpu };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') watched.errors.push(message.text());
  });
  page.on('pageerror', (error) => watched.errors.push(String(error)));
  page.on('request', (request) => watched.requests.push(request.url()));
  try {
    return await work(watched);
  } finally {
    await context.close();
  }
}

/** Waits until the viewer shows its latest moment everywhere: panels off screen follow a frame later, on a busy machine much later. */
function isDrawn(page: Page): Promise<unknown> {
  return page.waitForFunction(() => document.querySelector('[data-behind]') === null);
}

/** The texts of all elements that a selector finds. */
export async function texts(page: Page, selector: string): Promise<string[]> {
  await isDrawn(page);
  return page.evaluate(
    (wanted) => [...document.querySelectorAll(wanted)].map((found) => found.textContent ?? ''),
    selector,
  );
}

/** What every visible number of the viewer says; the moment's name comes first. */
export function numbersShown(page: Page): Promise<string[]> {
  return texts(page, '.fv-moment, .fv-story, .fv-number, .fv-item');
}

/** Clicks on something that saves a file; its name, and its bytes. */
export async function saved(page: Page, selector: string): Promise<{ name: string; bytes: Uint8Array }> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(selector)]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** The picture of a panel, as the fingerprint of its pixels. */
export async function pixelsOf(page: Page, selector: string): Promise<string> {
  await isDrawn(page);
  return page.evaluate(
    (wanted) => (document.querySelector(wanted) as HTMLCanvasElement).toDataURL(),
    selector,
  );
}

/** Controls without a name that a screen reader could read, as HTML. */
export function namelessControls(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const isNamed = (control: Element) => {
      const labelled = control.getAttribute('aria-label') || control.textContent?.trim();
      const labels = (control as HTMLInputElement).labels ?? [];
      return Boolean(labelled) || [...labels].some((label) => label.textContent?.trim());
    };
    const controls = [...document.querySelectorAll('button, input, select, a[href], canvas, [tabindex]')];
    return controls
      .filter((control) => (control as HTMLElement).offsetParent !== null && !isNamed(control))
      .map((control) => control.outerHTML.slice(0, 120));
  });
}
