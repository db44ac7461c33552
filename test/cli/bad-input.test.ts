import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'tape';
import { runEach, runHere, temporaryFolder, writeSmallRatings } from './command-line.ts';

const folder = temporaryFolder();
const data = writeSmallRatings(folder);
const out = join(folder, 'parent', 'out');

/** Writes a file and returns its path. */
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const packed = gzipSync('1,1,5,1\n1,2,5,2\n2,1,5,3\n'.repeat(50));
const full = join(folder, 'full');
mkdirSync(full);
writeFileSync(join(full, 'thesis.txt'), 'precious');

const train = (...words: string[]) => ['train', '--data', data, '--rounds', '1', '--out', out, ...words];
const trainOn = (path: string) => ['train', '--data', path, '--rounds', '1', '--out', out];

const cases: [what: string, words: string[], line: RegExp][] = [
  ['a missing file', trainOn(join(folder, 'nothing.csv')), /nothing\.csv: there is no such file/],
  ['an empty file', trainOn(file('empty.csv', '')), /empty\.csv: the file is empty/],
  [
    'a binary file',
    trainOn(file('binary.csv', Uint8Array.of(0, 1, 2, 0, 255))),
    /binary\.csv: this is a binary file/,
  ],
  [
    'a cut .gz',
    trainOn(file('cut.csv.gz', packed.subarray(0, -12))),
    /cut\.csv\.gz: this gzip file is cut off/,
  ],
  [
    'too few fields',
    trainOn(file('few.csv', '1,2,3\n1,3,4\n1,4\n')),
    /few\.csv:3: a line must have 3 fields/,
  ],
  [
    'no number',
    trainOn(file('word.csv', '1,2,3\n1,3,good\n')),
    /word\.csv:2: a rating must be a number, got "good"/,
  ],
  [
    'one user',
    trainOn(file('user.csv', '1,2,3\n1,3,4\n1,5,5\n')),
    /user\.csv: there must be at least two users/,
  ],
  [
    'one item',
    trainOn(file('item.csv', '1,2,3\n2,2,4\n3,2,5\n')),
    /item\.csv: there must be at least two items/,
  ],
  [
    'nobody with three ratings',
    trainOn(file('short.csv', '1,2,3\n1,3,4\n2,2,5\n')),
    /short\.csv: at least one user must have 3 ratings/,
  ],
  ['an unknown recipe', train('--recipe', 'fedtlrc'), /no recipe "fedtlrc"; did you mean "fedtlrec"\?/],
  ['the name that a backend once had', train('--backend', 'naive'), /--backend naive is now called plain/],
  [
    'an unknown backend',
    train('--backend', 'smid'),
    /--backend must be one of .*got "smid"; did you mean "simd"\?/,
  ],
  [
    'an unknown format',
    train('--format', 'cvs'),
    /--format must be one of .*got "cvs"; did you mean "csv"\?/,
  ],
  [
    'an unknown protocol',
    train('--protocol', 'release'),
    /--protocol must be one of .*did you mean "released"\?/,
  ],
  ['an unknown option', train('--recpie', 'fedmf'), /unknown option '--recpie' \(Did you mean --recipe\?\)/],
  ['an unknown command', ['trian', '--data', data], /unknown command 'trian' \(Did you mean train\?\)/],
  ['an option without its value', ['train', '--data'], /option '--data <FILE>' argument missing/],
  ['a word too many', train('extra'), /too many arguments for 'train'/],
  [
    'a negative number',
    train('--rounds', '-5'),
    /--rounds must be a whole number between 1 and 1000000, got -5/,
  ],
  ['NaN', train('--server-learning-rate', 'NaN'), /--server-learning-rate must be a number, got "NaN"/],
  [
    'a fraction of a head',
    train('--heads', '1.5'),
    /--heads must be a whole number between 1 and 64, got 1.5/,
  ],
  ['no head', train('--heads', '0'), /--heads must be a whole number between 1 and 64, got 0/],
  [
    'an impossible probability',
    train('--dropout', '1.5'),
    /--dropout must be a number between 0 and 0.99, got 1.5/,
  ],
  [
    'a recency that is neither number nor off',
    train('--recency', 'no'),
    /--recency must be a number or "off", got "no"/,
  ],
  [
    'rank > d + 1',
    train('--factors', '4', '--rank', '6'),
    /--rank must be a whole number between 1 and 5, got 6/,
  ],
  [
    'more clusters than clients',
    train('--clusters', '41'),
    /--clusters must be at most the number of clients \(40\), got 41/,
  ],
  [
    'more probes than clusters',
    train('--clusters', '2', '--probes', '3'),
    /--probes must be at most the number of clusters \(2\), got 3/,
  ],
  [
    'threads that do not exist',
    train('--workers', '-1'),
    /--workers must be a whole number between 0 and 256, got -1/,
  ],
  [
    'an output folder that is not empty',
    [...train(), '--out', full],
    /full must be empty, it holds "thesis\.txt"/,
  ],
  ['an output folder that is a file', [...train(), '--out', data], /small\.csv is a file/],
  [
    'an output folder below a file',
    [...train(), '--out', join(data, 'out')],
    /cannot be written: a part of its path is a file/,
  ],
  [
    'a recipe file that is not there',
    train('--recipe', './nothing.ts'),
    /the recipe file \.\/nothing\.ts does not exist/,
  ],
  [
    'a recipe file without a recipe',
    train('--recipe', file('no-recipe.mjs', 'export const answer = 42;')),
    /must export one Recipe .*got 0/,
  ],
  [
    'a recipe file that breaks',
    train('--recipe', file('broken.mjs', 'nonsense(')),
    /broken\.mjs cannot be loaded: /,
  ],
  [
    'a recipe named twice',
    ['compare', '--data', data, '--recipes', 'fedmf,fedmf', '--out', out],
    /"fedmf" twice/,
  ],
  [
    'a seed that is no number',
    ['compare', '--data', data, '--seeds', '1,x', '--out', out],
    /--seeds must be a number, got "x"/,
  ],
  [
    'seed and seeds',
    ['compare', '--data', data, '--seeds', '1,2', '--seed', '3'],
    /--seed and --seeds cannot both/,
  ],
  [
    'recommend without a model',
    ['recommend', '--user', '1'],
    /required option '--model <DIR>' not specified/,
  ],
  [
    'a model that is not there',
    ['recommend', '--user', '1', '--model', out],
    /run\.json: there is no such file/,
  ],
];

const model = ['recommend', '--user', '001', '--model', out];
const count = 'a whole number of at least';
/** Options and values just outside of what is allowed, and the rule that is told. */
const outOfRange: [words: string[], flag: string, value: string, rule: string][] = [
  [train(), '--clusters', '0', `${count} 1`],
  [train(), '--probes', '0', `${count} 1`],
  [train(), '--silent-after', '-3', `${count} 0`],
  [train(), '--seed', '-1', 'a whole number between 0 and 9007199254740991'],
  [train(), '--factors', '0', 'a whole number between 1 and 1024'],
  [train(), '--negatives', '0', 'a whole number between 1 and 1000'],
  [train(), '--local-steps', '-1', 'a whole number between 0 and 1000'],
  [train(), '--refresh-every', '0', `${count} 1`],
  [train(), '--evaluate-every', '0', `${count} 1`],
  [train(), '--checkpoint-every', '0', 'a whole number between 1 and 1000000'],
  [train(), '--workers', '257', 'a whole number between 0 and 256'],
  [train(), '--workers', '1.5', 'a whole number between 0 and 256'],
  [train(), '--temperature', '0', 'a number between 0.001 and 100'],
  [train(), '--mix', '-0.1', 'a number between 0 and 100'],
  [train(), '--token-memory', '1', 'a number between 0 and 0.999'],
  [train(), '--recency', '0', 'a number between 0.1 and 1000000'],
  [train(), '--silent-share', '1', 'a number between 0 and 0.99'],
  [train(), '--client-learning-rate', '11', 'a number between 0 and 10'],
  [train(), '--server-learning-rate', '-1', 'a number between 0 and 10'],
  [train(), '--regularization', '-1', 'a number between 0 and 10'],
  [train(), '--delta', '0', 'a number between 1e-12 and 0.1'],
  [train(), '--padding', '-1', 'a number between 0 and 1000'],
  [['compare', '--data', data], '--seeds', '-1', `${count} 0`],
  [model, '-k', '0', `${count} 1`],
  [model, '-k', '-1', `${count} 1`],
];
for (const [words, flag, value, rule] of outOfRange) {
  cases.push([
    `${flag} ${value}`,
    [...words, flag, value],
    new RegExp(`${flag} must be ${rule}, got ${value}\n`),
  ]);
}
/** Options that say nothing alone; what they need; and words with which they would still say nothing. */
const companions: [words: string[], needed: string, insufficient?: string[]][] = [
  [['--liars', '0.3'], '--attack NAME'],
  [['--attack-strength', '3'], '--attack NAME'],
  [['--promoted', '3'], '--attack promote', ['--attack', 'scale']],
  [['--assumed-liars', '0.1'], '--combine trimmed-mean, krum or multi-krum', ['--combine', 'norm-bound']],
  [['--norm-bound', '2'], '--combine norm-bound', ['--combine', 'krum']],
  [['--delta', '0.001'], '--epsilon E'],
  [['--noise', 'laplace'], '--epsilon E'],
  [['--silent-after', '3'], '--silent-share P'],
  [['--neighbours', '5'], '--windows auto', ['--windows', 'off']],
  [['--rounding', 'nearest'], 'a --codec that rounds, such as int4', ['--codec', 'float32']],
  [['--error-feedback', 'on'], 'a --codec that rounds, such as int4', ['--codec', 'float32']],
];
for (const [words, needed, insufficient = []] of companions) {
  const rule = new RegExp(`${words[0]} has no effect without ${needed}; give both or neither\n`);
  cases.push([`${words.join(' ')} alone`, train(...words, ...insufficient), rule]);
}
cases.push(
  [
    'an option alone, of several recipes',
    ['compare', '--data', data, '--recipes', 'fedmf,colr', '--liars', '0.3'],
    /--liars has no effect without --attack NAME/,
  ],
  [
    'checkpoints without a folder',
    ['train', '--data', data, '--checkpoint-every', '5'],
    /--checkpoint-every needs --out DIR/,
  ],
  [
    'a seed twice',
    ['compare', '--data', data, '--seeds', '1,2,1'],
    /--seeds must name each seed once, got 1 twice/,
  ],
  [
    'a reference that is not compared',
    ['compare', '--data', data, '--recipes', 'fedmf', '--reference', 'colr'],
    /--reference must be one of fedmf, got "colr"/,
  ],
  ['an unknown noise', train('--noise', 'gaus'), /--noise must be .*did you mean "gaussian"\?/],
  [
    'an unknown codec',
    train('--codec', 'int16'),
    /--codec must be one of float32, int8, int4, int3, int2, got "int16"/,
  ],
  ['an unknown preset', train('--preset', 'fast'), /--preset must be one of full, quick, got "fast"/],
);

test('wrong input gets one clear line, exit code 2, and nothing half-written', async (t) => {
  const before = readdirSync(folder).sort();
  for (const [what, words, line] of cases) {
    const { code, stdout, stderr } = await runHere(words);
    t.equal(code, 2, `${what}: exit code`);
    t.match(stderr, line, `${what}: what it says`);
    t.match(stderr, /^fedtlrec: [^\n]+\n$/, `${what}: one line`);
    t.equal(stdout, '', `${what}: nothing on stdout`);
  }
  t.deepEqual(readdirSync(folder).sort(), before, 'no folder is left');
  t.deepEqual(readdirSync(full), ['thesis.txt'], 'what was there stays');
});

test('the process itself exits with the same code and line', async (t) => {
  const few = cases.filter(([what]) =>
    ['a missing file', 'an unknown option', 'rank > d + 1'].includes(what),
  );
  const outcomes = await runEach(few.map(([, words]) => words));
  few.forEach(([what, , line], index) => {
    const { code, stdout, stderr } = outcomes[index]!;
    t.deepEqual([code, stdout], [2, ''], what);
    t.match(stderr, line);
    t.match(stderr, /^fedtlrec: [^\n]+\n$/);
  });
});

test('options that belong together are taken together, and a default may always be said', async (t) => {
  const together = [
    ['--attack', 'promote', '--promoted', '3', '--liars', '0.3', '--attack-strength', '3'],
    ['--combine', 'trimmed-mean', '--assumed-liars', '0.1', '--silent-share', '0.5', '--silent-after', '0'],
    ['--combine', 'norm-bound', '--norm-bound', '2', '--rounding', 'nearest', '--error-feedback', 'on'],
    ['--epsilon', '50', '--delta', '0.001', '--noise', 'laplace'],
    ['--neighbours', '5', '--attack-strength', '10'],
  ];
  for (const words of together) {
    const { code, stderr } = await runHere(['train', '--data', data, '--rounds', '1', ...words]);
    t.equal(code, 0, `${words.join(' ')}: ${stderr}`);
  }
});
