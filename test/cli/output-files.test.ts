// docs/files.md and the JSON Schema beside it, held to what the commands really print and save. The judge is ajv.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'tape';
import { recipeCatalogue } from '../../lib/training/recipes.ts';
import { outputFiles } from '../../scripts/outputs/files-page.ts';
import { type TensorRow, tensorSections } from '../../scripts/outputs/tensor-table.ts';
import { jsonLines, runHere, temporaryFolder, writeSmallRatings } from './command-line.ts';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const schema = JSON.parse(readFileSync(at('docs/public/output.schema.json'), 'utf8'));
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).addSchema(schema, 'output');
const tensorRows: Readonly<Record<string, TensorRow>> = Object.assign({}, ...Object.values(tensorSections));

const folder = temporaryFolder();
const data = writeSmallRatings(folder);
const inTwoRounds = ['--data', data, '--rounds', '2', '--evaluate-every', '2'];
const brief = ['--data', data, '--rounds', '2', '--evaluate-every', '1', '--factors', '4', '--clusters', '2'];

test('docs/files.md and output.schema.json are what their tables give', (t) => {
  for (const [path, text] of Object.entries(outputFiles())) {
    t.ok(text === readFileSync(at(path), 'utf8'), `${path}; if not: npm run examples:update`);
  }
  t.end();
});

test('whatever the commands print as JSON or save has every field of the schema and none more', async (t) => {
  const expectValid = (name: string, value: unknown, what: string) => {
    const validate = ajv.getSchema(`output#/$defs/${name}`)!;
    const isValid = validate(value);
    const faults = (validate.errors ?? []).map(
      (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    );
    t.ok(isValid, `${what}: ${isValid ? name : faults.slice(0, 3).join('; ')}`);
  };
  const saved = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'));
  const printed = async (...words: string[]) => {
    const { code, stdout, stderr } = await runHere([...words, '--json']);
    t.equal(code, 0, stderr || words.join(' '));
    return jsonLines(stdout);
  };

  const privately = ['--recipe', 'colr-secure-sum', '--epsilon', '50'];
  for (const more of [
    [],
    privately,
    ['--recipe', 'popularity'],
    ['--recipe', 'fedncf'],
    ['--dropout', '0.9'],
    ['--metrics', 'all'],
  ]) {
    const rows = await printed('train', ...brief, ...more);
    expectValid('Summary', rows.pop(), `train ${more.join(' ')}`);
    for (const row of rows) expectValid('Round', row, `train ${more.join(' ')}`);
  }
  const [synthetic] = (await printed('train', '--rounds', '1', '--factors', '2')).slice(-1);
  expectValid('Summary', synthetic, 'train on the embedded data');

  await printed('train', ...brief, '--out', join(folder, 'run'), '--metrics', 'map,novelty');
  expectValid('RunFile', saved('run/run.json'), 'run.json');
  expectValid('IdsFile', saved('run/ids.json'), 'ids.json');
  const model = ['--model', join(folder, 'run')];
  for (const [part, name] of [
    ['test', 'TestEvaluation'],
    ['validation', 'ValidationEvaluation'],
  ] as const) {
    expectValid(name, (await printed('evaluate', ...model, '--part', part))[0], `evaluate --part ${part}`);
  }
  const recommended = (await printed('recommend', ...model, '--user', '001', '-k', '60'))[0];
  expectValid('Recommendations', recommended, 'recommend');

  const out = join(folder, 'comparison');
  for (const seeds of ['1', '1,2']) {
    const words = [...brief, '--recipes', 'fedmf,popularity', '--seeds', seeds];
    const place = seeds === '1' ? [] : ['--out', out];
    const chosen = seeds === '1' ? ['--metrics', 'hr,map,coverage,gini'] : [];
    const [comparison] = await printed('compare', ...words, ...place, ...chosen);
    expectValid('Comparison', comparison, `compare --seeds ${seeds}`);
  }
  expectValid('ComparisonFile', saved('comparison/run.json'), 'run.json of compare');
  expectValid('RunFile', saved('comparison/fedmf/seed-2/run.json'), 'run.json of one seed');
  for (const name of [data, 'synthetic']) {
    expectValid('DataInfo', (await printed('data', 'info', name))[0], `data info ${name}`);
  }
  t.end();
});

test('the schema refuses a document that lacks a field, has one more, or holds another type', async (t) => {
  const [document] = jsonLines((await runHere(['data', 'info', data, '--json'])).stdout);
  const validate = ajv.getSchema('output')!;
  t.ok(validate(document), 'as it is');
  for (const name of Object.keys(document)) {
    const { [name]: value, ...without } = document;
    t.notOk(validate(without), `without ${name}`);
    t.notOk(validate({ ...document, [name]: [value] }), `${name} in a list`);
  }
  t.notOk(validate({ ...document, more: 1 }), 'one field more');
  t.end();
});

test('the page has every array of every recipe, with its type and shape', async (t) => {
  const unseen = new Set(Object.keys(tensorRows));
  const runs = recipeCatalogue.map(({ name }) => [name]);
  for (const [name, ...more] of [...runs, ['fedmf', '--server-optimizer', 'adagrad']] as [string][]) {
    const out = join(folder, ['tensors', name, ...more].join('-'));
    const { code, stderr } = await runHere([
      'train',
      ...inTwoRounds,
      '--recipe',
      name,
      '--out',
      out,
      ...more,
    ]);
    t.equal(code, 0, stderr || name);
    const { settings, summary } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
    const { users, items } = summary.dataset;
    const header = headerOf(join(out, 'model.safetensors'));
    const interactions = header['split.trainItems']!.shape[0];
    const lengths: Record<string, number | undefined> = {
      users,
      items,
      factors: settings.factors,
      neighbours: settings.neighbours,
      interactions,
    };
    const lengthOf = (word: string) =>
      word.split('+').reduce((sum, part) => sum + (lengths[part] ?? Number(part)), 0);
    for (const [array, { dtype, shape }] of Object.entries(header)) {
      const row = tensorRows[array];
      unseen.delete(array);
      t.equal(dtype, row?.type, `${name}: ${array} is ${row?.type ?? 'not on the page'}`);
      if (!row || shape.includes(0)) continue; // not kept with these settings
      // An array with one number a client or item is flat; where a length depends on the recipe, it may be, too.
      const expected = row.shape.map((word, axis) => (word === '*' ? (shape[axis] ?? -1) : lengthOf(word)));
      t.deepEqual(
        shape,
        expected.filter((length) => length !== -1),
        `${name}: shape of ${array}`,
      );
    }
  }
  t.deepEqual([...unseen], [], 'no array stands on the page that no recipe keeps');
  t.end();
});

/** A reader of its own: the header of a safetensors file, without the texts. */
function headerOf(path: string): Record<string, { dtype: string; shape: number[] }> {
  const bytes = readFileSync(path);
  const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString('utf8'));
  const { __metadata__, ...arrays } = header;
  return arrays;
}
