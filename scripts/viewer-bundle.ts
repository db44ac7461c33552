// Bundles what runs in a page.
// Used by the build of the package, by the report when it is written from the sources, and by the playground.
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import type { Sources } from '../viewer/formulas.ts';
import { findSources } from './source-regions.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The report's program as one script, and the sources it links to. */
export async function bundleReport(): Promise<{ script: string; sources: Sources }> {
  const { outputFiles } = await build({ ...pageOptions('viewer/report.ts'), write: false });
  return { script: outputFiles![0]!.text, sources: findSources() };
}

/** How everything for a page is bundled. */
export function pageOptions(entry: string): BuildOptions {
  return {
    entryPoints: [entry],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'warning',
  };
}
