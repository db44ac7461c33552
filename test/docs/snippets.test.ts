// The TypeScript blocks of the Markdown pages: all of them are type-checked, and those that say what they print are run.
import test from 'tape';
import { pages, problemsIn, runSnippet, snippetsOf } from './markdown.ts';

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
