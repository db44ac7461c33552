// The TypeScript blocks of the Markdown pages: all of them are type-checked, and those that say what they print are run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'tape';
import ts from 'typescript';
import { importPaths, pages, root, runSnippet, type Snippet, snippetsOf } from './markdown.ts';

const snippets = pages().flatMap(snippetsOf);

test('every TypeScript block type-checks against the library', (t) => {
  t.ok(snippets.length > 0, `${snippets.length} blocks`);
  t.deepEqual(problemsIn(snippets), []);
  t.end();
});

test('the type check notices a wrong block', (t) => {
  const wrong = {
    page: 'page',
    line: 1,
    output: null,
    code: "import { train } from 'fedtlrec';\ntrain(1);\n",
  };
  t.match(problemsIn([wrong]).join(), /page:2: Expected 2-3 arguments/);
  t.end();
});

test('a block with an output prints exactly that', async (t) => {
  for (const snippet of snippets.filter(({ output }) => output !== null)) {
    const { output, error } = await runSnippet(snippet);
    const place = `${snippet.page}:${snippet.line}`;
    if (error !== null) t.fail(`${place} failed: ${error}`);
    else t.equal(output, snippet.output, `${place} (if meant so: npm run examples:update)`);
  }
});

/** What the compiler says about the blocks, each a module of its own, with the library in place of the package. */
function problemsIn(blocks: readonly Snippet[]): string[] {
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
