// Where numbers fail, the line names the option to change, not an inner function alone.
import { fileURLToPath } from 'node:url';
import test from 'tape';
import { runHere } from './command-line.ts';

const data = fileURLToPath(new URL('../cases/22-singular/mid.csv', import.meta.url));
const small = fileURLToPath(new URL('../cases/08-report-path-after-training/small.csv', import.meta.url));

test('ease without regularization says so', async (t) => {
  for (const value of ['0', '1e-9', '0.000000001']) {
    const { code, stdout, stderr } = await runHere([
      'train',
      '--data',
      data,
      '--recipe',
      'ease',
      '--regularization',
      value,
    ]);
    t.deepEqual([code, stdout], [2, '']);
    t.match(
      stderr,
      /^fedtlrec: ease: regularization \(--regularization\) must be larger, got [^\n]*; 0\.2 is the default\n$/,
    );
    t.doesNotMatch(stderr, /pivot|invertPositiveDefinite/);
  }
});

test('steps that are too large end with the options that set them', async (t) => {
  const rates = ['--client-learning-rate', '10', '--server-learning-rate', '10'];
  for (const recipe of ['bpr-mf', 'fedtlrec-released']) {
    const { code, stderr } = await runHere([
      'train',
      '--data',
      small,
      '--recipe',
      recipe,
      '--rounds',
      '40',
      ...rates,
    ]);
    t.equal(code, 2, recipe);
    t.match(
      stderr,
      /^fedtlrec: train: [^\n]*--server-learning-rate, now 10\) or [^\n]*--client-learning-rate, now 10\)\n$/,
    );
  }
});

test('a number of rounds that nobody can wait for is refused', async (t) => {
  for (const rounds of ['1e99', '1000001', '9007199254740993']) {
    const { code, stderr } = await runHere(['train', '--data', small, '--rounds', rounds]);
    t.equal(code, 2);
    t.match(stderr, /^fedtlrec: --rounds must be a whole number between 1 and 1000000, got /);
  }
});
