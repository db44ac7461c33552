import test from 'tape';
import {
  completeSettings,
  defaultSettings,
  type Settings,
  settingTable,
} from '../../lib/federated/settings.ts';

/** Smallest and largest value of every number, and whether it must be whole. */
const ranges: Record<string, [least: number, most: number, kind: 'whole' | 'real']> = {
  seed: [0, Number.MAX_SAFE_INTEGER, 'whole'],
  rounds: [1, 1_000_000, 'whole'],
  factors: [1, 1024, 'whole'],
  negatives: [1, 1000, 'whole'],
  localSteps: [0, 1000, 'whole'],
  clientLearningRate: [0, 10, 'real'],
  proximal: [0, 1000, 'real'],
  regularization: [0, 10, 'real'],
  serverLearningRate: [0, 10, 'real'],
  itemScale: [0, 10, 'real'],
  userScale: [0, 10, 'real'],
  rank: [1, defaultSettings.factors + 1, 'whole'],
  clusters: [1, Infinity, 'whole'],
  probes: [1, Infinity, 'whole'],
  heads: [1, 64, 'whole'],
  temperature: [1e-3, 100, 'real'],
  mix: [0, 100, 'real'],
  tokenMemory: [0, 0.999, 'real'],
  refreshEvery: [1, Infinity, 'whole'],
  evaluateEvery: [1, Infinity, 'whole'],
  recency: [0.1, 1e6, 'real'],
  fraction: [0.001, 1, 'real'],
  neighbours: [1, 255, 'whole'],
  dropout: [0, 0.99, 'real'],
  silentShare: [0, 0.99, 'real'],
  silentAfter: [0, Infinity, 'whole'],
  clip: [1e-6, 1e6, 'real'],
  epsilon: [1e-3, 1e6, 'real'],
  delta: [1e-12, 0.1, 'real'],
  padding: [0, 1000, 'real'],
  assumedLiars: [0, 0.49, 'real'],
  normBound: [1e-6, 1e6, 'real'],
  liars: [0, 1, 'real'],
  attackStrength: [0, 1e6, 'real'],
  promoted: [0, Infinity, 'whole'],
};

/** Settings that are words. */
const words = [
  'attack',
  'clientOptimizer',
  'codec',
  'codecDown',
  'combine',
  'errorFeedback',
  'metrics',
  'noise',
  'protocol',
  'rounding',
  'serverOptimizer',
  'windows',
];

const ask = (name: string, value: unknown) => () => completeSettings({ [name]: value } as Partial<Settings>);

test('every setting is in this test', (t) => {
  t.deepEqual([...Object.keys(ranges), ...words].sort(), Object.keys(defaultSettings).sort());
  t.end();
});

test('the ends of a range are allowed, and kept as they are', (t) => {
  for (const [name, [least, most]] of Object.entries(ranges)) {
    for (const value of [least, most === Infinity ? 1e9 : most]) {
      t.equal(ask(name, value)()[name as keyof Settings], value, `${name} ${value}`);
    }
  }
  t.end();
});

test('whatever lies just outside is refused by name, rule and value', (t) => {
  for (const [name, [least, most, kind]] of Object.entries(ranges)) {
    const step = (end: number) => (kind === 'whole' ? 1 : Math.max(1e-13, Math.abs(end) * 1e-3));
    const outside = [least - step(least), Number.NaN, -Infinity, Infinity];
    if (most < Number.MAX_SAFE_INTEGER) outside.push(most + step(most));
    if (kind === 'whole') outside.push(least + 0.5);
    for (const value of outside) {
      const rule = kind === 'whole' ? 'a whole number' : 'a number';
      const range = most === Infinity ? `of at least ${least}` : `between ${least} and ${most}`;
      const message = `settings: ${name} must be ${rule} ${range}, got ${value}`;
      t.throws(ask(name, value), { name: 'RangeError', message }, `${name} ${value}`);
    }
  }
  t.end();
});

test('a text is no number, and a word is one of the known ones', (t) => {
  for (const [name, [least]] of Object.entries(ranges)) {
    t.throws(ask(name, String(least + 1)), new RegExp(`settings: ${name} must be`), `${name} as text`);
  }
  for (const [name, value, rule] of [
    ['noise', 'gauss', "one of gaussian, laplace, got 'gauss'; did you mean 'gaussian'?"],
    ['codec', 'int16', "one of float32, int8, int4, int3, int2, got 'int16'; did you mean 'int8'?"],
    ['codec', 'Int8', "one of float32, int8, int4, int3, int2, got 'Int8'; did you mean 'int8'?"],
    ['protocol', 'Released', "one of leak-free, released, placebo, got 'Released'; did you mean 'released'?"],
    ['clusters', 'Auto', "a whole number of at least 1 or 'auto', got 'Auto'; did you mean 'auto'?"],
    ['clusters', '10', "a whole number of at least 1 or 'auto', got '10'"],
    ['recency', 'off', "a number between 0.1 and 1000000 or null, got 'off'"],
    ['codec', null, 'one of float32, int8, int4, int3, int2, got null'],
    ['rounds', null, 'a whole number between 1 and 1000000, got null'],
    ['mix', null, "a number between 0 and 100 or 'auto', got null"],
    ['temperature', [0.1], 'a number between 0.001 and 100, got an array'],
    ['seed', {}, `a whole number between 0 and ${Number.MAX_SAFE_INTEGER}, got an object`],
    ['seed', 1n, `a whole number between 0 and ${Number.MAX_SAFE_INTEGER}, got 1`],
    ['noise', () => 1, 'one of gaussian, laplace, got a function'],
  ] as const) {
    const message = `settings: ${name} must be ${rule}`;
    t.throws(ask(name, value), { name: 'RangeError', message }, `${name} ${String(value)}`);
  }
  for (const name of ['noise', 'codec', 'protocol', 'combine', 'attack'] as const) {
    for (const word of settingTable[name].words) t.equal(ask(name, word)()[name], word);
  }
  t.end();
});

test('several words stand between commas, and the wrong one is named', (t) => {
  for (const metrics of ['usual', 'all', 'hr10', 'hr', 'usual, coverage10', 'mrr,gini,fullMap'])
    t.equal(completeSettings({ metrics }).metrics, metrics);
  for (const [metrics, got] of [
    ['hr,covrage', "got 'covrage'; did you mean 'coverage10'"],
    ['hr,', "got ''"],
    ['HR10', "got 'HR10'; did you mean 'hr10'"],
    [['hr10'], 'got an array'],
    [null, 'got null'],
  ] as const) {
    t.throws(ask('metrics', metrics), {
      name: 'RangeError',
      message: new RegExp(`settings: metrics must be names between commas, of usual, all, hr10.*${got}`),
    });
  }
  t.end();
});

test('an unknown name is refused with the closest one', (t) => {
  for (const [stranger, known] of [
    ['round', 'rounds'],
    ['Rounds', 'rounds'],
    ['serverlearningrate', 'serverLearningRate'],
    ['token-memory', 'tokenMemory'],
    ['constructor', 'factors'],
    ['__proto__', 'protocol'],
  ] as const) {
    const wanted = JSON.parse(`{ "${stranger}": 1 }`) as Partial<Settings>; // JSON makes __proto__ a name like any other
    const message = `settings: there is no setting '${stranger}'; did you mean '${known}'?`;
    t.throws(() => completeSettings(wanted), { name: 'RangeError', message }, stranger);
  }
  for (const [wrong, got] of [
    ['quick', "'quick'"],
    [null, 'null'],
    [[20], 'an array'],
    [20, '20'],
  ] as const) {
    const message = `settings: they must be an object such as { rounds: 20 }, got ${got}`;
    t.throws(() => completeSettings(wrong as object), { name: 'RangeError', message });
  }
  t.end();
});

test('later layers win over earlier ones, and what is undefined is not asked for', (t) => {
  const settings = completeSettings({ rounds: 7, heads: 2 }, undefined, { rounds: 9, heads: undefined });
  t.deepEqual(settings, { ...defaultSettings, rounds: 9, heads: 2 });
  t.throws(() => completeSettings({ rounds: 7 }, { rond: 1 } as object), /there is no setting 'rond'/);
  t.end();
});

test('what need not be a number', (t) => {
  for (const name of ['clusters', 'probes', 'mix', 'normBound', 'promoted'])
    t.equal(ask(name, 'auto')()[name as 'mix'], 'auto', name);
  for (const name of ['recency', 'clip', 'epsilon'])
    t.equal(ask(name, null)()[name as 'clip'], null, `no ${name}`);
  t.end();
});

test('a rank may be one more than the factors, for the items have a bias', (t) => {
  t.equal(completeSettings({ factors: 4, rank: 5 }).rank, 5);
  t.throws(() => completeSettings({ factors: 4, rank: 6 }), /rank must be .* between 1 and 5, got 6/);
  t.end();
});

test('with ε there is a clip: 1, or the one that was given; without ε there is none', (t) => {
  t.equal(completeSettings({ epsilon: 5 }).clip, 1);
  t.equal(completeSettings({ epsilon: 5, clip: 0.5 }).clip, 0.5);
  t.equal(completeSettings().clip, null);
  t.end();
});

test('defaults are completed, not changed', (t) => {
  t.deepEqual(completeSettings(), { ...defaultSettings });
  const own = completeSettings({ rounds: 7 });
  t.deepEqual(own, { ...defaultSettings, rounds: 7 });
  t.ok(Object.isFrozen(defaultSettings), 'nobody can change them for others');
  t.end();
});
