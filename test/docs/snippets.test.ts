// The TypeScript blocks of the Markdown pages: all of them are type-checked, and those that say what they print are run.
// The prototypes are checked with them, because most of a check is reading the library.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import test from 'tape';
import { prototypeFiles } from '../../examples/run.ts';
import { pages, problemsIn, root, runSnippet, snippetsOf } from './markdown.ts';

const snippets = pages().flatMap(snippetsOf);
const prototypes = prototypeFiles().map((file) => ({
  ...{ page: relative(root, file), line: 1, output: null },
  code: readFileSync(file, 'utf8'),
}));
const wrong = {
  ...{ page: 'a page', line: 1, output: null },
  code: "import { train } from 'fedtlrec';\ntrain(1);\n",
};
const problems = problemsIn([...snippets, ...prototypes, wrong]);
const isOfWrong = (problem: string) => problem.startsWith(`${wrong.page}:`);

test('every TypeScript block and every prototype type-checks against the library', (t) => {
  t.ok(snippets.length > 0, `${snippets.length} blocks`);
  t.ok(prototypes.length > 0, `${prototypes.length} prototypes`);
  t.deepEqual(
    problems.filter((problem) => !isOfWrong(problem)),
    [],
  );
  t.end();
});

test('the type check notices a wrong block', (t) => {
  t.match(problems.filter(isOfWrong).join(), /^a page:2: Expected 2-3 arguments, but got 1\.$/);
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
