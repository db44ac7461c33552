// A saved run: what its folder must hold, what its tensors are called and shaped, and where downloaded data lie.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'tape';
import { leaveOneOut } from '../../lib/data/split.ts';
import { syntheticRatings } from '../../lib/data/synthetic.ts';
import { Memory } from '../../lib/federated/memory.ts';
import { fedtlrec } from '../../lib/federated/recipes/fedtlrec.ts';
import { cachedArchive, cacheFolder, expectedChecksum } from '../../lib/node/data-cache.ts';
import type { DataSource } from '../../lib/node/data-sources.ts';
import { modelTensors, splitOf, splitTensors } from '../../lib/node/model-tensors.ts';
import { loadOptional } from '../../lib/node/optional-package.ts';
import { readRun, restoreProgram, saveRun, writeDocument } from '../../lib/node/saved-run.ts';
import { isSystemError, whyRefused } from '../../lib/node/system-error.ts';
import { openRun } from '../../lib/training/open-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'fedtlrec-saved-'));
test.onFinish(() => rmSync(folder, { recursive: true, force: true }));

const { ratings } = syntheticRatings({ users: 12, items: 20, groups: 2, scenesPerGroup: 2, meanRatings: 6 });
const split = leaveOneOut(ratings);
const reason = (work: () => Promise<unknown>) =>
  work().then(
    () => 'taken',
    (error: Error) => `${error.name}: ${error.message.replace(`${folder}/`, '')}`,
  );

test('a run comes back as it was saved, and a folder that lacks something says what', async (t) => {
  const run = openRun(fedtlrec, split, { settings: { rounds: 1, factors: 2 } });
  const facts = {
    ...{ fedtlrec: '0', recipe: 'fedtlrec', recipeModule: null, mix: 0.25, order: null, digest: 'abc' },
    settings: run.settings,
  };
  const ids = { users: ratings.users, items: ratings.items };
  await saveRun(folder, { facts, figures: { note: [{ a: 1 }, { b: 2 }] }, memory: run.memory, split, ids });
  const saved = await readRun(folder);
  t.deepEqual(saved.split, split);
  t.deepEqual(saved.ids, ids);
  t.deepEqual(saved.document.settings, run.settings);
  t.deepEqual(saved.arrays, { ...run.memory.arrays });
  const { program } = restoreProgram(folder, saved, fedtlrec);
  const scores = [run.program, program].map((one) => {
    const into = new Float32Array(20);
    one.score(3, null, into);
    return into;
  });
  t.deepEqual(scores[1], scores[0], 'the program scores as before');
  const { itemTable: _, ...others } = saved.arrays;
  t.match(
    await reason(async () => restoreProgram(folder, { ...saved, arrays: others }, fedtlrec)),
    /^SavedRunError: model\.safetensors: the array itemTable is missing$/,
  );

  const path = join(folder, 'run.json');
  const whole = readFileSync(path, 'utf8');
  const broken = async (change: Record<string, unknown>) => {
    writeFileSync(path, JSON.stringify({ ...JSON.parse(whole), ...change }));
    return reason(() => readRun(folder));
  };
  const altered = 'the file was altered, its checksum is not the one in run.json';
  for (const [change, said] of [
    [{}, 'taken'],
    [{ format: 2 }, 'run.json: the format must be 1, got 2'],
    [{ format: undefined }, 'run.json: the format must be 1, got none'],
    [
      { format: undefined, recipes: [] },
      'run.json: the format must be 1, got none; this is a comparison, name the folder of one of its recipes',
    ],
    [{ recipe: 3 }, 'run.json: recipe and digest must be text'],
    [{ digest: null }, 'run.json: recipe and digest must be text'],
    [{ mix: '0.5' }, 'run.json: mix must be a number'],
    [{ settings: null }, 'run.json: settings must be an object'],
    [{ dataset: 3 }, 'run.json: dataset must be an object'],
    [{ files: null }, 'run.json: files must be an object'],
    [{ settings: { rounds: -1 } }, 'run.json: settings: rounds must be'],
    [{ files: {} }, `model.safetensors: ${altered}`],
    [{ files: { ...saved.document.files, 'ids.json': '' } }, `ids.json: ${altered}`],
  ] as const) {
    const got = await broken(change);
    const start = said === 'taken' ? said : `SavedRunError: ${said}`;
    t.equal(got.slice(0, start.length), start, got);
  }
  writeFileSync(path, 'null');
  t.equal(await reason(() => readRun(folder)), 'SavedRunError: run.json: the format must be 1, got none');
  writeFileSync(path, '{');
  t.equal(await reason(() => readRun(folder)), 'SavedRunError: run.json: this is not JSON');
  rmSync(path);
  t.match(
    await reason(() => readRun(folder)),
    /run\.json: there is no such file; a model folder is what --out/,
  );
});

test('a document has a line for each field, and one for each entry of a list of objects', async (t) => {
  const path = join(folder, 'document.json');
  await writeDocument(path, { a: 1, none: undefined, list: [1, 2], rows: [{ x: 1 }, { x: 2 }], empty: [] });
  t.equal(
    readFileSync(path, 'utf8'),
    '{\n  "a": 1,\n  "list": [1,2],\n  "rows": [\n    {"x":1},\n    {"x":2}\n  ],\n  "empty": []\n}\n',
  );
});

test('arrays with a row for each client or item are tables, the others are flat', (t) => {
  const memory = new Memory();
  memory.rows('float32', 'vectors', 12, 3);
  memory.rows('uint8', 'heard', 12, 1);
  memory.float32('itemTable', 20 * 4);
  memory.float32('other', 40);
  const shapes = Object.entries(modelTensors(memory, split)).map(([name, { shape }]) => [name, ...shape]);
  t.deepEqual(shapes, [['vectors', 12, 3], ['heard', 12], ['itemTable', 20, 4], ['other', 40]]); // biome-ignore format: one line
  const tensors = splitTensors(split);
  const { name, ordered, skippedUsers } = split;
  t.deepEqual(splitOf(tensors, { name, ordered, skippedUsers }, 12, 20), split);
  const { 'split.test': _, ...without } = tensors;
  t.throws(() => splitOf(without, split, 12, 20), /^SafetensorsError: the array split\.test is missing$/);
  t.throws(() => splitOf(tensors, split, 13, 20), /split\.trainOffsets must have 14 elements, got 13$/);
  t.end();
});

test('published data are kept where each system keeps such things', async (t) => {
  t.equal(cacheFolder({ FEDTLREC_CACHE: '/x' }, 'linux'), '/x');
  t.equal(cacheFolder({ XDG_CACHE_HOME: '/c' }, 'linux'), join('/c', 'fedtlrec'));
  t.equal(cacheFolder({}, 'linux'), join(homedir(), '.cache', 'fedtlrec'));
  t.equal(cacheFolder({ XDG_CACHE_HOME: '/c' }, 'darwin'), join(homedir(), 'Library', 'Caches', 'fedtlrec'));
  t.equal(cacheFolder({ LOCALAPPDATA: '/l' }, 'win32'), join('/l', 'fedtlrec'));
  t.equal(cacheFolder({}, 'win32'), join(homedir(), 'AppData', 'Local', 'fedtlrec'));
  const source = { url: 'https://example.org/data/ml.zip?x=1' } as DataSource;
  t.equal(cachedArchive(source, '/c'), join('/c', 'ml.zip'));
  const archive = join(folder, 'ml.zip');
  t.equal(await expectedChecksum(source, archive), null, 'nothing was recorded');
  writeFileSync(`${archive}.sha256`, `${'a'.repeat(64)}\n`);
  t.equal(await expectedChecksum(source, archive), 'a'.repeat(64), 'that of the first download');
  t.equal(
    await expectedChecksum({ ...source, sha256: 'b' } as DataSource, archive),
    'b',
    'the table goes first',
  );
  writeFileSync(`${archive}.sha256`, 'damaged');
  t.equal(await expectedChecksum(source, archive), null);
});

test('what the system refuses is said in words, and a package that is not installed by its own error', async (t) => {
  const refused = (code?: string) => whyRefused(Object.assign(new Error('x'), { code }));
  t.equal(refused('ENOSPC'), 'the disk is full');
  t.equal(refused('EXYZ'), 'EXYZ');
  t.equal(refused(), 'unknown reason');
  t.equal(isSystemError(Object.assign(new Error('x'), { syscall: 'open' })), true);
  t.equal(isSystemError(new Error('x')), false);
  t.equal(isSystemError({ syscall: 'open' }), false);
  const failing = (code: string, message: string) => async () => {
    throw Object.assign(new Error(message), { code });
  };
  const load = (work: () => Promise<unknown>) =>
    reason(() => loadOptional('mqtt', work, () => new Error('install it')));
  t.equal(await load(failing('ERR_MODULE_NOT_FOUND', "no package 'mqtt'")), 'Error: install it');
  t.equal(await load(failing('ERR_MODULE_NOT_FOUND', "no package 'other'")), "Error: no package 'other'");
  t.equal(await load(failing('EACCES', "'mqtt'")), "Error: 'mqtt'");
  t.equal(await loadOptional('mqtt', async () => 7, () => new Error('x')), 7); // biome-ignore format: one line
});
