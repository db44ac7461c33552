// The sentences that commands share, each by hand: settings that differ, the protocol, privacy, traffic, comparisons, errors.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import test from 'tape';
import type { ClassFacts } from '../../lib/classroom/class-facts.ts';
import { type Comparison, compareRuns, type RecipeFigures } from '../../lib/cli/comparison.ts';
import { comparisonText, windowsInWords } from '../../lib/cli/comparison-text.ts';
import { crowdRatings } from '../../lib/cli/crowd.ts';
import { type Dataset, type DatasetFacts, dataFacts, loadDataset } from '../../lib/cli/dataset.ts';
import { seedOf } from '../../lib/cli/join.ts';
import type { MeasuredRun } from '../../lib/cli/measured-run.ts';
import { checkedSettings, expectFits, settingsGiven } from '../../lib/cli/options.ts';
import { readCount, readName, readNumber, readNumberOr } from '../../lib/cli/read-value.ts';
import { addReadingOptions, readingOptionsOf } from '../../lib/cli/reading-options.ts';
import {
  baselineRows,
  keptFacts,
  metricCells,
  metricsShown,
  missingBaselines,
  perUserAmong,
  privacyFacts,
  protocolFacts,
  protocolName,
  settingsLine,
  windowFacts,
} from '../../lib/cli/run-text.ts';
import {
  explainError,
  Interrupted,
  NobodyReads,
  OutputFailure,
  UsageError,
} from '../../lib/cli/usage-error.ts';
import { completeSettings, type Settings } from '../../lib/federated/settings.ts';
import { WireError } from '../../lib/federated/wire/bits.ts';
import { DownloadError } from '../../lib/node/download.ts';
import { temporaryFolder, writeSmallRatings } from './command-line.ts';

const line = (changed: Partial<Settings> = {}, isRefitted = true, isOrdered = true) =>
  settingsLine(completeSettings(changed), 'plain', isRefitted, isOrdered);

test('a setting is named in the line of settings where it differs, at its bound', (t) => {
  const { rounds, factors, rank, recency } = completeSettings();
  t.equal(line(), `${rounds} rounds, d ${factors}, rank ${rank}, recency ${recency}, backend plain`);
  const differs = (changed: Partial<Settings>, isOrdered = true) => {
    const parts = line(changed, true, isOrdered).split(', ');
    return parts.slice(4, -1).join(', ');
  };
  t.equal(line({ recency: null }).split(', ')[3], 'recency off');
  t.equal(line({}, false).split(', ')[3], `recency ${recency} (not used: it needs times and a user vector)`);
  t.equal(line({ recency: null }, false).split(', ')[3], 'recency off');
  for (const [changed, said] of [
    [{ windows: 'off' }, 'windows off'],
    [{ epsilon: 8, clip: 1, windows: 'off' }, 'windows off, ε 8, clip 1'],
    [{ epsilon: 8, clip: 1 }, 'windows off (they would tell what is to be hidden), ε 8, clip 1'],
    [{ padding: 0.5 }, 'windows off (they would tell what is to be hidden), padding 0.5'],
    [{ clip: 1 }, 'clip 1'],
    [{ clientOptimizer: 'sgd' }, 'sgd at home'],
    [{ serverOptimizer: 'yogi' }, 'yogi at the server'],
    [{ proximal: 0.5 }, 'pulled back with μ 0.5'],
    [{ fraction: 0.5 }, 'fraction 0.5'],
    [{ dropout: 0.25 }, 'dropout 0.25'],
    [{ silentShare: 0.5, silentAfter: 3 }, '0.5 silent after round 3'],
    [{ codec: 'int8' }, 'codec int8'],
    [{ combine: 'median' }, 'combine median'],
    [
      { attack: 'sign-flip', liars: 0.1, attackStrength: 2 },
      '0.1 of the clients lie (sign-flip, strength 2)',
    ],
  ] as [Partial<Settings>, string][])
    t.equal(differs(changed), said, said);
  t.equal(differs({}, false), 'windows off (the data have no times)');
  t.end();
});

const facts = (changed: Partial<DatasetFacts> = {}): DatasetFacts => ({
  ...{ name: 'toy', users: 3, items: 200, interactions: 30, evaluatedUsers: 2, split: 'latest' },
  ...{ candidates: { fewest: 100, most: 150, alone: 0 }, columns: null, minRating: null },
  ...changed,
});

test('what figures mean is said for the metrics shown, the candidates there are, and how items were held out', (t) => {
  const shown = (metrics: string) => metricsShown({ metrics });
  const meanings = (metrics: string, fewest = 100, most = 150) =>
    protocolFacts('leak-free', facts({ candidates: { fewest, most, alone: 0 } }), shown(metrics))[1]![1];
  t.equal(meanings('hr'), 'HR@10: expected among 99 random unseen items');
  t.equal(meanings('hr,ndcg', 99), 'HR@10, NDCG@10: expected among up to 99 random unseen items');
  t.equal(meanings('hr', 50, 99), 'HR@10: expected among all unseen items, which are fewer than 100');
  t.equal(meanings('fullHr'), 'full: among all unseen items');
  t.match(meanings('coverage'), /^[^;]+: of the best 10 unseen items of every user$/);
  t.equal(
    meanings('hr,fullHr'),
    'HR@10: expected among 99 random unseen items; full: among all unseen items',
  );
  const held = (changed: Partial<DatasetFacts>) => protocolFacts('leak-free', facts(changed))[0];
  t.deepEqual(held({}), [
    'Protocol',
    "leak-free: each user's latest item is the test, the one before it the validation; 2 users",
  ]);
  const random = 'leak-free: two random items of each user are test and validation';
  t.deepEqual(held({ split: 'random', evaluatedUsers: 1 }), [
    'Protocol',
    `${random} (the data have no times); 1 user`,
  ]);
  const columns = { isTold: true } as DatasetFacts['columns'];
  t.deepEqual(held({ split: 'random', columns }), [
    'Protocol',
    `${random} (no column of times was named); 2 users`,
  ]);
  t.equal(protocolFacts('leak-free', facts()).length, 2);
  t.match(protocolFacts('released', facts())[2]![1], /^THIS LEAKS: /);
  t.deepEqual(
    [protocolName('leak-free'), protocolName('released')],
    ['protocol leak-free', 'protocol released: IT LEAKS, these figures measure no recommendation'],
  );
  t.end();
});

test('cells hold figures with their errors; those of lists have none, those not measured a dash', (t) => {
  const shown = metricsShown({ metrics: 'hr,coverage' });
  const cells = metricCells(
    { hr10: 0.5, coverage10: 0.25 } as never,
    { hr10: 0.125 } as never,
    undefined,
    shown,
  );
  t.deepEqual(cells, ['.500 ± .125', '.250']);
  t.deepEqual(metricCells({} as never, {} as never, undefined, shown), ['-', '-']);
  t.deepEqual(perUserAmong(shown).map(({ name }) => name), ['hr10']); // biome-ignore format: one line
  const both = { guessing: { hr10: 0.1 }, popularity: { hr10: 0.2 } } as never;
  const hr = metricsShown({ metrics: 'hr' });
  t.deepEqual(baselineRows(both, hr), [['guessing', '.100'], ['popularity', '.200']]); // biome-ignore format: one line
  const compared = { ...(both as object), recipes: [{ recipe: 'popularity' }] } as never;
  t.deepEqual(missingBaselines(compared, hr), [['guessing', '.100']], 'not twice');
  t.end();
});

test('memory, privacy and windows are facts only where there is something to say', (t) => {
  const rows = (...kept: (number | undefined)[]) => kept.map((bytesKept) => ({ bytesKept, clients: 3 }));
  t.deepEqual(keptFacts({ rows: rows(undefined, 0) } as never), []);
  t.deepEqual(keptFacts({ rows: rows(5, 2000, undefined) } as never), [
    ['Memory', 'the server kept 2.0 KB of updates side by side in a round'],
  ]);
  const spent = { epsilon: 7.98765, delta: 1e-5, noise: 'gaussian', clip: 0.5, noiseScale: 1.23456 };
  const run = (privacy: object | null, rounds: number, epsilon: number | null, clients = 3) =>
    privacyFacts({
      summary: { privacy, rounds, dataset: { users: 3 } },
      settings: { epsilon },
      rows: [{ clients: 3 }, { clients }],
    } as never);
  t.deepEqual(run(spent, 2, 8), [
    ['Privacy', 'each client spent ε 7.988, δ 0.00001 over 2 rounds: clip 0.5, gaussian noise of scale 1.23'],
  ]);
  t.deepEqual(run({ ...spent, noise: 'laplace', delta: 0 }, 1, 8, 2), [
    [
      'Privacy',
      'a client that sent in every one of 1 round spent ε 7.988, one that sent nothing spent none: clip 0.5, laplace noise of scale 1.23',
    ],
  ]);
  t.deepEqual(run(null, 2, 8), [['Privacy', 'nothing was sent, so no ε was spent']]);
  t.deepEqual([run(null, 2, null), run(null, 0, 8)], [[], []]);
  t.deepEqual(windowFacts({ bytesOncePerClient: 0, order: null }), []);
  const table = 'once, each client receives a table of 2.0 KB of what comes next';
  t.deepEqual(windowFacts({ bytesOncePerClient: 2000, order: { weight: 0.5, span: 3 } }), [
    ['Windows', `${table}; it counts with weight 0.5 and span 3`],
  ]);
  t.deepEqual(windowFacts({ bytesOncePerClient: 2000, order: null }), [
    ['Windows', `${table}; on validation, scores are better without it`],
  ]);
  t.end();
});

const figures = { hr10: 0.5, ndcg10: 0.25, fullHr10: 0.125, fullNdcg10: 0.0625, mrr10: 0.2 };

/** A run of a recipe with a seed; three users, the third of whom has nothing held out. */
function measured(
  recipe: string,
  seed: number,
  up: number,
  hr: number,
  warnings: string[] = [],
): MeasuredRun {
  const perUser = Object.fromEntries(
    Object.keys(figures).map((name) => [name, Float64Array.of(hr, hr / 2, Number.NaN)]),
  );
  const test = { ...figures, hr10: hr };
  return {
    summary: {
      ...{
        recipe,
        seed,
        rounds: up > 0 ? 6 : 0,
        protocol: 'leak-free',
        backend: 'plain',
        workers: 0,
        warnings,
      },
      ...{ test, testStandardErrors: { ...figures, hr10: 0.01 }, validation: test },
      ...{
        bytesUpPerClientRound: up,
        bytesDownPerClientRound: 10 * up,
        bytesOncePerClient: up > 200 ? 3000 : 0,
      },
      ...{
        secondsPerRound: 0.5,
        secondsTotal: 3,
        peakRssMb: 100 + seed,
        dataset: facts({ evaluatedUsers: 20 }),
      },
      ...{ guessing: figures, popularity: figures },
    },
    settings: completeSettings(),
    rows: [],
    testPerUser: perUser,
    isRefitted: true,
  } as unknown as MeasuredRun;
}

test('a comparison averages over seeds, pairs user by user, and tells each warning once', (t) => {
  const about = 'nobody took part in 1 of 6 rounds';
  const compared = compareRuns(
    new Map([
      ['a', [measured('a', 1, 100, 0.4), measured('a', 2, 100, 0.6)]],
      ['b', [measured('b', 1, 200, 0.8, [about]), measured('b', 2, 400, 0.8, [about])]],
    ]),
    'a',
  );
  const [a, b] = compared.recipes as [RecipeFigures, RecipeFigures];
  t.deepEqual([compared.reference, compared.seeds, compared.standardErrorsOver], ['a', [1, 2], 'seeds']);
  t.equal(compared.peakRssMb, 102);
  t.deepEqual(compared.warnings, [`b: ${about}`]);
  const close = (got: number | undefined, wanted: number, what: string) =>
    t.ok(Math.abs(got! - wanted) < 1e-12, `${what}: ${got}`);
  close(a.test.hr10, 0.5, 'mean of .4 and .6');
  close(a.testStandardErrors.hr10, 0.1, '√(2 · .1² / 1) / √2');
  t.equal(a.difference, null);
  close(b.difference!.mean.hr10, ((0.8 - 0.5) + (0.4 - 0.25)) / 2, 'each user’s mean over the seeds, b − a'); // biome-ignore format: by hand
  t.deepEqual([b.bytesUpPerClientRound, b.bytesOncePerClient, b.runs.length], [300, 1500, 2]);
  const one = compareRuns(new Map([['a', [measured('a', 7, 100, 0.4)]]]), 'a');
  t.deepEqual([one.standardErrorsOver, one.recipes[0]!.testStandardErrors.hr10], ['users', 0.01]);
  t.end();
});

const description = {
  ...{ columns: null, values: { smallest: 1, largest: 5 }, minRating: null },
  dropped: { duplicates: 0, lowRatings: 0 },
} as unknown as Dataset['description'];

test('the data are told in one line, with what was dropped, left out or counts as a like', (t) => {
  const columns = { user: { position: 1, name: null }, item: { position: 2, name: null }, rating: { position: 3, name: null }, time: null, unused: [], isTold: false }; // biome-ignore format: one line
  const said = (changed: object, about: Partial<DatasetFacts> = {}) =>
    dataFacts({
      facts: facts({ evaluatedUsers: 3, ...about }),
      description: { ...description, ...changed },
    } as Dataset);
  const data = 'toy: 3 users, 200 items, 30 ratings';
  t.deepEqual(said({}), [['Data', data]]);
  t.deepEqual(
    said({}, { evaluatedUsers: 2 })[0]![1],
    `${data}; 1 user with fewer than 3 ratings only for training`,
  );
  t.deepEqual(
    said({ dropped: { duplicates: 1, lowRatings: 2 } }, { minRating: 4 })[0]![1],
    `${data}; 1 earlier duplicate dropped; 2 ratings below 4 left out`,
  );
  const found = ['Columns', 'user 1, item 2, rating 3; time: none'];
  const every = ['', 'every rating counts as a like (--min-rating changes that)'];
  t.deepEqual(said({ columns }).slice(1), [found, every]);
  t.deepEqual(said({ columns, minRating: 3 }).slice(1), [found]);
  t.deepEqual(said({ columns, values: { smallest: 5, largest: 5 } }).slice(1), [found]);
  t.equal(said({ columns: { ...columns, rating: null } }).length, 2);
  t.end();
});

test('a comparison says its bytes in words: the first that sends, then how much the others do', (t) => {
  const runs = [measured('a', 1, 100, 0.4), measured('b', 1, 250, 0.8), measured('c', 1, 1234, 0.8), measured('d', 1, 0, 0.2)]; // biome-ignore format: one line
  const text = (names: string, folder: string | null = null, report: string | null = null) => {
    const some = runs.filter(({ summary }) => names.includes(summary.recipe));
    const compared = compareRuns(
      new Map(some.map((run) => [run.summary.recipe, [run]])),
      some[0]!.summary.recipe,
    );
    const dataset = {
      facts: facts(),
      description,
      split: { ordered: true },
      baselines: { validation: undefined },
    } as unknown as Dataset;
    return comparisonText(compared as Comparison, dataset, some[0]!, folder, report);
  };
  const tail = (lines: readonly string[], from: string) =>
    lines.slice(lines.findIndex((one) => one.startsWith(from)));
  t.deepEqual(tail(text('abcd', 'out', 'r.html'), 'In a round'), [
    'In a round, one client of a sends 100 B and receives 1.0 KB.',
    'With b it sends 250 B and receives 2.5 KB: 2.5× and 2.5× as much.',
    'With c it sends 1.2 KB and receives 12 KB: 12× and 12× as much.',
    'Windows, what tends to come next, come on top with b 3.0 KB, c 3.0 KB, received once; without: --windows off.',
    'With d nothing is sent in rounds.',
    '',
    'Saved in out, a folder for each recipe',
    '',
    'Report: r.html (open it in a browser)',
  ]);
  t.deepEqual(tail(text('d'), 'Nothing'), ['Nothing is sent.']);
  t.notOk(text('d').some((one) => one.startsWith('Difference')), 'nothing to differ from'); // biome-ignore format: one line
  t.ok(text('ab').includes('Difference to a, paired user by user, ± its standard error; protocol leak-free'));
  t.ok(text('ab').includes('Test, seed 1, ± standard error over users; protocol leak-free'));
  t.deepEqual(windowsInWords([]), []);
  t.end();
});

test('values of options are read strictly, within their bounds', (t) => {
  t.deepEqual(['1', '+2', '-.5', '3.', '1e3'].map((text) => readNumber('--x', text)), [1, 2, -0.5, 3, 1000]); // biome-ignore format: one line
  for (const text of ['', ' 1', '0x10', 'Infinity', '1e999', 'one'])
    t.throws(() => readNumber('--x', text), new RegExp(`^UsageError: --x must be a number, got "${text}"$`));
  t.deepEqual([readNumberOr('off', '--x', 'off'), readNumberOr('off', '--x', '2')], ['off', 2]);
  t.throws(() => readNumberOr('off', '--x', 'on'), /^UsageError: --x must be a number or "off", got "on"$/);
  t.deepEqual([readCount('-k', '1', 1), readCount('-k', '256', 0, 256)], [1, 256]);
  t.throws(() => readCount('-k', '0', 1), /^UsageError: -k must be a whole number of at least 1, got 0$/);
  t.throws(() => readCount('-k', '1.5', 1), /of at least 1, got 1\.5$/);
  t.throws(
    () => readCount('-k', '257', 0, 256),
    /^UsageError: -k must be a whole number between 0 and 256, got 257$/,
  );
  t.equal(readName('--x', 'b', ['a', 'b']), 'b');
  t.throws(
    () => readName('--codec', 'int9', ['float32', 'int8']),
    /^UsageError: --codec must be one of float32, int8, got "int9"; did you mean "int8"\?$/,
  );
  t.end();
});

test('options become settings: off is null, and what is out of range is told by its flag', (t) => {
  t.deepEqual(settingsGiven({ rounds: 3, recency: 'off', windows: 'off', json: true }), {
    ...{ rounds: 3, recency: null, windows: 'off' },
  });
  t.deepEqual(settingsGiven({}), {});
  t.throws(
    () => checkedSettings({ serverLearningRate: -1 }),
    /^UsageError: --server-learning-rate must be a number .*, got -1$/,
  );
  const fits = (changed: Partial<Settings>, users = 20) =>
    expectFits(completeSettings(changed), { train: { users } } as never);
  fits({ clusters: 20, probes: 20 });
  fits({ clusters: 'auto', probes: 30 });
  fits({ clusters: 3, probes: 'auto' });
  t.throws(
    () => fits({ clusters: 21 }),
    /^UsageError: --clusters must be at most the number of clients \(20\), got 21$/,
  );
  t.throws(
    () => expectFits({ ...completeSettings({ clusters: 3 }), probes: 4 }, { train: { users: 20 } } as never),
    /^UsageError: --probes must be at most the number of clusters \(3\), got 4$/,
  );
  t.end();
});

test('an error is one line and an exit code that scripts can rely on', (t) => {
  const told = (error: unknown) => Object.values(explainError(error));
  t.deepEqual(told(new CommanderError(0, 'commander.help', '(outputHelp)')), [null, 0]);
  t.deepEqual(told(new CommanderError(1, 'x', "error: unknown option '--x'\n(Did you mean --y?)")), [
    "unknown option '--x' (Did you mean --y?)",
    2,
  ]);
  t.deepEqual(told(new Interrupted()), ['interrupted', 130]);
  t.deepEqual(told(new Interrupted('the class ended')), ['the class ended', 130]);
  t.deepEqual(told(new OutputFailure('the disk is full')), ['the disk is full', 1]);
  t.deepEqual(told(new DownloadError('no line')), ['no line', 1]);
  t.deepEqual(told(new NobodyReads()), [null, 0]);
  t.deepEqual(told(new UsageError(' a \u001b[1m\n  b ')), ['a \\u001b[1m b', 2]);
  t.deepEqual(told(new RangeError('train: rounds must be …')), ['train: rounds must be …', 2]);
  const [fault, code] = told(new RangeError('Invalid array length'));
  t.deepEqual(
    [String(fault).startsWith('this is a fault of fedtlrec: RangeError: Invalid'), code],
    [true, 1],
  );
  t.match(String(told(new WireError('x'))[0]), /^this is a fault of fedtlrec: WireError: x\n {4}at /);
  t.deepEqual(told('text'), ['this is a fault of fedtlrec: text', 1]);
  t.end();
});

test('over several seeds the table says so, and of which one the curve is', (t) => {
  const row = (round: number) => ({ round, megabytesPerClient: 0.1 * round, validation: figures });
  const runs = [1, 2].map((seed) => ({ ...measured('a', seed, 100, 0.4), rows: [row(1), row(2)] }) as unknown as MeasuredRun); // biome-ignore format: one line
  const dataset = { facts: facts(), description, split: { ordered: true }, baselines: { validation: undefined } } as unknown as Dataset; // biome-ignore format: one line
  const text = (seeds: number, metrics?: string) => {
    const some = runs.slice(0, seeds);
    const example = { ...some[0]!, settings: completeSettings(metrics ? { metrics } : {}) };
    return comparisonText(compareRuns(new Map([['a', some]]), 'a'), dataset, example, null, null);
  };
  t.ok(text(2).includes('Test, mean of seeds 1, 2, ± standard error over seeds; protocol leak-free'));
  t.ok(text(2).includes('the curve of seed 1'));
  t.notOk(text(1).some((one) => one.startsWith('the curve of seed')), 'there is one'); // biome-ignore format: one line
  const counted = 'B up, B down: bytes of one client in one round, counted on the encoded messages';
  const note = text(1).find((one) => one.startsWith('B up, B down'))!;
  t.match(note.slice(counted.length), /^; .+: --report, --json$/, 'what the table has no room for');
  t.equal(
    text(1, 'hr').find((one) => one.startsWith('B up, B down')),
    counted,
  );
  const cells = text(1, 'hr').find((one) => /^a +\.400/.test(one))!;
  t.match(cells, /^a +\.400 ± \.010 +100 +1,000 +3\.0 s$/);
  const silent = compareRuns(new Map([['d', [measured('d', 1, 0, 0.2)]]]), 'd');
  const hr = { ...runs[0]!, settings: completeSettings({ metrics: 'hr' }) };
  t.match(comparisonText(silent, dataset, hr, null, null).find((one) => /^d +\.200/.test(one))!, /^d +\.200 ± \.010 +- +- +3\.0 s$/); // biome-ignore format: one line
  t.end();
});

test('the options of a file are read as they were given, and refused with what there is', (t) => {
  const read = (...words: string[]) => {
    const command = addAll(new Command().exitOverride().configureOutput({ writeErr: () => {} }));
    command.parse(words, { from: 'user' });
    return readingOptionsOf(command.opts());
  };
  const addAll = (command: Command) => {
    addReadingOptions(command, 'Data:');
    return command;
  };
  t.deepEqual(read(), {});
  t.deepEqual(
    read(...'--format csv --columns user,item --encoding latin1 --decimal comma'.split(' '), '--dates', 'day-first', '--member', 'a.csv', '--min-rating', '3.5'), // biome-ignore format: one line
    { format: 'csv', columns: 'user,item', encoding: 'latin1', decimal: 'comma', dates: 'day-first', member: 'a.csv', minRating: 3.5 }, // biome-ignore format: one line
  );
  t.deepEqual(read('--format', 'auto'), { format: 'auto' });
  const refused = (said: RegExp, ...words: string[]) => t.throws(() => read(...words), said, words.join(' '));
  refused(
    /--format must be one of auto, movielens-1m, .*, got "cvs"; did you mean "csv"\?$/,
    '--format',
    'cvs',
  );
  refused(/^UsageError: --columns: there must be an item column \(in "user"\)/, '--columns', 'user');
  refused(/--encoding must be a name like utf-8, .*, got "klingon"$/, '--encoding', 'klingon');
  refused(/--decimal must be one of point, comma, got "dot"/, '--decimal', 'dot');
  refused(/--dates must be one of day-first, month-first, got "day"/, '--dates', 'day');
  refused(/--min-rating must be a number, got "x"/, '--min-rating', 'x');
  t.end();
});

test('a crowd invents ratings of the class’s items, or takes those of a file that has enough users', async (t) => {
  const items = Array.from({ length: 40 }, (_, item) => ({ id: `film ${item}`, title: `film ${item}` }));
  const invented = (clients: number, seed = 1, given = {}) =>
    crowdRatings({ items } as unknown as ClassFacts, clients, undefined, seed, given);
  const five = await invented(5);
  t.deepEqual([five.users.length, five.items], [5, items.map(({ id }) => id)]);
  t.equal((await invented(1)).users.length, 2, 'two at least');
  t.deepEqual(await invented(5), five);
  t.notDeepEqual((await invented(5, 2)).itemOf, five.itemOf);
  await invented(5, 1, { format: 'csv' }).then(
    () => t.fail('taken'),
    (error: Error) => t.match(error.message, /without --data, the crowd invents its ratings/),
  );
  for (const count of [10, 11, 19, 31, 32]) {
    const few = { items: items.slice(0, count) } as unknown as ClassFacts;
    const { users, itemOf } = await crowdRatings(few, 6, undefined, 1, {});
    t.deepEqual([users.length, itemOf.every((item) => item < count)], [6, true], `${count} items`);
  }
  const nine = { items: items.slice(0, 9) } as unknown as ClassFacts;
  await crowdRatings(nine, 6, undefined, 1, {}).then(
    () => t.fail('taken'),
    (error: Error) => t.match(error.message, /a class of 9 items is too small .*; give --data FILE/),
  );
  const path = writeSmallRatings(temporaryFolder()); // of 40 users
  const read = (clients: number) => crowdRatings({ items } as unknown as ClassFacts, clients, path, 1, {});
  t.equal((await read(40)).users.length, 40);
  await read(41).then(
    () => t.fail('taken'),
    (error: Error) => t.equal(error.message, `--clients must be at most the users of ${path} (40), got 41`),
  );
});

test('a participant’s own seed is the words that were given, or another one each time', async (t) => {
  const { error } = console;
  const said: unknown[] = [];
  console.error = (line) => said.push(line);
  try {
    t.equal(await seedOf(undefined), undefined);
    t.equal(said.length, 0);
    t.equal(await seedOf('two words'), 'two words');
    const [one, other] = [await seedOf(true), await seedOf(true)];
    t.ok(one!.length >= 16 && other!.length >= 16);
    t.notEqual(one, other);
    t.equal(said.length, 3);
  } finally {
    console.error = error;
  }
});

test('the facts of a data set say which items are held out', async (t) => {
  const folder = temporaryFolder();
  const rows = ['1,a', '1,b', '1,c', '2,a', '2,b', '2,c'];
  const factsOf = async (name: string, lines: string[]) => {
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
    return (await loadDataset(join(folder, name), {})).facts.split;
  };
  t.equal(await factsOf('bare.csv', ['user,item', ...rows]), 'random');
  const timed = rows.map((row, at) => `${row},${880000000 + 1000 * at}`);
  t.equal(await factsOf('timed.csv', ['user,item,timestamp', ...timed]), 'latest');
});
