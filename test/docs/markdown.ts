// The Markdown pages of the repository, and what the tests ask of them: links, headings, TypeScript blocks.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { type Printed, printedBy } from '../../examples/run.ts';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** All pages, from the root: those beside package.json and those below docs/, examples/ and bench/. */
export function pages(): string[] {
  const below = (folder: string) =>
    readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
      .map((file) => `${folder}/${file}`.replaceAll('\\', '/'))
      .filter((file) => !file.includes('/node_modules/') && !file.startsWith('docs/api/')); // others' and generated
  const files = [...readdirSync(root), ...below('docs'), ...below('examples'), ...below('bench')];
  return files.filter((file) => file.endsWith('.md')).sort();
}

export function readPage(page: string): string {
  return readFileSync(root + page, 'utf8');
}

/** A page without its code: what stands in fences, in indented blocks and between backticks is no link. */
export function withoutCode(text: string): string {
  return text
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/^ {4}.*$/gm, '')
    .replace(/`[^`\n]*`/g, 'code');
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  return [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading]) => {
    const anchor = heading!
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** A TypeScript block, and what the page says it prints, if a text block follows it. */
export interface Snippet {
  readonly page: string;
  /** The line of the page on which the code begins. */
  readonly line: number;
  readonly code: string;
  readonly output: string | null;
}

const snippetPattern = /^```ts\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm;

export function snippetsOf(page: string): Snippet[] {
  const text = readPage(page);
  return [...text.matchAll(snippetPattern)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length + 1,
    code: match[1]!,
    output: match[2] ?? null,
  }));
}

/** The package's import paths with the sources behind them, from package.json. */
export function importPaths(): Record<string, string> {
  const { exports } = JSON.parse(readPage('package.json')) as {
    exports: Record<string, { default?: string }>;
  };
  const built = Object.entries(exports).filter(([, target]) => target.default);
  return Object.fromEntries(
    built.map(([path, target]) => [
      path.replace('.', 'fedtlrec'),
      join(
        root,
        target
          .default!.replace('/alone/', '/prototyping/')
          .replace('./dist/', 'lib/')
          .replace(/\.js$/, '.ts'),
      ),
    ]),
  );
}

/** What the compiler says about the blocks, each a module of its own, with the library in place of the package. */
export function problemsIn(blocks: readonly Snippet[]): string[] {
  const files = new Map(blocks.map((block, place) => [join(root, `test/docs/block-${place}.ts`), block]));
  const read = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...read.config, include: [] }, ts.sys, root);
  const settings = {
    ...options,
    noUnusedLocals: false,
    paths: Object.fromEntries(Object.entries(importPaths()).map(([path, file]) => [path, [file]])),
  };
  const host = ts.createCompilerHost(settings);
  const isFile = host.fileExists;
  host.fileExists = (file) => files.has(file) || isFile(file);
  host.readFile = (file) => files.get(file)?.code ?? readFileSync(file, 'utf8');
  const program = ts.createProgram([...files.keys()], settings, host);
  return [...files].flatMap(([file, { page, line }]) => {
    const source = program.getSourceFile(file)!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      (problem) => {
        const at = source.getLineAndCharacterOfPosition(problem.start ?? 0).line;
        return `${page}:${line + at}: ${ts.flattenDiagnosticMessageText(problem.messageText, ' ')}`;
      },
    );
  });
}

/** What a snippet prints when it runs in this process, with the library of this repository in place of the installed one. */
export async function runSnippet(
  { code }: Pick<Snippet, 'code'>,
  words: readonly string[] = [],
): Promise<Printed> {
  mkdirSync(snippetFolder, { recursive: true });
  const folder = mkdtempSync(join(snippetFolder, 'snippet-'));
  const before = process.argv;
  try {
    const file = join(folder, 'snippet.ts');
    writeFileSync(file, withSources(code));
    process.argv = [process.execPath, file, ...words];
    return await printedBy(() => import(pathToFileURL(file).href));
  } finally {
    process.argv = before;
    rmSync(folder, { recursive: true });
  }
}

/** Inside the repository, so that packages are found from it. */
const snippetFolder = join(root, '.cache/snippets');

/** A snippet that imports the library's sources instead of the package. */
function withSources(code: string): string {
  const sources = importPaths();
  return code.replace(/(from |import\()'(fedtlrec[^']*)'/g, (found, before: string, path: string) => {
    const source = sources[path];
    return source ? `${before}'${pathToFileURL(source).href}'` : found;
  });
}

/** Writes into each page what its snippets print now. Only blocks that already have a text block are run. */
export async function updateSnippets(): Promise<void> {
  for (const page of pages()) {
    let text = readPage(page);
    for (const snippet of snippetsOf(page)) {
      if (snippet.output === null) continue;
      const { output, error } = await runSnippet(snippet);
      if (error !== null) throw new Error(`${page}:${snippet.line} failed: ${error}`);
      const block = (printed: string) => `\`\`\`ts\n${snippet.code}\`\`\`\n\n\`\`\`text\n${printed}\`\`\`\n`;
      text = text.replace(block(snippet.output), () => block(output));
    }
    if (text !== readPage(page)) writeFileSync(root + page, text);
  }
}
