// The same kernels in a real browser: Debian's chromium without a screen, its GPU played by SwiftShader.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import test from 'tape';
import type { PageReport } from './browser/page.ts';

const chromiumPath = '/usr/bin/chromium';
const isInstalled = existsSync(new URL('./node_modules/playwright-core/', import.meta.url));
const reason = isInstalled ? `${chromiumPath} is not here` : 'npm run webgpu:install was not run';
const patience = 300_000; // milliseconds: a busy machine is no failure
const needsBrowser = { skip: isInstalled && existsSync(chromiumPath) ? false : reason };

/** Without the first, a browser without a GPU has no adapter; with it, SwiftShader will do. */
const flags = [
  '--enable-unsafe-webgpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
];

interface Tools {
  build(options: object): Promise<{ outputFiles: { text: string }[] }>;
}

async function bundle(): Promise<string> {
  const { build } = (await import(
    new URL('./node_modules/esbuild/lib/main.js', import.meta.url).href
  )) as Tools;
  const result = await build({
    entryPoints: [fileURLToPath(new URL('./browser/page.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'silent',
  });
  return result.outputFiles[0]!.text;
}

interface Page {
  goto(url: string, options: { timeout: number }): Promise<unknown>;
  evaluate(code: string): Promise<unknown>;
}
interface Browser {
  newPage(): Promise<Page>;
  version(): string;
  close(): Promise<void>;
}
interface Playwright {
  chromium: { launch(options: object): Promise<Browser> };
}

test('in a real browser, products, refresh and training agree with float64', needsBrowser, async (t) => {
  const script = await bundle();
  t.notOk(/from\s*["']node:/.test(script), 'the bundle imports nothing from Node');
  // Only a page from localhost or https has navigator.gpu.
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><script type="module" src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { chromium } = (await import(
    new URL('./node_modules/playwright-core/index.mjs', import.meta.url).href
  )) as Playwright;
  const browser = await chromium.launch({
    ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }, // other tests send themselves signals
    executablePath: chromiumPath,
    args: ['--no-sandbox', ...flags],
    timeout: patience,
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, {
      timeout: patience,
    });
    const { adapter, reason, errors } = (await page.evaluate('report()')) as PageReport;
    t.equal(reason, null, `chromium ${browser.version()}: ${adapter}`);
    t.deepEqual(Object.keys(errors).length, 5, 'five comparisons');
    for (const [name, error] of Object.entries(errors)) {
      const allowed = name === 'training loss' ? 1e-4 : 1e-5;
      t.ok(error <= allowed, `${name}: ${error.toExponential(1)}`);
    }
  } finally {
    await browser.close();
    server.close();
  }
});
