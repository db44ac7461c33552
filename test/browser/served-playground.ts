// The playground as a page, built and served once for all test files, and what the tests do on it. Server and browsers are
// ended when all tests are done.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'tape';
import { buildPlayground, serve } from '../../scripts/playground.ts';
import { closeBrowser, type Page } from './browser.ts';

/** Where it is built. */
export const playgroundFolder = mkdtempSync(join(tmpdir(), 'fedtlrec-playground-'));
let server: ReturnType<typeof start> | null = null;
test.onFinish(async () => {
  (await server)?.close();
  rmSync(playgroundFolder, { recursive: true, force: true });
  await closeBrowser();
});

async function start() {
  await buildPlayground(playgroundFolder);
  return serve(playgroundFolder, 0);
}

/** The playground's address with this hash. */
export async function address(hash = ''): Promise<string> {
  server ??= start();
  return `${(await server).address}${hash}`;
}

/** A federation that is trained in a moment. */
export const small = '#users=60&items=80&groups=2&rounds=8&speed=fast';
export const play = '.fv-play';

/** Waits until the playground is ready, finished, failed, … */
export function reaches(page: Page, state: string): Promise<unknown> {
  return page.waitForSelector(`.pg[data-state="${state}"]`);
}
