// docs/command-line.md says which dependencies make functions from strings, which a content security policy may forbid.
import { spawnSync } from 'node:child_process';
import test from 'tape';
import { readPage, root } from './markdown.ts';

test("what a page says of pages without 'unsafe-eval' is so", (t) => {
  const sentence = readPage('docs/command-line.md')
    .split('\n')
    .find((line) => line.includes("'unsafe-eval'"))!;
  const uses = {
    ndarray: "require('ndarray')(new Float64Array(4), [2, 2])",
    'ndarray-ops': "require('ndarray-ops')",
  };
  for (const [name, code] of Object.entries(uses)) {
    t.ok(sentence.includes(`\`${name}\``), `the page names ${name}`);
    const run = (...flags: string[]) => spawnSync(process.execPath, [...flags, '-e', code], { cwd: root });
    t.equal(run().status, 0, `${name} works`);
    const { status, stderr } = run('--disallow-code-generation-from-strings');
    t.notEqual(status, 0, `${name} is refused where code from strings is`);
    t.match(String(stderr), /EvalError/);
  }
  t.end();
});
