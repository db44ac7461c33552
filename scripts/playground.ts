// The playground without the site: `npm run playground` bundles it into runs/playground and serves that folder from this
// machine; `-- --build` only bundles. Any static server will do.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { findSources } from './source-regions.ts';
import { pageOptions } from './viewer-bundle.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Bundles the playground into a folder. */
export async function buildPlayground(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({ ...pageOptions('docs/playground/standalone.ts'), outfile: join(folder, 'playground.js') });
  // What the worker imports while it runs is a piece of its own.
  await build({ ...pageOptions('docs/playground/worker.ts'), outdir: folder, splitting: true });
  const page = readFileSync(join(root, 'docs/playground/index.html'), 'utf8');
  const sources = JSON.stringify(findSources()).replaceAll('<', '\\u003c');
  writeFileSync(
    join(folder, 'index.html'),
    page.replace('"SOURCES"', () => sources),
  );
}

/** Bytes of a first visit, compressed: the page, its script, the worker and the pieces that it cannot start without. */
export function firstLoadBytes(folder: string): number {
  const files = new Set(['index.html', 'playground.js', 'worker.js']);
  let bytes = 0;
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8');
    bytes += gzipSync(text).length;
    for (const [, piece] of text.matchAll(/\b(?:from|import)"\.\/([^"]+)"/g)) files.add(piece!);
  }
  return bytes;
}

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };

/** Serves a folder to this machine only. */
export function serve(folder: string, port: number): Promise<{ address: string; close(): void }> {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    const file = join(folder, path === '/' ? 'index.html' : path);
    if (!file.startsWith(folder) || !existsSync(file) || extname(file) === '') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
    response.end(readFileSync(file));
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      const { port: given } = server.address() as { port: number };
      resolve({ address: `http://127.0.0.1:${given}/`, close: () => server.close() });
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = join(root, 'runs', 'playground');
  await buildPlayground(folder);
  console.log(`built ${folder}: ${Math.round(firstLoadBytes(folder) / 1000)} KB compressed`);
  if (!process.argv.includes('--build')) {
    const { address } = await serve(folder, 4173);
    console.log(`open ${address} (Ctrl-C ends it)`);
  }
}
