// TypeScript on the site's pages is type-checked while the site is built, and each name carries its type for readers who
// point at it. In: fences of Markdown, written there or included as a region of a file; out: the same fences, with names
// marked. A type error ends the build. Twoslash asks the compiler; theme/type-hints.ts shows what is carried.
import { readFileSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTwoslasher, type NodeHover } from 'twoslash';
import ts from 'typescript';
import type { MarkdownEnv, MarkdownOptions, MarkdownRenderer } from 'vitepress';
import { root } from './repository.ts';

type Transformer = NonNullable<MarkdownOptions['codeTransformers']>[number];

/** Code as a page shows it, and the names in it. */
interface Shown {
  readonly code: string;
  /** Their lines and columns are those of `code`. */
  readonly names: readonly NodeHover[];
}

/** Fences by the mark in their info string. */
const shownByMark = new Map<string, Shown>();
const checked = new Map<string, readonly NodeHover[]>();
let twoslash: ReturnType<typeof createTwoslasher> | null = null;

/** Checks every fence in TypeScript, and marks it for `showTypes`. */
export function checkTypes(md: MarkdownRenderer): void {
  const usual = md.renderer.rules.fence!;
  md.renderer.rules.fence = (tokens, index, options, env: MarkdownEnv, self) => {
    const token = tokens[index]! as (typeof tokens)[number] & { src?: [file: string, region?: string] };
    const isTypeScript = /^ts(\[.*\])?\s*$/.test(token.info) && !env.relativePath.startsWith('api/');
    if (isTypeScript) {
      const shown = token.src
        ? shownRegion(...token.src)
        : shownBlock(token.content, `${env.relativePath}:${1 + (token.map?.[0] ?? 0)}`);
      const mark = `types-${shownByMark.size}`;
      shownByMark.set(mark, shown);
      token.info = `${token.info.trimEnd()} ${mark}`;
    }
    return usual(tokens, index, options, env, self);
  };
}

/** Gives the names of marked code their types. */
export const showTypes: Transformer = {
  name: 'fedtlrec:types',
  preprocess(code, options) {
    const mark = /\btypes-\d+\b/.exec(options.meta?.__raw ?? '')?.[0];
    const shown = mark === undefined ? undefined : shownByMark.get(mark);
    if (!shown) return;
    if (code.trimEnd() !== shown.code.trimEnd())
      throw new Error(`the page shows other code than was checked:\n${code}`);
    const decorations = shown.names.map(({ line, character, length, text, docs }) => ({
      start: { line, character },
      end: { line, character: character + length },
      properties: { class: 'typed', 'data-type': readable(text), 'data-about': firstSentence(docs) },
    }));
    options.decorations = [...(options.decorations ?? []), ...decorations];
  },
};

/** A block of a page: a module of its own, beside the page. */
function shownBlock(code: string, place: string): Shown {
  return { code, names: namesIn(code, 'docs/block.ts', place) };
}

/** A region of a file, without the lines that mark regions; the whole file is checked. */
function shownRegion(file: string, region: string | undefined): Shown {
  const path = relative(root, resolve(file)).replaceAll('\\', '/');
  const code = readFileSync(file, 'utf8');
  const names = namesIn(code, `${dirname(path)}/shown-${basename(path)}`, path);
  const lines = code.split('\n');
  const isMark = (line: string) => /^\s*\/\/ #(end)?region\b/.test(line);
  const first = region ? lines.findIndex((line) => line.trim() === `// #region ${region}`) + 1 : 0;
  const last = region ? lines.findIndex((line) => line.trim() === `// #endregion ${region}`) : lines.length;
  if (first === 0 && region) throw new Error(`${path} has no region ${region}`);
  const kept = lines
    .map((_, line) => line)
    .filter((line) => line >= first && line < last && !isMark(lines[line]!));
  const indents = kept.map((line) => lines[line]!).filter((line) => line.trim() !== '');
  const indent = Math.min(...indents.map((line) => line.length - line.trimStart().length));
  const lineOf = new Map(kept.map((line, place) => [line, place]));
  return {
    code: kept.map((line) => lines[line]!.slice(indent)).join('\n'),
    names: names.flatMap((name) => {
      const line = lineOf.get(name.line);
      return line === undefined ? [] : [{ ...name, line, character: name.character - indent }];
    }),
  };
}

/**
 * The names in a module, with their types.
 *
 * @param file where the module pretends to be: a name that no file has, because it would hide that one from others
 */
function namesIn(code: string, file: string, place: string): readonly NodeHover[] {
  const known = checked.get(file + code);
  if (known) return known;
  twoslash ??= createTwoslasher({ compilerOptions: compilerOptions(), vfsRoot: root.replace(/\/$/, '') });
  try {
    const { hovers, code: whole } = twoslash(`// @filename: ${file}\n${code}`, 'ts');
    const before = whole.startsWith('// @filename') ? 1 : 0;
    const names = hovers.map((name) => ({ ...name, line: name.line - before }));
    checked.set(file + code, names);
    return names;
  } catch (error) {
    throw new Error(`${place} does not type-check: ${(error as Error).message}`);
  }
}

/** Those of the repository, with its sources in place of the package. */
function compilerOptions(): ts.CompilerOptions {
  const file = fileURLToPath(new URL('../tsconfig.json', import.meta.url));
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(file, ts.sys.readFile).config,
    ts.sys,
    dirname(file),
  );
  const { configFilePath: _, ...plain } = options;
  return {
    ...plain,
    noUnusedLocals: false,
    types: ['node'],
    paths: sourcesOfPaths(),
  };
}

/** Each path that the package exports, and the source behind it. */
function sourcesOfPaths(): Record<string, string[]> {
  const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    exports: Record<string, { types?: string }>;
  };
  return Object.fromEntries(
    Object.entries(exports).flatMap(([path, { types }]) =>
      types
        ? [[path.replace('.', 'fedtlrec'), [types.replace('./dist/', `${root}lib/`).replace('.d.ts', '.ts')]]]
        : [],
    ),
  );
}

/** What the compiler says about a name, without how it came here. */
function readable(text: string): string {
  return text.replace(/^\(alias\) /, '').replace(/\nimport \w+$/, '');
}

function firstSentence(docs: string | undefined): string | undefined {
  return docs === undefined ? undefined : /^[\s\S]*?\.(?=\s|$)/.exec(docs)?.[0].replace(/\s+/g, ' ');
}
