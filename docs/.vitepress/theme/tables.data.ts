// The measured tables of the repository's pages, so that lessons can show them without copying a figure: each table is
// found by the file it stands in and what is written above it: a comment such as `<!-- matmul -->`, or a heading.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { root } from '../repository.ts';
import { slugify } from '../slugify.ts';

const files = [
  'README.md',
  'bench/results.md',
  'docs/evaluation.md',
  'docs/privacy.md',
  'docs/reproduction.md',
  'docs/results.md',
  'docs/robust.md',
];

export interface MeasuredTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Tables by `file#comment` and by `file#heading`, in the order in which they stand there. */
export type MeasuredTables = Readonly<Record<string, readonly MeasuredTable[]>>;

declare const data: MeasuredTables;

export { data };

// biome-ignore lint/style/noDefaultExport: VitePress asks for it
export default {
  watch: files.map((file) => `../../../${file}`),
  load(): MeasuredTables {
    const present = files.filter((file) => existsSync(root + file));
    const all = present.flatMap((file) => Object.entries(tablesOf(file, readFileSync(root + file, 'utf8'))));
    const asked = tablesAskedFor();
    return Object.fromEntries(all.filter(([name]) => asked.has(name))); // the others are not worth their bytes
  },
};

/** What the Markdown pages show of them. */
function tablesAskedFor(): Set<string> {
  const pages = readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.md') && !file.includes('node_modules'),
  );
  return new Set(
    pages.flatMap((file) =>
      Array.from(
        readFileSync(`${root}docs/${file}`, 'utf8').matchAll(/<Measured\w+\s+from="([^"]+)"/g),
        ([, from]) => from!,
      ),
    ),
  );
}

/** All tables of a page under the comment and the heading that they follow. */
export function tablesOf(file: string, page: string): Record<string, MeasuredTable[]> {
  const found: Record<string, MeasuredTable[]> = {};
  const pattern =
    /^<!-- (?:figures: )?([\w-]+)(?::begin)? -->$|^## (.+)$|^\|.*\|\n\|[-:| ]+\|\n(?:\|.*\|\n?)*/gm;
  let [comment, heading] = ['', ''];
  for (const [text, newComment, newHeading] of page.matchAll(pattern)) {
    if (newComment !== undefined) comment = newComment === 'end' ? '' : newComment;
    else if (newHeading !== undefined) heading = slugify(newHeading);
    else {
      const [header, , ...rows] = text.trimEnd().split('\n').map(cellsOf);
      for (const key of new Set([comment, heading])) {
        if (key === '') continue;
        found[`${file}#${key}`] = [...(found[`${file}#${key}`] ?? []), { header: header!, rows }];
      }
    }
  }
  return found;
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim().replaceAll('`', ''));
}
