import test from 'tape';
import { completeSettings, defaultSettings, type Settings } from '../../lib/index.ts';

/** Smallest and largest value of every number, and whether it must be whole. */
const ranges: Record<string, [least: number, most: number, kind: 'whole' | 'real']> = {
  seed: [0, Number.MAX_SAFE_INTEGER, 'whole'],
  rounds: [1, Infinity, 'whole'],
  factors: [1, 1024, 'whole'],
  negatives: [1, 1000, 'whole'],
  localSteps: [0, 1000, 'whole'],
  clientLearningRate: [0, 10, 'real'],
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
  dropout: [0, 0.99, 'real'],
  silentShare: [0, 0.99, 'real'],
  silentAfter: [0, Infinity, 'whole'],
  clip: [1e-6, 1e6, 'real'],
  epsilon: [1e-3, 1e6, 'real'],
  delta: [1e-12, 0.1, 'real'],
  padding: [0, 1000, 'real'],
};

/** Settings that are words. */
const words = ['codec', 'noise', 'protocol'];

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
  t.throws(ask('noise', 'gauss'), /settings: noise must be .*gauss/);
  t.equal(ask('noise', 'laplace')().noise, 'laplace');
  t.end();
});

test('what need not be a number', (t) => {
  for (const name of ['clusters', 'probes', 'mix']) t.equal(ask(name, 'auto')()[name as 'mix'], 'auto', name);
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
