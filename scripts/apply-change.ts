// Makes a change of docs/changing.md in a copy of the repository: `npx tsx scripts/apply-change.ts metric`.
// In: a section's diff blocks; out: edited files. A diff block begins with `--- FILE`, or `+++ FILE` for a new file; hunks
// are parted by `@@` and have no line numbers: their kept and removed lines must stand in the file exactly once.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

/** One section of the page. */
export interface Change {
  /** The heading's last word: "A metric" is `metric`. */
  readonly name: string;
  /** Files that the text says are touched, from the root. */
  readonly named: readonly string[];
  readonly edits: readonly Edit[];
  /** Commands, and lines that they print in this order; `…` stands for any lines. */
  readonly runs: readonly { readonly command: string; readonly output: readonly string[] }[];
}

/** A diff block. */
export interface Edit {
  readonly file: string;
  readonly isNew: boolean;
  readonly hunks: readonly { readonly before: string; readonly after: string }[];
}

/** The changes of the page, in order. */
export function changesOn(page: string): Change[] {
  return page
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const prose = section.replace(/^```[\s\S]*?^```$/gm, '');
      const touches = /^Touches ([\s\S]*?)\.$/m.exec(prose)?.[1] ?? '';
      return {
        name: section.split('\n')[0]!.split(' ').at(-1)!,
        named: Array.from(touches.matchAll(/\[([^\]]+)\]/g), ([, file]) => file!),
        edits: Array.from(section.matchAll(/^```diff\n([\s\S]*?)^```$/gm), ([, block]) => editOf(block!)),
        runs: Array.from(
          section.matchAll(/^```sh\n([\s\S]*?)\n```\n\n```text\n([\s\S]*?)^```$/gm),
          ([, command, output]) => ({ command: command!, output: output!.trimEnd().split('\n') }),
        ),
      };
    });
}

function editOf(block: string): Edit {
  const [head, ...lines] = block.trimEnd().split('\n');
  const [, sign, file] = /^(---|\+\+\+) (\S+)$/.exec(head!) ?? [];
  if (!file) throw new Error(`a diff block must begin with "--- FILE" or "+++ FILE", got "${head}"`);
  const hunks = lines
    .join('\n')
    .split(/^@@\n/m)
    .map((hunk) => {
      const marked = hunk.trimEnd().split('\n');
      const without = (mark: string) =>
        marked.filter((line) => !line.startsWith(mark)).map((line) => `${line.slice(1)}\n`);
      return { before: without('+').join(''), after: without('-').join('') };
    });
  return { file, isNew: sign === '+++', hunks };
}

/**
 * Edits the files below `root` and returns which.
 *
 * @throws Error if a hunk's lines do not stand in the file exactly once, or a new file is there already; nothing is written then
 */
export function applyChange({ edits }: Change, root: string): string[] {
  const texts = edits.map(({ file, isNew, hunks }) => {
    const path = join(root, file);
    if (isNew && existsSync(path)) throw new Error(`${file} is there already`);
    return hunks.reduce(
      (text, { before, after }) => {
        const places = isNew ? 1 : `\n${text}`.split(`\n${before}`).length - 1;
        if (places !== 1)
          throw new Error(`${file}: these lines must stand there once, found ${places}:\n${before}`);
        return isNew ? after : `\n${text}`.replace(`\n${before}`, () => `\n${after}`).slice(1);
      },
      isNew ? '' : readFileSync(path, 'utf8'),
    );
  });
  edits.forEach(({ file }, at) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), texts[at]!);
  });
  return edits.map(({ file }) => file);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const changes = changesOn(readFileSync(join(root, 'docs/changing.md'), 'utf8'));
  const names = changes.map(({ name }) => name).join(', ');
  const change = changes.find(({ name }) => name === argv[2]);
  if (!change) {
    console.error(`apply-change: name a change of docs/changing.md (${names}), got ${argv[2] ?? 'nothing'}`);
    process.exitCode = 2;
  } else console.log(`edited ${applyChange(change, root).join(', ')}`);
}
