// The prototypes are what a user of the installed package would write: short, importing the package alone, doing what they say.
// test/docs/snippets.test.ts checks their types.
// test/package/try-package.sh runs them again in an empty project with the packed tarball.
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'tape';
import { prototypeFiles } from '../examples/run.ts';
import { runSnippet } from './docs/markdown.ts';
import { needs, sharedFile } from './reference.ts';

const folder = fileURLToPath(new URL('../examples/prototypes/', import.meta.url));
const names = prototypeFiles().map((file) => basename(file, '.ts'));
const sourceOf = (name: string) => readFileSync(`${folder}${name}.ts`, 'utf8');
const asSnippet = (name: string) => ({ code: sourceOf(name) });

test('a prototype has at most 40 lines and imports the package alone', (t) => {
  t.ok(names.length >= 2, `${names.length} prototypes`);
  for (const name of names) {
    const source = sourceOf(name);
    t.ok(source.trimEnd().split('\n').length <= 40, `${name} is short`);
    const imported = [...source.matchAll(/from '([^']+)'/g)].map(([, path]) => path!);
    t.deepEqual(
      imported.filter((path) => !/^(fedtlrec(\/|$)|node:)/.test(path)),
      [],
      name,
    );
    t.ok(
      readFileSync(`${folder}../README.md`, 'utf8').includes(`(prototypes/${name}.ts)`),
      `${name} is listed`,
    );
  }
  t.end();
});

test('each prototype prints what stands beside it', async (t) => {
  for (const name of names) {
    const expected = `${folder}${name}.expected.txt`;
    t.ok(existsSync(expected), `${name} has an expected output`);
    const { output, error } = await runSnippet(asSnippet(name));
    t.equal(error, null, name);
    t.equal(output, readFileSync(expected, 'utf8'), `${name} (if meant so: npm run examples:update)`);
  }
});

test(
  'the prototype of stars is within .93 on MovieLens-100K u1',
  needs('data/ml-100k/u1.base.gz'),
  async (t) => {
    const files = ['u1.base.gz', 'u1.test'].map((file) => sharedFile(`data/ml-100k/${file}`));
    const { output } = await runSnippet(asSnippet('stars'), files);
    const errors = [...output.matchAll(/RMSE ([\d.]+) .* on 20000 /g)].map(([, rmse]) => Number(rmse));
    t.equal(errors.length, 2, 'both solvers');
    t.ok(
      errors.every((rmse) => rmse > 0.8 && rmse <= 0.93),
      errors.join(', '),
    );
  },
);
