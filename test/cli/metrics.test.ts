// `--metrics`: what tables, JSON and a saved model have when metrics are chosen.
import { join } from 'node:path';
import test from 'tape';
import { jsonLines, runHere, temporaryFolder, writeSmallRatings } from './command-line.ts';

const folder = temporaryFolder();
const data = ['--data', writeSmallRatings(folder), '--rounds', '2', '--factors', '4'];

test('tables show the chosen metrics alone, and popularity beside them', async (t) => {
  const words = ['compare', ...data, '--recipes', 'fedmf,popularity', '--metrics', 'full-map,coverage'];
  const refused = await runHere(words);
  t.deepEqual([refused.code, refused.stdout], [2, '']);
  t.match(
    refused.stderr,
    /--metrics must be names between commas, .*got 'full-map'; did you mean 'fullMap10'/,
  );

  const { code, stdout } = await runHere(words.map((word) => word.replace('full-map', 'fullMap')));
  t.equal(code, 0);
  t.match(stdout, /\nrecipe +full MAP@10 +coverage@10 +B up +B down +time\n/);
  t.match(stdout, /\npopularity +\.\d{3} ± \.\d{3} +\.\d{3} +- /, 'what all lists say together has no error');
  t.match(stdout, /\nguessing +\.\d{3} +- *\n/, 'lists at random are not measured');
  t.match(stdout, /\nrecipe +full MAP@10\npopularity /, 'and no difference, user by user');
  t.match(stdout, /coverage@10: of the best 10 unseen items of every user/);
  t.end();
});

test('a saved model is measured with the metrics that it was trained with, or others', async (t) => {
  const model = join(folder, 'model');
  const trained = await runHere(['train', ...data, '--out', model, '--metrics', 'hr,gini,map', '--json']);
  const { test: figures } = jsonLines(trained.stdout).at(-1) as { test: Record<string, number> };
  t.deepEqual(Object.keys(figures).slice(5), ['map10', 'gini10'], 'the usual ones, and the chosen');
  const evaluate = async (...words: string[]) => {
    const { stdout } = await runHere(['evaluate', '--model', model, '--json', ...words]);
    return (jsonLines(stdout)[0] as { test: Record<string, number> }).test;
  };
  t.deepEqual(await evaluate(), figures);
  t.deepEqual(Object.keys(await evaluate('--metrics', 'usual')).length, 5);
  t.deepEqual(Object.keys(await evaluate('--metrics', 'novelty')).slice(5), ['novelty10']);
  const wrong = await runHere(['evaluate', '--model', model, '--metrics', 'x']);
  t.deepEqual([wrong.code, wrong.stdout], [2, '']);
  t.match(wrong.stderr, /--metrics must be names between commas/);
  t.end();
});
