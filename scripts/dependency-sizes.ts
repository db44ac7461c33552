// Writes the sizes of the runtime and development dependencies into docs/dependencies.md: `npm run dependencies:measure`.
// Measured are the files that `npm ci` has put into node_modules, with all packages that a dependency brings along; a
// package that two of them share counts for both.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface LockedPackage {
  version: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const root = fileURLToPath(new URL('../', import.meta.url));
const page = join(root, 'docs/dependencies.md');
const readJson = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const locked = readJson('package-lock.json').packages as Record<string, LockedPackage>;
const { dependencies, devDependencies } = readJson('package.json') as Record<string, Record<string, string>>;

writeBetween('runtime', sizesTable(Object.keys(dependencies!)));
writeBetween('development', sizesTable(Object.keys(devDependencies!)));

function sizesTable(names: readonly string[]): string {
  const rows = names.map((name) => {
    const folders = [...foldersOf(name)];
    const bytes = folders.reduce((sum, folder) => sum + sizeOf(join(root, folder)), 0);
    const { version } = locked[`node_modules/${name}`]!;
    return `| \`${name}\` | ${version} | ${folders.length} | ${kilobytes(bytes)} |`;
  });
  return ['| Package | Version | Packages | kB |', '|---|---|---:|---:|', ...rows].join('\n');
}

/** The folders of a package and of everything it needs, as far as they are installed here. */
function foldersOf(name: string, from = '', found = new Set<string>()): Set<string> {
  const folder = resolveFolder(name, from);
  if (folder === null || found.has(folder)) return found;
  found.add(folder);
  const { dependencies: needed, optionalDependencies } = locked[folder]!;
  for (const next of Object.keys({ ...needed, ...optionalDependencies })) foldersOf(next, folder, found);
  return found;
}

/** Where Node finds a package that a package in `from` imports: in its own node_modules, or further up. */
function resolveFolder(name: string, from: string): string | null {
  for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/')))) {
    const folder = `${place === '' ? '' : `${place}/`}node_modules/${name}`;
    if (locked[folder] && isInstalled(folder)) return folder;
    if (place === '') return null;
  }
}

function isInstalled(folder: string): boolean {
  return statSync(join(root, folder), { throwIfNoEntry: false }) !== undefined;
}

/** Bytes of a package's own files. */
function sizeOf(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += sizeOf(path);
    else if (entry.isFile()) bytes += statSync(path).size;
  }
  return bytes;
}

function kilobytes(bytes: number): string {
  return String(Math.round(bytes / 1000)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Replaces what stands between `<!-- name:begin -->` and `<!-- name:end -->`. */
function writeBetween(name: string, table: string): void {
  const text = readFileSync(page, 'utf8');
  const marks = new RegExp(`(<!-- ${name}:begin -->\n)[\\s\\S]*?(<!-- ${name}:end -->)`);
  if (!marks.test(text)) throw new Error(`docs/dependencies.md has no place for ${name}`);
  writeFileSync(
    page,
    text.replace(marks, (_, begin: string, end: string) => `${begin}${table}\n${end}`),
  );
}
