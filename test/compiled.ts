// The command line as the package ships it, and programs of the tests in one file: JavaScript, in which a process starts in a
// third of the time that it takes to compile the sources on the way.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, buildSync } from 'esbuild';
import test from 'tape';
import { bundleClassroom } from '../scripts/classroom-bundle.ts';
import { bundleReport } from '../scripts/viewer-bundle.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
let program: Promise<string> | undefined;

/** The path of `cli.js`; compiled once, removed when all tests have ended. */
export function compiledCli(): Promise<string> {
  program ??= compileWithPages(temporaryFolder('compiled-'));
  return program;
}

/** Compiles the library of a copy of this repository; writes `dist/cli.js` without the pages that reports and classes need. */
export async function compileLibrary(source: string, folder: string): Promise<string> {
  const files = readdirSync(join(source, 'lib'), { recursive: true, encoding: 'utf8' });
  const { outputFiles } = await build({
    entryPoints: files.filter((file) => file.endsWith('.ts')).map((file) => join(source, 'lib', file)),
    ...{ outdir: join(folder, 'dist'), outbase: join(source, 'lib'), format: 'esm', write: false },
    logLevel: 'error',
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text.replace(/((?:from|import) ?\(?")(\.[^"]*)\.ts"/g, '$1$2.js"'));
  }
  return join(folder, 'dist/cli.js');
}

async function compileWithPages(folder: string): Promise<string> {
  const path = await compileLibrary(root, folder);
  const report = await bundleReport();
  mkdirSync(join(folder, 'dist/viewer'));
  writeFileSync(join(folder, 'dist/viewer/report.js'), report.script);
  writeFileSync(join(folder, 'dist/viewer/sources.json'), JSON.stringify(report.sources));
  mkdirSync(join(folder, 'dist/class-pages'));
  const pages = await bundleClassroom();
  for (const [name, text] of pages) writeFileSync(join(folder, 'dist/class-pages', name), text);
  writeFileSync(join(folder, 'dist/class-pages/files.json'), JSON.stringify([...pages.keys()]));
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  return path;
}

/** A program of the tests and all that it imports from the library as one file; removed when all tests have ended. */
export function bundledProgram(file: string): string {
  const folder = temporaryFolder('bundled-');
  const outfile = join(folder, `${basename(file, '.ts')}.cjs`);
  buildSync({
    entryPoints: [join(root, file)],
    ...{ outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' },
    define: { 'import.meta.url': JSON.stringify(new URL('../lib/index.ts', import.meta.url).href) },
  });
  return outfile;
}

/** Inside the repository, where packages are found. */
function temporaryFolder(name: string): string {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache', name));
  test.onFinish(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
