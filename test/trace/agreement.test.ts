import test from 'tape';
import { randomStream } from '../../lib/numeric/rng.ts';
import { adjustedRandIndex } from '../../lib/trace/agreement.ts';

test('equal groups agree fully, whatever they are called', (t) => {
  t.equal(adjustedRandIndex([0, 0, 1, 1, 2], [7, 7, 3, 3, 5]), 1);
  t.equal(adjustedRandIndex([0, 0, 0], [1, 1, 1]), 1, 'also a single group');
  t.end();
});

test('a case that can be worked out by hand', (t) => {
  // 6 points, groups of 3; one point of each is in the other's cluster. Pairs together in both: 1 + 1 = 2; in each: 6; of
  // all 15: expected 6 · 6 / 15 = 2.4; index (2 − 2.4) / (6 − 2.4).
  t.ok(Math.abs(adjustedRandIndex([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 0]) - (2 - 2.4) / (6 - 2.4)) < 1e-12);
  t.equal(adjustedRandIndex([0, 0, 1, 1, -1], [1, 1, 0, 0, 0]), 1, 'nobody’s cluster is left out');
  t.throws(() => adjustedRandIndex([0], []), /same length, got 1 and 0/);
  t.end();
});

test('random groups agree as much as chance does: not at all', (t) => {
  const rng = randomStream(3, 'agreement');
  const draw = () => Array.from({ length: 2000 }, () => rng.integer(4));
  t.ok(Math.abs(adjustedRandIndex(draw(), draw())) < 0.01);
  t.end();
});
