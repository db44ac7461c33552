// Builds dist/, what the package ships: JavaScript, types and source maps from lib/, nothing bundled but the program of
// the report's page and the import paths that stand alone. In: lib/, viewer/; out: dist/, checked: every file that package.json
// names exists, and the command line answers.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleAlone } from './alone.ts';
import { bundleClassroom } from './classroom-bundle.ts';
import { bundleReport } from './viewer-bundle.ts';

interface PackageFile {
  version: string;
  bin: Record<string, string>;
  exports: Record<string, string | Record<string, string>>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const atRoot = (path: string) => join(root, path);
const packageFile = JSON.parse(readFileSync(atRoot('package.json'), 'utf8')) as PackageFile;

rmSync(atRoot('dist'), { recursive: true, force: true });
run(atRoot('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json');
for (const path of filesBelow(atRoot('dist'), '.d.ts')) {
  // TypeScript before 5.7 knows no `Float32Array<ArrayBuffer>`.
  const types = readFileSync(path, 'utf8');
  writeFileSync(path, types.replace(/\b(\w+Array)<ArrayBuffer(Like)?>/g, '$1'));
}

await bundleAlone(atRoot('dist/alone'));

const { script, sources } = await bundleReport();
mkdirSync(atRoot('dist/viewer'));
writeFileSync(atRoot('dist/viewer/report.js'), script);
writeFileSync(atRoot('dist/viewer/sources.json'), JSON.stringify(sources));

const pages = await bundleClassroom();
mkdirSync(atRoot('dist/class-pages'));
for (const [name, text] of pages) writeFileSync(atRoot(`dist/class-pages/${name}`), text);
writeFileSync(atRoot('dist/class-pages/files.json'), JSON.stringify([...pages.keys()]));

const programs = Object.values(packageFile.bin);
for (const program of programs) chmodSync(atRoot(program), 0o755);

const exported = Object.values(packageFile.exports).flatMap((target) =>
  typeof target === 'string' ? [target] : Object.values(target),
);
const missing = [...programs, ...exported].filter((path) => !path.includes('*') && !existsSync(atRoot(path)));
if (missing.length > 0) fail(`package.json names files that the build has not made: ${missing.join(', ')}`);
for (const program of programs) {
  const version = run(atRoot(program), '--version').trim();
  if (version !== packageFile.version)
    fail(`${program} --version must be ${packageFile.version}, got ${version}`);
}

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(folder, path));
}

/** Runs a JavaScript file with this Node and returns what it prints; its errors end the build. */
function run(...words: string[]): string {
  try {
    return execFileSync(process.execPath, words, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  } catch (error) {
    return fail(String((error as { stdout?: string }).stdout ?? error));
  }
}

function fail(reason: string): never {
  console.error(`build: ${reason}`);
  process.exit(1);
}
