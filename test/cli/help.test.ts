import test from 'tape';
import { runHere } from './command-line.ts';

test('every way to ask for help gets the same help', async (t) => {
  const ways: [words: string[], first: RegExp][] = [
    [[], /^Usage: fedtlrec \[options\] \[command\]/],
    [['help'], /^Usage: fedtlrec \[options\] \[command\]/],
    [['-h'], /^Usage: fedtlrec \[options\] \[command\]/],
    [['--help'], /^Usage: fedtlrec \[options\] \[command\]/],
    [['help', '--help'], /^Usage: fedtlrec \[options\] \[command\]/],
    [['help', 'train'], /^Usage: fedtlrec train \[options\]/],
    [['train', '-h'], /^Usage: fedtlrec train \[options\]/],
    [['data'], /^Usage: fedtlrec data \[options\] \[command\]/],
    [['data', '-h'], /^Usage: fedtlrec data \[options\] \[command\]/],
    [['data', 'help'], /^Usage: fedtlrec data \[options\] \[command\]/],
    [['help', 'data'], /^Usage: fedtlrec data \[options\] \[command\]/],
    [['data', 'help', 'info'], /^Usage: fedtlrec data info \[options\] <FILE>/],
    [['help', 'data', 'info'], /^Usage: fedtlrec data info \[options\] <FILE>/],
    [['data', 'info', '-h'], /^Usage: fedtlrec data info \[options\] <FILE>/],
  ];
  for (const [words, first] of ways) {
    const { code, stdout, stderr } = await runHere(words);
    t.deepEqual([code, stderr], [0, ''], `fedtlrec ${words.join(' ')}`);
    t.match(stdout, first);
    t.equal(stdout, (await runHere([...words.filter((word) => !/help|-h/.test(word)), '--help'])).stdout);
  }
});

test('on a terminal of 60 columns, options stand in two columns that fit', async (t) => {
  const before = ['isTTY', 'columns'].map((name) => Object.getOwnPropertyDescriptor(process.stdout, name));
  Object.defineProperty(process.stdout, 'isTTY', { value: true, configurable: true });
  Object.defineProperty(process.stdout, 'columns', { value: 60, configurable: true });
  try {
    for (const command of ['train', 'compare', 'serve']) {
      const { stdout } = await runHere([command, '--help']);
      const [options] = /Options:\n([\s\S]*?)\n\n/.exec(stdout)!;
      const long = options.split('\n').filter((line) => line.length > 60 && line.trim().includes(' '));
      t.deepEqual(long, [], `${command}: no line that could be broken is too long`);
      t.ok(options.includes('popularity') || command === 'serve', 'the names of recipes are among them');
    }
  } finally {
    ['isTTY', 'columns'].forEach((name, at) => {
      if (before[at]) Object.defineProperty(process.stdout, name, before[at]);
      else Reflect.deleteProperty(process.stdout, name);
    });
  }
});

test('help for a command that does not exist says which there are', async (t) => {
  for (const [words, line] of [
    [
      ['help', 'trian'],
      /^fedtlrec: unknown command 'trian' \(Did you mean train\?\); there are train, compare, .*worker\n$/,
    ],
    [['data', 'help', 'nope'], /^fedtlrec: unknown command 'nope' .*info/],
    [['data', 'nope'], /^fedtlrec: unknown command 'nope'/],
    [['data', '--json'], /^fedtlrec: unknown option '--json'/],
  ] as const) {
    const { code, stdout, stderr } = await runHere(words);
    t.deepEqual([code, stdout], [2, ''], words.join(' '));
    t.match(stderr, line);
    t.doesNotMatch(stderr, /outputHelp/);
  }
});
