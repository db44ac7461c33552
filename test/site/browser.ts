// The part of playwright-core that the checks use, and how to get it: it is installed in test/browser, not in the root.

export interface AccessibleNode {
  readonly nodeId: string;
  readonly childIds?: readonly string[];
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly ignored: boolean;
}

/** Milliseconds that a step may take on a busy machine; nothing is concluded from how long it takes. */
export const patience = 180_000;

/** A page inside a page. */
export interface Frame {
  url(): string;
  evaluate<T>(code: string): Promise<T>;
  waitForFunction(code: string, argument?: null, options?: { timeout: number }): Promise<unknown>;
}

export interface Page {
  setDefaultTimeout(milliseconds: number): void;
  goto(url: string, options?: { waitUntil: 'networkidle' | 'load' }): Promise<unknown>;
  evaluate<T>(code: string): Promise<T>;
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(event: 'request', listener: (request: { url(): string }) => void): void;
  locator(selector: string): Locator;
  readonly keyboard: { press(key: string): Promise<void> };
  waitForFunction(code: string): Promise<unknown>;
  frames(): Frame[];
  pdf(options: object): Promise<unknown>;
  waitForEvent(event: 'download'): Promise<{ saveAs(path: string): Promise<void> }>;
  screenshot(options: { path: string; fullPage?: boolean }): Promise<unknown>;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  context(): {
    newCDPSession(page: Page): Promise<{ send(method: string): Promise<{ nodes: AccessibleNode[] }> }>;
  };
  close(): Promise<void>;
}

export interface Locator {
  first(): Locator;
  nth(index: number): Locator;
  count(): Promise<number>;
  click(): Promise<void>;
  press(key: string): Promise<void>;
  focus(): Promise<void>;
  hover(): Promise<void>;
  getAttribute(name: string): Promise<string | null>;
  textContent(): Promise<string | null>;
  isEnabled(): Promise<boolean>;
  scrollIntoViewIfNeeded(): Promise<void>;
}

export interface Browser {
  newPage(options?: object): Promise<Page>;
  version(): string;
  close(): Promise<void>;
}

/** Debian's chromium, without a screen and without anything that would ask the network. */
export async function openBrowser(): Promise<Browser> {
  const file = new URL('../browser/node_modules/playwright-core/index.mjs', import.meta.url).href;
  const { chromium } = (await import(file)) as { chromium: { launch(options: object): Promise<Browser> } };
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
