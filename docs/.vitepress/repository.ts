// Where the files of the repository are on the site. Pages link to each other and to sources by relative paths, so that
// they also work as plain Markdown; here such a link becomes the address of a page of the site.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Pages of the site that show a file from outside docs/, by that file's path from the root. */
const shownElsewhere: Readonly<Record<string, string>> = {
  'README.md': '/',
  'CONTRIBUTING.md': '/contributing',
  'CHANGELOG.md': '/changelog',
  examples: '/examples',
  'examples/README.md': '/examples',
  'bench/results.md': '/benchmarks',
  'bench/results': '/benchmarks',
};

/** Folders whose TypeScript files have a page each. */
const sourceFolders = ['lib', 'examples', 'kernels'];

/** The source files that have a page, from the root: `lib/model/kmeans.ts`. */
export function sourceFiles(): string[] {
  return sourceFolders
    .flatMap((folder) =>
      readdirSync(root + folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    )
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.generated.ts'))
    .filter((file) => !file.includes('node_modules/'))
    .sort();
}

/**
 * The site's address of a file of the repository, without `.html`; null if it has none.
 *
 * @param file from the root
 */
export function addressOf(file: string): string | null {
  const known = shownElsewhere[file];
  if (known) return known;
  if (file.startsWith('docs/') && file.endsWith('.md')) {
    return `/${file.slice('docs/'.length, -'.md'.length)}`.replace(/\/index$/, '/');
  }
  const isSource = sourceFolders.some((folder) => file.startsWith(`${folder}/`));
  return isSource && file.endsWith('.ts') && !file.endsWith('.generated.ts') ? `/source/${file}` : null;
}

/**
 * Where a link of a page leads.
 *
 * @param page the Markdown file in which the link stands, from the root
 * @param target what the link says: `../lib/model/kmeans.ts#L12`
 * @returns the site's address, null if the file has no page
 * @throws Error if there is no such file
 */
export function resolveLink(page: string, target: string): string | null {
  const [path, anchor] = target.split('#') as [string, string?];
  const file = posix.normalize(posix.join(posix.dirname(page), path)).replace(/\/$/, '');
  const isGenerated = file.startsWith('docs/api/');
  if (!isGenerated && (file.startsWith('..') || !existsSync(root + file))) {
    throw new Error(`${page} links to ${target}, which is not there`);
  }
  const isFolder = !isGenerated && statSync(root + file).isDirectory();
  const address = addressOf(isFolder && existsSync(`${root}${file}/index.md`) ? `${file}/index.md` : file);
  if (address === null) return null;
  return anchor ? `${address}#${anchor}` : address;
}
