// Bundles what runs in a page, and finds the lines of the library that the viewer's formulas point to.
// Used by the build of the package, by the report when it is written from the sources, and by the playground.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import {
  type Formula,
  type FormulaName,
  formulas,
  type SourcePlace,
  type Sources,
} from '../viewer/formulas.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** How much of the code is shown. */
const LINES = 18;

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

/**
 * The place of every formula's code, as it stands now.
 *
 * @throws Error naming the formula whose code is not there any more
 */
export function findSources(): Sources {
  const names = Object.keys(formulas) as FormulaName[];
  return Object.fromEntries(names.map((name) => [name, placeOf(name, formulas[name])]));
}

function placeOf(name: string, { file, find }: Formula): SourcePlace {
  const lines = readFileSync(`${root}/${file}`, 'utf8').split('\n');
  const at = lines.findIndex((line) => line.includes(find));
  if (at < 0)
    throw new Error(`the formula ${name} points to "${find}" in ${file}, which is not there any more`);
  return { file, line: at + 1, code: lines.slice(at, at + LINES).join('\n') };
}
