// The central references that know order, each against a second reading of its definition: lists, loops and mathjs, no typed
// array and no running sum of the library's.
import { inv } from 'mathjs';
import test from 'tape';
import { randomStream } from '../../lib/numeric/rng.ts';
import { ease } from '../../lib/peers/ease.ts';
import { easeRecency } from '../../lib/peers/ease-recency.ts';
import { markov } from '../../lib/peers/markov.ts';
import { closeTo } from '../reference.ts';
import { scoresOf, setupOf, splitOf } from './handmade.ts';

/** Sequences of different items, some longer than a chain reaches and looks back, one empty. */
const items = 60;
const sequences = [40, 5, 1, 0, 12, 33, 2, 20].map((length, user) => {
  const rng = randomStream(5, 'order test', user);
  const left = Array.from({ length: items }, (_, item) => item);
  return Array.from({ length }, () => left.splice(rng.integer(left.length), 1)[0]!);
});
const drawn = splitOf(sequences, items);

/** How likely `next` is after `item`: followers at distance 1 … 8, weighed e^(−(distance − 1) / 3), and ten of popularity. */
function chanceAfter(item: number, next: number): number {
  const weigh = (isFollower: (follower: number) => boolean) =>
    sequences.reduce((total, sequence) => {
      const at = sequence.indexOf(item);
      if (at < 0) return total;
      const near = sequence.slice(at + 1, at + 9);
      return near.reduce(
        (sum, follower, place) => sum + (isFollower(follower) ? Math.exp(-place / 3) : 0),
        total,
      );
    }, 0);
  const ratings = sequences.flat();
  const popularity = ratings.filter((other) => other === next).length / ratings.length;
  return (weigh((follower) => follower === next) + 10 * popularity) / (weigh(() => true) + 10);
}

/** The chain's scores after a sequence: its last thirty items, the newest one counting most. */
function chainScores(sequence: readonly number[]): number[] {
  const newestFirst = [...sequence].reverse().slice(0, 30);
  const weights = newestFirst.map((_, age) => Math.exp(-age / 3));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from({ length: items }, (_, next) =>
    newestFirst.reduce((sum, item, age) => sum + (weights[age]! / total) * chanceAfter(item, next), 0),
  );
}

test('markov by hand: 0 was followed by 1 at once and by 2 one later', (t) => {
  // Row 0: followers 1 with weight 1, 2 with e^(−1/3); popularity is 2/5, 2/5, 1/5, and counts ten.
  const near = Math.exp(-1 / 3);
  const split = splitOf([[0, 1, 2], [1], [0]], 3);
  const total = 1 + near + 10;
  const row = [(10 * 2) / 5 / total, (1 + (10 * 2) / 5) / total, (near + (10 * 1) / 5) / total];
  closeTo(t, scoresOf(markov, split, 2), row, 'after 0', 1e-6);
  // Nothing followed 2; 1 was followed by 2 only. The newest of [0, 1, 2] counts 1, the others e^(−1/3) and e^(−2/3).
  const afterOne = [(10 * 2) / 5 / 11, (10 * 2) / 5 / 11, (1 + 2) / 11];
  const weights = [1, near, near ** 2];
  const expected = [0, 1, 2].map(
    (next) =>
      (weights[0]! * [0.4, 0.4, 0.2][next]! + weights[1]! * afterOne[next]! + weights[2]! * row[next]!) /
      (1 + near + near ** 2),
  );
  closeTo(t, scoresOf(markov, split, 0), expected, 'after 0, 1, 2', 1e-6);
  t.end();
});

test('markov scores what a second reading of its definition scores, and they are chances', (t) => {
  sequences.forEach((sequence, user) => {
    if (sequence.length === 0) return;
    const scores = scoresOf(markov, drawn, user);
    closeTo(t, scores, chainScores(sequence), `user ${user}, ${sequence.length} items`, 1e-6);
    const sum = scores.reduce((total, score) => total + score, 0);
    t.ok(Math.abs(sum - 1) < 1e-5, `they add up to ${sum}`);
  });
  t.end();
});

test('to someone without a history, markov recommends what is popular', (t) => {
  const ratings = sequences.flat();
  const shares = Array.from(
    { length: items },
    (_, item) => ratings.filter((other) => other === item).length / ratings.length,
  );
  closeTo(
    t,
    scoresOf(
      markov,
      drawn,
      sequences.findIndex((sequence) => sequence.length === 0),
    ),
    shares,
    'shares',
    1e-6,
  );
  t.end();
});

test('ease-recency adds two standardised voices: recent items through EASE, and the root of the chain', (t) => {
  const regularization = 0.3;
  const common = (a: number, b: number) =>
    sequences.filter((sequence) => sequence.includes(a) && sequence.includes(b)).length;
  const all = Array.from({ length: items }, (_, item) => item);
  const gram = all.map((a) =>
    all.map((b) => common(a, b) + (a === b ? regularization * sequences.length : 0)),
  );
  const inverse = inv(gram) as number[][];
  const weight = (from: number, to: number) => (from === to ? 0 : -inverse[from]![to]! / inverse[to]![to]!);
  for (const user of [0, 1, 2, 5]) {
    const newestFirst = [...sequences[user]!].reverse();
    const voice = all.map((to) =>
      newestFirst.reduce((sum, from, age) => sum + (0.1 + Math.exp(-age / 20)) * weight(from, to), 0),
    );
    const chain = standardized(chainScores(sequences[user]!).map(Math.sqrt));
    const expected = standardized(voice).map((score, item) => score + 0.7 * chain[item]!);
    const scores = scoresOf(easeRecency, drawn, user, { regularization });
    closeTo(t, scores, expected, `user ${user}`, 2e-4);
  }
  t.end();
});

function standardized(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => (value - mean) / deviation);
}

test('someone without a history hears no EASE, only the chain, and every score is finite', (t) => {
  const user = sequences.findIndex((sequence) => sequence.length === 0);
  const scores = scoresOf(easeRecency, drawn, user);
  t.ok(scores.every(Number.isFinite), 'finite, though EASE says the same of every item');
  const popular = scoresOf(markov, drawn, user);
  const best = (values: Float32Array) => values.indexOf(Math.max(...values));
  t.equal(best(scores), best(popular), 'the most popular item leads');
  t.end();
});

test('order matters to markov and ease-recency, and does not to ease', (t) => {
  const forward = splitOf([[0, 1, 2, 3], [0, 1, 2, 4], [0, 1]], 5); // biome-ignore format: a row a user
  const backward = splitOf([[3, 2, 1, 0], [4, 2, 1, 0], [1, 0]], 5); // biome-ignore format: a row a user
  for (const recipe of [markov, easeRecency]) {
    const [ahead, behind] = [forward, backward].map((split) => scoresOf(recipe, split, 2));
    t.ok(ahead![2]! > behind![2]!, `${recipe.name}: 2 after 1 is likelier where it followed`);
  }
  closeTo(t, scoresOf(ease, forward, 2), Array.from(scoresOf(ease, backward, 2)), 'ease', 1e-6);
  t.end();
});

test('neither reads what is held out', (t) => {
  for (const recipe of [markov, easeRecency]) {
    const held = { ...drawn, validation: drawn.validation.map(() => 7), test: drawn.test.map(() => 8) };
    const program = recipe.create(setupOf(recipe, held));
    program.initialize();
    const scores = new Float32Array(items);
    program.score(0, null, scores);
    t.deepEqual(scores, scoresOf(recipe, drawn, 0), recipe.name);
  }
  t.end();
});
