import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'tape';
import type { Recipe } from '../../lib/federated/recipe.ts';
import { recipeCatalogue, recipeNamed } from '../../lib/training/recipes.ts';
import { importsOf, libraryFiles, runBy } from '../source-modules.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('the catalogue says of each recipe what the recipe says of itself', async (t) => {
  for (const { name, summary, load } of recipeCatalogue) {
    const recipe = await load();
    t.deepEqual([recipe.name, recipe.summary], [name, summary], name);
    t.equal(await recipeNamed(name), recipe, `${name} by its name`);
  }
  const names = recipeCatalogue.map(({ name }) => name);
  t.equal(new Set(names).size, names.length, 'each name once');
});

test('every recipe of the library is in the catalogue', async (t) => {
  const catalogued = await Promise.all(recipeCatalogue.map(({ load }) => load()));
  const files = libraryFiles().filter((file) => /^lib\/(peers|federated\/recipes)\/[^/]+\.ts$/.test(file));
  for (const file of files) {
    const exported = Object.values((await import(join(root, file))) as Record<string, unknown>);
    const isRecipe = (value: unknown) => typeof value === 'object' && value !== null && 'create' in value;
    for (const recipe of exported.filter(isRecipe)) {
      t.ok(
        (catalogued as unknown[]).includes(recipe),
        `${file}: ${String((recipe as Partial<Recipe>).name)}`,
      );
    }
  }
});

test('an unknown name is refused with the closest one', async (t) => {
  for (const [wrong, right] of [
    ['fedtlerc', 'fedtlrec'],
    ['FedMF', 'fedmf'],
    ['toString', 'colr'],
  ] as const) {
    const message = await recipeNamed(wrong).then(
      String,
      (error: Error) => `${error.name}: ${error.message}`,
    );
    const start = `RangeError: recipe: there is no recipe "${wrong}"; did you mean "${right}"? All: fedtlrec, `;
    t.equal(message.slice(0, start.length), start);
  }
});

test('training and fedtlrec, in this thread and in others, run no code of the peers', (t) => {
  const files = runBy(
    'lib/training/train.ts',
    'lib/federated/recipes/fedtlrec.ts',
    'lib/simulator/threads.ts',
    'lib/simulator/worker.ts',
  );
  t.ok(files.has('lib/training/recipes.ts') && files.has('lib/federated/federation.ts'), 'the graph is read');
  t.deepEqual(
    [...files].filter((file) => file.startsWith('lib/peers/')),
    [],
  );
  const loaded = importsOf('lib/training/recipes.ts').filter(({ kind }) => kind === 'dynamic');
  t.equal(
    loaded.length,
    recipeCatalogue.length,
    'each recipe is loaded by a literal import(), as bundlers need it',
  );
  t.end();
});

test('the threads of a run load the recipe that was named, and no other', async (t) => {
  const ours = await modulesOfRun('fedtlrec');
  t.ok(ours.has('lib/simulator/worker.ts'), 'threads are seen');
  t.deepEqual(
    [...ours].filter((file) => file.startsWith('lib/peers/')),
    [],
  );
  const theirs = await modulesOfRun('fedmf');
  t.deepEqual(
    [...theirs].filter((file) => file.startsWith('lib/peers/')),
    ['lib/peers/fedmf.ts'],
  );
});

/** The files of the library that a small run with a thread executes, in its thread, too, as V8 counts them. */
async function modulesOfRun(recipe: string): Promise<Set<string>> {
  const folder = mkdtempSync(join(tmpdir(), 'modules-'));
  const words = ['--import', 'tsx', join(root, 'test/training/threaded-run.ts'), recipe];
  const env = { ...process.env, NODE_V8_COVERAGE: folder };
  await new Promise<void>((resolve, reject) => {
    execFile(process.execPath, words, { cwd: root, env }, (error) => (error ? reject(error) : resolve()));
  });
  const reports = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  rmSync(folder, { recursive: true });
  return new Set(
    reports.flatMap((text) => Array.from(text.matchAll(/"file:[^"]*\/(lib\/[^"?]+)"/g), ([, file]) => file!)),
  );
}
