import test from 'tape';
import { runHere } from './command-line.ts';

const short = ['--factors', '4', '--recency', 'off', '--evaluate-every', '2', '--rounds', '2'];
const train = (...words: string[]) => runHere(['train', '--recipe', 'colr', ...short, ...words]);

test('with --epsilon, the summary tells the ε that was spent, in JSON and in words', async (t) => {
  const { code, stdout } = await train('--epsilon', '50', '--delta', '1e-4', '--clip', '2', '--json');
  t.equal(code, 0);
  const summary = JSON.parse(stdout.trim().split('\n').at(-1)!);
  t.ok(Math.abs(summary.privacy.epsilon - 50) < 1e-9);
  t.deepEqual([summary.privacy.delta, summary.privacy.clip, summary.privacy.noise], [1e-4, 2, 'gaussian']);
  t.ok(summary.privacy.noiseScale > 0);
  const words = await train('--epsilon', '50', '--noise', 'laplace');
  t.match(
    words.stdout,
    /^Privacy +each client spent ε 50 over 2 rounds: clip 1, laplace noise of scale 0.08$/m,
  );
  t.match(words.stdout, /^Settings .*ε 50, clip 1/m);
});

test('without it nothing is promised', async (t) => {
  const { stdout } = await train('--clip', '1', '--json');
  t.equal(JSON.parse(stdout.trim().split('\n').at(-1)!).privacy, null);
  const { stdout: words } = await train();
  t.notOk(/Privacy/.test(words));
});

test('values that promise nothing sensible are refused', async (t) => {
  for (const [words, line] of [
    [['--epsilon', '0'], /--epsilon must be a number between 0.001 and 1000000, got 0/],
    [['--clip', 'much'], /--clip must be a number or "off", got "much"/],
    [['--noise', 'gauss'], /--noise must be one of gaussian, laplace, got "gauss"/],
    [['--padding', '2'], /padding needs updates of rank one, got rank 0/],
  ] as const) {
    const { code, stderr } = await train(...words);
    t.equal(code, 2, words.join(' '));
    t.match(stderr, line);
  }
});
