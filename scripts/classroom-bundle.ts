// Bundles the pages of a class: for the built package, and for `serve` from the sources.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { pageOptions } from './viewer-bundle.ts';

const folder = fileURLToPath(new URL('../viewer/classroom/', import.meta.url));
const asTheyAre = ['index.html', 'teacher.html', 'class.css'];

/** The pages' files, by name. */
export async function bundleClassroom(): Promise<Map<string, string>> {
  const files = new Map(asTheyAre.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  for (const entry of ['page', 'teacher', 'worker']) {
    const { outputFiles } = await build({
      ...pageOptions(`viewer/classroom/${entry}.ts`),
      ...{ write: false, splitting: true, outdir: 'class-pages', chunkNames: `${entry}-[name]-[hash]` },
    });
    for (const { path, text } of outputFiles!) files.set(basename(path), text);
  }
  return files;
}
