// Screenshots of the pages that readers meet first, light and dark, on a desk and on a phone: somebody must look at them.
import { mkdirSync } from 'node:fs';
import type { Browser } from './browser.ts';
import { pagesOfSite } from './files.ts';
import type { Served } from './serve.ts';

const shown =
  /^(index|teaching|playground|algorithm|benchmarks|dependencies|equations|evaluation|privacy|recipes|reproduction|results|trace|webgpu|contributing|examples|lessons\/.*|api\/models|source\/index)\.html$/;
const widths = { desk: { width: 1440, height: 1000 }, phone: { width: 390, height: 844 } };

export async function takePictures(browser: Browser, { address }: Served, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const name of pagesOfSite().filter((page) => shown.test(page))) {
    for (const [device, viewport] of Object.entries(widths)) {
      for (const colorScheme of ['light', 'dark']) {
        const page = await browser.newPage({ viewport, colorScheme });
        await page.goto(`${address}/${name}`, { waitUntil: 'networkidle' });
        if (name === 'playground.html')
          await page.waitForFunction("document.querySelector('.pg[data-state]') !== null");
        const path = `${folder}/${name.replace(/\.html$/, '').replaceAll('/', '-')}-${device}-${colorScheme}.png`;
        await page.screenshot({ path, fullPage: true });
        await page.close();
      }
    }
  }
}
